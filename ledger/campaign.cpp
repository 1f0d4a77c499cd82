#include "ledger/campaign.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <utility>

namespace meguri::ledger {
namespace {

// Of an entry: the proposal, a change or a grant.
struct campaign_change {
    campaign& state;
    const entry& applied;

    void operator()(const campaign_proposed& fact) const {
        state.program = fact.program;
        state.position = applied.position;
        state.terms = fact.terms;
        state.maker = applied.asked_by();
        state.proposed_at = applied.decided_at;
    }
    void operator()(const campaign_changed& fact) const {
        state.budget = fact.budget;
        switch (fact.step) {
        case campaign_step::approval: decided(campaign_status::approved); break;
        case campaign_step::rejection: decided(campaign_status::rejected); break;
        case campaign_step::increase_proposal:
            state.increases = fact.increase;
            state.open_increase = budget_increase{fact.increase, fact.amount, fact.maker, fact.reason};
            break;
        case campaign_step::increase_approval:
        case campaign_step::increase_rejection: state.open_increase.reset(); break;
        case campaign_step::closing:
            state.status = campaign_status::closed;
            state.open_increase.reset();
            break;
        }
    }
    void operator()(const campaign_granted& fact) const { grant(fact.lot.amount); }
    void operator()(const recipients_accepted& fact) const {
        EXPECTS(state.taken_with(fact.sum).has_value());
        state.reserved = *state.reserved.plus(fact.sum);
        recipient_file accepted;
        accepted.position = applied.position;
        accepted.digest = fact.digest;
        accepted.rows = fact.rows;
        accepted.sum = fact.sum;
        state.files.push_back(accepted);
    }
    void operator()(const recipient_granted& fact) const {
        recipient_file& of = unreserve(fact.file, fact.lot.amount);
        ++of.granted;
        of.granted_sum = *of.granted_sum.plus(fact.lot.amount);
        grant(fact.lot.amount);
    }
    void operator()(const recipients_left_out& fact) const {
        recipient_file& of = unreserve(fact.file, fact.released);
        of.left_out += static_cast<std::uint32_t>(fact.rows.size());
        of.left_out_sum = *of.left_out_sum.plus(fact.released);
        of.last_left_out = applied.position;
    }
    void operator()(const benefit_granted& fact) const { grant(fact.lot.amount); }
    void operator()(const eligibility_changed& fact) const {
        switch (fact.step) {
        case eligibility_step::acceptance: state.eligible = brought(fact); break;
        case eligibility_step::proposal: state.open_eligible = brought(fact); break;
        case eligibility_step::approval: state.eligible = std::exchange(state.open_eligible, std::nullopt); break;
        case eligibility_step::rejection: state.open_eligible.reset(); break;
        }
    }
    void operator()(const clawback_changed& fact) const {
        if (fact.step == clawback_step::proposal) {
            campaign_clawback& one = state.clawbacks.emplace_back();
            one.position = applied.position;
            one.is_of_all = fact.is_of_all;
            one.rows = fact.rows;
            one.maker = applied.asked_by();
            return;
        }
        campaign_clawback* const of = state.clawback(fact.clawback);
        EXPECTS(of != nullptr);
        if (fact.step == clawback_step::approval) of->status = clawback_status::approved;
        if (fact.step == clawback_step::rejection) of->status = clawback_status::rejected;
        if (fact.step != clawback_step::rows_ended) return;
        of->ended += static_cast<std::uint32_t>(fact.ended.size());
        of->last_ended = applied.position;
    }
    void operator()(const points_clawed_back& fact) const {
        campaign_clawback* const of = state.clawback(fact.clawback);
        const auto sum = state.clawed_back.plus(fact.lot.amount);
        EXPECTS(of != nullptr && sum && *sum <= state.granted);
        state.clawed_back = *sum;
        of->sum = *of->sum.plus(fact.lot.amount);
        ++of->taken;
    }
    void operator()(const event_changed& fact) const {
        if (fact.step == event_step::opening) {
            state.events.push_back(fact.what);
            state.events.back().position = applied.position;
            return;
        }
        const auto closed = std::ranges::find(state.events, fact.what.position, &campaign_event::position);
        EXPECTS(closed != state.events.end());
        closed->closed = true;
    }
    template <class Other>
    void operator()(const Other&) const {
        EXPECTS(!"an entry that is not a campaign's");
    }

private:
    void grant(points amount) const {
        EXPECTS(state.taken_with(amount).has_value());
        state.granted = *state.granted.plus(amount);
        ++state.grants;
    }
    recipient_file& unreserve(journal_position file, points amount) const {
        recipient_file* const of = state.file(file);
        EXPECTS(of != nullptr && !of->is_finished() && amount <= of->reserved());
        state.reserved = *state.reserved.minus(amount);
        return *of;
    }
    [[nodiscard]] eligibility_list brought(const eligibility_changed& fact) const {
        return {applied.position, fact.digest, fact.rows, applied.asked_by()};
    }
    void decided(campaign_status how) const {
        state.status = how;
        state.checker = applied.asked_by();
    }
};

bool is_budget(points amount) noexcept { return !amount.is_zero() && amount.value() <= campaign_budget_max; }

struct campaign_following {
    const campaign& before;
    const entry& one;

