#include "ledger/partner.hpp"

#include "ledger/contract.hpp"
#include "ledger/undecided.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

bool is_at_once(points amount) noexcept { return !amount.is_zero() && amount.value() <= points::command_max; }

bool is_within(points amount, const std::optional<points>& limit) noexcept { return !limit || amount <= *limit; }

// Of units that somebody named, by the terms in force.
bool is_by_rule(const conversion_terms& terms, std::uint64_t units, const converted_units& got) noexcept {
    return units >= terms.minimum && units <= conversion_units_max && units % terms.step == 0 &&
           convert(units, terms.rate) == got;
}

bool is_worth(const conversion_terms& terms, const linked_conversion& what) noexcept {
    if (what.units > conversion_units_max) return false;
    return is_by_rule(terms, what.units, {what.amount, convert(what.units, terms.rate).remainder});
}

using linked_stage = open_linked_conversion::stage;

// At which stage it is that the step ends or changes.
linked_stage stage_before(linked_conversion_step step) noexcept {
    if (step == linked_conversion_step::confirmed) return linked_stage::credited;
    return step == linked_conversion_step::cancelled ? linked_stage::turned_down : linked_stage::asked;
}

struct partner_following {
    const partner& before;
    const entry& one;

    bool operator()(const conversion_terms_changed& fact) const {
        if (one.person == 0 || fact.terms == nullptr || !are_possible(*fact.terms)) return false;
        const bool is_makers = one.asked_by() == fact.maker;
        const auto& open = before.open;
        if (fact.step == conversion_terms_step::proposal)
            return !open && is_makers && fact.number == before.proposals + 1;
        return open && !is_makers && fact.number == open->number && fact.maker == open->maker &&
               (fact.terms == open->terms || *fact.terms == *open->terms);
    }
    bool operator()(const points_converted& fact) const {
        if (before.number == 0 || fact.lot.lot->source.kind() != funding_kind::partner) return false;
        const conversion_terms& terms = *before.terms;
        const points amount = fact.lot.amount;
        const auto of_day = before.today.on(fact.day).plus(amount);
        const bool in_limits = is_within(fact.of_person, terms.per_person_day) && fact.of_person >= amount &&
                               (fact.day < before.today.day || (of_day && is_within(*of_day, terms.per_partner_day)));
        const bool by_rule = fact.coupon != 0
                               ? fact.terms >= 1 && fact.terms <= before.number
                               : fact.terms == before.number && is_by_rule(terms, fact.units, {amount, fact.remainder});
        const program_code program = fact.lot.lot->program;
        const auto* const linked = fact.coupon == 0 ? before.find_linked(fact.reference) : nullptr;
        if (linked != nullptr && (linked->at != linked_stage::asked || linked->what->wallet != fact.wallet ||
                                  linked->what->units != fact.units || linked->what->terms != fact.terms))
            return false;
        return is_at_once(amount) && in_limits && by_rule && fact.day <= jst_day::of(one.decided_at) &&
               (!is_undecided(program) || program == undecided_program(fact.partner));
    }
    bool operator()(const coupon_changed& fact) const {
        const coupon& what = *fact.what;
        if (fact.step == coupon_step::block)
            return before.coupons_blocked + before.coupons_redeemed < before.coupons && what.number <= before.coupons;
        const bool by_rule = what.units == 0 ? what.remainder == 0
                                             : is_by_rule(*before.terms, what.units, {what.amount, what.remainder});
        return before.number != 0 && what.terms == before.number && what.number == before.coupons + 1 &&
               is_at_once(what.amount) && by_rule;
    }
    bool operator()(const link_changed& fact) const {
        const partner_link& what = *fact.what;
        const bool is_named = what.wallet && !what.subject.empty() && what.account != digest128{};
        return is_named && (fact.step == link_step::linked) == (fact.link == 0) && !what.tokens.empty();
    }
    bool operator()(const linked_conversion_changed& fact) const {
        const linked_conversion& what = *fact.what;
        if (fact.step == linked_conversion_step::asked)
            return fact.conversion == 0 && before.number != 0 && what.terms == before.number && what.wallet &&
                   what.link != 0 && !what.reference.empty() && is_at_once(what.amount) &&
                   before.linked.size() < linked_conversions_open_max && is_worth(*before.terms, what) &&
                   before.find_linked(what.reference) == nullptr;
        const auto* const open = before.find_linked(fact.conversion);
        return open != nullptr && open->at == stage_before(fact.step) && *open->what == what;
    }
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }
};

