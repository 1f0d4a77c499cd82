// A file of recipients, or of the eligible, on its way to its acceptance: every line is checked, and only where none is
// wrong the rows are listed in the journal. Made and asked to go on by the campaigns' actor; on its thread alone.
//
// A piece a turn: some lines are read and looked up, their wallets are asked whether they are there and not frozen, and
// sockets are served before the next piece. No list is written while a line may be wrong still, and none means anything
// before the acceptance that names it: where the process ends in between, nothing has happened.
#pragma once

#include "actors/operation.hpp"

#include <cstddef>
#include <unordered_set>
#include <vector>

namespace meguri::actors {

class switch_thread;

class recipients_intake final : public reply_sink {
public:
    // `upload` asks for ledger::accept_recipients, accept_eligibility or propose_clawback and is answered by the
    // campaigns' actor. `through`: a place in the journal; of a claw-back of all, where the last of the grants stands.
    // The thread outlives it.
    recipients_intake(switch_thread& thread, operation_ptr upload, ledger::campaign_terms_ptr terms,
                      ledger::journal_position through);

    enum class standing : std::uint8_t {
        under_way, // it will ask for another turn
        checked,   // no line is wrong: list() comes next
        listed,    // all rows are in the journal
        faulty,    // the source knows which lines are wrong
        failed,    // the store could not be read, or a write failed
    };
    [[nodiscard]] standing go_on();
    // Begins to write the lists. Contract: it was checked.
    void list();

    [[nodiscard]] std::uint32_t rows() const noexcept {
        return static_cast<std::uint32_t>(rows_.size() + eligible_.size()); // one of the two
    }
    [[nodiscard]] ledger::points sum() const noexcept { return sum_; }
    // Contract: they are listed.
    [[nodiscard]] const std::vector<ledger::journal_position>& lists() const noexcept { return lists_; }

    // Of the operations that it asks.
    void finished(operation& done) noexcept override;

private:
    enum class phase : std::uint8_t { checking, checked, listing };

    [[nodiscard]] ledger::recipients_source& file() const { return *what_.file; }
    // Of a claw-back of all: the next entries of the journal.
    void scan_some();
    void add_grant(std::uint32_t line, const ledger::entry& granted);
    [[nodiscard]] std::optional<ledger::faulty_line> fault_of_clawback(const ledger::read_recipient& line);
    void check_some();
    void check(std::size_t number);
    // What is wrong with the line as far as the index knows; none: its row was added.
    [[nodiscard]] std::optional<ledger::faulty_line> fault_of(ledger::read_recipient& line);
    [[nodiscard]] std::optional<ledger::faulty_line> fault_of_recipient(ledger::read_recipient& line);
    [[nodiscard]] std::optional<ledger::faulty_line> fault_of_eligible(const ledger::read_recipient& line);
    [[nodiscard]] ledger::fact next_list(std::size_t count);
    void ask_wallet(std::size_t number, ledger::wallet_id wallet);
    void list_some();
    void end_one();
    void end_piece();

    switch_thread& thread_;
    operation_ptr upload_;
    struct {
        ledger::program_code program;
        ledger::journal_position campaign = 0;
        std::shared_ptr<ledger::recipients_source> file;
        bool is_of_eligible = false;
        bool is_of_clawback = false;
    } what_;                               // of the upload
    ledger::journal_position scanned_ = 0; // through there
    ledger::journal_position through_ = 0;
    ledger::campaign_terms_ptr terms_;
    phase phase_ = phase::checking;
    bool is_read_ = false;
    bool failed_ = false;
    std::size_t awaited_ = 0;
    std::vector<ledger::read_recipient> piece_;
    std::vector<ledger::faulty_line> faults_; // of the piece
    std::unordered_set<ledger::digest128> occasions_;
    std::vector<ledger::recipient_row> rows_;    // of recipients
    std::vector<ledger::eligible_row> eligible_; // of a list of the eligible
    ledger::points sum_;
    std::size_t listed_ = 0;
    std::vector<ledger::journal_position> lists_;
};

} // namespace meguri::actors
