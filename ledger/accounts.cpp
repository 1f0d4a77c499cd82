#include "ledger/accounts.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

points sum(points a, points b) {
    const auto total = a.plus(b);
    EXPECTS(total.has_value());
    return *total;
}

// Who owes what was issued, what came from a pseudo-program, and money that came in: accounts that stand on the debit
// side.
bool is_debit_side(std::size_t account_number) noexcept {
    return account_number < funding_kinds || account_number == static_cast<std::size_t>(account::clearing_in) ||
           account_number == static_cast<std::size_t>(account::money_received) ||
           account_number == static_cast<std::size_t>(account::money_debited) ||
           account_number == static_cast<std::size_t>(account::money_captured) ||
           account_number == static_cast<std::size_t>(account::money_lost);
}

} // namespace

std::string name_of(account one) {
    const auto number = static_cast<std::size_t>(one);
    const auto kind_after = [number](account first) {
        return std::string{name_of(static_cast<funding_kind>(number - static_cast<std::size_t>(first) + 1))};
    };
    switch (one) {
    case account::money_received: return "money:received";
    case account::money_for_points: return "money:for_points";
    case account::money_unmatched: return "money:unmatched";
    case account::money_to_return: return "money:to_return";
    case account::money_debited: return "money:debited";
    case account::money_captured: return "money:captured";
    case account::money_lost: return "money:lost";
    default: break;
    }
    if (one >= account::clearing_in) return one == account::clearing_in ? "clearing:in" : "clearing:out";
    if (one >= account::cancelled) return "cancelled:" + kind_after(account::cancelled);
    if (one >= account::expired) return "expired:" + kind_after(account::expired);
    if (number < funding_kinds) return "funding:" + kind_after(account::funding);
    if (one == account::available) return "wallets:available";
    if (one == account::held) return "wallets:held";
    return one == account::payable ? "merchants:payable" : "merchants:settled";
}

points program_accounts::debits() const noexcept {
    points total;
    for (const auto& one : sums) total = sum(total, one.debits);
    return total;
}

points program_accounts::credits() const noexcept {
    points total;
    for (const auto& one : sums) total = sum(total, one.credits);
    return total;
}

bool program_accounts::balanced() const noexcept {
    std::int64_t of_points = 0;
    std::int64_t of_money = 0;
    for (std::size_t i = 0; i < accounts; ++i) {
        const std::int64_t net = sums[i].debits.value() - sums[i].credits.value();
        if (is_debit_side(i) ? net < 0 : net > 0) return false;
        (i < accounts_of_points ? of_points : of_money) += net;
    }
    return of_points == 0 && of_money == 0;
}

program_accounts& books::of(program_code code) {
    const auto at =
        std::lower_bound(programs.begin(), programs.end(), code,
                         [](const program_accounts& one, program_code wanted) { return one.program < wanted; });
    if (at != programs.end() && at->program == code) return *at;
    return *programs.insert(at, program_accounts{code, {}});
}

bool books::balanced() const noexcept {
    std::int64_t in_clearing = 0;
    for (const auto& one : programs)
        for (const auto account : {account::clearing_in, account::clearing_out}) {
            const account_sums& sums = one.sums[static_cast<std::size_t>(account)];
            in_clearing += sums.debits.value() - sums.credits.value();
        }
    return in_clearing == 0 &&
           std::all_of(programs.begin(), programs.end(), [](const program_accounts& one) { return one.balanced(); });
}

void apply(books& state, const entry& applied) {
    points debits;
    points credits;
    std::int64_t in_clearing = 0;
    for_each_posting(applied, [&](const posting& one) {
        auto& on = state.of(one.program).sums[static_cast<std::size_t>(one.on)];
        auto& column = one.to == side::debit ? on.debits : on.credits;
        column = sum(column, one.amount);
        auto& check = one.to == side::debit ? debits : credits;
        check = sum(check, one.amount);
        if (one.on == account::clearing_in) in_clearing += one.amount.value();
        if (one.on == account::clearing_out) in_clearing -= one.amount.value();
    });
    ENSURES(debits == credits && in_clearing == 0);
    if (const auto* paid = std::get_if<payment_decided>(&applied.what))
        ++state.payments_by_outcome[static_cast<std::size_t>(paid->decline)];
}

} // namespace meguri::ledger
