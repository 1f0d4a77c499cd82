#include "ledger/program.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

TEST(issuer_kind, numbers_and_names_are_stored_and_never_change) {
    struct row {
        std::uint8_t number;
        std::string_view name;
    };
    for (const auto [number, name] : {row{1, "municipality"}, row{2, "prefecture"}, row{3, "other"}}) {
        EXPECT_EQ(name_of(static_cast<issuer_kind>(number)), name);
        EXPECT_EQ(parse_issuer_kind(name), static_cast<issuer_kind>(number));
    }
}

TEST(issuer_kind, other_words_are_no_issuer) {
    for (const std::string_view text : {"", "Municipality", "city", "municipality ", "othe"})
        EXPECT_EQ(parse_issuer_kind(text), std::nullopt) << text;
}

} // namespace
} // namespace meguri::ledger
