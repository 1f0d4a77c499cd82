// The words of a payment are in the HTTP contract, their numbers in the journal.
#include "ledger/payment.hpp"

#include <gtest/gtest.h>

#include <array>

namespace meguri::ledger {
namespace {

TEST(payment_status, numbers_and_names_never_change) {
    constexpr std::array<std::string_view, 7> names{"authorized", "captured", "voided",  "expired",
                                                    "refunded",   "reversed", "declined"};
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(name_of(static_cast<payment_status>(i + 1)), names[i]);
}

TEST(decline_code, numbers_and_names_never_change) {
    struct row {
        decline_code code;
        std::uint8_t number;
        std::string_view name;
    };
    constexpr std::array<row, decline_codes> rows{{
        {decline_code::reversed_before_arrival, 1, "reversed_before_arrival"},
        {decline_code::terminal_inactive, 2, "terminal_inactive"},
        {decline_code::merchant_inactive, 3, "merchant_inactive"},
        {decline_code::credential_unknown, 4, "credential_unknown"},
        {decline_code::credential_invalid, 5, "credential_invalid"},
        {decline_code::credential_revoked, 6, "credential_revoked"},
        {decline_code::credential_blocked, 7, "credential_blocked"},
        {decline_code::credential_used, 8, "credential_used"},
        {decline_code::credential_expired, 9, "credential_expired"},
        {decline_code::wallet_frozen, 10, "wallet_frozen"},
        {decline_code::program_not_accepted, 11, "program_not_accepted"},
        {decline_code::program_frozen, 12, "program_frozen"},
        {decline_code::limit_exceeded, 13, "limit_exceeded"},
        {decline_code::insufficient_points, 14, "insufficient_points"},
    }};
    for (const auto& [code, number, name] : rows) {
        EXPECT_EQ(static_cast<std::uint8_t>(code), number) << name;
        EXPECT_EQ(name_of(code), name);
    }
    EXPECT_EQ(name_of(decline_code::none), "");
}

TEST(code_kind, numbers_never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(code_kind::card), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(code_kind::once), 2);
    EXPECT_EQ(code_once_valid_ms, 300'000) << "five minutes";
}

} // namespace
} // namespace meguri::ledger
