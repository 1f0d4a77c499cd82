#include "actors/wallet_actor.hpp"

#include "actors/new_keys.hpp"
#include "actors/question_of.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>

namespace meguri::actors {
namespace {

using decided = tl::expected<ledger::fact, ledger::refusal>;

struct wallet_decision {
    const operation& op;
    const ledger::wallet& state;
    const ledger::program_table& programs;
    const storage::key_ring& keys;
    ledger::instant now;

    decided operator()(const ledger::authorize& asked) const {
        return ledger::decide(question_of(op, asked, programs), &state, now);
    }
    decided operator()(const ledger::open_wallet&) const { return ledger::wallet_opened{ledger::wallet_id{op.new_id}}; }
    decided operator()(const ledger::issue_code& asked) const {
        auto issued = ledger::decide(asked, state, now);
        issued.code = new_code(keys, issued);
        return issued;
    }
    decided operator()(const ledger::grant& asked) const {
        return ledger::decide(asked, state, programs, now).map([](auto fact) { return ledger::fact{std::move(fact)}; });
    }
    decided operator()(const ledger::set_freeze& asked) const {
        return ledger::freeze_changed{asked.subject, asked.id, asked.frozen, asked.reason};
    }
    template <class Other>
    decided operator()(const Other&) const {
        EXPECTS(!"a command that is not a wallet's");
        return tl::unexpected{ledger::refusal::forbidden};
    }
};

} // namespace

wallet_actor::behavior_type wallet_actor::make_behavior() {
    return {
        [this](const decide_command& message) { decide(message.op); },
    };
}

void wallet_actor::decide(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    const ledger::instant now = std::max(op->at, state_.last_time);
    book_what_is_due(*op, now);
    if (op->command() == nullptr) return read(op);
    auto fact = std::visit(wallet_decision{*op, state_, thread_.programs(), thread_.shared().store().keys(), now},
                           *op->command());
    op->stages.decided_ns = storage::steady_ns();
    if (!fact) return thread_.refuse(op, fact.error());
    write(op, std::move(*fact), now);
}

// Lots past their last day leave before anything else is decided or shown, by an entry of their own.
void wallet_actor::book_what_is_due(const operation& before, ledger::instant now) {
    if (thread_.shared().clock_is_doubtful()) return;
    auto expiry = ledger::due(state_, now);
    if (!expiry) return;
    const auto op = make_operation();
    op->decided_by = before.decided_by;
    op->target_thread = before.target_thread;
    op->target_slot = before.target_slot;
    op->wallet_tail = before.wallet_tail;
    ++op->target_slot->unfinished;
    write(op, std::move(*expiry), now);
}

// Shows what is decided so far, once all of it is durable.
void wallet_actor::read(const operation_ptr& op) {
    op->wallet_seen = state_;
    op->record.wallet = state_.id;
    op->is_barrier = true;
    thread_.to_journal(op);
}

void wallet_actor::write(const operation_ptr& op, ledger::fact fact, ledger::instant now) {
    op->record.decided_at = now;
    op->record.wallet = state_.id ? state_.id : ledger::wallet_id{op->new_id};
    op->record.wallet_sequence = state_.sequence + 1;
    op->record.what = std::move(fact);
    ledger::apply(state_, op->record);
    thread_.to_journal(op);
}

} // namespace meguri::actors