struct partner_change {
    partner& state;
    const entry& applied;

    void operator()(const conversion_terms_changed& fact) const {
        if (fact.step == conversion_terms_step::proposal) {
            state.proposals = fact.number;
            state.open = open_terms{fact.number, fact.terms, fact.maker, applied.decided_at};
            return;
        }
        state.open.reset();
        if (fact.step == conversion_terms_step::rejection) return;
        state.number = fact.number;
        state.terms = fact.terms;
        state.maker = fact.maker;
        state.checker = applied.asked_by();
        state.in_force_since = applied.decided_at;
    }
    void operator()(const points_converted& fact) const {
        const auto sum = state.converted.plus(fact.lot.amount);
        EXPECTS(sum.has_value()); // a wallet has room for no more
        state.converted = *sum;
        state.today.add(fact.day, fact.lot.amount);
        ++state.conversions;
        if (fact.coupon != 0) {
            ++state.coupons_redeemed;
            return;
        }
        for (auto& one : state.linked)
            if (one.what->reference == fact.reference) one.at = linked_stage::credited;
    }
    void operator()(const coupon_changed& fact) const {
        ++(fact.step == coupon_step::issue ? state.coupons : state.coupons_blocked);
    }
    void operator()(const link_changed&) const {}
    void operator()(const linked_conversion_changed& fact) const {
        if (fact.step == linked_conversion_step::asked) {
            state.linked.push_back({applied.position, linked_stage::asked, fact.what});
            return;
        }
        const auto open = std::ranges::find(state.linked, fact.conversion, &open_linked_conversion::position);
        EXPECTS(open != state.linked.end());
        if (fact.step == linked_conversion_step::turned_down)
            open->at = linked_stage::turned_down;
        else
            state.linked.erase(open);
    }
    template <class Other>
    void operator()(const Other&) const {
        EXPECTS(!"an entry that is not a partner's");
    }
};

} // namespace

void day_usage::add(jst_day on, points more) {
    if (on < day) return;
    const auto sum = this->on(on).plus(more);
    EXPECTS(sum.has_value());
    day = on;
    amount = *sum;
}

partner_id partner_changed_by(const entry& one) noexcept {
    if (const auto* const terms = std::get_if<conversion_terms_changed>(&one.what)) return terms->partner;
    if (const auto* const converted = std::get_if<points_converted>(&one.what)) return converted->partner;
    if (const auto* const coupon = std::get_if<coupon_changed>(&one.what)) return coupon->partner;
    if (const auto* const link = std::get_if<link_changed>(&one.what)) return link->partner;
    if (const auto* const linked = std::get_if<linked_conversion_changed>(&one.what)) return linked->partner;
    return {};
}

const open_linked_conversion* partner::find_linked(journal_position position) const noexcept {
    const auto found = std::ranges::find(linked, position, &open_linked_conversion::position);
    return found == linked.end() ? nullptr : &*found;
}

const open_linked_conversion* partner::find_linked(std::string_view reference) const noexcept {
    const auto found = std::ranges::find(
        linked, reference, [](const open_linked_conversion& one) -> std::string_view { return one.what->reference; });
    return found == linked.end() ? nullptr : &*found;
}

bool follows(const partner& before, const entry& one) { return std::visit(partner_following{before, one}, one.what); }

void apply(partner& state, const entry& applied) {
    state.id = partner_changed_by(applied);
    std::visit(partner_change{state, applied}, applied.what);
    if (applied.position != 0) state.last_position = applied.position;
}

} // namespace meguri::ledger
