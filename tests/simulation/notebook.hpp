// What the tills wrote down: every attempt, every answer that they were given, and what a journal must therefore hold,
// whatever happened to the machine in between. Throws found_wrong where it does not.
#pragma once

#include "actors/operation.hpp"
#include "ledger/accounts.hpp"
#include "ledger/merchant.hpp"
#include "ledger/registry.hpp"
#include "storage/journal.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace meguri::test {

// The simulation found a bug: a promise of the switch that was not kept.
class found_wrong : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

using key_of_caller = std::pair<ledger::caller_ref, std::string>;

// How often things came about, so that a test can see that it tested something.
using tally = std::map<std::string, std::uint64_t>;

struct attempt {
    actors::principal by;
    actors::request asked;
    std::string key;
    bool was_reversed = false; // before it was sent: it must not be approved any more
    actors::operation_ptr op{};

    [[nodiscard]] key_of_caller id() const { return {by.caller, key}; }
    [[nodiscard]] const ledger::command* command() const { return std::get_if<ledger::command>(&asked); }
};

// All that a journal amounts to.
struct fold {
    std::map<ledger::wallet_id, ledger::wallet> wallets;
    std::map<ledger::merchant_id, ledger::merchant> merchants;
    ledger::registry registry;
    ledger::books books;

    void apply(const ledger::entry& one);
};

class notebook {
public:
    void sent(attempt& one);
    // `durable` is the writer's position at this moment, `may_fail` whether it has failed.
    void answered(const attempt& one, ledger::journal_position durable, bool may_fail);
    // Reads the journal from its first entry and holds it to everything that was answered; gives what it amounts to.
    const fold& compare(const storage::journal& entries);

    [[nodiscard]] const tally& counted() const noexcept { return counted_; }
    [[nodiscard]] bool is_answered(const key_of_caller& id) const { return answers_.contains(id); }
    void count(const std::string& what) { ++counted_[what]; }
    // Of the last compare().
    [[nodiscard]] const storage::chain_end& end() const noexcept { return end_; }

private:
    void shown(const attempt& one, ledger::journal_position durable);
    void decided(const attempt& one);
    void replayed(const attempt& one);
    void note_reversal(const ledger::entry& one);
    void note_read(const ledger::wallet& seen);
    void check_entry(const ledger::entry& one, const std::string& bytes);
    void check_reads(const ledger::entry& one);

    std::set<key_of_caller> sent_;
    std::map<key_of_caller, ledger::journal_position> answers_; // the entry under the key itself
    std::set<key_of_caller> decided_;
    std::set<key_of_caller> reversed_;                                         // by an answered reversal
    std::map<ledger::journal_position, std::string> acknowledged_;             // entries as they were answered
    std::map<std::pair<ledger::wallet_id, std::uint64_t>, std::string> reads_; // wallets as shown, by sequence

    std::vector<std::string> journal_; // as it was last compared
    storage::chain_end end_;
    std::set<key_of_caller> keys_met_; // in the journal, while comparing
    fold folded_;
    tally counted_;
};

} // namespace meguri::test
