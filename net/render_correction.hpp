// A correction as answers show it: proposed, approved or rejected, and by whom.
#pragma once

#include "ledger/entry.hpp"
#include "ledger/wallet.hpp"
#include "net/json_writer.hpp"
#include "net/ledger_view.hpp"
#include "net/render_ids.hpp"

#include <optional>
#include <string_view>

namespace meguri::net {

struct shown_correction {
    ledger::journal_position position = 0; // of its proposal
    ledger::wallet_id wallet;
    const ledger::correction& what;
    ledger::person_ref proposed_by;
    ledger::instant at;                   // of the proposal, and of one that was decided, of the decision
    std::string_view status = "proposed"; // then "approved" or "rejected"
    std::optional<ledger::person_ref> decided_by = {};
    std::string_view decision_reason = {};
};

// The members of the object, which the caller opens and closes.
void write_correction(json_writer& json, const shown_correction& one, id_texts& ids);

// GET /v1/wallets/{id}/corrections: those that wait to be decided. `only`: the program whose staff asks. False where
// the ledger could not be read.
[[nodiscard]] bool render_open_corrections(std::string& body, const ledger::wallet& seen, ledger::program_code only,
                                           ledger_view& ledger, id_texts& ids);

} // namespace meguri::net
