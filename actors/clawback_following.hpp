// The rows of a program's approved claw-backs, taken one after the other until none is left, also after a crash at any
// moment: the journal says what was proposed, and by the index of occasions which rows were taken. Made and asked to go
// on by the campaigns' actor; on its thread alone. As recipients_following, whose rows give what these take.
#pragma once

#include "actors/operation.hpp"

#include <cstddef>
#include <optional>
#include <unordered_set>
#include <vector>

namespace meguri::actors {

class switch_thread;

class clawback_following final : public reply_sink {
public:
    // `token` is the operation that asked for it and keeps the campaigns' actor live. The thread outlives it.
    clawback_following(switch_thread& thread, operation_ptr token) : thread_{thread}, token_{std::move(token)} {}

    enum class standing : std::uint8_t {
        under_way, // it will ask for another turn
        done,      // every row of every claw-back has come
        failed,    // the journal could not be read, or a write failed: the next start goes on
    };
    [[nodiscard]] standing go_on(const ledger::campaign_list& all);
    [[nodiscard]] const operation_ptr& token() const noexcept { return token_; }

    // Of the operations that it asks.
    void finished(operation& done) noexcept override;

private:
    struct followed_clawback {
        ledger::campaign_ref campaign;
        ledger::journal_position clawback = 0;
        ledger::caller_ref caller; // who approved it is not kept: who proposed it
        ledger::person_ref maker;
        std::vector<ledger::journal_position> lists;
        std::unordered_set<std::uint32_t> ended; // before, by row
        std::size_t next_list = 0;
    };

    [[nodiscard]] bool begin_next(const ledger::campaign_list& all);
    [[nodiscard]] bool begin(const ledger::campaign& of, const ledger::campaign_clawback& clawback);
    [[nodiscard]] bool read_list();
    void take_some();
    void take(std::size_t number);
    void end_rows(const ledger::campaign_clawback& clawback);
    [[nodiscard]] operation_ptr make_step();
    void end_one();

    switch_thread& thread_;
    operation_ptr token_;
    std::optional<followed_clawback> at_;
    std::uint32_t first_row_ = 0; // of the list at hand
    std::vector<ledger::recipient_row> rows_;
    std::size_t next_ = 0;
    std::vector<ledger::left_out_row> ended_; // of the list at hand, to be written
    bool failed_ = false;
    std::size_t awaited_ = 0;
};

} // namespace meguri::actors
