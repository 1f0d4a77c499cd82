// A small model of the rules, to hold the real ones against: maps, loops and plain numbers. It shares names and enums
// with ledger/ and nothing that decides, sorts, sums or turns an instant into a day.
#pragma once

#include "ledger/commands.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace meguri::ledger::model {

using yen = std::int64_t;
using code_number = std::uint32_t;                             // of a program
using taken_lots = std::vector<std::pair<std::uint32_t, yen>>; // lot number, amount

struct model_program {
    int expiry_days = 0;
    bool online_only = false;
    bool frozen = false;
    int hold_days = 0;
};
struct model_outlet {
    bool is_shop = false;
    bool frozen = false;
};
struct model_merchant {
    bool frozen = false;
    std::set<code_number> accepted;
    std::vector<model_outlet> outlets;
    std::map<code_number, yen> pending;
    std::map<code_number, yen> captured; // since the beginning, as refunded is: neither is taken from the other
    std::map<code_number, yen> refunded;
};
struct model_lot {
    code_number program = 0;
    std::int64_t last_day = 0; // in Japan, since 1970-01-01
    std::int64_t issued_at = 0;
    funding_kind funder = funding_kind::budget;
    yen left = 0;
    yen held = 0; // besides what is left
};
struct model_code {
    bool once = false;
    std::int64_t valid_until = 0;
    bool used = false;
};
struct model_wallet {
    bool frozen = false;
    std::int64_t last_time = 0;
    std::map<std::uint32_t, model_lot> lots;   // by number, never forgotten
    std::map<std::uint32_t, model_code> codes; // by ordinal
    std::set<std::size_t> holds;               // its open ones, by the payment's number
};

// {wallet, ordinal of the code}: what a terminal has read.
using credential = std::optional<std::pair<std::uint64_t, std::uint32_t>>;

struct model_attempt {
    std::uint64_t merchant = 0;
    std::size_t outlet = 0; // from 1
    std::optional<code_number> program;
    yen amount = 0;
    credential read;
    bool capture = true; // at once
    bool barred = false; // its reversal was there before it
};
// What an attempt has become: numbered by decision, from 0.
struct model_payment {
    std::uint64_t merchant = 0;
    std::optional<std::uint64_t> wallet;
    code_number program = 0;
    yen amount = 0;
    payment_status status = payment_status::declined;
    decline_code decline = decline_code::none;
    yen captured = 0;
    yen refunded = 0;
    std::optional<yen> balance;
    std::int64_t capture_before = 0; // 0: it is no hold
    taken_lots lots;                 // that it still has, in the order of spending
};
// One step of a payment: what it moved, in order, and the payment after it.
struct model_step {
    payment_step step = payment_step::capture;
    std::size_t payment = 0;
    std::int64_t at = 0;
    yen part = 0;
    bool was_held = false;
    taken_lots captured;
    taken_lots returned;
    taken_lots lapsed;
    model_payment after;
};
// What a wallet lost or got back because time passed: first its holds end, then its lots expire.
struct fallen_due {
    std::vector<model_step> ended;
    std::map<std::uint32_t, yen> expired; // by lot number
};

class ledger_model {
public:
    std::map<code_number, model_program> programs;
    std::map<std::uint64_t, model_merchant> merchants;
    std::map<std::uint64_t, model_wallet> wallets;
    std::vector<model_payment> payments;                                   // declined ones too
    using by_funder = std::map<std::pair<code_number, funding_kind>, yen>; // who pays for them
    by_funder issued;                                                      // since the beginning
    by_funder expired;
    bool clock_is_doubtful = false;

    // Each does what it says or gives the reason why not. Instants are milliseconds since 1970 in UTC.
    std::optional<refusal> open_program(code_number code, model_program opened);
    std::optional<refusal> join_merchant(std::uint64_t id, const std::vector<code_number>& accepted);
    std::optional<refusal> grant(std::uint64_t wallet, code_number program, yen amount,
                                 std::optional<std::int64_t> last_day, funding_kind funder, std::int64_t at);
    std::uint32_t issue_code(std::uint64_t wallet, bool once, std::int64_t at);
    // Adds a payment. No value: the program must be named.
    std::optional<model_payment> pay(const model_attempt& asked, std::int64_t at);

    // Why it would be declined then; none: it would not.
    [[nodiscard]] decline_code reason(const model_attempt& asked, code_number program, std::int64_t at) const;

    // The later life of a payment. No amount: all that there is.
    using stepped = tl::expected<model_step, refusal>;
    stepped capture(std::size_t payment, std::optional<yen> amount, std::int64_t at);
    stepped void_hold(std::size_t payment, std::int64_t at);
    stepped refund(std::size_t payment, std::optional<yen> amount, std::int64_t at);
    stepped reverse(std::size_t payment, std::int64_t at); // never refused

    // When a decision of the wallet happens that is asked for at `at`: its time never goes back behind what it did.
    [[nodiscard]] std::int64_t decision_time(std::uint64_t wallet, std::int64_t at) const;
    // Ends the holds whose time is over by then, takes what is left of the lots whose last day is, and gives both.
    // While the clock is doubtful nothing falls due.
    fallen_due pass_time(std::uint64_t wallet, std::int64_t at);

    // What can be spent then: a lot past its last day is not, even if it has not been taken yet.
    [[nodiscard]] yen available(std::uint64_t wallet, code_number program, std::int64_t at) const;

private:
    taken_lots spend(model_wallet& payer, code_number program, yen amount, bool hold, std::int64_t at);
    model_step end_hold(payment_step step, std::size_t number, yen keep, payment_status then, std::int64_t at);
    model_step give_back_captured(payment_step step, std::size_t number, yen amount, payment_status then,
                                  std::int64_t at);
    void give_back(model_step& made, const taken_lots& lots);
};

[[nodiscard]] std::int64_t day_in_japan(std::int64_t unix_ms);

} // namespace meguri::ledger::model
