#include "actors/registry_actor.hpp"

#include "actors/new_keys.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

namespace meguri::actors {
namespace {

using decided = tl::expected<ledger::fact, ledger::refusal>;

struct registry_decision {
    const operation& op;
    const ledger::registry& state;
    const storage::key_ring& keys;

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
    };
}

void registry_actor::decide(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread() && op->command() != nullptr);
    auto fact = std::visit(registry_decision{*op, state_, thread_.shared().store().keys()}, *op->command());
    if (!fact) return thread_.refuse(op, fact.error());
    op->record.decided_at = op->at;
    op->record.what = std::move(*fact);
    ledger::apply(state_, op->record);
    thread_.to_journal(op);
}

} // namespace meguri::actors
