#include "ledger/wallet.hpp"

#include "ledger/contract.hpp"
#include "ledger/undecided.hpp"

#include <algorithm>
#include <tuple>

namespace meguri::ledger {
namespace {

// Domain rule 7: earliest expiry first, ties by time of issue, then number.
auto spending_order(const lot_terms& terms) noexcept {
    return std::make_tuple(terms.program, terms.expires_on, terms.issued_at, terms.number);
}

std::vector<lot>::iterator place_of(wallet& state, const lot_terms& terms) {
    return std::lower_bound(state.lots.begin(), state.lots.end(), terms, [](const lot& one, const lot_terms& wanted) {
        return spending_order(*one.terms) < spending_order(wanted);
    });
}

void add(wallet& state, const lot_use& added) {
    const auto at = place_of(state, *added.lot);
    EXPECTS(at == state.lots.end() || at->terms->number != added.lot->number);
    state.lots.insert(at, lot{added.lot, added.amount, points{}});
}

// A lot that has nothing left is forgotten; an entry that gives something back to it carries its terms.
void take(wallet& state, const lot_use& taken) {
    const auto at = place_of(state, *taken.lot);
    EXPECTS(at != state.lots.end() && at->terms->number == taken.lot->number);
    const auto left = at->available.minus(taken.amount);
    EXPECTS(left.has_value());
    at->available = *left;
    if (at->available.is_zero() && at->held.is_zero()) state.lots.erase(at);
}

// From what is free to what a payment holds.
void hold(wallet& state, const lot_use& held) {
    const auto at = place_of(state, *held.lot);
    EXPECTS(at != state.lots.end() && at->terms->number == held.lot->number);
    const auto left = at->available.minus(held.amount);
    const auto sum = at->held.plus(held.amount);
    EXPECTS(left.has_value() && sum.has_value());
    at->available = *left;
    at->held = *sum;
}

// From what a payment holds: back to what is free, or gone.
void end_hold(wallet& state, const lot_use& ended, bool is_free_again) {
    const auto at = place_of(state, *ended.lot);
    EXPECTS(at != state.lots.end() && at->terms->number == ended.lot->number);
    const auto left = at->held.minus(ended.amount);
    const auto sum = at->available.plus(is_free_again ? ended.amount : points{});
    EXPECTS(left.has_value() && sum.has_value());
    at->held = *left;
    at->available = *sum;
    if (at->available.is_zero() && at->held.is_zero()) state.lots.erase(at);
}

// To a lot that may have been spent and forgotten meanwhile.
void give_back(wallet& state, const lot_use& given) {
    const auto at = place_of(state, *given.lot);
    if (at == state.lots.end() || at->terms->number != given.lot->number) {
        state.lots.insert(at, lot{given.lot, given.amount, points{}});
        return;
    }
    const auto sum = at->available.plus(given.amount);
    EXPECTS(sum.has_value());
    at->available = *sum;
}

void mark_used(wallet& state, std::uint32_t ordinal) {
    EXPECTS(ordinal >= 1 && ordinal <= state.codes_issued);
    const std::size_t word = ordinal / 64;
    if (state.codes_used.size() <= word) state.codes_used.resize(word + 1);
    state.codes_used[word] |= std::uint64_t{1} << ordinal % 64;
}

struct wallet_change {
    wallet& state;
    const entry& applied;

