#include "actors/wallet_actor.hpp"

#include "actors/new_keys.hpp"
#include "actors/question_of.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "ledger/invariants.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace meguri::actors {
namespace {

using decided = tl::expected<ledger::fact, ledger::refusal>;

struct wallet_decision {
    const operation& op;
    const ledger::wallet& state;
    const ledger::payment_state* payment; // of a step
    const ledger::program_table& programs;
    const storage::key_ring& keys;
    ledger::instant now;

    decided operator()(const ledger::authorize& asked) const {
        return ledger::decide(question_of(op, asked, programs), &state, now);
    }
    decided operator()(const ledger::capture_payment& asked) const { return step(asked); }
    decided operator()(const ledger::void_payment& asked) const { return step(asked); }
    decided operator()(const ledger::refund_payment& asked) const { return step(asked); }
    decided operator()(const ledger::reverse_attempt& asked) const {
        return ledger::decide(asked, *payment, &state, now, op.terms->categories);
    }
    decided operator()(const ledger::open_wallet&) const { return ledger::wallet_opened{ledger::wallet_id{op.new_id}}; }
    decided operator()(const ledger::issue_code& asked) const {
        if (asked.kind == ledger::code_kind::once && asked.digits) {
            auto once = ledger::decide_digits(asked, state, now);
            once.code = new_code(keys, once);
            return once;
        }
        auto issued = ledger::decide(asked, state, now);
        issued.code = new_code(keys, issued);
        return issued;
    }
    decided operator()(const ledger::block_code& asked) const {
        auto blocked = ledger::decide(asked, state);
        if (blocked && blocked->reissued_as != 0) blocked->reissued = new_code(keys, *blocked);
        return as_fact(std::move(blocked));
    }
    decided operator()(const ledger::bind_card& asked) const {
        return as_fact(ledger::decide(asked, *op.card, state, now));
    }
    decided operator()(const ledger::retire_card& asked) const { return as_fact(ledger::decide(asked, state)); }
    decided operator()(const ledger::grant& asked) const {
        return as_fact(ledger::decide(asked, state, programs, now));
    }
    // Its campaign has reserved what it may take.
    decided operator()(const ledger::grant_from_campaign& asked) const {
        if (op.benefit) return benefit(asked.campaign);
        return ledger::decide(*op.allowed_grant, state, programs, now).map([&asked](ledger::points_granted&& granted) {
            return ledger::fact{
                ledger::campaign_granted{granted.wallet, asked.campaign, asked.occasion, std::move(granted.lot)}};
        });
    }
    // Its partner's actor has reserved what it takes of the limits.
    decided operator()(const ledger::convert_points&) const { return conversion(); }
    decided operator()(const ledger::redeem_coupon&) const { return conversion(); }
    [[nodiscard]] decided conversion() const { return as_fact(ledger::decide(*op.conversion, state, programs, now)); }
    decided operator()(const ledger::redeem_event& asked) const { return benefit(asked.campaign); }
    [[nodiscard]] decided benefit(ledger::journal_position campaign) const {
        return as_fact(ledger::decide(*op.allowed_grant, *op.benefit, campaign, state, programs, now));
    }
    decided operator()(const ledger::grant_recipient& asked) const {
        if (state.frozen) return tl::unexpected{ledger::refusal::wallet_frozen};
        if (op.benefit && op.benefit->needs_person && !state.my_key)
            return tl::unexpected{ledger::refusal::person_required};
        return ledger::decide(*op.allowed_grant, state, programs, now).map([&asked](ledger::points_granted&& granted) {
            return ledger::fact{ledger::recipient_granted{granted.wallet, asked.campaign, asked.file, asked.row,
                                                          asked.occasion, std::move(granted.lot)}};
        });
    }
    decided operator()(const ledger::claw_back_row& asked) const { return as_fact(ledger::decide(asked, state)); }
    decided operator()(const ledger::request_purchase& asked) const {
        const purchase_work& work = *op.purchase;
        return as_fact(ledger::decide(asked, programs, work.used, work.drawn, now, work.plan));
    }
    decided operator()(const ledger::cancel_purchase& asked) const {
        return as_fact(ledger::decide(asked, *op.purchase->of, op.purchase->used, now));
    }
    decided operator()(const ledger::propose_refund& asked) const {
        return as_fact(ledger::decide(asked, op.record.asked_by(), *op.purchase->of, programs, now));
    }
    decided operator()(const ledger::decide_refund& asked) const {
        const auto by = op.record.asked_by();
        if (asked.approve) return as_fact(ledger::approve(asked, by, *op.purchase->of, state));
        return as_fact(ledger::reject(asked, by, *op.purchase->of));
    }
    decided operator()(const ledger::request_mandate& asked) const {
        return as_fact(ledger::decide(asked, newest_mandate(), op.purchase->previous, programs));
    }
    decided operator()(const ledger::change_mandate& asked) const {
        return as_fact(ledger::decide(asked, newest_mandate(), op.purchase->previous));
    }
    [[nodiscard]] const ledger::debit_mandate* newest_mandate() const {
        return op.purchase->mandate ? &*op.purchase->mandate : nullptr;
    }
    // The program's purchases have seen that the bank was asked for it.
    decided operator()(const ledger::take_debit_result& asked) const {
        const purchase_work& work = *op.purchase;
        if (asked.result != ledger::debit_result::debited)
            return ledger::fact{ledger::not_debited(*work.of, asked.result, work.used, now)};
        return ledger::decide(ledger::grant_of(*work.taken->paid), state, programs, now)
            .map([&work](ledger::points_granted&& granted) {
                return ledger::fact{ledger::purchase_debited{
                    std::make_shared<const ledger::purchase>(*work.taken->paid), std::move(granted.lot)}};
            });
    }
    // What the wallet cannot take the gateway pays back.
    decided operator()(const ledger::note_card_payment& asked) const {
        const ledger::purchase& of = *op.purchase->of;
        if (op.purchase->card == ledger::card_answer::charge_back) return ledger::fact{ledger::charge_back(of, state)};
        if (op.purchase->card == ledger::card_answer::credit) {
            auto paid = ledger::captured(asked, of);
            auto granted = ledger::decide(ledger::grant_of(paid), state, programs, now);
            if (granted)
                return ledger::fact{ledger::purchase_captured{std::make_shared<const ledger::purchase>(std::move(paid)),
                                                              std::move(granted->lot)}};
        }
        return ledger::fact{ledger::note_card(asked, of, op.purchase->used, now)};
    }
    decided operator()(const ledger::take_transfer&) const { return credit(); }
    decided operator()(const ledger::decide_transfer&) const { return credit(); }
    // Money has come for a purchase, as the program's purchases have decided.
    [[nodiscard]] decided credit() const {
        const ledger::taken_transfer& taken = *op.purchase->taken;
        return ledger::decide(ledger::grant_of(*taken.paid), state, programs, now)
            .map([&taken](ledger::points_granted&& granted) {
                return ledger::fact{
                    ledger::purchase_paid{std::make_shared<const ledger::purchase>(*taken.paid), std::move(granted.lot),
                                          std::make_shared<const ledger::bank_transfer>(taken.transfer)}};
            });
    }
    decided operator()(const ledger::credit_undecided& asked) const {
        return as_fact(ledger::decide(asked, state, now));
    }
    decided operator()(const ledger::choose_home& asked) const {
        return as_fact(ledger::decide(asked, state, programs));
    }
    decided operator()(const ledger::transfer_undecided& asked) const {
        return as_fact(ledger::decide(asked, state, programs, now));
    }
    decided operator()(const ledger::propose_correction& asked) const {
        return as_fact(ledger::decide(asked, state, programs, now));
    }
    decided operator()(const ledger::decide_correction& asked) const {
        return as_fact(ledger::decide(asked, op.record.asked_by(), state, now));
    }
    decided operator()(const ledger::issue_my_key& asked) const {
        return as_fact(ledger::decide(asked, op.offered_my_key, state));
    }
    decided operator()(const ledger::revoke_my_key& asked) const { return as_fact(ledger::decide(asked, state)); }
    decided operator()(const ledger::renew_card& asked) const { return as_fact(ledger::decide(asked, state, now)); }
    decided operator()(const ledger::set_password& asked) const { return as_fact(ledger::decide(asked, state)); }
    decided operator()(const ledger::set_freeze& asked) const {
        return ledger::freeze_changed{asked.subject, asked.id, asked.frozen, asked.reason};
    }
    decided operator()(const ledger::set_limits& asked) const {
        return ledger::limits_set{asked.subject, asked.id, asked.limit, asked.reason};
    }
    template <class Other>
    decided operator()(const Other&) const {
        EXPECTS(!"a command that is not a wallet's");
        return tl::unexpected{ledger::refusal::forbidden};
    }

