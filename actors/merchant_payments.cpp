// A merchant's payments on their way: in by its terminals and shops, on to the wallets, and back as outcomes.
#include "actors/merchant_actor.hpp"
#include "actors/question_of.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>
#include <utility>

namespace meguri::actors {
namespace {

// An attempt and its reversal, or a bar and the late payment: more than two entries never stand under one key.
constexpr std::size_t entries_of_key_max = 2;

// The key that the entry reversed or barred; null where it did neither.
[[nodiscard]] const std::string* reversed_key_of(const ledger::entry& one) noexcept {
    if (const auto* const barred = std::get_if<ledger::key_barred>(&one.what)) return &barred->key;
    const auto* const step = std::get_if<ledger::payment_changed>(&one.what);
    return step != nullptr && step->step == ledger::payment_step::reversal ? &step->reversed_key : nullptr;
}

} // namespace

struct merchant_actor::beginning {
    merchant_actor& self;
    const operation_ptr& op;

    void operator()(const ledger::authorize& asked) const { self.begin_payment(op, asked); }
    void operator()(const ledger::capture_payment& asked) const { self.begin_step(op, asked.payment); }
    void operator()(const ledger::void_payment& asked) const { self.begin_step(op, asked.payment); }
    void operator()(const ledger::refund_payment& asked) const { self.begin_step(op, asked.payment); }
    void operator()(const ledger::reverse_attempt& asked) const { self.begin_reversal(op, asked); }
    template <class Other>
    void operator()(const Other&) const {
        EXPECTS(!"a command of a terminal or a shop");
    }
};

void merchant_actor::begin(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    op->record.merchant = state_.terms->id;
    op->record.terms_version = state_.terms->version;
    op->terms = state_.terms;
    if (const auto* const ended = std::get_if<end_hold>(&op->asked)) return thread_.decide_at(ended->wallet, op);
    if (keys_.is_admitted(*op) || keys_.admit(op, thread_)) std::visit(beginning{*this, op}, *op->command());
}

void merchant_actor::settled(const operation_ptr& op) noexcept {
    keys_.settled(*op);
    release(*op);
    if (op->end == ending::decided) ledger::apply(state_, op->record);
    const auto waiters = std::exchange(op->waiters, {});
    thread_.answer(op);
    for (const auto& one : waiters) begin(one);
}

// --- payments ---

void merchant_actor::begin_payment(const operation_ptr& op, const ledger::authorize& asked) {
    const auto program = ledger::program_of(asked, *state_.terms);
    if (!program) return thread_.refuse(op, program.error());
    // Only now: a repetition of the key gets its answer whatever has become of the card.
    if (asked.card) op->card = asked.card->evidence->judge(op->at);
    if (asked.card && !op->card) return thread_.refuse(op, ledger::refusal::verification_unavailable);
    auto code = thread_.reader().find_code(asked.code);
    if (!code) return thread_.settle(op, ending::read_failed);
    op->program = *program;
    op->code = *code;
    op->stages.caller_ns = storage::steady_ns();
    if (!op->code) return decline_unknown_credential(op, asked);
    reserve(*op, asked.amount);
    thread_.decide_at(op->code->wallet, op);
}

// Payments of one merchant are decided by many wallets at once: what is under way counts as if it were approved.
void merchant_actor::reserve(operation& op, ledger::points amount) {
    const ledger::outlet* const at = state_.terms->find(op.by.outlet);
    if (at == nullptr || !(state_.terms->limit.any() || at->limit.any())) return;
    ledger::usage& of_outlet = reserved_by_outlet_[op.by.outlet.value()];
    op.limit_at_merchant = ledger::reached_at_merchant(state_, op.by.outlet, amount, {reserved_, of_outlet}, op.at);
    if (op.limit_at_merchant) return;
    op.reserved = amount;
    const ledger::usage one{amount.value(), 1};
    reserved_ += one;
    of_outlet += one;
}

void merchant_actor::release(const operation& op) {
    if (op.reserved.is_zero()) return;
    const auto of_outlet = reserved_by_outlet_.find(op.by.outlet.value());
    EXPECTS(of_outlet != reserved_by_outlet_.end());
    const ledger::usage one{-op.reserved.value(), static_cast<std::uint64_t>(-1)};
    reserved_ += one;
    of_outlet->second += one;
    if (of_outlet->second.count == 0) reserved_by_outlet_.erase(of_outlet);
}

void merchant_actor::decline_unknown_credential(const operation_ptr& op, const ledger::authorize& asked) {
    decide_here(op, ledger::decide(question_of(*op, asked, thread_.programs()), nullptr, op->at));
}

void merchant_actor::decide_here(const operation_ptr& op, ledger::fact what) {
    op->target_thread = op->caller_thread;
    op->record.decided_at = op->at;
    op->record.what = std::move(what);
    thread_.to_journal(op);
}

// --- their later steps ---

// Of others' payments not even their existence is told. An inactive terminal may only reverse.
void merchant_actor::begin_step(const operation_ptr& op, ledger::journal_position payment) {
    const ledger::outlet* const by = state_.terms->find(op->by.outlet);
    if (by == nullptr || by->frozen) return thread_.refuse(op, ledger::refusal::terminal_inactive);
    auto found = thread_.reader().read(payment);
    if (!found && found.error().code != storage::errc::not_found) return thread_.settle(op, ending::read_failed);
    const bool is_ours =
        found && std::holds_alternative<ledger::payment_decided>(found->what) && found->merchant == state_.terms->id;
    if (!is_ours) return thread_.refuse(op, ledger::refusal::payment_unknown);
    if (!found->wallet) return thread_.refuse(op, ledger::refusal::invalid_state); // declined without a wallet
    const ledger::wallet_id wallet = found->wallet;
    op->original = std::make_shared<const ledger::entry>(std::move(*found));
    thread_.decide_at(wallet, op);
}

// --- reversals ---

void merchant_actor::begin_reversal(const operation_ptr& op, const ledger::reverse_attempt& asked) {
    op->reversed_digest = thread_.shared().store().keys().digest_of_idempotency(op->by.caller, asked.key);
    if (op->reversed_digest == op->key_digest) return thread_.refuse(op, ledger::refusal::not_reversible);
    if (!keys_.claim_reversed(op)) return;
    const auto positions = thread_.reader().find_idempotency(op->reversed_digest, entries_of_key_max);
    if (!positions) return thread_.settle(op, ending::read_failed);
    std::optional<ledger::entry> attempt;
    for (const auto position : *positions) {
        auto found = thread_.reader().read(position);
        if (!found) return thread_.settle(op, ending::read_failed);
        const std::string* const reversed = reversed_key_of(*found);
        if (reversed != nullptr && *reversed == asked.key) { // reversed before: the same answer again
            op->record = std::move(*found);
            return thread_.settle(op, ending::replayed);
        }
        attempt = std::move(*found);
    }
    if (!attempt) return bar_key(op, asked);
    if (!std::holds_alternative<ledger::payment_decided>(attempt->what))
        return thread_.refuse(op, ledger::refusal::not_reversible);
    reverse(op, asked, std::move(*attempt));
}

void merchant_actor::reverse(const operation_ptr& op, const ledger::reverse_attempt& asked, ledger::entry original) {
    if (!original.wallet)
        return decide_here(op, ledger::decide(asked, ledger::payment_after(original), nullptr, op->at));
    const ledger::wallet_id wallet = original.wallet;
    op->original = std::make_shared<const ledger::entry>(std::move(original));
    thread_.decide_at(wallet, op);
}

void merchant_actor::bar_key(const operation_ptr& op, const ledger::reverse_attempt& asked) {
    decide_here(op, ledger::key_barred{state_.terms->id, asked.key});
}

} // namespace meguri::actors
