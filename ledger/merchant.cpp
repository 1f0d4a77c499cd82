#include "ledger/merchant.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

merchant_totals& totals_of(merchant& state, program_code program) {
    const auto at =
        std::lower_bound(state.totals.begin(), state.totals.end(), program,
                         [](const merchant_totals& one, program_code wanted) { return one.program < wanted; });
    if (at != state.totals.end() && at->program == program) return *at;
    return *state.totals.insert(at, merchant_totals{program, {}, {}, {}});
}

void add(points& sum, points amount) {
    const auto next = sum.plus(amount);
    EXPECTS(next.has_value());
    sum = *next;
}

void subtract(points& sum, points amount) {
    const auto next = sum.minus(amount);
    EXPECTS(next.has_value());
    sum = *next;
}

struct merchant_change {
    merchant& state;
    instant decided_at;

    template <class Change>
    void change_terms(Change change) const {
        EXPECTS(state.terms != nullptr);
        auto next = std::make_shared<merchant_terms>(*state.terms);
        ++next->version;
        change(*next);
        state.terms = std::move(next);
    }

    void operator()(const merchant_joined& fact) const {
        EXPECTS(state.terms == nullptr);
        state.name = fact.name;
        state.terms = std::make_shared<merchant_terms>(merchant_terms{1, fact.id, false, fact.programs, {}});
    }
    void operator()(const application_changed& fact) const {
        EXPECTS(fact.step == application_step::approved && fact.what->kind == applicant_kind::merchant);
        (*this)(merchant_joined{fact.merchant, fact.what->name, fact.what->programs});
        auto joined = std::make_shared<merchant_terms>(*state.terms);
        joined->categories = category_set::from(fact.what->categories).value_or(category_set{});
        state.terms = std::move(joined);
    }
    void operator()(const account_changed& fact) const { // no term of a payment
        EXPECTS(state.terms != nullptr && fact.holder.id == state.terms->id.value());
    }
    void operator()(const outlet_added& fact) const {
        change_terms([&](merchant_terms& terms) {
            EXPECTS(fact.id.merchant() == terms.id && fact.id.number() == terms.outlets.size() + 1);
            terms.outlets.push_back({fact.kind, fact.id, fact.name, false});
        });
    }
    void operator()(const activation_changed& fact) const {
        EXPECTS(state.terms != nullptr);
        if (fact.step == activation_step::revoked) return forget_activation(fact.number);
        EXPECTS(fact.number == state.activations_issued + 1);
        std::erase_if(state.activations, [this](const open_activation& one) { return decided_at >= one.valid_until; });
        state.activations_issued = fact.number;
        state.activations.push_back({fact.number, decided_at, fact.valid_until});
    }
    void forget_activation(std::uint32_t number) const {
        const auto gone =
            std::erase_if(state.activations, [number](const open_activation& one) { return one.number == number; });
        EXPECTS(gone == 1); // each is used or revoked once
    }
    void operator()(const terminal_activated& fact) const {
        forget_activation(fact.activation);
        (*this)(outlet_added{outlet_kind::terminal, fact.id, fact.name, fact.key});
    }
    void operator()(const freeze_changed& fact) const {
        change_terms([&](merchant_terms& terms) {
            if (fact.subject == freeze_subject::merchant) {
                EXPECTS(fact.id == terms.id.value());
                terms.frozen = fact.frozen;
                return;
            }
            const outlet_id id{fact.id};
            EXPECTS(terms.find(id) != nullptr);
            terms.outlets[id.number() - 1u].frozen = fact.frozen;
        });
    }
    void operator()(const payment_decided& fact) const {
        ++state.payments;
        if (fact.status == payment_status::captured) add(totals_of(state, fact.program).captured, fact.amount);
        if (fact.status == payment_status::authorized) add(totals_of(state, fact.program).pending, fact.amount);
        if (!fact.counted_by_merchant) return;
        state.used.add(decided_at, fact.amount);
        used_by(fact.outlet).add(decided_at, fact.amount);
    }
    void operator()(const limits_set& fact) const {
        change_terms([&](merchant_terms& terms) {
            if (fact.subject == limit_subject::merchant) {
                EXPECTS(fact.id == terms.id.value());
                terms.limit = fact.limit;
                return;
            }
            const outlet_id id{fact.id};
            EXPECTS(terms.find(id) != nullptr);
            terms.outlets[id.number() - 1u].limit = fact.limit;
        });
    }
    void operator()(const merchant_categories_set& fact) const {
        change_terms([&](merchant_terms& terms) {
            EXPECTS(fact.merchant == terms.id);
            terms.categories = fact.categories;
        });
    }
    [[nodiscard]] usage_windows& used_by(outlet_id wanted) const {
        auto& all = state.outlets_used;
        const auto at = std::lower_bound(all.begin(), all.end(), wanted, [](const outlet_usage& one, outlet_id id) {
            return one.outlet.value() < id.value();
        });
        if (at != all.end() && at->outlet == wanted) return at->used;
        return all.insert(at, {wanted, {}})->used;
    }
    void operator()(const payment_changed& fact) const {
        if (fact.part.is_zero()) return; // the reversal of what had come to nothing
        auto& totals = totals_of(state, fact.after->program);
        if (fact.was_held) subtract(totals.pending, fact.after->amount);
        if (fact.step == payment_step::capture) add(totals.captured, fact.part);
        if (!fact.was_held) add(totals.refunded, fact.part);
    }
    void operator()(const key_barred&) const {}
    // Of an outlet: they stand beside it, not in it.
    void operator()(const key_issued&) const {}
    void operator()(const key_revoked&) const {}
    void operator()(const terminal_certificates_changed& fact) const {
        EXPECTS(state.terms != nullptr && state.terms->find(fact.terminal) != nullptr); // no term of a payment
    }
    template <class Other>
    void operator()(const Other&) const {
        EXPECTS(!"an entry that is not a merchant's");
    }
};

} // namespace

const usage_windows* merchant::used_by(outlet_id wanted) const noexcept {
    const auto at = std::find_if(outlets_used.begin(), outlets_used.end(),
                                 [wanted](const outlet_usage& one) { return one.outlet == wanted; });
    return at != outlets_used.end() ? &at->used : nullptr;
}

const open_activation* merchant::activation(std::uint32_t number) const noexcept {
    const auto at = std::find_if(activations.begin(), activations.end(),
                                 [number](const open_activation& one) { return one.number == number; });
    return at != activations.end() ? &*at : nullptr;
}

const outlet* merchant_terms::find(outlet_id wanted) const noexcept {
    if (wanted.number() == 0 || wanted.number() > outlets.size()) return nullptr;
    const outlet& there = outlets[wanted.number() - 1u];
    return there.id == wanted ? &there : nullptr;
}

bool merchant_terms::accepts(program_code code) const noexcept {
    return std::binary_search(programs.begin(), programs.end(), code);
}

void apply(merchant& state, const entry& applied) {
    std::visit(merchant_change{state, applied.decided_at}, applied.what);
    EXPECTS(state.terms != nullptr && state.terms->id == applied.merchant);
    state.last_position = std::max(state.last_position, applied.position);
}

} // namespace meguri::ledger