    bool operator()(const campaign_proposed& fact) const {
        return before.position == 0 && one.person != 0 && is_possible(*fact.terms);
    }
    bool operator()(const campaign_changed& fact) const {
        const bool is_whole =
            before.position != 0 && one.person != 0 && (fact.terms == before.terms || *fact.terms == *before.terms);
        return is_whole && step(fact);
    }
    bool operator()(const campaign_granted& fact) const {
        return before.position != 0 && !are_of_benefits(*before.terms) && is_by_rule(fact.lot) &&
               before.taken_with(fact.lot.amount).has_value();
    }
    // Whether the person was on the list, and who it was, is for others to say.
    bool operator()(const benefit_granted& fact) const {
        if (before.position == 0) return false;
        const campaign_terms& terms = *before.terms;
        const bool has_measure = is_by_measure(terms.rule);
        const auto* const event = before.event(fact.event);
        const bool is_at_event = fact.event != 0;
        const bool right_list = terms.eligible_only
                                  ? before.eligible && fact.list != 0 && fact.list <= before.eligible->position &&
                                        fact.occasion == benefit_occasion
                                  : fact.list == 0;
        const bool right_event =
            !is_at_event || (event != nullptr && fact.occasion == event->name && one.decided_at >= event->begins);
        const bool right_person = static_cast<bool>(fact.my_key) || (!terms.per_person && !is_at_event);
        const bool right_measure =
            has_measure ? fact.measured <= measure_max && amount_of(terms, fact.measured) == fact.lot.amount
                        : fact.measured == 0;
        return (are_of_benefits(terms) || is_at_event) && right_list && right_event && right_person && right_measure &&
               is_by_rule(fact.lot) && before.taken_with(fact.lot.amount).has_value();
    }
    bool operator()(const eligibility_changed& fact) const {
        if (before.position == 0 || one.person == 0 || before.status != campaign_status::approved) return false;
        if (!before.terms->eligible_only) return false;
        const bool brings = fact.step == eligibility_step::acceptance || fact.step == eligibility_step::proposal;
        if (brings)
            return fact.list == 0 && fact.maker == one.asked_by() && fact.rows >= 1 && fact.rows <= recipients_max &&
                   !fact.lists.empty() && fact.lists.size() <= fact.rows && !before.open_eligible &&
                   before.eligible.has_value() == (fact.step == eligibility_step::proposal);
        const auto& open = before.open_eligible;
        return open && fact.list == open->position && fact.digest == open->digest && fact.rows == open->rows &&
               fact.maker == open->maker && fact.lists.empty() && one.asked_by() != open->maker;
    }
    bool operator()(const clawback_changed& fact) const {
        if (before.position == 0 || one.person == 0) return false;
        if (fact.step == clawback_step::proposal)
            return (before.status == campaign_status::approved || before.status == campaign_status::closed) &&
                   fact.clawback == 0 && fact.rows >= 1 && !fact.lists.empty() && fact.lists.size() <= fact.rows &&
                   fact.ended.empty() && fact.maker == one.asked_by() && before.clawbacks.size() < clawbacks_max;
        const auto* const of = before.clawback(fact.clawback);
        if (of == nullptr || fact.maker != of->maker || !fact.lists.empty()) return false;
        if (fact.step != clawback_step::rows_ended)
            return of->status == clawback_status::proposed && one.asked_by() != of->maker && fact.ended.empty();
        return of->status == clawback_status::approved && !fact.ended.empty() && fact.previous == of->last_ended &&
               of->taken + of->ended + fact.ended.size() <= of->rows;
    }
    bool operator()(const points_clawed_back& fact) const {
        const auto* const of = before.clawback(fact.clawback);
        const auto sum = before.clawed_back.plus(fact.lot.amount);
        return of != nullptr && of->status == clawback_status::approved && !of->is_finished() && fact.row < of->rows &&
               !fact.lot.amount.is_zero() && sum && *sum <= before.granted && fact.lot.lot->program == before.program &&
               fact.lot.lot->source == before.terms->source && fact.lot.lot->earmark == before.terms->earmark;
    }
    bool operator()(const event_changed& fact) const {
        if (before.position == 0 || one.person == 0 || before.status != campaign_status::approved) return false;
        if (fact.step == event_step::opening)
            return fact.what.position == 0 && !fact.what.closed && is_possible(fact.what) &&
                   has_events(*before.terms) && before.events.size() < campaign_events_max;
        const auto* const event = before.event(fact.what.position);
        return event != nullptr && *event == fact.what && !event->closed;
    }
    bool operator()(const recipients_accepted& fact) const {
        return before.position != 0 && before.status == campaign_status::approved && one.person != 0 && has_begun() &&
               fact.rows >= 1 && fact.rows <= recipients_max && !fact.sum.is_zero() && !fact.lists.empty() &&
               fact.lists.size() <= fact.rows && before.files.size() < recipient_files_max &&
               !before.has_file(fact.digest) && before.taken_with(fact.sum).has_value();
    }
    bool operator()(const recipient_granted& fact) const {
        const recipient_file* const of = before.file(fact.file);
        return of != nullptr && !before.terms->eligible_only && !of->is_finished() && fact.row < of->rows &&
               fact.lot.amount <= of->reserved() && is_by_rule(fact.lot);
    }
    bool operator()(const recipients_left_out& fact) const {
        const recipient_file* const of = before.file(fact.file);
        return of != nullptr && !fact.rows.empty() && of->granted + of->left_out + fact.rows.size() <= of->rows &&
               fact.released <= of->reserved() && !fact.released.is_zero() && fact.previous == of->last_left_out;
    }
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }

private:
    [[nodiscard]] bool has_begun() const { return before.terms->first_day <= jst_day::of(one.decided_at); }
    [[nodiscard]] bool is_by_rule(const lot_use& granted) const {
        if (before.position == 0) return false;
        const campaign_terms& terms = *before.terms;
        const bool right_amount =
            terms.rule == amount_rule::fixed ? granted.amount == terms.per_grant : granted.amount <= terms.per_grant;
        return before.status != campaign_status::rejected && has_begun() && right_amount &&
               granted.lot->program == before.program && granted.lot->source == terms.source &&
               granted.lot->earmark == terms.earmark &&
               (terms.expires_on == jst_day{} || granted.lot->expires_on == terms.expires_on);
    }
    [[nodiscard]] bool step(const campaign_changed& fact) const {
        const auto& open = before.open_increase;
        const bool is_other = one.asked_by() != fact.maker;
        const bool is_same_budget = fact.budget == before.budget;
        const bool names_open = open && fact.increase == open->number && fact.amount == open->amount &&
                                fact.maker == open->maker && is_other;
        switch (fact.step) {
        case campaign_step::approval:
        case campaign_step::rejection: {
            const points budget = fact.step == campaign_step::approval ? before.terms->budget : points{};
            return before.status == campaign_status::proposed && fact.maker == before.maker && is_other &&
                   fact.budget == budget;
        }
        case campaign_step::increase_proposal:
            return before.status == campaign_status::approved && !open && !is_other &&
                   fact.increase == before.increases + 1 && is_budget(fact.amount) && is_same_budget;
        case campaign_step::increase_approval:
            return before.status == campaign_status::approved && names_open &&
                   before.budget.plus(fact.amount) == fact.budget;
        case campaign_step::increase_rejection: return names_open && is_same_budget;
        case campaign_step::closing: return before.status == campaign_status::approved && is_same_budget;
        }
        return false;
    }
};

} // namespace

