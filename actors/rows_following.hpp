// The rows of lists of a program's campaigns, gone through one after the other until none is left, also after a crash
// at any moment: the journal says which lists there are and what their rows are, the campaigns how far each came, and
// the index of occasions which rows have come. What is done about a row, and which lists are meant, says who derives:
// recipients_following gives, clawback_following takes. Made and asked to go on by the campaigns' actor; on its thread
// alone.
//
// Some rows a turn are under way at once, each an operation of its own: to the campaigns' actor, to its wallet, to the
// journal. A row of which nothing can come any more is left out; what was left out of a list is one entry.
#pragma once

#include "actors/operation.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_set>
#include <vector>

namespace meguri::actors {

class switch_thread;

class rows_following : public reply_sink {
public:
    enum class standing : std::uint8_t {
        under_way, // it will ask for another turn
        done,      // every row of every list has come
        failed,    // the journal could not be read, or a write failed: the next start goes on
    };
    [[nodiscard]] standing go_on(const ledger::campaign_list& all);
    [[nodiscard]] const operation_ptr& token() const noexcept { return token_; }
    // Lists were allowed then, perhaps after the token came, which goes on with all: their rows are not older.
    void allow_from(ledger::instant then) noexcept { not_before_ = std::max(not_before_, then); }

    // Of the operations that it asks.
    void finished(operation& done) noexcept final;

protected:
    // `token` is the operation that asked for it and keeps the campaigns' actor live. The thread outlives it.
    rows_following(switch_thread& thread, operation_ptr token)
        : thread_{thread},
          token_{std::move(token)},
          not_before_{token_->at} {}

    // How far lists that are gone through together have come, as the campaigns know it.
    struct progress {
        bool is_finished = false;
        ledger::journal_position last_left_out = 0; // the newest entry that left rows of them out; 0: none
    };
    struct unfinished {
        ledger::campaign_ref campaign;
        ledger::journal_position position = 0; // of the entry that names the lists
        ledger::journal_position last_left_out = 0;
    };
    // One that left rows out.
    struct left_out_before {
        const std::vector<ledger::left_out_row>& rows;
        ledger::journal_position previous = 0;
    };
    using maybe_command = tl::expected<std::optional<ledger::command>, storage::error>;

    [[nodiscard]] switch_thread& thread() const noexcept { return thread_; }

private:
    [[nodiscard]] virtual std::optional<unfinished> find_unfinished(const ledger::campaign_list& all) const = 0;
    [[nodiscard]] virtual progress progress_of(const ledger::campaign& campaign,
                                               ledger::journal_position position) const = 0;
    // What the entry names that begins them, and what one says that left rows out.
    [[nodiscard]] virtual std::vector<ledger::journal_position> lists_in(ledger::fact&& begun) const = 0;
    [[nodiscard]] virtual left_out_before left_out_in(const ledger::fact& told) const = 0;
    // nullopt: it has come already.
    [[nodiscard]] virtual maybe_command command_for(const unfinished& of, std::uint32_t row,
                                                    const ledger::recipient_row& asked) = 0;
    // nullopt: that must not happen.
    [[nodiscard]] virtual std::optional<ledger::left_out_reason> why_left_out(ledger::refusal refused) const = 0;
    // `rows`: of the list `listed`, whose first row has the number `first`.
    [[nodiscard]] virtual ledger::fact leave_out(const ledger::campaign& campaign, const unfinished& of,
                                                 std::vector<ledger::left_out_row> rows,
                                                 const std::vector<ledger::recipient_row>& listed,
                                                 std::uint32_t first) const = 0;
    // Every row of one list has come.
    virtual void list_followed(const ledger::campaign&, const unfinished&) {}

    struct followed {
        unfinished what;
        ledger::caller_ref caller; // who asked for it
        std::uint64_t person = 0;
        std::vector<ledger::journal_position> lists;
        std::unordered_set<std::uint32_t> left_out; // before, by row
        std::size_t next_list = 0;
    };

    [[nodiscard]] bool begin(const unfinished& next);
    [[nodiscard]] bool read_list();
    void ask_some();
    void ask(std::size_t number);
    void tell_left_out(const ledger::campaign& of);
    [[nodiscard]] operation_ptr make_step();
    void end_one();

    switch_thread& thread_;
    operation_ptr token_;
    ledger::instant not_before_;
    std::optional<followed> at_;
    std::uint32_t first_row_ = 0; // of the list at hand
    std::vector<ledger::recipient_row> rows_;
    std::size_t next_ = 0;                       // of the list's rows
    std::vector<ledger::left_out_row> left_out_; // of the list at hand, to be written
    bool failed_ = false;
    std::size_t awaited_ = 0;
};

} // namespace meguri::actors
