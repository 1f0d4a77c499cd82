// Up to where `meguri restore` makes the ledger again.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"

#include <variant>

namespace meguri::storage {

struct whole_backup {};
// The entry is the last one that is kept, wherever it stands in its batch.
struct up_to_position {
    ledger::journal_position position = 0;
};
// What was recorded up to and including the instant is kept. A batch is recorded as a whole, so none is cut.
struct up_to_instant {
    ledger::instant at;
};

using restore_point = std::variant<whole_backup, up_to_position, up_to_instant>;

} // namespace meguri::storage
