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
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace meguri::ledger::model {

// All that the journal is folded into.
struct ledger_state {
    ledger::registry registry;
    std::map<merchant_id, merchant> merchants;
    std::map<wallet_id, wallet> wallets;
    std::map<journal_position, payment_state> payments; // by the decision's place, each as its newest entry left it
    ledger::books books;
};

void apply(ledger_state& state, const entry& applied);

// Decides one, or is a step of one.
[[nodiscard]] bool concerns_payment(const entry& one) noexcept;

struct till_reading {
    outlet_id outlet;
    std::optional<known_code> code;
    std::string key; // the attempt's idempotency key; looked at only where one was barred
};

class ledger_machine {
public:
    using refused = std::optional<refusal>;
    using stepped = tl::expected<payment_changed, refusal>;

    refused open_program(program opened);
    refused join_merchant(merchant_id id, std::vector<program_code> programs);
    outlet_id add_outlet(merchant_id merchant, outlet_kind kind);
    void open_wallet(wallet_id id, instant at);
    void set_freeze(freeze_subject subject, std::uint64_t id, bool frozen, instant at);
    void set_limits(limit_subject subject, std::uint64_t id, const limits& limit, instant at);

    // Of a wallet: what is due is booked first, and the decision's time never goes back.
    known_code issue_code(wallet_id wallet, code_kind kind, instant at);
    refused grant(const ledger::grant& asked, instant at);
    tl::expected<payment_decided, refusal> pay(const till_reading& read, const authorize& asked, instant at);
    stepped take_step(const capture_payment& asked, instant at);
    stepped take_step(const void_payment& asked, instant at);
    stepped take_step(const refund_payment& asked, instant at);
    payment_changed reverse(journal_position payment, const reverse_attempt& asked, instant at);
    refused convert(const credit_undecided& asked, instant at);
    refused choose_home(const ledger::choose_home& asked, instant at);
    tl::expected<points_transferred, refusal> transfer(const transfer_undecided& asked, instant at);
    tl::expected<correction_proposed, refusal> propose(const propose_correction& asked, person_ref by, instant at);
    tl::expected<correction_decided, refusal> decide_correction(const ledger::decide_correction& asked, person_ref by,
                                                                instant at);
    void book_what_is_due(wallet_id wallet, instant at);

    // The reversal of an attempt that has not come: it will be declined.
    void bar_key(outlet_id by, const reverse_attempt& asked, instant at);
    // While it is in doubt nothing falls due by itself.
    void doubt_clock(bool doubtful) noexcept { clock_is_doubtful_ = doubtful; }

    [[nodiscard]] const ledger_state& state() const noexcept { return state_; }
    [[nodiscard]] const std::vector<entry>& journal() const noexcept { return journal_; }

private:
    instant time_of(wallet_id wallet, instant at) const;
    payment_state payment_of(journal_position position) const;
    entry entry_of(wallet_id wallet, instant at, fact what) const;
    void write(entry made);
    void write_step(const payment_state& payment, instant at, payment_changed made);
    template <class Asked>
    stepped step(const Asked& asked, instant at);
    // decide(wallet, now) -> tl::expected<fact, refusal>, once what is due is booked.
    template <class Decide>
    auto of_wallet(wallet_id wallet, instant at, Decide decide, person_ref by = {});

    ledger_state state_;
    std::set<std::pair<outlet_id, std::string>> barred_;
    bool clock_is_doubtful_ = false;
    std::vector<entry> journal_;
};

} // namespace meguri::ledger::model
