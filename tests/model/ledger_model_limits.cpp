// Limits in the model: every payment that was counted is kept, and looked through again each time.
#include "tests/model/ledger_model.hpp"

#include <algorithm>

namespace meguri::ledger::model {
namespace {

std::int64_t minute_of(std::int64_t at) { return at / 60'000; }

// Which limit one more payment would pass. A clock that went back finds the newest day and hour still counting.
template <class IsMeant>
std::optional<limit_kind> passed(const model_limits& set, const std::vector<model_counted>& counted, yen amount,
                                 std::int64_t at, IsMeant is_meant) {
    std::int64_t newest = at;
    for (const auto& one : counted)
        if (is_meant(one)) newest = std::max(newest, one.at);
    yen day_amount = amount;
    yen hour_amount = amount;
    std::uint32_t day_count = 1;
    std::uint32_t hour_count = 1;
    for (const auto& one : counted) {
        if (!is_meant(one)) continue;
        if (day_in_japan(one.at) == day_in_japan(newest)) {
            day_amount += one.amount;
            ++day_count;
        }
        if (minute_of(one.at) + 60 >= minute_of(newest)) {
            hour_amount += one.amount;
            ++hour_count;
        }
    }
    if (set.per_payment && amount > *set.per_payment) return limit_kind::per_payment;
    if (set.day_amount && day_amount > *set.day_amount) return limit_kind::day_amount;
    if (set.day_count && day_count > *set.day_count) return limit_kind::day_count;
    if (set.hour_amount && hour_amount > *set.hour_amount) return limit_kind::hour_amount;
    if (set.hour_count && hour_count > *set.hour_count) return limit_kind::hour_count;
    return std::nullopt;
}

} // namespace

// The program's, the merchant's, the outlet's, then the wallet's own.
model_reached ledger_model::limit_reached(const model_attempt& asked, code_number program, std::int64_t at) const {
    const auto& payer = wallets.at(asked.read->first);
    const auto& merchant = merchants.at(asked.merchant);
    const auto& outlet = merchant.outlets.at(asked.outlet - 1);
    const auto all = [](const model_counted&) { return true; };
    const auto in_program = [program](const model_counted& one) { return one.program == program; };
    const auto at_outlet = [&asked](const model_counted& one) { return one.outlet == asked.outlet; };
    if (const auto kind = passed(programs.at(program).limit, payer.counted, asked.amount, at, in_program))
        return {{limit_subject::program, *kind}};
    if (const auto kind = passed(merchant.limit, merchant.counted, asked.amount, asked.at_merchant, all))
        return {{limit_subject::merchant, *kind}};
    if (const auto kind = passed(outlet.limit, merchant.counted, asked.amount, asked.at_merchant, at_outlet))
        return {{outlet.is_shop ? limit_subject::shop : limit_subject::terminal, *kind}};
    if (const auto kind = passed(payer.limit, payer.counted, asked.amount, at, all))
        return {{limit_subject::wallet, *kind}};
    return std::nullopt;
}

} // namespace meguri::ledger::model
