// What a key's scopes allow: the routes that they name, and to give out keys that open no more. On any io thread.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// 403 scope_missing where `has` lacks one of the wanted scopes, which it names.
[[nodiscard]] problem_or_none lacks_scope(ledger::scope_set has, ledger::scope_set wanted);

// Whether the caller may give out a key with these scopes to a holder of that kind: of what it opens there, nothing may
// be closed to the caller's own key. Else 403 scope_missing.
[[nodiscard]] problem_or_none may_not_give(const call& from, ledger::caller_kind to,
                                           ledger::scope_set given = ledger::scope_set::unrestricted());

} // namespace meguri::net