    template <class Step>
    [[nodiscard]] decided step(const Step& asked) const {
        return as_fact(ledger::decide(asked, *payment, state, now, op.terms->categories));
    }
    template <class Fact>
    [[nodiscard]] static decided as_fact(tl::expected<Fact, ledger::refusal> one) {
        if (!one) return tl::unexpected{one.error()};
        return ledger::fact{*std::move(one)};
    }
};

} // namespace

wallet_actor::behavior_type wallet_actor::make_behavior() {
    return {
        [this](const decide_command& message) { receive(message.op); },
        [this](const entry_durable& message) { durable(message.op); },
    };
}

void wallet_actor::receive(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    if (const auto* const ended = std::get_if<end_hold>(&op->asked)) return end_hold_of(op, ended->sequence);
    const ledger::instant now = std::max(op->at, state_.last_time);
    if (holds_are_ending() || (now >= nothing_due_before_ && begin_ends_of_holds(*op, now)))
        return unfinished_->waiting.push_back(op);
    decide(op);
}

void wallet_actor::decide(const operation_ptr& op) {
    const ledger::instant now = std::max(op->at, state_.last_time);
    if (now >= nothing_due_before_) book_what_is_due(*op, now);
    if (const auto* const asked = std::get_if<log_in>(&op->asked)) return log_in_by(op, *asked);
    if (op->command() == nullptr) return read(op);
    std::optional<ledger::payment_state> payment;
    if (op->original) {
        auto found = payment_of(*op->original);
        if (!found) return thread_.settle(op, ending::read_failed);
        payment = std::move(*found);
    }
    if (const auto* const bound = std::get_if<ledger::bind_card>(op->command()))
        if (!may_bind(op, *bound)) return;
    if (const auto* const renewed = std::get_if<ledger::renew_card>(op->command()))
        if (!claim_card(op, renewed->card)) return;
    const wallet_decision decision{
        *op, state_, payment ? &*payment : nullptr, thread_.programs(), thread_.shared().store().keys(), now};
    auto fact = std::visit(decision, *op->command());
    op->stages.decided_ns = storage::steady_ns();
    if (!fact) return thread_.refuse(op, fact.error());
    write(op, std::move(*fact), now, decision.payment);
}

