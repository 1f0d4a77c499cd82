#include "actors/registry_actor.hpp"

#include "actors/joining.hpp"
#include "actors/new_keys.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <utility>

namespace meguri::actors {
namespace {

using decided = tl::expected<ledger::fact, ledger::refusal>;

struct registry_decision {
    const operation& op;
    const ledger::registry& state;
    const storage::key_ring& keys;
    const ledger::key_chain* party_keys; // of the party whose keys are to change
    const ledger::entry* newest;         // about the application or the account that is to change; null: none

    decided operator()(const ledger::open_program& asked) const {
        return ledger::decide(asked, state.programs).map([](auto fact) { return ledger::fact{std::move(fact)}; });
    }
    decided operator()(const ledger::add_operator& asked) const {
        return ledger::operator_added{ledger::operator_id{op.new_id}, asked.name,
                                      new_key(keys, ledger::caller_kind::operator_, op.new_id)};
    }
    decided operator()(const ledger::add_staff& asked) const {
        return ledger::staff_added{asked.municipality, ledger::staff_id{op.new_id}, asked.name,
                                   new_key(keys, ledger::caller_kind::municipality, op.new_id)};
    }
    decided operator()(const ledger::add_partner& asked) const {
        return ledger::partner_added{ledger::partner_id{op.new_id}, asked.name,
                                     new_key(keys, ledger::caller_kind::partner, op.new_id)};
    }
    decided operator()(const ledger::submit_application& asked) const {
        return as_fact(ledger::decide(asked, newest, state.programs));
    }
    decided operator()(const ledger::decide_application& asked) const {
        return as_fact(ledger::decide(asked, op.record.asked_by(), newest, {}, state.programs));
    }
    decided operator()(const ledger::propose_account& asked) const {
        if (!is_municipality(asked.holder)) return tl::unexpected{ledger::refusal::municipality_unknown};
        return as_fact(ledger::decide(asked, newest, op.at));
    }
    decided operator()(const ledger::decide_account& asked) const {
        return as_fact(ledger::decide(asked, op.record.asked_by(), newest, op.at));
    }
    [[nodiscard]] bool is_municipality(const ledger::account_holder& holder) const {
        const auto code = ledger::program_code::from_number(static_cast<std::uint32_t>(holder.id));
        return code && state.programs.find(*code) != nullptr;
    }
    template <class Fact>
    [[nodiscard]] static decided as_fact(tl::expected<Fact, ledger::refusal> one) {
        if (!one) return tl::unexpected{one.error()};
        return ledger::fact{*std::move(one)};
    }
    decided operator()(const ledger::set_freeze& asked) const {
        const auto code = ledger::program_code::from_number(static_cast<std::uint32_t>(asked.id));
        if (!code || state.programs.find(*code) == nullptr) return tl::unexpected{ledger::refusal::program_unknown};
        return ledger::freeze_changed{asked.subject, asked.id, asked.frozen, asked.reason};
    }
    decided operator()(const ledger::set_limits& asked) const {
        const auto code = ledger::program_code::from_number(static_cast<std::uint32_t>(asked.id));
        if (!code || state.programs.find(*code) == nullptr) return tl::unexpected{ledger::refusal::program_unknown};
        return ledger::limits_set{asked.subject, asked.id, asked.limit, asked.reason};
    }
    decided operator()(const ledger::set_purchase_terms& asked) const {
        return ledger::decide(asked, state.programs).map([](auto fact) { return ledger::fact{std::move(fact)}; });
    }
    decided operator()(const ledger::issue_key& asked) const {
        const auto* const party = ledger::find_party(state, asked.holder.kind, asked.holder.id);
        if (party == nullptr || is_hidden(*party)) return tl::unexpected{ledger::refusal::holder_unknown};
        return decide_key(asked, *party_keys, party->municipality, keys, op.at);
    }
    decided operator()(const ledger::revoke_key& asked) const {
        const auto* const party = ledger::find_party(state, asked.holder.kind, asked.holder.id);
        if (party == nullptr || is_hidden(*party)) return tl::unexpected{ledger::refusal::holder_unknown};
        return decide_key(asked, *party_keys);
    }
    // Of others' people staff do not learn that they exist.
    [[nodiscard]] bool is_hidden(const ledger::party& one) const {
        return op.by.municipality && one.municipality != op.by.municipality;
    }
    template <class Other>
    decided operator()(const Other&) const {
        EXPECTS(!"a command that is not the registry's");
        return tl::unexpected{ledger::refusal::forbidden};
    }
};

} // namespace

registry_actor::registry_actor(caf::actor_config& config, switch_thread* thread)
    : registry_handle::base{config},
      thread_{*thread},
      state_{thread->shared().durable_registry()} {}

registry_actor::behavior_type registry_actor::make_behavior() {
    return {
        [this](const decide_command& message) { decide(message.op); },
        [this](const release_offer& message) { release(message.op); },
    };
}

void registry_actor::decide(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    if (const auto* const asked = std::get_if<log_in>(&op->asked)) return log_in_by(op, *asked);
    if (op->command() == nullptr) return read(op);
    if (const auto* const asked = std::get_if<ledger::issue_my_key>(op->command())) return offer_my_key(op, *asked);
    const ledger::key_chain* party_keys = nullptr;
    if (const auto* const holder = holder_changed_by(*op->command())) {
        const auto found = keys_.of(*holder, thread_.reader());
        if (!found) return thread_.settle(op, ending::read_failed);
        party_keys = *found;
    }
    std::optional<joining_seen> joining;
    if (is_about_joining(*op->command())) {
        joining = claim_joining(op, thread_);
        if (!joining) return;
    }
    auto fact = std::visit(registry_decision{*op, state_, thread_.shared().store().keys(), party_keys,
                                             joining ? joining->entry() : nullptr},
                           *op->command());
    if (!fact) return thread_.refuse(op, fact.error());
    op->record.decided_at = op->at;
    op->record.what = std::move(*fact);
    const auto locked_out = locks_all_out(op->record);
    if (!locked_out) return thread_.settle(op, ending::read_failed);
    if (*locked_out) return thread_.refuse(op, ledger::refusal::last_operator_key);
    if (ledger::concerns_registry(op->record)) ledger::apply(state_, op->record);
    keys_.see(op->record);
    thread_.to_journal(op);
}

// The wallet decides whether it takes the offer.
void registry_actor::offer_my_key(const operation_ptr& op, const ledger::issue_my_key& asked) {
    const auto offer = my_keys_.offer(asked, thread_.reader(), thread_.shared().store().keys());
    if (!offer) return thread_.settle(op, ending::read_failed);
    op->offered_my_key = *offer;
    thread_.hand_over(asked.wallet, op);
}

// To the wallet of a known card, or to a new one with a MyKey ID that is kept for it.
void registry_actor::log_in_by(const operation_ptr& op, const log_in& asked) {
    const auto& card = asked.with.card;
    if (enrollments_.waits(op, card)) return;
    const auto known = thread_.reader().find_code(card);
    if (!known) return thread_.settle(op, ending::read_failed);
    op->code = *known;
    if (op->code) return thread_.hand_over(op->code->wallet, op);
    if (!asked.may_enroll) return thread_.refuse(op, ledger::refusal::card_unknown);
    op->new_id = thread_.shared().ids().wallet.fetch_add(1, std::memory_order_relaxed);
    const ledger::wallet_id wallet{op->new_id};
    const auto offer = my_keys_.offer({wallet, {}}, thread_.reader(), thread_.shared().store().keys());
    if (!offer) return thread_.settle(op, ending::read_failed);
    op->offered_my_key = *offer;
    enrollments_.begin(card);
    thread_.hand_over(wallet, op);
}

void registry_actor::release(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    my_keys_.release(std::exchange(op->offered_my_key, {}).id);
    const auto* const enrolling = std::get_if<log_in>(&op->asked);
    const auto waited = enrolling != nullptr ? enrollments_.end(enrolling->with.card) : std::vector<operation_ptr>{};
    thread_.settle(op, op->end);
    for (const auto& one : waited) log_in_by(one, std::get<log_in>(one->asked));
}

// Without an operator's key that opens everything and lasts, nobody could give out another.
tl::expected<bool, storage::error> registry_actor::locks_all_out(const ledger::entry& change) {
    const auto changed = storage::changed_keys_of(change);
    if (changed.after == nullptr || changed.holder.kind != ledger::caller_kind::operator_) return false;
    if (changed.after->has_lasting_key()) return false;
    for (const auto& one : state_.parties) {
        const ledger::key_holder other{one.kind, one.id};
        if (one.kind != ledger::caller_kind::operator_ || other == changed.holder) continue;
        const auto keys = keys_.of(other, thread_.reader());
        if (!keys) return tl::unexpected{keys.error()};
        if ((**keys).has_lasting_key()) return false;
    }
    return true;
}

// What is durable.
void registry_actor::read(const operation_ptr& op) {
    const auto* const wanted = std::get_if<read_holder>(&op->asked);
    EXPECTS(wanted != nullptr);
    const auto* const party =
        ledger::find_party(thread_.shared().durable_registry(), wanted->holder.kind, wanted->holder.id);
    if (party != nullptr) op->party_seen = *party;
    thread_.settle(op, ending::read);
}

} // namespace meguri::actors
