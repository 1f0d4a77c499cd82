#include "actors/recipients_following.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

#include <algorithm>
#include <utility>

namespace meguri::actors {
namespace {

// A row costs its threads some 10 us, and payments wait no longer than for a few of them.
constexpr std::size_t rows_a_turn = 32;

} // namespace

recipients_following::standing recipients_following::go_on(const ledger::campaign_list& all) {
    if (failed_ || (!at_ && !begin_next(all))) return failed_ ? standing::failed : standing::done;
    if (next_ < rows_.size()) {
        grant_some();
        return standing::under_way;
    }
    const auto campaign = std::ranges::lower_bound(all, at_->campaign.proposal, {}, &ledger::campaign::position);
    const auto* const file = campaign->file(at_->file);
    if (!left_out_.empty()) {
        leave_out(*file);
        return standing::under_way;
    }
    if (!rows_.empty()) thread_.shared().tell_recipients_followed({at_->campaign, *file});
    rows_.clear();
    next_ = 0;
    if (at_->next_list == at_->lists.size()) {
        EXPECTS(file->is_finished());
        at_.reset();
    } else if (!read_list()) {
        failed_ = true;
    }
    thread_.again(token_);
    return standing::under_way;
}

// --- from the journal ---

bool recipients_following::begin_next(const ledger::campaign_list& all) {
    for (const auto& campaign : all)
        for (const auto& file : campaign.files)
            if (!file.is_finished()) {
                failed_ = !begin(campaign, file);
                return !failed_;
            }
    return false;
}

bool recipients_following::begin(const ledger::campaign& of, const ledger::recipient_file& file) {
    auto accepted = thread_.reader().read(file.position);
    if (!accepted) return false;
    followed_file begun{{of.program, of.position},
                        file.position,
                        accepted->caller,
                        accepted->person,
                        accepted->decided_at,
                        std::get<ledger::recipients_accepted>(std::move(accepted->what)).lists,
                        {},
                        0};
    for (auto at = file.last_left_out; at != 0;) {
        const auto entry = thread_.reader().read(at);
        if (!entry) return false;
        const auto& told = std::get<ledger::recipients_left_out>(entry->what);
        for (const auto& one : told.rows) begun.left_out.insert(one.row);
        at = told.previous;
    }
    at_ = std::move(begun);
    return true;
}

bool recipients_following::read_list() {
    auto entry = thread_.reader().read(at_->lists[at_->next_list++]);
    if (!entry) return false;
    auto& listed = std::get<ledger::recipients_listed>(entry->what);
    first_row_ = listed.first_row;
    rows_ = std::move(listed.rows);
    return true;
}

// --- to the wallets ---

void recipients_following::grant_some() {
    awaited_ = 1;
    for (std::size_t i = 0; i < rows_a_turn && next_ < rows_.size(); ++i) grant(next_++);
    end_one();
}

void recipients_following::grant(std::size_t number) {
    const auto row = first_row_ + static_cast<std::uint32_t>(number);
    if (at_->left_out.contains(row)) return;
    const auto& asked = rows_[number];
    const auto op = make_step();
    op->asked = ledger::command{ledger::grant_recipient{at_->campaign.program, at_->campaign.proposal, at_->file, row,
                                                        asked.wallet, asked.occasion, asked.amount}};
    op->ticket.sequence = static_cast<std::uint32_t>(number);
    ++awaited_;
    thread_.decide_at(campaigns_of{at_->campaign.program}, op);
}

void recipients_following::leave_out(const ledger::recipient_file& file) {
    std::ranges::sort(left_out_, {}, &ledger::left_out_row::row);
    const auto op = make_step();
    op->record.decided_at = op->at;
    op->record.what =
        ledger::recipients_left_out{at_->campaign.program, at_->campaign.proposal,       at_->file,
                                    file.last_left_out,    std::exchange(released_, {}), std::exchange(left_out_, {})};
    op->decided_by = token_->decided_by;
    op->target_thread = token_->target_thread;
    op->target_slot = token_->target_slot;
    ++op->target_slot->unfinished;
    awaited_ = 1;
    thread_.to_journal(op);
}

operation_ptr recipients_following::make_step() {
    auto op = make_operation();
    op->at = std::max(token_->at, at_->accepted_at);
    op->record.caller = at_->caller;
    op->record.person = at_->person;
    op->home = token_->target_thread;
    op->reply = this;
    return op;
}

// --- what comes back ---

void recipients_following::finished(operation& done) noexcept {
    const bool is_known = done.end == ending::decided || done.end == ending::replayed;
    const auto why = done.end == ending::refused ? ledger::reason_of(done.refusal) : std::nullopt;
    if (why) {
        const auto number = done.ticket.sequence;
        left_out_.push_back({first_row_ + number, rows_[number].line, *why});
        released_ = *released_.plus(rows_[number].amount);
    } else if (!is_known) {
        failed_ = true;
    }
    end_one();
}

void recipients_following::end_one() {
    if (--awaited_ == 0) thread_.again(token_);
}

} // namespace meguri::actors