// Whether the card can be judged and is nobody's; else the operation is settled. Wallets decide apart from each other,
// so the card is claimed before it is looked up: of two that bind it at once, one comes too late.
bool wallet_actor::may_bind(const operation_ptr& op, const ledger::bind_card& asked) {
    const auto refuse = [&](ledger::refusal why) {
        thread_.refuse(op, why);
        return false;
    };
    op->card = asked.evidence->judge(op->at);
    if (!op->card) return refuse(ledger::refusal::verification_unavailable);
    return claim_card(op, asked.card);
}

bool wallet_actor::claim_card(const operation_ptr& op, const ledger::digest128& card) {
    const auto refuse = [&] {
        thread_.refuse(op, ledger::refusal::card_already_bound);
        return false;
    };
    op->card_claim = thread_.shared().claims().claim(card);
    if (op->card_claim == nullptr) return refuse();
    const auto owner = thread_.reader().find_code(card);
    if (!owner) {
        thread_.settle(op, ending::read_failed);
        return false;
    }
    return *owner ? refuse() : true;
}

// Its owner shows the card, or whoever is to be the owner of this new wallet.
void wallet_actor::log_in_by(const operation_ptr& op, const log_in& asked) {
    if (op->code) {
        if (state_.code_is_used(op->code->ordinal)) return thread_.refuse(op, ledger::refusal::card_retired);
        if (op->by.caller.kind == ledger::caller_kind::none) return read(op);
        op->wallet_seen = state_;
        return write(op, ledger::support_session_opened{state_.id}, std::max(op->at, state_.last_time));
    }
    if (!claim_card(op, asked.with.card)) return;
    const ledger::wallet_id id{op->new_id};
    auto fact = ledger::decide(asked.with, id, op->offered_my_key, op->at);
    if (!fact) return thread_.refuse(op, fact.error());
    if (op->by.caller.kind == ledger::caller_kind::none)
        op->record.caller = {ledger::caller_kind::resident, id.value()};
    write(op, *std::move(fact), op->at);
}

// Shows what is decided so far, once all of it is durable.
void wallet_actor::read(const operation_ptr& op) {
    if (std::holds_alternative<wake_wallet>(op->asked)) return thread_.settle(op, ending::read);
    if (auto* const looked = std::get_if<look_at_wallet>(&op->asked)) {
        looked->my_key = state_.my_key;
        return state_.frozen ? thread_.refuse(op, ledger::refusal::wallet_frozen) : thread_.settle(op, ending::read);
    }
    if (std::holds_alternative<read_wallet>(op->asked) || std::holds_alternative<log_in>(op->asked))
        op->wallet_seen = state_;
    op->record.wallet = state_.id;
    op->is_barrier = true;
    thread_.to_journal(op);
}

void wallet_actor::write(const operation_ptr& op, ledger::fact fact, ledger::instant now,
                         const ledger::payment_state* payment) {
    op->record.decided_at = now;
    op->record.wallet = state_.id ? state_.id : ledger::wallet_id{op->new_id};
    op->record.wallet_sequence = state_.sequence + 1;
    op->record.what = std::move(fact);
    ledger::apply_watched(state_, op->record, payment, op->terms != nullptr ? &op->terms->categories : nullptr);
    if (const auto* const step = std::get_if<ledger::payment_changed>(&op->record.what))
        begin_something().steps[step->after->position] = step->after;
    const auto* const paid = std::get_if<ledger::payment_decided>(&op->record.what);
    if (paid == nullptr || paid->status == ledger::payment_status::authorized) look_for_what_is_due();
    thread_.to_journal(op);
}

