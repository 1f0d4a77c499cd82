// A small model of the rules, to hold the real ones against: maps, loops and plain numbers. It shares names and enums
// with ledger/ and nothing that decides, sorts, sums or turns an instant into a day.
#pragma once

#include "ledger/commands.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace meguri::ledger::model {

using yen = std::int64_t;
using code_number = std::uint32_t;                             // of a program
using taken_lots = std::vector<std::pair<std::uint32_t, yen>>; // lot number, amount

// No value: as much as one likes.
struct model_limits {
    std::optional<yen> per_payment;
    std::optional<yen> day_amount;
    std::optional<std::uint32_t> day_count;
    std::optional<yen> hour_amount;
    std::optional<std::uint32_t> hour_count;
    [[nodiscard]] bool counts() const { return day_amount || day_count || hour_amount || hour_count; }
};
// A payment that was approved while somebody had to count.
struct model_counted {
    std::int64_t at = 0;
    yen amount = 0;
    code_number program = 0;
    std::size_t outlet = 0;
};
using model_reached = std::optional<std::pair<limit_subject, limit_kind>>;

struct model_program {
    int expiry_days = 0;
    bool online_only = false;
    bool frozen = false;
    int hold_days = 0;
    model_limits limit = {}; // of each wallet
};
struct model_outlet {
    bool is_shop = false;
    bool frozen = false;
    model_limits limit = {};
};
struct model_merchant {
    bool frozen = false;
    model_limits limit;
    std::vector<model_counted> counted;
    std::set<code_number> accepted;
    std::vector<model_outlet> outlets;
    std::map<code_number, yen> pending;
    std::map<code_number, yen> captured; // since the beginning, as refunded is: neither is taken from the other
    std::map<code_number, yen> refunded;
};
// Who pays for points.
struct model_source {
    funding_kind funder = funding_kind::budget;
    std::string text;
    friend bool operator==(const model_source&, const model_source&) = default;
};
struct model_lot {
    code_number program = 0;   // above 999,999: undecided
    std::int64_t last_day = 0; // in Japan, since 1970-01-01
    std::int64_t issued_at = 0;
    model_source source;
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
    std::optional<code_number> home;
    std::set<std::size_t> corrections; // its open ones, by number
    model_limits limit;
    std::vector<model_counted> counted;
};

// A kind of caller and its number; number 0 is nobody.
using model_person = std::pair<caller_kind, std::uint64_t>;

struct model_proposal {
    std::uint64_t wallet = 0;
    correction_kind kind = correction_kind::credit;
    code_number program = 0;
    yen amount = 0;
    model_source source;
    std::optional<std::int64_t> last_day;
    model_person maker;
};
// Undecided points that found their program.
struct model_transfer {
    bool by_default = false;
    code_number program = 0;
    std::int64_t last_day = 0;
    std::int64_t at = 0;
    taken_lots from;
    taken_lots to;
};

// {wallet, ordinal of the code}: what a terminal has read.
using credential = std::optional<std::pair<std::uint64_t, std::uint32_t>>;

struct model_attempt {
    std::uint64_t merchant = 0;
    std::size_t outlet = 0; // from 1
    std::optional<code_number> program;
    yen amount = 0;
    credential read;
    bool capture = true;          // at once
    bool barred = false;          // its reversal was there before it
    std::int64_t at_merchant = 0; // when the merchant heard of it: its limits are looked at before the wallet's turn
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
    model_reached limit;             // why it was declined
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
// What a wallet lost or got back because time passed: first its holds end, then its lots expire, then what is undecided
// goes home.
struct fallen_due {
    std::vector<model_step> ended;
    std::map<std::uint32_t, yen> expired; // by lot number
    std::optional<model_transfer> moved;
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
    by_funder cancelled;
    std::map<code_number, yen> moved_out;  // of undecided points, by the partner's program
    std::map<code_number, yen> moved_in;   // to the others
    std::vector<model_proposal> proposals; // decided ones too
    bool clock_is_doubtful = false;

    // Each does what it says or gives the reason why not. Instants are milliseconds since 1970 in UTC.
    std::optional<refusal> open_program(code_number code, model_program opened);
    std::optional<refusal> join_merchant(std::uint64_t id, const std::vector<code_number>& accepted);
    std::optional<refusal> grant(std::uint64_t wallet, code_number program, yen amount,
                                 std::optional<std::int64_t> last_day, const model_source& source, std::int64_t at);
    std::uint32_t issue_code(std::uint64_t wallet, bool once, std::int64_t at);
    // Adds a payment. No value: the program must be named.
    std::optional<model_payment> pay(const model_attempt& asked, std::int64_t at);

    // Why it would be declined then; none: it would not.
    [[nodiscard]] decline_code reason(const model_attempt& asked, code_number program, std::int64_t at) const;

    // The limit that it would pass.
    [[nodiscard]] model_reached limit_reached(const model_attempt& asked, code_number program, std::int64_t at) const;

    // Undecided points. No amount: all that there is.
    void convert(std::uint64_t wallet, code_number partners, yen amount, const model_source& source, std::int64_t at);
    std::optional<refusal> choose_home(std::uint64_t wallet, code_number municipality, std::int64_t at);
    tl::expected<model_transfer, refusal> transfer(std::uint64_t wallet, code_number program, std::optional<yen> amount,
                                                   std::int64_t at);

    // Corrections: the proposal's number, and what its approval moved.
    tl::expected<std::size_t, refusal> propose(model_proposal asked, std::int64_t at);
    tl::expected<taken_lots, refusal> decide(std::size_t proposal, bool approve, model_person checker, std::int64_t at);

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
    std::uint32_t add_lot(std::uint64_t wallet, const model_lot& lot);
    model_transfer move(std::uint64_t wallet, code_number program, yen amount, std::int64_t at);
    taken_lots cancel(std::uint64_t wallet, const model_proposal& debit);
    taken_lots spend(model_wallet& payer, code_number program, yen amount, bool hold, std::int64_t at);
    model_step end_hold(payment_step step, std::size_t number, yen keep, payment_status then, std::int64_t at);
    model_step give_back_captured(payment_step step, std::size_t number, yen amount, payment_status then,
                                  std::int64_t at);
    void give_back(model_step& made, const taken_lots& lots);
};

[[nodiscard]] std::int64_t day_in_japan(std::int64_t unix_ms);
[[nodiscard]] bool is_undecided(code_number program);
// Through the 14th day after it was issued.
[[nodiscard]] bool time_to_choose_is_over(const model_lot& lot, std::int64_t at);

} // namespace meguri::ledger::model
