// A payment's question to the rules, put together from what its operation has gathered on the way.
#pragma once

#include "actors/operation.hpp"

namespace meguri::actors {

[[nodiscard]] inline ledger::payment_question question_of(const operation& op, const ledger::authorize& asked,
                                                          const ledger::program_table& programs) {
    const auto outlet =
        op.by.caller.kind == ledger::caller_kind::shop ? ledger::outlet_kind::shop : ledger::outlet_kind::terminal;
    return {asked,        op.program,           *op.terms, programs, op.by.outlet, outlet, op.code,
            op.is_barred, op.limit_at_merchant, op.card};
}

} // namespace meguri::actors