// --- payments and their steps ---

// In the order of what is known soonest: an open hold, a step on its way to the disk, a durable one, the decision.
tl::expected<ledger::payment_state, storage::error> wallet_actor::payment_of(const ledger::entry& original) {
    if (const auto* const open = state_.hold(original.wallet_sequence)) {
        ledger::payment_state payment = *open;
        payment.position = original.position; // which its own durability may not have told us yet
        return payment;
    }
    if (unfinished_)
        if (const auto step = unfinished_->steps.find(original.position); step != unfinished_->steps.end())
            return *step->second;
    const auto newest = thread_.reader().find_follow_up(original.position);
    if (!newest) return tl::unexpected{newest.error()};
    if (!*newest) return ledger::payment_after(original);
    return thread_.reader().read(**newest).map([](const ledger::entry& one) { return ledger::payment_after(one); });
}

void wallet_actor::durable(const operation_ptr& op) noexcept {
    if (auto* const open = state_.hold(op->record.wallet_sequence)) open->position = op->record.position;
    for (auto& open : state_.corrections)
        if (open.sequence == op->record.wallet_sequence) open.position = op->record.position;
    const auto* const step = std::get_if<ledger::payment_changed>(&op->record.what);
    if (step == nullptr || !unfinished_) return;
    auto& steps = unfinished_->steps;
    const auto mine = steps.find(step->after->position);
    if (mine != steps.end() && mine->second == step->after) steps.erase(mine); // no newer one followed
    end_what_is_finished();
}

wallet_actor::unfinished& wallet_actor::begin_something() {
    if (!unfinished_) unfinished_ = std::make_unique<unfinished>();
    return *unfinished_;
}

void wallet_actor::end_what_is_finished() noexcept {
    if (unfinished_->steps.empty() && unfinished_->waiting.empty() && unfinished_->holds_ending == 0)
        unfinished_.reset();
}

// --- what falls due ---

void wallet_actor::look_for_what_is_due() noexcept {
    constexpr ledger::instant never{std::numeric_limits<std::int64_t>::max()};
    nothing_due_before_ = ledger::next_due(state_).value_or(never);
}

// A hold whose own entry is not durable yet has no place to be named by, and is not over either.
bool wallet_actor::begin_ends_of_holds(const operation& before, ledger::instant now) {
    if (state_.holds.empty() || thread_.shared().clock_is_doubtful()) return false;
    for (const auto& one : state_.holds) {
        if (one.position == 0 || now < one.capture_before) continue;
        const auto op = make_operation();
        op->asked = end_hold{state_.id, one.sequence};
        op->by.merchant = one.merchant;
        op->at = std::max(now, before.at);
        ++begin_something().holds_ending;
        thread_.submit(op);
    }
    return holds_are_ending();
}

void wallet_actor::end_hold_of(const operation_ptr& op, std::uint64_t sequence) {
    EXPECTS(holds_are_ending());
    --unfinished_->holds_ending;
    if (op->caller_slot != nullptr) {
        const auto* const open = state_.hold(sequence);
        EXPECTS(open != nullptr); // nothing else was decided meanwhile
        const ledger::instant now = std::max(op->at, state_.last_time);
        write(op, ledger::end_of_hold(*open, state_, now, op->terms->categories), now, open);
    } else { // its merchant could not be read
        unfinished_->ending_failed = true;
        thread_.settle(op, ending::read_failed);
    }
    if (unfinished_->holds_ending > 0) return;
    const bool failed = std::exchange(unfinished_->ending_failed, false);
    const auto waiting = std::exchange(unfinished_->waiting, {});
    end_what_is_finished();
    for (const auto& one : waiting) failed ? thread_.settle(one, ending::read_failed) : receive(one);
}

// Lots past their last day, and undecided points past theirs, leave by entries of their own.
void wallet_actor::book_what_is_due(const operation& before, ledger::instant now) {
    if (thread_.shared().clock_is_doubtful()) return;
    if (auto expiry = ledger::due(state_, now)) book(before, *std::move(expiry), now);
    if (!state_.home) return;
    if (auto transfer = ledger::due_transfer(state_, thread_.programs(), now)) book(before, *std::move(transfer), now);
}

void wallet_actor::book(const operation& before, ledger::fact what, ledger::instant now) {
    const auto op = make_operation();
    op->decided_by = before.decided_by;
    op->target_thread = before.target_thread;
    op->target_slot = before.target_slot;
    op->wallet_tail = before.wallet_tail;
    ++op->target_slot->unfinished;
    write(op, std::move(what), now);
}

} // namespace meguri::actors
