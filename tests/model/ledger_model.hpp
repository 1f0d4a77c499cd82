// A small model of the rules, to hold the real ones against: maps, loops and plain numbers. It shares names and enums
// with ledger/ and nothing that decides, sorts, sums or turns an instant into a day.
#pragma once

#include "ledger/commands.hpp"

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

struct model_program {
    int expiry_days = 0;
    bool online_only = false;
    bool frozen = false;
};
struct model_outlet {
    bool is_shop = false;
    bool frozen = false;
};
struct model_merchant {
    bool frozen = false;
    std::set<code_number> accepted;
    std::vector<model_outlet> outlets;
    std::map<code_number, yen> captured;
};
struct model_lot {
    code_number program = 0;
    std::int64_t last_day = 0; // in Japan, since 1970-01-01
    std::int64_t issued_at = 0;
    std::string source;
    yen left = 0;
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
};

// {wallet, ordinal of the code}: what a terminal has read.
using credential = std::optional<std::pair<std::uint64_t, std::uint32_t>>;

struct model_payment {
    std::uint64_t merchant = 0;
    std::size_t outlet = 0; // from 1
    std::optional<code_number> program;
    yen amount = 0;
    credential read;
};
struct model_outcome {
    decline_code decline = decline_code::none;
    std::optional<yen> balance;
    taken_lots lots;
};

class ledger_model {
public:
    std::map<code_number, model_program> programs;
    std::map<std::uint64_t, model_merchant> merchants;
    std::map<std::uint64_t, model_wallet> wallets;

    // Each does what it says or gives the reason why not. Instants are milliseconds since 1970 in UTC.
    std::optional<refusal> open_program(code_number code, model_program opened);
    std::optional<refusal> join_merchant(std::uint64_t id, const std::vector<code_number>& accepted);
    std::optional<refusal> grant(std::uint64_t wallet, code_number program, yen amount,
                                 std::optional<std::int64_t> last_day, const std::string& source, std::int64_t at);
    std::uint32_t issue_code(std::uint64_t wallet, bool once, std::int64_t at);
    // No value: the program must be named.
    std::optional<model_outcome> pay(const model_payment& asked, std::int64_t at);

    // When a decision of the wallet happens that is asked for at `at`: its time never goes back behind what it did.
    [[nodiscard]] std::int64_t decision_time(std::uint64_t wallet, std::int64_t at) const;
    // Takes what is left of the lots whose last day is over by then, and gives it.
    std::map<std::uint32_t, yen> pass_time(std::uint64_t wallet, std::int64_t at);

    [[nodiscard]] yen available(std::uint64_t wallet, code_number program) const;
    [[nodiscard]] yen issued(code_number program) const;
    [[nodiscard]] yen available(code_number program) const;
    [[nodiscard]] yen captured(code_number program) const;
    [[nodiscard]] yen expired(code_number program) const;

private:
    [[nodiscard]] decline_code reason(const model_payment& asked, code_number program, std::int64_t at) const;
    taken_lots spend(model_wallet& payer, code_number program, yen amount);

    std::map<code_number, yen> issued_;
    std::map<code_number, yen> expired_;
};

[[nodiscard]] std::int64_t day_in_japan(std::int64_t unix_ms);

} // namespace meguri::ledger::model
