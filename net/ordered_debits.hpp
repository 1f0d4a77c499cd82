// Which debits an order is of: what was asked for on its day before it, not given up before it, and under a mandate
// that had not ended by then. All of that stands before the order in the journal, so it never changes.
#pragma once

#include "ledger/debit_file.hpp"
#include "net/ledger_past.hpp"
#include "net/ledger_view.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace meguri::net {

struct ordered_debits {
    ledger::journal_position position = 0;
    ledger::debit_order what;
    std::vector<ledger::journal_position> of_day; // requests and what was given up, newest first
    std::vector<ledger::journal_position> ended;  // mandates, since the oldest of these

    // Nullopt: the position is no order's. Errors: read_failed.
    [[nodiscard]] static tl::expected<std::optional<ordered_debits>, problem> find(ledger_view& from,
                                                                                   ledger::journal_position position);
    // In the order in which they were asked for. `entry_at(position)` gives the entry, or nullopt where it cannot be
    // read, and then there is none here either.
    using reader = std::function<std::optional<ledger::entry>(ledger::journal_position)>;
    [[nodiscard]] std::optional<std::vector<ledger::debit_request>> requests(const reader& entry_at) const;
};

[[nodiscard]] ordered_debits::reader reader_of(ledger_view& from);
[[nodiscard]] ordered_debits::reader reader_of(ledger_past& from);

} // namespace meguri::net
