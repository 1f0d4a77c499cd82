#include "ledger/campaign.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

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
    void decided(campaign_status how) const {
        state.status = how;
        state.checker = applied.asked_by();
    }
};

bool is_budget(points amount) noexcept { return !amount.is_zero() && amount.value() <= campaign_budget_max; }

bool is_amount_per_grant(points amount) noexcept { return !amount.is_zero() && amount.value() <= points::command_max; }

struct campaign_following {
    const campaign& before;
    const entry& one;

    bool operator()(const campaign_proposed& fact) const {
        const campaign_terms& terms = *fact.terms;
        return before.position == 0 && one.person != 0 && is_budget(terms.budget) &&
               is_amount_per_grant(terms.per_grant) && terms.first_day <= terms.last_day;
    }
    bool operator()(const campaign_changed& fact) const {
        const bool is_whole =
            before.position != 0 && one.person != 0 && (fact.terms == before.terms || *fact.terms == *before.terms);
        return is_whole && step(fact);
    }
    bool operator()(const campaign_granted& fact) const {
        return is_by_rule(fact.lot) && before.taken_with(fact.lot.amount).has_value();
    }
    bool operator()(const recipients_accepted& fact) const {
        return before.position != 0 && before.status == campaign_status::approved && one.person != 0 && has_begun() &&
               fact.rows >= 1 && fact.rows <= recipients_max && !fact.sum.is_zero() && !fact.lists.empty() &&
               fact.lists.size() <= fact.rows && before.files.size() < recipient_files_max &&
               !before.has_file(fact.digest) && before.taken_with(fact.sum).has_value();
    }
    bool operator()(const recipient_granted& fact) const {
        const recipient_file* const of = before.file(fact.file);
        return of != nullptr && !of->is_finished() && fact.row < of->rows && fact.lot.amount <= of->reserved() &&
               is_by_rule(fact.lot);
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

bool campaign::has_file(const file_digest& digest) const noexcept {
    return std::ranges::find(files, digest, &recipient_file::digest) != files.end();
}

std::optional<points> campaign::taken_with(points more) const noexcept {
    const auto taken = granted.plus(reserved);
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
    return {};
}

bool follows(const campaign& before, const entry& one) { return std::visit(campaign_following{before, one}, one.what); }

void apply(campaign& state, const entry& applied) {
    std::visit(campaign_change{state, applied}, applied.what);
    if (applied.position != 0) state.last_position = applied.position;
}

} // namespace meguri::ledger
