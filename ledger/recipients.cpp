#include "ledger/recipients.hpp"

namespace meguri::ledger {

std::string_view name_of(left_out_reason why) noexcept {
    switch (why) {
    case left_out_reason::wallet_frozen: return "wallet_frozen";
    case left_out_reason::wallet_unknown: return "wallet_unknown";
    case left_out_reason::already_granted: return "already_granted";
    case left_out_reason::balance_too_large: return "balance_too_large";
    case left_out_reason::expired: return "expired";
    case left_out_reason::person_required: return "person_required";
    case left_out_reason::nothing_unspent: return "nothing_unspent";
    }
    return {};
}

std::string_view name_of(recipient_column column) noexcept {
    constexpr std::array<std::string_view, 8> names{"",       "wallet", "mykey_id", "occasion",
                                                    "amount", "note",   "digest",   "measured"};
    return names[static_cast<std::size_t>(column)];
}

std::string_view name_of(line_fault fault) noexcept {
    constexpr std::array<std::string_view, 19> names{
        "file_empty",       "too_many_lines",   "column_unknown",   "column_missing", "column_repeated",
        "cells_miscounted", "quote_unbalanced", "not_utf8",         "value_missing",  "value_too_long",
        "value_invalid",    "wallet_unknown",   "mykey_id_unknown", "wallet_frozen",  "amount_not_allowed",
        "line_repeated",    "already_granted",  "person_required",  "not_granted"};
    static_assert(names.size() == static_cast<std::size_t>(line_fault::not_granted) + 1);
    return names[static_cast<std::size_t>(fault)];
}

} // namespace meguri::ledger
