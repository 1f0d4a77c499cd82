// Looks at a whole state at once, payment by payment: too slow for every entry, so it is for the end of a life.
#pragma once

#include "tests/model/ledger_machine.hpp"

namespace meguri::ledger::model {

// What the merchants' totals and the wallets' holds say is the sum of all payments.
void expect_payments_add_up(const ledger_state& state);

// Rule 18: what a replay folds from the journal's start is what the original folded along the way.
void expect_same_state(const ledger_state& one, const ledger_state& other);

} // namespace meguri::ledger::model