std::string_view name_of(campaign_status status) noexcept {
    switch (status) {
    case campaign_status::proposed: return "proposed";
    case campaign_status::approved: return "approved";
    case campaign_status::rejected: return "rejected";
    case campaign_status::closed: return "closed";
    }
    return {};
}

recipient_file* campaign::file(journal_position acceptance) noexcept {
    const auto at = std::ranges::lower_bound(files, acceptance, {}, &recipient_file::position);
    return at != files.end() && at->position == acceptance ? &*at : nullptr;
}

const recipient_file* campaign::file(journal_position acceptance) const noexcept {
    const auto at = std::ranges::lower_bound(files, acceptance, {}, &recipient_file::position);
    return at != files.end() && at->position == acceptance ? &*at : nullptr;
}

const campaign_event* campaign::event(journal_position opening) const noexcept {
    const auto at = std::ranges::lower_bound(events, opening, {}, &campaign_event::position);
    return at != events.end() && at->position == opening ? &*at : nullptr;
}

const campaign_clawback* campaign::clawback(journal_position proposal) const noexcept {
    const auto at = std::ranges::lower_bound(clawbacks, proposal, {}, &campaign_clawback::position);
    return at != clawbacks.end() && at->position == proposal ? &*at : nullptr;
}

campaign_clawback* campaign::clawback(journal_position proposal) noexcept {
    const auto at = std::ranges::lower_bound(clawbacks, proposal, {}, &campaign_clawback::position);
    return at != clawbacks.end() && at->position == proposal ? &*at : nullptr;
}

