// What stood at a past instant: everything that was decided by then, folded from the journal's entries once more. Reads
// as much of the journal as it takes, so it belongs on a thread that nobody waits for; one object a thread.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/merchant.hpp"
#include "ledger/wallet.hpp"
#include "storage/error.hpp"
#include "storage/journal_reader.hpp"

#include <tl/expected.hpp>

#include <atomic>
#include <functional>
#include <vector>

namespace meguri::storage {

class history {
public:
    // `ending` may become true on any thread: what is being read then ends soon, with errc::stopped.
    [[nodiscard]] static tl::expected<history, error> make(const journal& over, const std::atomic<bool>& ending);

    // The wallet whose newest durable entry stands at `newest`, as it stood at `at`: what had fallen due by then has
    // happened, booked or not. An empty wallet if it was opened later. Walks the wallet's own chain.
    [[nodiscard]] tl::expected<ledger::wallet, error> wallet_at(ledger::journal_position newest, ledger::instant at);
    // What the merchant was owed at `at`, with the terms of today. Walks the merchant's own chain.
    [[nodiscard]] tl::expected<ledger::merchant, error> merchant_at(const ledger::merchant& today, ledger::instant at);
    // The entries of a wallet's or a merchant's chain that were decided by then, oldest first.
    using visitor = std::function<void(const ledger::entry&)>;
    [[nodiscard]] tl::expected<void, error> wallet_entries(ledger::journal_position newest, ledger::instant at,
                                                           const visitor& visit);
    [[nodiscard]] tl::expected<void, error> merchant_entries(ledger::journal_position newest, ledger::instant at,
                                                             const visitor& visit);
    [[nodiscard]] tl::expected<ledger::entry, error> entry_at(ledger::journal_position position);
    // The books at `at`. Reads the whole journal.
    [[nodiscard]] tl::expected<ledger::books, error> books_at(ledger::instant at);

private:
    history(journal_reader entries, const std::atomic<bool>& ending) : entries_{std::move(entries)}, ending_{&ending} {}
    using previous_of = ledger::journal_position (*)(const ledger::entry&);
    [[nodiscard]] tl::expected<void, error> replay_chain(ledger::journal_position newest, previous_of previous,
                                                         ledger::instant at, const visitor& visit);

    [[nodiscard]] tl::expected<void, error> unless_ending() const;

    journal_reader entries_;
    const std::atomic<bool>* ending_;
};

} // namespace meguri::storage
