#include "ledger/entry.hpp"

#include "ledger/contract.hpp"

namespace meguri::ledger {

fact::fact() = default;
fact::fact(const fact&) = default;
fact::fact(fact&&) noexcept = default;
fact& fact::operator=(const fact&) = default;
fact& fact::operator=(fact&&) noexcept = default;
fact::~fact() = default;

epoch epoch_of(const epoch_began& told) noexcept {
    return {told.number, told.mark, told.after + 1, told.last_wallet, told.last_merchant, told.last_party};
}

payment_state payment_after(const entry& one) {
    if (const auto* const changed = std::get_if<payment_changed>(&one.what)) return *changed->after;
    const auto* const decided = std::get_if<payment_decided>(&one.what);
    EXPECTS(decided != nullptr);
    payment_state state;
    state.position = one.position;
    state.sequence = one.wallet_sequence;
    state.decided_at = one.decided_at;
    state.merchant = decided->merchant;
    state.outlet_is = decided->outlet_is;
    state.outlet = decided->outlet;
    state.wallet = decided->wallet;
    state.program = decided->program;
    state.amount = decided->amount;
    state.reference = decided->reference;
    state.status = decided->status;
    state.decline = decided->decline;
    if (decided->status == payment_status::captured) state.captured = decided->amount;
    state.balance = decided->balance;
    state.capture_before = decided->capture_before;
    state.lots = decided->lots;
    return state;
}

} // namespace meguri::ledger
