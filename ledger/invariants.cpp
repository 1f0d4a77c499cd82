#include "ledger/invariants.hpp"

#include "ledger/accounts.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "ledger/undecided.hpp"

#include <algorithm>
#include <string>

namespace meguri::ledger {
namespace invariants {
namespace {

constexpr verdict verdict_of(bool holds) noexcept { return holds ? verdict::holds : verdict::broken; }

bool is_command_amount(points amount) noexcept { return amount.value() >= 1 && amount.value() <= points::command_max; }

const lot* find(const wallet& in, std::uint32_t number) noexcept {
    const auto at =
        std::find_if(in.lots.begin(), in.lots.end(), [number](const lot& one) { return one.terms->number == number; });
    return at != in.lots.end() ? &*at : nullptr;
}

// Mostly the very same terms: lots share them with the entries that touch them.
bool is_of(const lot& one, const lot_use& use) noexcept { return one.terms == use.lot || *one.terms == *use.lot; }

// What of the entry's lots leaves the lot `number`: an entry may name a lot twice only where it is in two lists.
points taken_of(const std::vector<lot_use>& uses, std::uint32_t number) noexcept {
    std::int64_t sum = 0;
    for (const auto& one : uses)
        if (one.lot->number == number) sum += one.amount.value();
    return points::from(sum).value_or(points{});
}

bool names_each_once(const std::vector<lot_use>& uses) noexcept {
    for (auto one = uses.begin(); one != uses.end(); ++one)
        for (auto other = uses.begin(); other != one; ++other)
            if (other->lot->number == one->lot->number) return false;
    return true;
}

bool takes_available(const wallet& from, const std::vector<lot_use>& uses) noexcept {
    return names_each_once(uses) && std::all_of(uses.begin(), uses.end(), [&](const lot_use& use) {
               const lot* const there = find(from, use.lot->number);
               return there != nullptr && is_of(*there, use) && there->available >= use.amount;
           });
}

// A hold ends in three lists at most, and each lot holds what they take of it together.
bool takes_held(const wallet& from, const payment_changed& step) noexcept {
    for (const auto* const uses : {&step.captured, &step.returned, &step.lapsed}) {
        if (!names_each_once(*uses)) return false;
        for (const auto& use : *uses) {
            const lot* const there = find(from, use.lot->number);
            const auto number = use.lot->number;
            const std::int64_t all = taken_of(step.captured, number).value() + taken_of(step.returned, number).value() +
                                     taken_of(step.lapsed, number).value();
            if (there == nullptr || !is_of(*there, use) || there->held.value() < all) return false;
        }
    }
    return true;
}

// What comes back to a lot that is there comes back to the same lot; one that was forgotten was issued once.
bool gives_back_to_its_own(const wallet& to, const payment_changed& step) noexcept {
    return names_each_once(step.returned) &&
           std::all_of(step.returned.begin(), step.returned.end(), [&](const lot_use& use) {
               const lot* const there = find(to, use.lot->number);
               return there != nullptr ? is_of(*there, use) : use.lot->number <= to.lots_issued;
           });
}

// New lots are numbered on from the last one.
bool are_new(const wallet& to, const std::vector<lot_use>& lots) noexcept {
    std::uint32_t number = to.lots_issued;
    return std::all_of(lots.begin(), lots.end(), [&number](const lot_use& use) { return use.lot->number == ++number; });
}

auto spending_order(const lot_terms& of) noexcept { return std::tie(of.expires_on, of.issued_at, of.number); }

bool is_good_at(const lot_terms& one, const category_set* at) noexcept {
    return at != nullptr ? one.is_good_at(*at) : one.earmark.empty();
}

bool is_of_campaign(const fact& what) noexcept {
    return std::holds_alternative<campaign_granted>(what) || std::holds_alternative<recipient_granted>(what) ||
           std::holds_alternative<benefit_granted>(what);
}

// The new lot of a grant, direct or from a campaign, of a conversion or of a purchase; null: the entry is none.
const lot_use* lot_granted_by(const fact& what) noexcept {
    if (const auto* const granted = std::get_if<points_granted>(&what)) return &granted->lot;
    if (const auto* const granted = std::get_if<campaign_granted>(&what)) return &granted->lot;
    if (const auto* const converted = std::get_if<points_converted>(&what)) return &converted->lot;
    if (const auto* const granted = std::get_if<recipient_granted>(&what)) return &granted->lot;
    if (const auto* const granted = std::get_if<benefit_granted>(&what)) return &granted->lot;
    if (const auto* const bought = std::get_if<purchase_paid>(&what)) return &bought->lot;
    if (const auto* const bought = std::get_if<purchase_debited>(&what)) return &bought->lot;
    if (const auto* const bought = std::get_if<purchase_captured>(&what)) return &bought->lot;
    return nullptr;
}

// What leaves a lot for good without being paid: a purchase that goes back, a claw-back; null: the entry is none, or
// takes nothing.
const lot_use* lot_taken_back_by(const fact& what) noexcept {
    if (const auto* const back = std::get_if<purchase_refunded>(&what)) return &back->lot;
    if (const auto* const clawed = std::get_if<points_clawed_back>(&what)) return &clawed->lot;
    const auto* const disputed = std::get_if<purchase_charged_back>(&what);
    return disputed != nullptr && disputed->lot ? &*disputed->lot : nullptr;
}

// The one program that the entry moves points of; none where it moves none, or those of several.
program_code program_moved_by(const entry& made) {
    if (const lot_use* const granted = lot_granted_by(made.what)) return granted->lot->program;
    if (const lot_use* const back = lot_taken_back_by(made.what)) return back->lot->program;
    if (const auto* const paid = std::get_if<payment_decided>(&made.what)) return paid->program;
    if (const auto* const step = std::get_if<payment_changed>(&made.what)) return step->after->program;
    if (const auto* const corrected = std::get_if<correction_decided>(&made.what)) return corrected->what->program;
    return {};
}

} // namespace

// --- order and time ---

verdict sequence_is_dense::allows(const wallet_change_seen& change) {
    const bool opens = std::holds_alternative<wallet_opened>(change.made.what) ||
                       std::holds_alternative<person_enrolled>(change.made.what);
    const auto sequence = change.made.wallet_sequence;
    return verdict_of(sequence == change.before.sequence + 1 && opens == (sequence == 1));
}

verdict sequence_is_dense::keeps(const entry& made, const wallet& after) {
    return after.sequence == made.wallet_sequence ? verdict::not_concerned : verdict::broken;
}

verdict time_never_goes_back::allows(const wallet_change_seen& change) {
    before_ = change.before.last_time;
    return verdict_of(change.made.decided_at >= before_);
}

verdict time_never_goes_back::keeps(const entry&, const wallet& after) {
    return after.last_time >= before_ ? verdict::not_concerned : verdict::broken;
}

verdict amounts_are_in_range::allows(const wallet_change_seen& change) {
    if (const lot_use* const granted = lot_granted_by(change.made.what))
        return verdict_of(is_command_amount(granted->amount));
    if (const lot_use* const back = lot_taken_back_by(change.made.what))
        return verdict_of(is_command_amount(back->amount));
    const auto* const paid = std::get_if<payment_decided>(&change.made.what);
    return paid != nullptr ? verdict_of(is_command_amount(paid->amount)) : verdict::not_concerned;
}

// --- lots ---

verdict lots_give_what_they_have::allows(const wallet_change_seen& change) {
    const wallet& before = change.before;
    if (const lot_use* const granted = lot_granted_by(change.made.what)) return verdict_of(are_new(before, {*granted}));
    if (const auto* const moved = std::get_if<points_transferred>(&change.made.what))
        return verdict_of(takes_available(before, moved->from) && are_new(before, moved->to));
    if (const auto* const corrected = std::get_if<correction_decided>(&change.made.what)) {
        const bool is_credit = corrected->what->kind == correction_kind::credit;
        return verdict_of(is_credit ? are_new(before, corrected->lots) : takes_available(before, corrected->lots));
    }
    if (const auto* const expired = std::get_if<points_expired>(&change.made.what))
        return verdict_of(!expired->lots.empty() && takes_available(before, expired->lots));
    if (const lot_use* const back = lot_taken_back_by(change.made.what))
        return verdict_of(takes_available(before, {*back}));
    if (const auto* const paid = std::get_if<payment_decided>(&change.made.what))
        return verdict_of(takes_available(before, paid->lots));
    const auto* const step = std::get_if<payment_changed>(&change.made.what);
    if (step == nullptr) return verdict::not_concerned;
    return verdict_of(step->was_held ? takes_held(before, *step) : gives_back_to_its_own(before, *step));
}

verdict lots_give_what_they_have::keeps(const entry&, const wallet& after) {
    const bool has_empty = std::any_of(after.lots.begin(), after.lots.end(),
                                       [](const lot& one) { return one.available.is_zero() && one.held.is_zero(); });
    return has_empty ? verdict::broken : verdict::not_concerned;
}

changes_as_posted::holdings_seen changes_as_posted::of(const wallet& one, program_code program) noexcept {
    holdings_seen sums;
    for (const auto& each : one.lots) {
        holdings& sum = !program || each.terms->program == program ? sums.own : sums.others;
        sum.available += each.available.value();
        sum.held += each.held.value();
    }
    return sums;
}

verdict changes_as_posted::allows(const wallet_change_seen& change) {
    before_ = of(change.before, program_moved_by(change.made));
    return verdict::not_concerned;
}

verdict changes_as_posted::keeps(const entry& made, const wallet& after) {
    const auto program = program_moved_by(made);
    holdings expected = before_.own;
    bool in_program = true;
    for_each_posting(made, [&](const posting& one) {
        in_program = in_program && (!program || one.program == program);
        const std::int64_t signed_amount = one.to == side::credit ? one.amount.value() : -one.amount.value();
        if (one.on == account::available) expected.available += signed_amount;
        if (one.on == account::held) expected.held += signed_amount;
    });
    const auto now = of(after, program);
    return verdict_of(in_program && now.others == before_.others && now.own == expected);
}

verdict expires_after_the_last_day::allows(const wallet_change_seen& change) {
    const instant now = change.made.decided_at;
    const auto is_over = [now](const lot_use& use) { return now >= use.lot->expires_on.end(); };
    if (const auto* const expired = std::get_if<points_expired>(&change.made.what))
        return verdict_of(std::all_of(expired->lots.begin(), expired->lots.end(), is_over));
    const auto* const step = std::get_if<payment_changed>(&change.made.what);
    if (step == nullptr) return verdict::not_concerned;
    return verdict_of(std::all_of(step->lapsed.begin(), step->lapsed.end(), is_over) &&
                      std::none_of(step->returned.begin(), step->returned.end(), is_over));
}

// --- payments ---

verdict payments_take_one_program::allows(const wallet_change_seen& change) {
    const auto* const paid = std::get_if<payment_decided>(&change.made.what);
    if (paid == nullptr) return verdict::not_concerned;
    const bool approved = paid->status == payment_status::captured || paid->status == payment_status::authorized;
    const bool declined = paid->status == payment_status::declined;
    std::int64_t sum = 0;
    bool own = true;
    for (const auto& use : paid->lots) {
        sum += use.amount.value();
        own = own && use.lot->program == paid->program && !use.amount.is_zero();
    }
    return verdict_of((approved || declined) && approved == (paid->decline == decline_code::none) && own &&
                      sum == (approved ? paid->amount.value() : 0));
}

verdict earliest_expiry_first::allows(const wallet_change_seen& change) {
    at_ = change.at;
    const auto* const paid = std::get_if<payment_decided>(&change.made.what);
    if (paid == nullptr || paid->lots.empty()) return verdict::not_concerned;
    const auto is_behind = [](const lot_use& one, const lot_use& other) {
        return spending_order(*other.lot) <= spending_order(*one.lot);
    };
    const instant now = change.made.decided_at;
    const bool in_time = std::all_of(paid->lots.begin(), paid->lots.end(),
                                     [now](const lot_use& use) { return now < use.lot->expires_on.end(); });
    return verdict_of(in_time &&
                      std::adjacent_find(paid->lots.begin(), paid->lots.end(), is_behind) == paid->lots.end());
}

// What is left and still good comes behind the last lot taken, or is the rest of it.
verdict earliest_expiry_first::keeps(const entry& made, const wallet& after) {
    const auto* const paid = std::get_if<payment_decided>(&made.what);
    if (paid == nullptr || paid->lots.empty()) return verdict::not_concerned;
    const lot_terms& last = *paid->lots.back().lot;
    const instant now = made.decided_at;
    const bool passed_over = std::any_of(after.lots.begin(), after.lots.end(), [&](const lot& one) {
        return one.terms->program == paid->program && !one.available.is_zero() && now < one.terms->expires_on.end() &&
               spending_order(*one.terms) < spending_order(last) && is_good_at(*one.terms, at_);
    });
    return passed_over ? verdict::broken : verdict::not_concerned;
}

verdict earmarks_are_kept::allows(const wallet_change_seen& change) {
    const fact& what = change.made.what;
    if (const auto* const paid = std::get_if<payment_decided>(&what); paid != nullptr && !paid->lots.empty())
        return verdict_of(std::all_of(paid->lots.begin(), paid->lots.end(),
                                      [&](const lot_use& use) { return is_good_at(*use.lot, change.at); }));
    const auto are_unmarked = [](const std::vector<lot_use>& lots) {
        return verdict_of(
            std::all_of(lots.begin(), lots.end(), [](const lot_use& use) { return use.lot->earmark.empty(); }));
    };
    if (const auto* const moved = std::get_if<points_transferred>(&what)) return are_unmarked(moved->to);
    const auto* const corrected = std::get_if<correction_decided>(&what);
    if (corrected != nullptr && corrected->what->kind == correction_kind::credit) return are_unmarked(corrected->lots);
    const lot_use* const granted = lot_granted_by(what);
    if (granted == nullptr || is_of_campaign(what)) return verdict::not_concerned; // which says what it must be
    return verdict_of(granted->lot->earmark.empty());
}

verdict steps_follow::allows(const wallet_change_seen& change) {
    const auto* const step = std::get_if<payment_changed>(&change.made.what);
    if (step == nullptr) return verdict::not_concerned;
    return verdict_of(change.payment != nullptr && follows(*change.payment, *step));
}

// --- holds and codes ---

verdict holds_end_once::allows(const wallet_change_seen& change) {
    const auto* const step = std::get_if<payment_changed>(&change.made.what);
    if (step == nullptr) return verdict::not_concerned;
    return verdict_of((change.before.hold(step->after->sequence) != nullptr) == step->was_held);
}

verdict holds_end_once::keeps(const entry& made, const wallet& after) {
    std::int64_t held = 0;
    std::int64_t said = 0;
    for (const auto& one : after.lots) held += one.held.value();
    for (const auto& one : after.holds) said += one.amount.value();
    if (held != said) return verdict::broken;
    const auto* const step = std::get_if<payment_changed>(&made.what);
    const bool still_open = step != nullptr && after.hold(step->after->sequence) != nullptr;
    return still_open ? verdict::broken : verdict::not_concerned;
}

// --- undecided points and corrections ---

namespace {

bool is_undecided_lot(const lot_use& use) noexcept { return is_undecided(use.lot->program); }

bool is_whole_transfer(const wallet& before, const points_transferred& moved, instant now) noexcept {
    if (moved.from.empty() || moved.from.size() != moved.to.size()) return false;
    const program_code chosen = moved.to.front().lot->program;
    if (is_undecided(chosen) || (moved.by_default && chosen != before.home)) return false;
    return std::equal(moved.from.begin(), moved.from.end(), moved.to.begin(),
                      [&](const lot_use& from, const lot_use& to) {
                          const bool in_time = !moved.by_default || now >= decided_by_default_at(from.lot->issued_at);
                          return is_undecided_lot(from) && in_time && to.lot->program == chosen &&
                                 to.lot->source == from.lot->source && to.lot->issued_at == now &&
                                 to.amount == from.amount && !to.amount.is_zero();
                      });
}

} // namespace

verdict undecided_points_leave_once::allows(const wallet_change_seen& change) {
    const fact& what = change.made.what;
    if (const auto* const moved = std::get_if<points_transferred>(&what))
        return verdict_of(is_whole_transfer(change.before, *moved, change.made.decided_at));
    const auto may_come = [](const lot_use& added) {
        if (!is_undecided_lot(added)) return verdict::not_concerned;
        return verdict_of(added.lot->source.kind() == funding_kind::partner && added.lot->expires_on == never_expires);
    };
    if (const auto* const granted = std::get_if<points_granted>(&what)) return may_come(granted->lot);
    if (const auto* const converted = std::get_if<points_converted>(&what)) return may_come(converted->lot);
    const auto takes_none = [](const std::vector<lot_use>& lots) {
        return std::none_of(lots.begin(), lots.end(), is_undecided_lot) ? verdict::not_concerned : verdict::broken;
    };
    if (const auto* const expired = std::get_if<points_expired>(&what)) return takes_none(expired->lots);
    if (const auto* const paid = std::get_if<payment_decided>(&what)) return takes_none(paid->lots);
    if (const auto* const corrected = std::get_if<correction_decided>(&what)) return takes_none(corrected->lots);
    if (const auto* const granted = std::get_if<campaign_granted>(&what)) return takes_none({granted->lot});
    if (const auto* const granted = std::get_if<recipient_granted>(&what)) return takes_none({granted->lot});
    if (const auto* const granted = std::get_if<benefit_granted>(&what)) return takes_none({granted->lot});
    if (const auto* const bought = std::get_if<purchase_paid>(&what)) return takes_none({bought->lot});
    if (const auto* const bought = std::get_if<purchase_debited>(&what)) return takes_none({bought->lot});
    if (const auto* const bought = std::get_if<purchase_captured>(&what)) return takes_none({bought->lot});
    if (const lot_use* const back = lot_taken_back_by(what)) return takes_none({*back});
    return verdict::not_concerned;
}

verdict corrections_need_two_persons::allows(const wallet_change_seen& change) {
    if (const auto* const proposed = std::get_if<correction_proposed>(&change.made.what))
        return verdict_of(change.made.person != 0 && is_command_amount(proposed->what->amount) &&
                          change.before.corrections.size() < corrections_max);
    const auto* const decided = std::get_if<correction_decided>(&change.made.what);
    if (decided == nullptr) return verdict::not_concerned;
    const auto open =
        std::find_if(change.before.corrections.begin(), change.before.corrections.end(),
                     [&](const open_correction& one) { return one.sequence == decided->proposal_sequence; });
    if (open == change.before.corrections.end()) return verdict::broken;
    const correction& what = *open->what;
    const auto is_as_proposed = [&](const lot_use& use) {
        const bool in_time = what.kind == correction_kind::debit || use.lot->expires_on == what.expires_on;
        return use.lot->program == what.program && use.lot->source == what.source && in_time;
    };
    std::int64_t moved = 0;
    for (const auto& use : decided->lots) moved += use.amount.value();
    return verdict_of(open->maker == decided->maker && change.made.person != 0 &&
                      change.made.asked_by() != decided->maker &&
                      (decided->what == open->what || *decided->what == what) &&
                      moved == (decided->approved ? what.amount.value() : 0) &&
                      std::all_of(decided->lots.begin(), decided->lots.end(), is_as_proposed));
}

verdict corrections_need_two_persons::keeps(const entry& made, const wallet& after) {
    const auto* const decided = std::get_if<correction_decided>(&made.what);
    if (decided == nullptr) return verdict::not_concerned;
    const bool still_open =
        std::any_of(after.corrections.begin(), after.corrections.end(),
                    [&](const open_correction& one) { return one.sequence == decided->proposal_sequence; });
    return still_open ? verdict::broken : verdict::not_concerned;
}

verdict one_my_key_at_a_time::allows(const wallet_change_seen& change) {
    if (const auto* const enrolled = std::get_if<person_enrolled>(&change.made.what))
        return verdict_of(enrolled->my_key && !change.before.my_key);
    const auto* const changed = std::get_if<my_key_changed>(&change.made.what);
    if (changed == nullptr) return verdict::not_concerned;
    return verdict_of(follows(change.before, *changed));
}

verdict one_my_key_at_a_time::keeps(const entry& made, const wallet& after) {
    if (const auto* const enrolled = std::get_if<person_enrolled>(&made.what))
        return after.my_key == enrolled->my_key && after.my_key_wishes == my_key_wishes_max ? verdict::not_concerned
                                                                                            : verdict::broken;
    const auto* const changed = std::get_if<my_key_changed>(&made.what);
    const bool is_lost =
        changed != nullptr && (after.my_key != changed->after || after.my_key_wishes != changed->wishes_left);
    return is_lost ? verdict::broken : verdict::not_concerned;
}

verdict codes_are_used_once::allows(const wallet_change_seen& change) {
    const wallet& before = change.before;
    if (const auto* const issued = std::get_if<code_issued>(&change.made.what))
        return verdict_of(issued->ordinal == before.codes_issued + 1);
    if (const auto* const bound = std::get_if<card_bound>(&change.made.what))
        return verdict_of(bound->ordinal == before.codes_issued + 1);
    if (std::holds_alternative<person_enrolled>(change.made.what)) return verdict_of(before.codes_issued == 0);
    if (const auto* const renewed = std::get_if<card_renewed>(&change.made.what))
        return verdict_of(renewed->ordinal == before.codes_issued + 1 && renewed->retired != 0 &&
                          renewed->retired <= before.codes_issued && !before.code_is_used(renewed->retired));
    if (const auto* const retired = std::get_if<card_retired>(&change.made.what))
        return verdict_of(retired->ordinal != 0 && retired->ordinal <= before.codes_issued &&
                          !before.code_is_used(retired->ordinal));
    if (const auto* const issued = std::get_if<once_code_issued>(&change.made.what))
        return verdict_of(issued->ordinal == before.codes_issued + 1);
    if (const auto* const blocked = std::get_if<code_blocked>(&change.made.what))
        return verdict_of(blocked->ordinal != 0 && blocked->ordinal <= before.codes_issued &&
                          !before.code_is_used(blocked->ordinal) &&
                          (blocked->reissued_as == 0 || blocked->reissued_as == before.codes_issued + 1));
    const auto* const paid = std::get_if<payment_decided>(&change.made.what);
    if (paid == nullptr) return verdict::not_concerned;
    const bool is_known = paid->code_ordinal <= before.codes_issued;
    const bool is_free = paid->code_ordinal != 0 && !before.code_is_used(paid->code_ordinal);
    return verdict_of(is_known && (!paid->code_used_up || is_free));
}

verdict codes_are_used_once::keeps(const entry& made, const wallet& after) {
    const auto* const paid = std::get_if<payment_decided>(&made.what);
    const auto* const blocked = std::get_if<code_blocked>(&made.what);
    const bool is_lost = (paid != nullptr && paid->code_used_up && !after.code_is_used(paid->code_ordinal)) ||
                         (blocked != nullptr && !after.code_is_used(blocked->ordinal));
    return is_lost ? verdict::broken : verdict::not_concerned;
}

} // namespace invariants

const std::array<std::string_view, wallet_invariants_count>& names_of_wallet_invariants() noexcept {
    static constexpr auto names = []<class... All>(const std::tuple<All...>*) {
        return std::array<std::string_view, sizeof...(All)>{All::name...};
    }(static_cast<const wallet_invariants*>(nullptr));
    return names;
}

void apply_watched(wallet& state, const entry& made, const payment_state* payment, const category_set* at) {
    const auto expect = [&made](std::size_t number, bool holds) {
        if (holds) return;
        const std::string what = std::string{names_of_wallet_invariants()[number]} + ", entry " +
                                 std::to_string(made.wallet_sequence) + " of wallet " +
                                 std::to_string(made.wallet.value());
        contract_broken("INVARIANT", what.c_str(), __FILE__, __LINE__);
    };
    const wallet_change_seen change{state, made, payment, at};
    wallet_watch watch{change};
    watch.before(expect);
    apply(state, made);
    watch.after(state, expect);
}

} // namespace meguri::ledger
