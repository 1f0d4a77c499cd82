#include "actors/merchant_actor.hpp"

#include "actors/joining.hpp"
#include "actors/new_keys.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

namespace meguri::actors {
namespace {

using decided = tl::expected<ledger::fact, ledger::refusal>;

struct merchant_decision {
    const operation& op;
    const ledger::merchant& state;
    const ledger::program_table& programs;
    const storage::key_ring& keys;
    const ledger::key_chain* outlet_keys; // of the outlet whose keys are to change
    const ledger::entry* newest;          // about the application or the account that is to change; null: none

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
        auto added = ledger::decide(asked, *state.terms, keys.epochs().number());
        if (!added) return tl::unexpected{added.error()};
        const auto kind =
            asked.kind == ledger::outlet_kind::shop ? ledger::caller_kind::shop : ledger::caller_kind::terminal;
        added->key = new_key(keys, kind, added->id.value());
        return std::move(*added);
    }
    // A code opens a till as a key does: who may give out the one may give out the other.
    decided operator()(const ledger::issue_activation& asked) const {
        if (is_hidden()) return tl::unexpected{ledger::refusal::merchant_unknown};
        auto issued = ledger::decide(asked, state, op.at);
        if (!issued) return tl::unexpected{issued.error()};
        issued->code =
            keys.digest_of_activation(keys.activation(issued->merchant, issued->number, keys.epochs().mark()));
        return *std::move(issued);
    }
    decided operator()(const ledger::revoke_activation& asked) const {
        if (is_hidden()) return tl::unexpected{ledger::refusal::merchant_unknown};
        auto revoked = ledger::decide(asked, state, op.at);
        if (!revoked) return tl::unexpected{revoked.error()};
        return *std::move(revoked);
    }
    decided operator()(const ledger::decide_application& asked) const {
        return as_fact(ledger::decide(asked, op.record.asked_by(), newest, ledger::merchant_id{op.new_id}, programs));
    }
    decided operator()(const ledger::propose_account& asked) const {
        if (is_hidden()) return tl::unexpected{ledger::refusal::merchant_unknown};
        if (is_shared()) return tl::unexpected{ledger::refusal::forbidden};
        return as_fact(ledger::decide(asked, newest, op.at));
    }
    decided operator()(const ledger::decide_account& asked) const {
        if (is_hidden()) return tl::unexpected{ledger::refusal::merchant_unknown};
        if (is_shared()) return tl::unexpected{ledger::refusal::forbidden};
        return as_fact(ledger::decide(asked, op.record.asked_by(), newest, op.at));
    }
    template <class Fact>
    [[nodiscard]] static decided as_fact(tl::expected<Fact, ledger::refusal> one) {
        if (!one) return tl::unexpected{one.error()};
        return ledger::fact{*std::move(one)};
    }
    decided operator()(const ledger::activate_terminal& asked) const {
        auto activated = ledger::decide(asked, state, keys.epochs().number(), op.at);
        if (!activated) return tl::unexpected{activated.error()};
        activated->key = new_key(keys, ledger::caller_kind::terminal, activated->id.value());
        return *std::move(activated);
    }
    decided operator()(const ledger::set_freeze& asked) const {
        using subject = ledger::freeze_subject;
        if (auto wrong = cannot_change(asked.id, asked.subject == subject::merchant, asked.subject == subject::shop))
            return tl::unexpected{*wrong};
        return ledger::freeze_changed{asked.subject, asked.id, asked.frozen, asked.reason};
    }
    decided operator()(const ledger::set_limits& asked) const {
        using subject = ledger::limit_subject;
        if (auto wrong = cannot_change(asked.id, asked.subject == subject::merchant, asked.subject == subject::shop))
            return tl::unexpected{*wrong};
        return ledger::limits_set{asked.subject, asked.id, asked.limit, asked.reason};
    }
    decided operator()(const ledger::issue_key& asked) const {
        if (auto wrong = cannot_change(asked.holder)) return tl::unexpected{*wrong};
        return decide_key(asked, *outlet_keys, {}, keys, op.at);
    }
    decided operator()(const ledger::revoke_key& asked) const {
        if (auto wrong = cannot_change(asked.holder)) return tl::unexpected{*wrong};
        return decide_key(asked, *outlet_keys);
    }
    [[nodiscard]] std::optional<ledger::refusal> cannot_change(const ledger::key_holder& holder) const {
        return cannot_change(holder.id, false, holder.kind == ledger::caller_kind::shop);
    }
    decided operator()(const ledger::set_certificates& asked) const {
        if (auto wrong = cannot_change(asked.terminal.value(), false, false)) return tl::unexpected{*wrong};
        return ledger::terminal_certificates_changed{asked.terminal, asked.certificates, asked.reason};
    }
    decided operator()(const ledger::set_categories& asked) const {
        if (auto wrong = cannot_change(asked.merchant.value(), true, false)) return tl::unexpected{*wrong};
        return ledger::merchant_categories_set{asked.merchant, asked.categories, asked.reason};
    }
    // The merchant itself, or an outlet of the wanted kind.
    [[nodiscard]] std::optional<ledger::refusal> cannot_change(std::uint64_t id, bool itself, bool wants_shop) const {
        if (is_hidden()) return ledger::refusal::merchant_unknown;
        if (is_shared()) return ledger::refusal::forbidden;
        if (itself) return std::nullopt;
        const auto* const outlet = state.terms->find(ledger::outlet_id{id});
        if (outlet == nullptr || (outlet->kind == ledger::outlet_kind::shop) != wants_shop)
            return ledger::refusal::outlet_unknown;
        return std::nullopt;
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

void merchant_actor::decide(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    if (op->command() == nullptr) {
        // Only what is durable has been folded in. A payment without a wallet needs no more than that either.
        const bool is_shown =
            std::holds_alternative<read_merchant>(op->asked) || std::holds_alternative<read_holder>(op->asked);
        if (is_shown) op->merchant_seen = state_;
        return thread_.settle(op, ending::read);
    }
    const ledger::key_chain* outlet_keys = nullptr;
    if (const auto* const holder = holder_changed_by(*op->command())) {
        const auto found = outlet_keys_.of(*holder, thread_.reader());
        if (!found) return thread_.settle(op, ending::read_failed);
        outlet_keys = *found;
    }
    std::optional<joining_seen> joining;
    if (is_about_joining(*op->command())) {
        joining = claim_joining(op, thread_);
        if (!joining) return;
    }
    auto fact = std::visit(merchant_decision{*op, state_, thread_.programs(), thread_.shared().store().keys(),
                                             outlet_keys, joining ? joining->entry() : nullptr},
                           *op->command());
    if (!fact) return thread_.refuse(op, fact.error());
    op->record.decided_at = op->at;
    op->record.what = std::move(*fact);
    op->record.merchant = std::get<ledger::merchant_id>(op->decided_by);
    ledger::apply(state_, op->record);
    outlet_keys_.see(op->record);
    thread_.to_journal(op);
}

} // namespace meguri::actors
