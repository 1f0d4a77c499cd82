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

bool is_funding(std::size_t account_number) noexcept { return account_number < funding_kinds; }

} // namespace

std::string name_of(account one) {
    const auto number = static_cast<std::size_t>(one);
    const auto kind_after = [number](account first) {
        return std::string{name_of(static_cast<funding_kind>(number - static_cast<std::size_t>(first) + 1))};
    };
    if (one >= account::cancelled) return "cancelled:" + kind_after(account::cancelled);
    if (one >= account::expired) return "expired:" + kind_after(account::expired);
    if (is_funding(number)) return "funding:" + kind_after(account::funding);
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
    std::int64_t issued = 0;
    std::int64_t stands = 0;
    for (std::size_t i = 0; i < accounts; ++i) {
        const std::int64_t net = sums[i].debits.value() - sums[i].credits.value();
        if (is_funding(i) ? net < 0 : net > 0) return false;
        (is_funding(i) ? issued : stands) += net;
    }
    return issued == -stands && debits() == credits();
}

program_accounts& books::of(program_code code) {
    const auto at =
        std::lower_bound(programs.begin(), programs.end(), code,
                         [](const program_accounts& one, program_code wanted) { return one.program < wanted; });
    if (at != programs.end() && at->program == code) return *at;
    return *programs.insert(at, program_accounts{code, {}});
}

bool books::balanced() const noexcept {
    return std::all_of(programs.begin(), programs.end(), [](const program_accounts& one) { return one.balanced(); });
}

void apply(books& state, const entry& applied) {
    points debits;
    points credits;
    for_each_posting(applied, [&](const posting& one) {
        auto& on = state.of(one.program).sums[static_cast<std::size_t>(one.on)];
        auto& column = one.to == side::debit ? on.debits : on.credits;
        column = sum(column, one.amount);
        auto& check = one.to == side::debit ? debits : credits;
        check = sum(check, one.amount);
    });
    ENSURES(debits == credits);
    if (const auto* paid = std::get_if<payment_decided>(&applied.what))
        ++state.payments_by_outcome[static_cast<std::size_t>(paid->decline)];
}

} // namespace meguri::ledger