    void operator()(const wallet_opened& fact) const {
        EXPECTS(state.sequence == 1);
        state.id = fact.id;
    }
    void operator()(const code_issued& fact) const { number_code(fact.ordinal); }
    void operator()(const once_code_issued& fact) const { number_code(fact.ordinal); }
    void operator()(const code_blocked& fact) const {
        mark_used(state, fact.ordinal);
        if (fact.reissued_as != 0) number_code(fact.reissued_as);
    }
    void number_code(std::uint32_t ordinal) const {
        EXPECTS(ordinal == state.codes_issued + 1);
        state.codes_issued = ordinal;
    }
    void operator()(const card_bound& fact) const { number_code(fact.ordinal); }
    void operator()(const card_retired& fact) const { mark_used(state, fact.ordinal); }
    void operator()(const card_renewed& fact) const {
        EXPECTS(fact.ordinal == state.codes_issued + 1);
        mark_used(state, fact.retired);
        state.codes_issued = fact.ordinal;
    }
    void operator()(const freeze_changed& fact) const {
        EXPECTS(fact.subject == freeze_subject::wallet && fact.id == state.id.value());
        state.frozen = fact.frozen;
    }
    void operator()(const points_granted& fact) const { issue(fact.lot); }
    void operator()(const campaign_granted& fact) const { issue(fact.lot); }
    void operator()(const points_converted& fact) const { issue(fact.lot); }
    void operator()(const recipient_granted& fact) const { issue(fact.lot); }
    void operator()(const benefit_granted& fact) const { issue(fact.lot); }
    void operator()(const purchase_changed&) const {} // it is the program's business, told in the wallet's history
    void operator()(const purchase_paid& fact) const { issue(fact.lot); }
    void operator()(const purchase_refunded& fact) const { take(state, fact.lot); }
    void operator()(const mandate_changed&) const {} // likewise
    void operator()(const purchase_debited& fact) const { issue(fact.lot); }
    void operator()(const purchase_captured& fact) const { issue(fact.lot); }
    void operator()(const purchase_charged_back& fact) const {
        if (fact.lot) take(state, *fact.lot);
    }
    void operator()(const points_clawed_back& fact) const { take(state, fact.lot); }
    void issue(const lot_use& added) const {
        EXPECTS(added.lot->number == state.lots_issued + 1);
        state.lots_issued = added.lot->number;
        add(state, added);
    }
    void operator()(const home_chosen& fact) const { state.home = fact.municipality; }
    void operator()(const points_transferred& fact) const {
        for (const auto& one : fact.from) take(state, one);
        for (const auto& one : fact.to) issue(one);
    }
    void operator()(const correction_proposed& fact) const {
        EXPECTS(state.corrections.size() < corrections_max);
        state.corrections.push_back({applied.wallet_sequence, applied.position, applied.asked_by(), fact.what});
    }
    void operator()(const correction_decided& fact) const {
        const auto ended = std::erase_if(
            state.corrections, [&fact](const open_correction& one) { return one.sequence == fact.proposal_sequence; });
        EXPECTS(ended == 1);
        const bool is_credit = fact.what->kind == correction_kind::credit;
        for (const auto& one : fact.lots) is_credit ? issue(one) : take(state, one);
    }
    void operator()(const my_key_changed& fact) const {
        EXPECTS(fact.before == state.my_key);
        state.my_key = fact.after;
        state.my_key_wishes = fact.wishes_left;
    }
    void operator()(const person_enrolled& fact) const {
        EXPECTS(state.sequence == 1 && fact.my_key);
        state.id = fact.wallet;
        state.codes_issued = 1;
        state.my_key = fact.my_key;
        state.my_key_wishes = my_key_wishes_max;
    }
    void operator()(const support_session_opened&) const {}
    void operator()(const password_set&) const {} // found by an index of its own
    void operator()(const points_expired& fact) const {
        for (const auto& one : fact.lots) take(state, one);
    }
    void operator()(const payment_decided& fact) const {
        const bool is_hold = fact.status == payment_status::authorized;
        for (const auto& one : fact.lots) is_hold ? hold(state, one) : take(state, one);
        if (is_hold) state.holds.push_back(payment_after(applied));
        if (fact.code_used_up) mark_used(state, fact.code_ordinal);
        if (fact.counted_by_wallet) used_in(fact.program).add(applied.decided_at, fact.amount);
    }
    void operator()(const limits_set& fact) const {
        EXPECTS(fact.subject == limit_subject::wallet && fact.id == state.id.value());
        state.limit = fact.limit;
    }
    [[nodiscard]] usage_windows& used_in(program_code wanted) const {
        const auto at = std::lower_bound(state.used.begin(), state.used.end(), wanted,
                                         [](const program_usage& one, program_code id) { return one.program < id; });
        if (at != state.used.end() && at->program == wanted) return at->used;
        return state.used.insert(at, {wanted, {}})->used;
    }
    void operator()(const payment_changed& fact) const {
        if (!fact.was_held) {
            for (const auto& one : fact.returned) give_back(state, one);
            return;
        }
        for (const auto& one : fact.captured) end_hold(state, one, false);
        for (const auto& one : fact.returned) end_hold(state, one, true);
        for (const auto& one : fact.lapsed) end_hold(state, one, false);
        const auto ended = std::erase_if(
            state.holds, [&fact](const payment_state& one) { return one.sequence == fact.after->sequence; });
        EXPECTS(ended == 1); // each hold ends exactly once (domain rule 9)
    }
    template <class Other>
    void operator()(const Other&) const {
        EXPECTS(!"an entry that is not a wallet's");
    }
};

} // namespace

bool wallet::code_is_used(std::uint32_t ordinal) const noexcept {
    const std::size_t word = ordinal / 64;
    return word < codes_used.size() && (codes_used[word] >> ordinal % 64 & 1) != 0;
}

payment_state* wallet::hold(std::uint64_t wanted) noexcept {
    const auto at = std::ranges::find(holds, wanted, &payment_state::sequence);
    return at != holds.end() ? &*at : nullptr;
}

const payment_state* wallet::hold(std::uint64_t wanted) const noexcept {
    const auto at = std::ranges::find(holds, wanted, &payment_state::sequence);
    return at != holds.end() ? &*at : nullptr;
}

const open_correction* wallet::correction_at(journal_position proposal) const noexcept {
    const auto at = std::ranges::find(corrections, proposal, &open_correction::position);
    return at != corrections.end() ? &*at : nullptr;
}

const usage_windows* wallet::used_in(program_code wanted) const noexcept {
    const auto at =
        std::find_if(used.begin(), used.end(), [wanted](const program_usage& one) { return one.program == wanted; });
    return at != used.end() ? &at->used : nullptr;
}

bool wallet::has_room_for(points added) const noexcept {
    std::optional<points> stands = added;
    for (const auto& one : lots) {
        if (stands) stands = stands->plus(one.available);
        if (stands) stands = stands->plus(one.held);
    }
    return stands.has_value();
}

points wallet::available(program_code program, jst_day today, const category_set& at) const noexcept {
    points sum;
    for (const auto& one : lots) {
        const lot_terms& terms = *one.terms;
        if (terms.program != program || terms.expires_on < today || !terms.is_good_at(at)) continue;
        const auto next = sum.plus(one.available);
        EXPECTS(next.has_value()); // a grant that would pass the limit is refused
        sum = *next;
    }
    return sum;
}

void apply(wallet& state, const entry& applied) {
    EXPECTS(applied.wallet_sequence == state.sequence + 1);
    state.sequence = applied.wallet_sequence;
    if (applied.position != 0) state.last_position = applied.position;
    if (state.last_time < applied.decided_at) state.last_time = applied.decided_at;
    std::visit(wallet_change{state, applied}, applied.what);
    EXPECTS(applied.wallet == state.id);
}

std::optional<points_expired> due(const wallet& state, instant now) {
    const jst_day today = jst_day::of(now);
    std::optional<points_expired> found;
    for (const auto& one : state.lots) {
        if (one.terms->expires_on >= today || one.available.is_zero()) continue;
        if (!found) found = points_expired{state.id, {}};
        found->lots.push_back({one.terms, one.available});
    }
    return found;
}

std::optional<instant> next_due(const wallet& state) noexcept {
    std::optional<instant> next;
    const auto consider = [&next](instant one) { next = next ? std::min(*next, one) : one; };
    for (const auto& one : state.holds) consider(one.capture_before);
    for (const auto& one : state.lots) {
        if (one.available.is_zero()) continue;
        if (!is_undecided(one.terms->program))
            consider(one.terms->expires_on.end());
        else if (state.home)
            consider(decided_by_default_at(one.terms->issued_at));
    }
    return next;
}

} // namespace meguri::ledger
