#include "ledger/payment.hpp"

#include <array>

namespace meguri::ledger {

std::string_view name_of(payment_status status) noexcept {
    constexpr std::array<std::string_view, 7> names{"authorized", "captured", "voided",  "expired",
                                                    "refunded",   "reversed", "declined"};
    return names[static_cast<std::size_t>(status) - 1];
}

std::string_view name_of(decline_code code) noexcept {
    constexpr std::array<std::string_view, decline_codes + 1> names{
        "",
        "reversed_before_arrival",
        "terminal_inactive",
        "merchant_inactive",
        "credential_unknown",
        "credential_invalid",
        "credential_revoked",
        "credential_blocked",
        "credential_used",
        "credential_expired",
        "wallet_frozen",
        "program_not_accepted",
        "program_frozen",
        "limit_exceeded",
        "insufficient_points",
    };
    return names[static_cast<std::size_t>(code)];
}

} // namespace meguri::ledger
