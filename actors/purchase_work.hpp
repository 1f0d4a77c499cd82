// What an operation about a purchase or about money that came carries between the program's purchases and the wallet.
#pragma once

#include "ledger/decide.hpp"
#include "ledger/digest.hpp"

#include <optional>
#include <vector>

namespace meguri::actors {

struct purchase_work {
    ledger::program_code program;
    std::vector<ledger::digest128> claimed;       // nobody else decides about these meanwhile
    ledger::purchase_usage used;                  // what the person asked to buy before
    ledger::purchase_reference drawn;             // for a request
    std::optional<ledger::purchase> of;           // of a cancellation, a refund, or what the bank says of a debit
    std::optional<ledger::debit_plan> plan;       // for a request to buy by account transfer
    std::optional<ledger::debit_mandate> mandate; // the person's newest, for what becomes of it
    ledger::journal_position previous = 0;        // where that was told
    ledger::card_answer card = ledger::card_answer::nothing;
    std::optional<ledger::taken_transfer> taken;
};

} // namespace meguri::actors
