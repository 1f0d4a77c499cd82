// The real rules in one thread: decides, writes and applies as the actors, the journal's writer and the checkpointer do
// together, and holds every entry to the rules that always hold before the next one is decided.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/decide.hpp"
#include "ledger/merchant.hpp"
#include "ledger/registry.hpp"
#include "ledger/wallet.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace meguri::ledger::model {

// All that the journal is folded into.
struct ledger_state {
    ledger::registry registry;
    std::map<merchant_id, merchant> merchants;
    std::map<wallet_id, wallet> wallets;
    ledger::books books;
};

void apply(ledger_state& state, const entry& applied);

struct till_reading {
    outlet_id outlet;
    std::optional<known_code> code;
};

class ledger_machine {
public:
    using refused = std::optional<refusal>;

    refused open_program(program opened);
    refused join_merchant(merchant_id id, std::vector<program_code> programs);
    outlet_id add_outlet(merchant_id merchant, outlet_kind kind);
    void open_wallet(wallet_id id, instant at);
    void set_freeze(freeze_subject subject, std::uint64_t id, bool frozen, instant at);

    // Of a wallet: what is due is booked first, and the decision's time never goes back.
    known_code issue_code(wallet_id wallet, code_kind kind, instant at);
    refused grant(const ledger::grant& asked, instant at);
    tl::expected<payment_decided, refusal> pay(const till_reading& read, const authorize& asked, instant at);
    void book_what_is_due(wallet_id wallet, instant at);

    [[nodiscard]] const ledger_state& state() const noexcept { return state_; }
    [[nodiscard]] const std::vector<entry>& journal() const noexcept { return journal_; }

private:
    instant time_of(wallet_id wallet, instant at) const;
    entry entry_of(wallet_id wallet, instant at, fact what) const;
    void write(entry made);

    ledger_state state_;
    std::vector<entry> journal_;
};

} // namespace meguri::ledger::model