bool campaign::has_benefits() const noexcept {
    return !clawbacks.empty() || are_of_benefits(*terms) || !terms->earmark.empty() || eligible || open_eligible ||
           !events.empty();
}

bool campaign::has_file(const file_digest& digest) const noexcept {
    return std::ranges::find(files, digest, &recipient_file::digest) != files.end();
}

std::optional<points> campaign::taken_with(points more) const noexcept {
    const auto kept = granted.minus(clawed_back);
    const auto taken = kept ? kept->plus(reserved) : std::nullopt;
    const auto sum = taken ? taken->plus(more) : std::nullopt;
    return sum && *sum <= budget ? sum : std::nullopt;
}

campaign* find_campaign(campaign_list& in, journal_position proposal) noexcept {
    const auto at = std::ranges::lower_bound(in, proposal, {}, &campaign::position);
    return at != in.end() && at->position == proposal ? &*at : nullptr;
}

campaign_ref campaign_of(const entry& one) noexcept {
    if (const auto* const proposed = std::get_if<campaign_proposed>(&one.what))
        return {proposed->program, one.position};
    if (const auto* const changed = std::get_if<campaign_changed>(&one.what))
        return {changed->program, changed->campaign};
    if (const auto* const granted = std::get_if<campaign_granted>(&one.what))
        return {granted->lot.lot->program, granted->campaign};
    if (const auto* const accepted = std::get_if<recipients_accepted>(&one.what))
        return {accepted->program, accepted->campaign};
    if (const auto* const granted = std::get_if<recipient_granted>(&one.what))
        return {granted->lot.lot->program, granted->campaign};
    if (const auto* const left_out = std::get_if<recipients_left_out>(&one.what))
        return {left_out->program, left_out->campaign};
    if (const auto* const granted = std::get_if<benefit_granted>(&one.what))
        return {granted->lot.lot->program, granted->campaign};
    if (const auto* const changed = std::get_if<eligibility_changed>(&one.what))
        return {changed->program, changed->campaign};
    if (const auto* const changed = std::get_if<clawback_changed>(&one.what))
        return {changed->program, changed->campaign};
    if (const auto* const taken = std::get_if<points_clawed_back>(&one.what))
        return {taken->lot.lot->program, taken->campaign};
    if (const auto* const changed = std::get_if<event_changed>(&one.what)) return {changed->program, changed->campaign};
    return {};
}

campaign_grant_seen campaign_grant_in(const entry& one) noexcept {
    if (const auto* const granted = std::get_if<campaign_granted>(&one.what))
        return {granted->campaign, granted->wallet, &granted->occasion, &granted->lot};
    if (const auto* const granted = std::get_if<recipient_granted>(&one.what))
        return {granted->campaign, granted->wallet, &granted->occasion, &granted->lot};
    if (const auto* const granted = std::get_if<benefit_granted>(&one.what))
        return {granted->campaign, granted->wallet, &granted->occasion, &granted->lot};
    return {};
}

bool follows(const campaign& before, const entry& one) { return std::visit(campaign_following{before, one}, one.what); }

void apply(campaign& state, const entry& applied) {
    std::visit(campaign_change{state, applied}, applied.what);
    if (applied.position != 0) state.last_position = applied.position;
}

} // namespace meguri::ledger
