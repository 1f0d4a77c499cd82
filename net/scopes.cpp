#include "net/scopes.hpp"

#include "net/routes.hpp"

namespace meguri::net {

problem_or_none lacks_scope(ledger::scope_set has, ledger::scope_set wanted) {
    if (has.covers(wanted)) return std::nullopt;
    std::string missing;
    for (std::size_t i = 0; i < ledger::scope_count; ++i) {
        const auto one = static_cast<ledger::scope>(i);
        if (wanted.contains(one) && !has.contains(one))
            missing.append(missing.empty() ? "" : ", ").append(name_of(one));
    }
    return problem{problem_code::scope_missing, "The key lacks the scope " + missing + '.'};
}

problem_or_none may_not_give(const call& from, ledger::caller_kind to, ledger::scope_set given) {
    return lacks_scope(from.by.scopes, given.is_unrestricted() ? scopes_open_to(to) : given);
}

} // namespace meguri::net
