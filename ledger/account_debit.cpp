#include "ledger/account_debit.hpp"

#include "ledger/contract.hpp"

namespace meguri::ledger {
namespace {

std::int32_t day_of_month(jst_day day) {
    const auto text = to_date(day);
    return (text[8] - '0') * 10 + (text[9] - '0');
}

} // namespace

jst_day debit_day_from(const debit_terms& terms, jst_day first) {
    EXPECTS(terms.day >= 1 && terms.day <= 31);
    for (jst_day day = first;; day = day.plus_days(1)) {
        const auto number = day_of_month(day);
        const bool is_last = day_of_month(day.plus_days(1)) == 1;
        if (number == terms.day || (is_last && number < terms.day)) return day;
    }
}

std::string_view name_of(mandate_status status) noexcept {
    switch (status) {
    case mandate_status::requested: return "requested";
    case mandate_status::confirmed: return "confirmed";
    case mandate_status::refused: return "refused";
    case mandate_status::ended: return "ended";
    }
    return {};
}

std::string_view name_of(debit_result result) noexcept {
    switch (result) {
    case debit_result::debited: return "debited";
    case debit_result::insufficient_funds: return "insufficient_funds";
    case debit_result::no_account: return "no_account";
    case debit_result::stopped_by_depositor: return "stopped_by_depositor";
    case debit_result::no_mandate: return "no_mandate";
    case debit_result::stopped_by_consignor: return "stopped_by_consignor";
    case debit_result::other: return "other";
    case debit_result::none: return {};
    }
    return {};
}

std::optional<debit_result> debit_result_of(std::uint64_t code) noexcept {
    const bool is_used = code <= 4 || code == 8 || code == 9;
    return is_used ? std::optional{static_cast<debit_result>(code)} : std::nullopt;
}

} // namespace meguri::ledger
