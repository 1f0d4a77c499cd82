#include "actors/campaigns_actor.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>
#include <utility>

namespace meguri::actors {
namespace {

template <class Grant>
ledger::digest128 occasion_of(const Grant& asked, const storage::key_ring& keys) {
    return keys.digest_of_occasion(asked.campaign, asked.wallet, asked.occasion);
}

// Whether the entry is that row's grant: it was decided before the process ended.
bool is_grant_of(const ledger::entry& one, const ledger::grant_recipient& asked) noexcept {
    const auto* const granted = std::get_if<ledger::recipient_granted>(&one.what);
    return granted != nullptr && granted->file == asked.file && granted->row == asked.row;
}

} // namespace

campaigns_actor::campaigns_actor(caf::actor_config& config, switch_thread* thread, ledger::campaign_list state)
    : campaigns_handle::base{config},
      thread_{*thread},
      looks_{*thread},
      state_{std::move(state)} {
    thread_.clawbacks().waiting.add(clawback_rows_waiting(state_));
}

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
    if (std::holds_alternative<follow_recipients>(op->asked)) return follow(op, following_);
    if (std::holds_alternative<follow_clawbacks>(op->asked)) return follow(op, clawing_);
    EXPECTS(op->command() != nullptr);
    std::visit(
        [&]<class Command>(const Command& asked) {
            if constexpr (std::is_same_v<Command, ledger::propose_campaign>)
                propose(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::grant_from_campaign>)
                grant(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::grant_recipient>)
                grant_row(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::redeem_event>)
                redeem(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::accept_recipients> ||
                               std::is_same_v<Command, ledger::accept_eligibility> ||
                               std::is_same_v<Command, ledger::propose_clawback>)
                take_in(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::claw_back_row>)
                thread_.decide_for_campaign(op, asked.wallet);
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

// --- grants ---

// Of what is under way for the same occasion, the first decides: who comes meanwhile waits for its end.
void campaigns_actor::grant(const operation_ptr& op, const ledger::grant_from_campaign& asked) {
    const auto* const campaign = ledger::find_campaign(state_, asked.campaign);
    if (campaign == nullptr) return thread_.refuse(op, ledger::refusal::campaign_unknown);
    if (are_of_benefits(*campaign->terms)) {
        const bool is_listed = campaign->terms->eligible_only;
        return grant_to_person(op, *campaign,
                               {.wallet = asked.wallet,
                                .occasion = is_listed ? std::string{ledger::benefit_occasion} : asked.occasion,
                                .amount = asked.amount,
                                .measured = asked.measured,
                                .my_key = {},
                                .listed = {}});
    }
    const auto occasion = occasion_of(asked, thread_.shared().store().keys());
    if (const auto same = granting_.find(occasion); same != granting_.end()) return same->second.push_back(op);
    const auto earlier = thread_.reader().find_occasion(occasion);
    if (!earlier) return thread_.settle(op, ending::read_failed);
    if (*earlier) return thread_.refuse(op, ledger::refusal::already_granted);
    auto allowed = ledger::decide(asked, *campaign, reserved(asked.campaign), op->at);
    if (!allowed) return thread_.refuse(op, allowed.error());
    granting_.try_emplace(occasion);
    reserve(asked.campaign, allowed->amount);
    op->allowed_grant = *std::move(allowed);
    thread_.decide_for_campaign(op, asked.wallet);
}

// --- grants to persons ---

void campaigns_actor::redeem(const operation_ptr& op, const ledger::redeem_event& asked) {
    const auto* const campaign = ledger::find_campaign(state_, asked.campaign);
    const auto* const event = campaign != nullptr ? campaign->event(asked.event) : nullptr;
    if (event == nullptr) return thread_.refuse(op, ledger::refusal::event_not_open);
    grant_to_person(op, *campaign,
                    {.wallet = asked.wallet,
                     .occasion = event->name,
                     .amount = {},
                     .measured = 0,
                     .my_key = {},
                     .listed = {},
                     .event = event->position});
}

void campaigns_actor::grant_to_person(const operation_ptr& op, const ledger::campaign& of,
                                      ledger::benefit_question asked) {
    const auto& keys = thread_.shared().store().keys();
    const auto occasion = keys.digest_of_occasion(of.position, asked.wallet, asked.occasion);
    const auto seen = looks_.take(*op);
    if (!seen) {
        if (const auto same = granting_.find(occasion); same != granting_.end()) return same->second.push_back(op);
        const auto earlier = thread_.reader().find_occasion(occasion);
        if (!earlier) return thread_.settle(op, ending::read_failed);
        if (*earlier) return thread_.refuse(op, ledger::refusal::already_granted);
        granting_.try_emplace(occasion);
        return looks_.look(op, asked.wallet);
    }
    if (seen->end != ending::read) return end_grant(op, occasion, seen->end, seen->why);
    if (const auto* const code = std::get_if<ledger::redeem_event>(op->command()))
        if (const auto event = ledger::event_of(*code, of, op->at); !event)
            return end_grant(op, occasion, ending::refused, event.error());
    asked.my_key = seen->my_key;
    if (!look_up(of, asked)) return end_grant(op, occasion, ending::read_failed, {});
    auto allowed = ledger::decide(asked, of, reserved(of.position), op->at);
    if (!allowed) return end_grant(op, occasion, ending::refused, allowed.error());
    reserve(of.position, allowed->what.amount);
    op->benefit = std::make_unique<ledger::benefit_basis>(std::move(allowed->basis));
    op->allowed_grant = std::move(allowed->what);
    thread_.decide_for_campaign(op, asked.wallet);
}

bool campaigns_actor::look_up(const ledger::campaign& of, ledger::benefit_question& asked) {
    if (!of.terms->eligible_only || !of.eligible) return true;
    auto known = eligible_.find(of.position);
    if (known == eligible_.end() || known->second.list() != of.eligible->position) {
        auto read = eligible_people::read(thread_.reader(), of.eligible->position);
        if (!read) return false;
        known = eligible_.insert_or_assign(of.position, *std::move(read)).first;
    }
    asked.listed = known->second.measure_of(asked.wallet, asked.my_key, thread_.shared().store().keys());
    return true;
}

void campaigns_actor::end_grant(const operation_ptr& op, const ledger::digest128& occasion, ending how,
                                ledger::refusal why) {
    const auto waiting = granting_.extract(occasion);
    how == ending::refused ? thread_.refuse(op, why) : thread_.settle(op, how);
    begin_again(waiting.mapped());
}

// Its points are reserved since its file was accepted.
void campaigns_actor::grant_row(const operation_ptr& op, const ledger::grant_recipient& asked) {
    const auto* const campaign = ledger::find_campaign(state_, asked.campaign);
    EXPECTS(campaign != nullptr && campaign->file(asked.file) != nullptr);
    const auto occasion = occasion_of(asked, thread_.shared().store().keys());
    if (const auto same = granting_.find(occasion); same != granting_.end()) return same->second.push_back(op);
    const auto earlier = thread_.reader().find_occasion(occasion);
    if (!earlier) return thread_.settle(op, ending::read_failed);
    if (*earlier) {
        const auto entry = thread_.reader().read(**earlier);
        if (!entry) return thread_.settle(op, ending::read_failed);
        if (is_grant_of(*entry, asked)) return thread_.settle(op, ending::replayed);
        return thread_.refuse(op, ledger::refusal::already_granted);
    }
    granting_.try_emplace(occasion);
    op->allowed_grant = ledger::decide(asked, *campaign);
    if (campaign->terms->per_person) {
        op->benefit = std::make_unique<ledger::benefit_basis>();
        op->benefit->needs_person = true;
    }
    thread_.decide_for_campaign(op, asked.wallet);
}

ledger::points campaigns_actor::reserved(ledger::journal_position campaign) const {
    const auto known = reserved_.find(campaign);
    return known != reserved_.end() ? known->second : ledger::points{};
}

void campaigns_actor::reserve(ledger::journal_position campaign, ledger::points amount) {
    const auto sum = reserved(campaign).plus(amount);
    EXPECTS(sum.has_value());
    reserved_[campaign] = *sum;
}

void campaigns_actor::release(ledger::journal_position campaign, ledger::points amount) {
    const auto left = reserved(campaign).minus(amount);
    EXPECTS(left.has_value());
    if (left->is_zero())
        reserved_.erase(campaign);
    else
        reserved_[campaign] = *left;
}

// --- files of recipients ---

namespace {

// Whether a file of so many rows can be accepted; `reserved` for what is under way.
tl::expected<void, ledger::refusal> may_accept(const ledger::accept_recipients& asked, const operation& op,
                                               const ledger::campaign& of, std::uint32_t rows, ledger::points sum,
                                               ledger::points reserved) {
    return ledger::decide(asked, of, rows, sum, reserved, op.at).map([](auto&&) {});
}
tl::expected<void, ledger::refusal> may_accept(const ledger::accept_eligibility& asked, const operation& op,
                                               const ledger::campaign& of, std::uint32_t rows, ledger::points,
                                               ledger::points) {
    return ledger::decide(asked, op.record.asked_by(), of, rows, op.at).map([](auto&&) {});
}

// What is there to be taken back is known only when it was looked for.
tl::expected<void, ledger::refusal> may_accept(const ledger::propose_clawback& asked, const operation& op,
                                               const ledger::campaign& of, std::uint32_t rows, ledger::points sum,
                                               ledger::points) {
    const bool has_looked = rows != 0 || !sum.is_zero();
    return ledger::decide(asked, op.record.asked_by(), of, has_looked ? rows : 1).map([](auto&&) {});
}

} // namespace

template <class Upload>
void campaigns_actor::take_in(const operation_ptr& op, const Upload& asked) {
    const auto* const campaign = ledger::find_campaign(state_, asked.campaign);
    if (campaign == nullptr) return thread_.refuse(op, ledger::refusal::campaign_unknown);
    auto& intake = intakes_[op.get()];
    if (intake == nullptr) {
        const auto possible = may_accept(asked, *op, *campaign, 0, {}, reserved(asked.campaign));
        if (!possible) return give_up(op, possible.error());
        intake = std::make_unique<recipients_intake>(thread_, op, campaign->terms, campaign->last_position);
    }
    switch (intake->go_on()) {
    case recipients_intake::standing::under_way: return;
    case recipients_intake::standing::faulty: return give_up(op, ledger::refusal::recipients_refused);
    case recipients_intake::standing::failed: {
        intakes_.erase(op.get());
        return thread_.settle(op, ending::read_failed);
    }
    case recipients_intake::standing::checked: {
        // Asked before the lists are written, which would be in vain; decided once they are there.
        const auto possible =
            may_accept(asked, *op, *campaign, intake->rows(), intake->sum(), reserved(asked.campaign));
        return possible ? intake->list() : give_up(op, possible.error());
    }
    case recipients_intake::standing::listed: return accept(op, asked, *intake);
    }
}

void campaigns_actor::accept(const operation_ptr& op, const ledger::accept_recipients& asked,
                             const recipients_intake& of) {
    if (const auto other = changing_.find(asked.campaign); other != changing_.end()) return other->second.push_back(op);
    const auto& campaign = *ledger::find_campaign(state_, asked.campaign);
    auto accepted = ledger::decide(asked, campaign, of.rows(), of.sum(), reserved(asked.campaign), op->at);
    if (!accepted) return give_up(op, accepted.error());
    accepted->lists = of.lists();
    reserve(asked.campaign, of.sum());
    changing_.try_emplace(asked.campaign);
    intakes_.erase(op.get());
    write(op, *std::move(accepted));
}

void campaigns_actor::accept(const operation_ptr& op, const ledger::accept_eligibility& asked,
                             const recipients_intake& of) {
    if (const auto other = changing_.find(asked.campaign); other != changing_.end()) return other->second.push_back(op);
    const auto& campaign = *ledger::find_campaign(state_, asked.campaign);
    auto accepted = ledger::decide(asked, op->record.asked_by(), campaign, of.rows(), op->at);
    if (!accepted) return give_up(op, accepted.error());
    accepted->lists = of.lists();
    changing_.try_emplace(asked.campaign);
    intakes_.erase(op.get());
    write(op, *std::move(accepted));
}

void campaigns_actor::accept(const operation_ptr& op, const ledger::propose_clawback& asked,
                             const recipients_intake& of) {
    if (const auto other = changing_.find(asked.campaign); other != changing_.end()) return other->second.push_back(op);
    const auto& campaign = *ledger::find_campaign(state_, asked.campaign);
    auto proposed = ledger::decide(asked, op->record.asked_by(), campaign, of.rows());
    if (!proposed) return give_up(op, proposed.error());
    proposed->lists = of.lists();
    changing_.try_emplace(asked.campaign);
    intakes_.erase(op.get());
    write(op, *std::move(proposed));
}

void campaigns_actor::give_up(const operation_ptr& op, ledger::refusal why) {
    intakes_.erase(op.get());
    thread_.refuse(op, why);
}

void campaigns_actor::count_come(metrics::counter& how, std::uint64_t rows) {
    how.add(rows);
    thread_.clawbacks().waiting.subtract(rows);
}

void campaigns_actor::begin_following(actors::request what, ledger::instant allowed_at, rows_following* under_way) {
    if (under_way != nullptr) under_way->allow_from(allowed_at);
    const auto begun = make_operation();
    begun->asked = std::move(what);
    begun->at = allowed_at;
    thread_.submit(begun);
}

template <class Following>
void campaigns_actor::follow(const operation_ptr& op, std::unique_ptr<Following>& following) {
    if (following == nullptr) following = std::make_unique<Following>(thread_, op);
    if (following->token() != op) return thread_.settle(op, ending::read); // the other one goes on with all of them
    if (following->go_on(state_) == Following::standing::under_way) return;
    following.reset();
    thread_.settle(op, ending::read);
}

// --- what is durable ---

// Its entry, or that there will be none: the write failed, and with it the process.
void campaigns_actor::durable(const operation_ptr& op) noexcept {
    const bool is_written = op->outcome == storage::append_outcome::durable;
    if (std::holds_alternative<ledger::campaign_proposed>(op->record.what)) {
        if (is_written) ledger::apply(state_.emplace_back(), op->record);
        return;
    }
    const auto of = ledger::campaign_of(op->record);
    if (is_written) ledger::apply(*ledger::find_campaign(state_, of.proposal), op->record);
    if (std::holds_alternative<ledger::recipients_left_out>(op->record.what)) return;
    if (const auto* const clawback = std::get_if<ledger::clawback_changed>(&op->record.what)) {
        if (clawback->step == ledger::clawback_step::rows_ended) {
            if (is_written) count_come(thread_.clawbacks().nothing_left, clawback->ended.size());
            return;
        }
        if (is_written && clawback->step == ledger::clawback_step::approval) {
            const auto* const approved = ledger::find_campaign(state_, of.proposal)->clawback(clawback->clawback);
            thread_.clawbacks().waiting.add(approved->rows);
            begin_following(follow_clawbacks{of.program}, op->at, clawing_.get());
        }
    }
    if (const auto* const accepted = std::get_if<ledger::recipients_accepted>(&op->record.what)) {
        release(of.proposal, accepted->sum);
        if (is_written) begin_following(follow_recipients{of.program}, op->at, following_.get());
    }
    begin_again(changing_.extract(of.proposal).mapped());
}

void campaigns_actor::settled(const operation_ptr& op) noexcept {
    if (const auto* const taken = std::get_if<ledger::claw_back_row>(op->command())) {
        if (op->end == ending::decided) {
            ledger::apply(*ledger::find_campaign(state_, taken->campaign), op->record);
            count_come(thread_.clawbacks().taken, 1);
        }
        return thread_.leave_campaign(op);
    }
    EXPECTS(op->allowed_grant.has_value());
    const auto& keys = thread_.shared().store().keys();
    const auto* const single = std::get_if<ledger::grant_from_campaign>(op->command());
    const auto* const row = std::get_if<ledger::grant_recipient>(op->command());
    const auto* const code = std::get_if<ledger::redeem_event>(op->command());
    EXPECTS((single != nullptr) + (row != nullptr) + (code != nullptr) == 1);
    const auto campaign = single != nullptr ? single->campaign : row != nullptr ? row->campaign : code->campaign;
    const auto wallet = op->allowed_grant->wallet;
    const auto occasion = row != nullptr ? occasion_of(*row, keys)
                        : op->benefit    ? keys.digest_of_occasion(campaign, wallet, op->benefit->occasion)
                                         : occasion_of(*single, keys);
    if (row == nullptr) release(campaign, op->allowed_grant->amount);
    if (op->end == ending::decided) ledger::apply(*ledger::find_campaign(state_, campaign), op->record);
    const auto waiting = granting_.extract(occasion);
    thread_.leave_campaign(op);
    begin_again(waiting.mapped());
}

void campaigns_actor::begin_again(const std::vector<operation_ptr>& waiting) {
    for (const auto& op : waiting) decide(op);
}

} // namespace meguri::actors
