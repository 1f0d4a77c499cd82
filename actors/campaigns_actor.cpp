#include "actors/campaigns_actor.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>
#include <utility>

namespace meguri::actors {
namespace {

ledger::digest128 occasion_of(const ledger::grant_from_campaign& asked, const storage::key_ring& keys) {
    return keys.digest_of_occasion(asked.campaign, asked.wallet, asked.occasion);
}

} // namespace

campaigns_actor::behavior_type campaigns_actor::make_behavior() {
    return {
        [this](const decide_command& message) { receive(message.op); },
        [this](const entry_durable& message) { durable(message.op); },
        [this](const command_settled& message) { settled(message.op); },
    };
}

void campaigns_actor::receive(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    decide(op);
}

void campaigns_actor::decide(const operation_ptr& op) {
    if (const auto* const wanted = std::get_if<read_campaigns>(&op->asked)) return read(op, *wanted);
    EXPECTS(op->command() != nullptr);
    std::visit(
        [&]<class Command>(const Command& asked) {
            if constexpr (std::is_same_v<Command, ledger::propose_campaign>)
                propose(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::grant_from_campaign>)
                grant(op, asked);
            else if constexpr (requires { ledger::decide(asked, ledger::person_ref{}, ledger::campaign{}); })
                change(op, asked);
            else
                EXPECTS(!"a command that is not a campaign's");
        },
        *op->command());
}

void campaigns_actor::read(const operation_ptr& op, const read_campaigns& wanted) {
    for (auto one = state_.rbegin(); one != state_.rend() && op->campaigns_seen.size() < wanted.limit; ++one) {
        const bool is_wanted = wanted.campaign == 0 || one->position == wanted.campaign;
        if (is_wanted && (wanted.before == 0 || one->position < wanted.before)) op->campaigns_seen.push_back(*one);
    }
    thread_.settle(op, ending::read);
}

void campaigns_actor::propose(const operation_ptr& op, const ledger::propose_campaign& asked) {
    auto proposed = ledger::decide(asked, state_.size(), thread_.programs(), op->at);
    if (!proposed) return thread_.refuse(op, proposed.error());
    write(op, *std::move(proposed));
}

template <class Change>
void campaigns_actor::change(const operation_ptr& op, const Change& asked) {
    if (const auto other = changing_.find(asked.campaign); other != changing_.end()) return other->second.push_back(op);
    const auto* const campaign = ledger::find_campaign(state_, asked.campaign);
    if (campaign == nullptr) return thread_.refuse(op, ledger::refusal::campaign_unknown);
    auto changed = ledger::decide(asked, op->record.asked_by(), *campaign);
    if (!changed) return thread_.refuse(op, changed.error());
    changing_.try_emplace(asked.campaign);
    write(op, *std::move(changed));
}

void campaigns_actor::write(const operation_ptr& op, ledger::fact fact) {
    op->record.decided_at = op->at;
    op->record.what = std::move(fact);
    thread_.to_journal(op);
}

// Of what is under way for the same occasion, the first decides: who comes meanwhile waits for its end.
void campaigns_actor::grant(const operation_ptr& op, const ledger::grant_from_campaign& asked) {
    const auto* const campaign = ledger::find_campaign(state_, asked.campaign);
    if (campaign == nullptr) return thread_.refuse(op, ledger::refusal::campaign_unknown);
    const auto occasion = occasion_of(asked, thread_.shared().store().keys());
    if (const auto same = granting_.find(occasion); same != granting_.end()) return same->second.push_back(op);
    const auto earlier = thread_.reader().find_occasion(occasion);
    if (!earlier) return thread_.settle(op, ending::read_failed);
    if (*earlier) return thread_.refuse(op, ledger::refusal::already_granted);
    const auto reserved = reserved_.find(asked.campaign);
    auto allowed =
        ledger::decide(asked, *campaign, reserved != reserved_.end() ? reserved->second : ledger::points{}, op->at);
    if (!allowed) return thread_.refuse(op, allowed.error());
    granting_.try_emplace(occasion);
    reserved_[asked.campaign] = *reserved_[asked.campaign].plus(allowed->amount);
    op->allowed_grant = *std::move(allowed);
    thread_.decide_for_campaign(op, asked.wallet);
}

// Its entry, or that there will be none: the write failed, and with it the process.
void campaigns_actor::durable(const operation_ptr& op) noexcept {
    const bool is_written = op->outcome == storage::append_outcome::durable;
    if (std::holds_alternative<ledger::campaign_proposed>(op->record.what)) {
        if (is_written) ledger::apply(state_.emplace_back(), op->record);
        return;
    }
    const auto of = ledger::campaign_of(op->record).proposal;
    if (is_written) ledger::apply(*ledger::find_campaign(state_, of), op->record);
    begin_again(changing_.extract(of).mapped());
}

void campaigns_actor::settled(const operation_ptr& op) noexcept {
    const auto& asked = std::get<ledger::grant_from_campaign>(*op->command());
    const auto reserved = reserved_.find(asked.campaign);
    EXPECTS(reserved != reserved_.end() && op->allowed_grant.has_value());
    const auto left = reserved->second.minus(op->allowed_grant->amount);
    EXPECTS(left.has_value());
    reserved->second = *left;
    if (reserved->second.is_zero()) reserved_.erase(reserved);
    if (op->end == ending::decided) ledger::apply(*ledger::find_campaign(state_, asked.campaign), op->record);
    const auto waiting = granting_.extract(occasion_of(asked, thread_.shared().store().keys()));
    thread_.leave_campaign(op);
    begin_again(waiting.mapped());
}

void campaigns_actor::begin_again(const std::vector<operation_ptr>& waiting) {
    for (const auto& op : waiting) decide(op);
}

} // namespace meguri::actors
