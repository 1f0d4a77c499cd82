// Conversion (交換): the terms of a partner, and what its points and coupons become by them.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "ledger/undecided.hpp"

namespace meguri::ledger {
namespace {

bool is_beyond(points so_far, points reserved, points amount, const std::optional<points>& limit) noexcept {
    if (!limit) return false;
    const auto taken = so_far.plus(reserved);
    const auto sum = taken ? taken->plus(amount) : std::nullopt;
    return !sum || *sum > *limit;
}

// Of the units, by the terms in force.
tl::expected<converted_units, refusal> worth_of(std::uint64_t units, const partner& of) {
    if (of.number == 0) return tl::unexpected{refusal::conversion_terms_unknown};
    if (units < of.terms->minimum) return tl::unexpected{refusal::units_below_minimum};
    if (units % of.terms->step != 0) return tl::unexpected{refusal::units_off_step};
    const auto worth = convert(units, of.terms->rate);
    if (worth.amount.value() > points::command_max) return tl::unexpected{refusal::conversion_too_large};
    return worth;
}

} // namespace

converted_units convert(std::uint64_t units, const conversion_rate& rate) noexcept {
    EXPECTS(units <= conversion_units_max && rate.points <= conversion_rate::part_max && rate.units >= 1);
    const std::uint64_t amount = units * rate.points / rate.units;
    const std::uint64_t needed = rate.points == 0 ? 0 : (amount * rate.units + rate.points - 1) / rate.points;
    return {*points::from(static_cast<std::int64_t>(amount)), units - needed};
}

bool are_possible(const conversion_terms& terms) noexcept {
    const auto is_part = [](std::uint32_t one) { return one >= 1 && one <= conversion_rate::part_max; };
    if (!is_part(terms.rate.points) || !is_part(terms.rate.units)) return false;
    if (terms.step < 1 || terms.minimum < 1 || terms.minimum > conversion_units_max) return false;
    const auto least = convert(terms.minimum, terms.rate).amount;
    const auto is_passable = [least](const std::optional<points>& limit) { return !limit || *limit >= least; };
    return terms.minimum % terms.step == 0 && !least.is_zero() && is_passable(terms.per_person_day) &&
           is_passable(terms.per_partner_day);
}

tl::expected<conversion_terms_changed, refusal> decide(const propose_conversion_terms& asked, person_ref by,
                                                       const partner& of) {
    EXPECTS(by.id != 0 && asked.terms != nullptr && are_possible(*asked.terms));
    if (of.open) return tl::unexpected{refusal::invalid_state};
    return conversion_terms_changed{
        asked.partner, conversion_terms_step::proposal, of.proposals + 1, by, asked.terms, {}};
}

tl::expected<conversion_terms_changed, refusal> decide(const decide_conversion_terms& asked, person_ref by,
                                                       const partner& of) {
    if (!of.open || of.open->number != asked.number) return tl::unexpected{refusal::invalid_state};
    if (by.id == 0 || by == of.open->maker) return tl::unexpected{refusal::second_person_required};
    const auto step = asked.approve ? conversion_terms_step::approval : conversion_terms_step::rejection;
    return conversion_terms_changed{asked.partner, step, asked.number, of.open->maker, of.open->terms, asked.reason};
}

tl::expected<converted_units, refusal> decide(const convert_points& asked, const partner& of) {
    const auto worth = worth_of(asked.units, of);
    // One that begins with a linked account has its own reference, and the terms that the resident saw.
    const auto* const linked = of.find_linked(asked.reference);
    if (linked == nullptr || !worth) return worth;
    const linked_conversion& begun = *linked->what;
    if (linked->at != open_linked_conversion::stage::asked || begun.wallet != asked.wallet || asked.my_key ||
        begun.units != asked.units || begun.program != asked.program)
        return tl::unexpected{refusal::reference_reused};
    if (begun.terms != of.number) return tl::unexpected{refusal::conversion_terms_changed};
    return worth;
}

tl::expected<points, refusal> decide(points amount, const partner& of, const taken_of_limits& taken) {
    EXPECTS(of.number != 0);
    if (is_beyond(taken.by_person, {}, amount, of.terms->per_person_day))
        return tl::unexpected{refusal::conversion_limit_reached};
    if (is_beyond(of.today.on(taken.day), taken.reserved, amount, of.terms->per_partner_day))
        return tl::unexpected{refusal::conversion_limit_reached};
    const auto of_person = taken.by_person.plus(amount);
    if (!of_person) return tl::unexpected{refusal::balance_too_large};
    return *of_person;
}

tl::expected<points_converted, refusal> decide(const allowed_conversion& allowed, const wallet& to,
                                               const program_table& programs, instant now) {
    if (allowed.my_key && to.my_key != allowed.my_key) return tl::unexpected{refusal::my_key_unknown};
    if (to.frozen) return tl::unexpected{refusal::wallet_frozen};
    program_code code = undecided_program(allowed.partner);
    jst_day expires_on = never_expires;
    if (allowed.program) {
        const program* const chosen = programs.find(allowed.program);
        if (chosen == nullptr) return tl::unexpected{refusal::program_unknown};
        code = chosen->code;
        expires_on = jst_day::of(now).plus_days(chosen->expiry_days);
    }
    if (!to.has_room_for(allowed.amount)) return tl::unexpected{refusal::balance_too_large};
    auto lot = std::make_shared<const lot_terms>(lot_terms{to.lots_issued + 1, code, allowed.source, expires_on, now});
    return points_converted{to.id,
                            allowed.partner,
                            allowed.my_key,
                            allowed.reference,
                            allowed.units,
                            allowed.remainder,
                            allowed.terms,
                            allowed.day,
                            allowed.of_person,
                            allowed.coupon,
                            allowed.code,
                            {std::move(lot), allowed.amount}};
}

bool is_same_conversion(const convert_points& asked, const points_converted& made) noexcept {
    const bool same_person = asked.my_key ? asked.my_key == made.my_key : asked.wallet == made.wallet;
    const program_code program = made.lot.lot->program;
    const program_code chosen = is_undecided(program) ? program_code{} : program;
    return same_person && made.coupon == 0 && asked.units == made.units && asked.program == chosen;
}

// --- coupons ---

tl::expected<coupon_changed, refusal> decide(const issue_coupon& asked, std::uint32_t number, const partner& of,
                                             const program_table& programs, instant now) {
    if (of.number == 0) return tl::unexpected{refusal::conversion_terms_unknown};
    if (asked.program && programs.find(asked.program) == nullptr) return tl::unexpected{refusal::program_unknown};
    const jst_day today = jst_day::of(now);
    if (asked.last_day < today) return tl::unexpected{refusal::expires_in_the_past};
    if (today.plus_days(expiry_days_max) < asked.last_day) return tl::unexpected{refusal::expires_too_far};
    converted_units worth{asked.amount, 0};
    if (asked.units != 0) {
        const auto of_units = worth_of(asked.units, of);
        if (!of_units) return tl::unexpected{of_units.error()};
        worth = *of_units;
    }
    auto what = std::make_shared<const coupon>(coupon{number,
                                                      asked.reference,
                                                      asked.units,
                                                      worth.remainder,
                                                      worth.amount,
                                                      of.number,
                                                      asked.program,
                                                      asked.last_day,
                                                      {}});
    return coupon_changed{asked.partner, coupon_step::issue, 0, std::move(what), {}};
}

tl::expected<void, refusal> may_end(const entry& newest_of_coupon) {
    if (std::holds_alternative<points_converted>(newest_of_coupon.what))
        return tl::unexpected{refusal::coupon_redeemed};
    if (std::get<coupon_changed>(newest_of_coupon.what).step == coupon_step::block)
        return tl::unexpected{refusal::coupon_blocked};
    return {};
}

} // namespace meguri::ledger
