#include "ledger/registry.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

struct registry_change {
    registry& state;

    void operator()(const ledger_opened& fact) const {
        state.ledger = fact.ledger;
        state.for_tests = fact.for_tests;
    }
    void operator()(const operator_added& fact) const {
        state.parties.push_back({caller_kind::operator_, fact.id.value(), {}, fact.name});
    }
    void operator()(const staff_added& fact) const {
        state.parties.push_back({caller_kind::municipality, fact.id.value(), fact.municipality, fact.name});
    }
    void operator()(const partner_added& fact) const {
        state.parties.push_back({caller_kind::partner, fact.id.value(), {}, fact.name});
    }
    void operator()(const program_opened& fact) const {
        state.programs.insert(fact.opened);
        ++state.programs.version;
    }
    void operator()(const application_changed& fact) const {
        EXPECTS(fact.step == application_step::approved && fact.what->kind == applicant_kind::municipality);
        (*this)(program_opened{fact.what->opened});
    }
    void operator()(const freeze_changed& fact) const {
        const auto code = program_code::from_number(static_cast<std::uint32_t>(fact.id));
        EXPECTS(fact.subject == freeze_subject::program && code.has_value());
        program* const frozen = state.programs.find(*code);
        EXPECTS(frozen != nullptr);
        frozen->frozen = fact.frozen;
        ++state.programs.version;
    }
    void operator()(const limits_set& fact) const {
        const auto code = program_code::from_number(static_cast<std::uint32_t>(fact.id));
        EXPECTS(fact.subject == limit_subject::program && code.has_value());
        program* const limited = state.programs.find(*code);
        EXPECTS(limited != nullptr);
        limited->limit = fact.limit;
        ++state.programs.version;
    }
    void operator()(const purchase_terms_set& fact) const {
        program* const seller = state.programs.find(fact.program);
        EXPECTS(seller != nullptr);
        seller->sale = fact.terms;
        ++state.programs.version;
    }
    void operator()(const epoch_began& fact) const { state.epochs.begin(epoch_of(fact)); }
    template <class Other>
    void operator()(const Other&) const {
        EXPECTS(!"an entry that is not the registry's");
    }
};

struct concerns {
    bool operator()(const ledger_opened&) const noexcept { return true; }
    bool operator()(const operator_added&) const noexcept { return true; }
    bool operator()(const staff_added&) const noexcept { return true; }
    bool operator()(const partner_added&) const noexcept { return true; }
    bool operator()(const program_opened&) const noexcept { return true; }
    bool operator()(const epoch_began&) const noexcept { return true; }
    bool operator()(const purchase_terms_set&) const noexcept { return true; }
    bool operator()(const application_changed& fact) const noexcept {
        return fact.step == application_step::approved && fact.what->kind == applicant_kind::municipality;
    }
    bool operator()(const freeze_changed& fact) const noexcept { return fact.subject == freeze_subject::program; }
    bool operator()(const limits_set& fact) const noexcept { return fact.subject == limit_subject::program; }
    template <class Other>
    bool operator()(const Other&) const noexcept {
        return false;
    }
};

} // namespace

const party* find_party(const registry& in, caller_kind kind, std::uint64_t id) noexcept {
    const auto at = std::find_if(in.parties.begin(), in.parties.end(),
                                 [&](const party& one) { return one.kind == kind && one.id == id; });
    return at != in.parties.end() ? &*at : nullptr;
}

bool concerns_registry(const entry& one) noexcept { return std::visit(concerns{}, one.what); }

void apply(registry& state, const entry& applied) {
    std::visit(registry_change{state}, applied.what);
    state.last_position = applied.position;
}

} // namespace meguri::ledger
