// The rows of a program's accepted files of recipients, granted one after the other until none is left, also after a
// crash at any moment: the journal says which files were accepted, what their rows are, and by the index of occasions
// which rows were granted. Made and asked to go on by the campaigns' actor; on its thread alone.
//
// Some rows a turn are under way at once, each an operation like a single grant: to the campaigns' actor, to its
// wallet, to the journal. A row that cannot be granted any more is left out; what was left out of a list is one entry.
#pragma once

#include "actors/operation.hpp"

#include <cstddef>
#include <optional>
#include <unordered_set>
#include <vector>

namespace meguri::actors {

class switch_thread;

class recipients_following final : public reply_sink {
public:
    // `token` is the operation that asked for it and keeps the campaigns' actor live. The thread outlives it.
    recipients_following(switch_thread& thread, operation_ptr token) : thread_{thread}, token_{std::move(token)} {}

    enum class standing : std::uint8_t {
        under_way, // it will ask for another turn
        done,      // every row of every file has come
        failed,    // the journal could not be read, or a write failed: the next start goes on
    };
    [[nodiscard]] standing go_on(const ledger::campaign_list& all);
    [[nodiscard]] const operation_ptr& token() const noexcept { return token_; }

    // Of the operations that it asks.
    void finished(operation& done) noexcept override;

private:
    // A file at hand.
    struct followed_file {
        ledger::campaign_ref campaign;
        ledger::journal_position file = 0;
        ledger::caller_ref caller; // who brought it
        std::uint64_t person = 0;
        ledger::instant accepted_at; // perhaps after the token came, which goes on with all files
        std::vector<ledger::journal_position> lists;
        std::unordered_set<std::uint32_t> left_out; // before, by row
        std::size_t next_list = 0;
    };

    [[nodiscard]] bool begin_next(const ledger::campaign_list& all);
    [[nodiscard]] bool begin(const ledger::campaign& of, const ledger::recipient_file& file);
    [[nodiscard]] bool read_list();
    void grant_some();
    void grant(std::size_t number);
    void leave_out(const ledger::recipient_file& file);
    [[nodiscard]] operation_ptr make_step();
    void end_one();

    switch_thread& thread_;
    operation_ptr token_;
    std::optional<followed_file> at_;
    std::uint32_t first_row_ = 0; // of the list at hand
    std::vector<ledger::recipient_row> rows_;
    std::size_t next_ = 0;                       // of the list's rows
    std::vector<ledger::left_out_row> left_out_; // of the list at hand, to be written
    ledger::points released_;
    bool failed_ = false;
    std::size_t awaited_ = 0;
};

} // namespace meguri::actors
