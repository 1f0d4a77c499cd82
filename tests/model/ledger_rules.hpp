// The rules that always hold (domain.md, numbers as there), seen from outside: each is checked after every entry, from
// the state and the entry alone, with sums of its own.
#pragma once

#include "ledger/entry.hpp"
#include "ledger/wallet.hpp"

namespace meguri::ledger::model {

struct ledger_state;

// Reports what does not hold to GoogleTest. `before`: the entry's wallet before it was applied.
void expect_rules_hold(const ledger_state& state, const entry& applied, const wallet& before);

// Rule 18: what a replay folds from the journal's start is what the original folded along the way.
void expect_same_state(const ledger_state& one, const ledger_state& other);

} // namespace meguri::ledger::model
