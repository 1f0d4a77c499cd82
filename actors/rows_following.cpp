#include "actors/rows_following.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

#include <utility>

namespace meguri::actors {
namespace {

// A row costs its threads some 10 us, and payments wait no longer than for a few of them.
constexpr std::size_t rows_a_turn = 32;

} // namespace

rows_following::standing rows_following::go_on(const ledger::campaign_list& all) {
    if (!failed_ && !at_)
        if (const auto next = find_unfinished(all)) failed_ = !begin(*next);
    if (failed_ || !at_) return failed_ ? standing::failed : standing::done;
    if (next_ < rows_.size()) {
        ask_some();
        return standing::under_way;
    }
    const auto campaign = std::ranges::lower_bound(all, at_->what.campaign.proposal, {}, &ledger::campaign::position);
    const auto now = progress_of(*campaign, at_->what.position);
    if (!left_out_.empty()) {
        at_->what.last_left_out = now.last_left_out;
        tell_left_out(*campaign);
        return standing::under_way;
    }
    if (!rows_.empty()) list_followed(*campaign, at_->what);
    rows_.clear();
    next_ = 0;
    if (at_->next_list == at_->lists.size()) {
        EXPECTS(now.is_finished);
        at_.reset();
    } else if (!read_list()) {
        failed_ = true;
    }
    thread_.again(token_);
    return standing::under_way;
}

// --- from the journal ---

bool rows_following::begin(const unfinished& next) {
    auto named = thread_.reader().read(next.position);
    if (!named) return false;
    followed begun{next, named->caller, named->person, lists_in(std::move(named->what)), {}, 0};
    for (auto at = next.last_left_out; at != 0;) {
        const auto entry = thread_.reader().read(at);
        if (!entry) return false;
        const auto told = left_out_in(entry->what);
        for (const auto& one : told.rows) begun.left_out.insert(one.row);
        at = told.previous;
    }
    at_ = std::move(begun);
    return true;
}

bool rows_following::read_list() {
    auto entry = thread_.reader().read(at_->lists[at_->next_list++]);
    if (!entry) return false;
    auto& listed = std::get<ledger::recipients_listed>(entry->what);
    first_row_ = listed.first_row;
    rows_ = std::move(listed.rows);
    return true;
}

// --- to the wallets ---

void rows_following::ask_some() {
    awaited_ = 1;
    for (std::size_t i = 0; i < rows_a_turn && next_ < rows_.size() && !failed_; ++i) ask(next_++);
    end_one();
}

void rows_following::ask(std::size_t number) {
    const auto row = first_row_ + static_cast<std::uint32_t>(number);
    if (at_->left_out.contains(row)) return;
    auto command = command_for(at_->what, row, rows_[number]);
    failed_ = !command;
    if (failed_ || !*command) return;
    const auto op = make_step();
    op->asked = **std::move(command);
    op->ticket.sequence = static_cast<std::uint32_t>(number);
    ++awaited_;
    thread_.decide_at(campaigns_of{at_->what.campaign.program}, op);
}

void rows_following::tell_left_out(const ledger::campaign& of) {
    std::ranges::sort(left_out_, {}, &ledger::left_out_row::row);
    const auto op = make_step();
    op->record.decided_at = op->at;
    op->record.what = leave_out(of, at_->what, std::exchange(left_out_, {}), rows_, first_row_);
    op->decided_by = token_->decided_by;
    op->target_thread = token_->target_thread;
    op->target_slot = token_->target_slot;
    ++op->target_slot->unfinished;
    awaited_ = 1;
    thread_.to_journal(op);
}

operation_ptr rows_following::make_step() {
    auto op = make_operation();
    op->at = not_before_;
    op->record.caller = at_->caller;
    op->record.person = at_->person;
    op->home = token_->target_thread;
    op->reply = this;
    return op;
}

// --- what comes back ---

void rows_following::finished(operation& done) noexcept {
    const bool is_known = done.end == ending::decided || done.end == ending::replayed;
    const auto why = done.end == ending::refused ? why_left_out(done.refusal) : std::nullopt;
    if (why) {
        const auto number = done.ticket.sequence;
        left_out_.push_back({first_row_ + number, rows_[number].line, *why});
    } else if (!is_known) {
        failed_ = true;
    }
    end_one();
}

void rows_following::end_one() {
    if (--awaited_ == 0) thread_.again(token_);
}

} // namespace meguri::actors
