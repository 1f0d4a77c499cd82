// The rules that always hold (domain.md, numbers as there), seen from outside: each is checked after every entry, from
// the state and the entry alone, with sums of its own.
#pragma once

#include "ledger/entry.hpp"
#include "ledger/wallet.hpp"

#include <optional>

namespace meguri::ledger::model {

struct ledger_state;

// What the entry found: its wallet, and of a step its payment.
struct state_before {
    wallet payer;
    std::optional<payment_state> payment;
};

// Reports what does not hold to GoogleTest.
void expect_rules_hold(const ledger_state& state, const entry& applied, const state_before& before);

// The part of them that is about undecided points and corrections (ledger_rules_undecided.cpp).
void expect_undecided_leave_once(const ledger_state& state, const entry& applied, const wallet& before);
void expect_two_persons_correct(const ledger_state& state, const entry& applied, const wallet& before);

} // namespace meguri::ledger::model
