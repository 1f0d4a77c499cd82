#include "actors/merchant_actor.hpp"

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

struct merchant_decision {
    const operation& op;
    const ledger::merchant& state;
    const ledger::program_table& programs;
    const storage::key_ring& keys;

    // Staff change only what is wholly their municipality's; of others' merchants they do not even learn that they
    // exist.
    [[nodiscard]] bool is_hidden() const { return op.by.municipality && !state.terms->accepts(op.by.municipality); }
    [[nodiscard]] bool is_shared() const { return op.by.municipality && state.terms->programs.size() != 1; }

    decided operator()(const ledger::join_merchant& asked) const {
        return ledger::decide(asked, ledger::merchant_id{op.new_id}, programs).map([](auto fact) {
            return ledger::fact{std::move(fact)};
        });
    }
    decided operator()(const ledger::add_outlet& asked) const {
        if (is_hidden()) return tl::unexpected{ledger::refusal::merchant_unknown};
        auto added = ledger::decide(asked, *state.terms);
        if (!added) return tl::unexpected{added.error()};
        const auto kind =
            asked.kind == ledger::outlet_kind::shop ? ledger::caller_kind::shop : ledger::caller_kind::terminal;
        added->key = new_key(keys, kind, added->id.value());
        return std::move(*added);
    }
    decided operator()(const ledger::set_freeze& asked) const {
        if (is_hidden()) return tl::unexpected{ledger::refusal::merchant_unknown};
        if (is_shared()) return tl::unexpected{ledger::refusal::forbidden};
        if (asked.subject != ledger::freeze_subject::merchant) {
            const auto* const outlet = state.terms->find(ledger::outlet_id{asked.id});
            const bool wants_shop = asked.subject == ledger::freeze_subject::shop;
            if (outlet == nullptr || (outlet->kind == ledger::outlet_kind::shop) != wants_shop)
                return tl::unexpected{ledger::refusal::outlet_unknown};
        }
        return ledger::freeze_changed{asked.subject, asked.id, asked.frozen, asked.reason};
    }
    template <class Other>
    decided operator()(const Other&) const {
        EXPECTS(!"a command that is not a merchant's");
        return tl::unexpected{ledger::refusal::forbidden};
    }
};

} // namespace

merchant_actor::behavior_type merchant_actor::make_behavior() {
    return {
        [this](const begin_command& message) { begin(message.op); },
        [this](const command_settled& message) { settled(message.op); },
        [this](const decide_command& message) { decide(message.op); },
    };
}

void merchant_actor::begin(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    if (keys_.admit(op, thread_)) begin_payment(op);
}

void merchant_actor::begin_payment(const operation_ptr& op) {
    const ledger::authorize* const asked = op->payment();
    EXPECTS(asked != nullptr);
    const auto program = ledger::program_of(*asked, *state_.terms);
    if (!program) return thread_.refuse(op, program.error());
    auto code = thread_.reader().find_code(asked->code);
    if (!code) return thread_.settle(op, ending::read_failed);
    op->program = *program;
    op->terms = state_.terms;
    op->code = *code;
    op->record.merchant = state_.terms->id;
    op->record.terms_version = state_.terms->version;
    op->stages.caller_ns = storage::steady_ns();
    if (!op->code) return decline_unknown_credential(op, *asked);
    thread_.decide_at(op->code->wallet, op);
}

void merchant_actor::decline_unknown_credential(const operation_ptr& op, const ledger::authorize& asked) {
    op->target_thread = op->caller_thread;
    op->record.decided_at = op->at;
    op->record.what = ledger::decide(question_of(*op, asked, thread_.programs()), nullptr, op->at);
    thread_.to_journal(op);
}

void merchant_actor::settled(const operation_ptr& op) noexcept {
    keys_.settled(*op);
    if (op->end == ending::decided) ledger::apply(state_, op->record);
    thread_.answer(op);
}

void merchant_actor::decide(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    if (op->command() == nullptr) {
        op->merchant_seen = state_; // only what is durable has been folded in
        return thread_.settle(op, ending::read);
    }
    auto fact =
        std::visit(merchant_decision{*op, state_, thread_.programs(), thread_.shared().store().keys()}, *op->command());
    if (!fact) return thread_.refuse(op, fact.error());
    op->record.decided_at = op->at;
    op->record.what = std::move(*fact);
    op->record.merchant = std::get<ledger::merchant_id>(op->decided_by);
    ledger::apply(state_, op->record);
    thread_.to_journal(op);
}

} // namespace meguri::actors
