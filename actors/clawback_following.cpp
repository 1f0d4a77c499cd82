#include "actors/clawback_following.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

#include <algorithm>
#include <utility>

namespace meguri::actors {
namespace {

constexpr std::size_t clawback_rows_a_turn = 32; // as of the rows that follow a file

} // namespace

clawback_following::standing clawback_following::go_on(const ledger::campaign_list& all) {
    if (failed_ || (!at_ && !begin_next(all))) return failed_ ? standing::failed : standing::done;
    if (next_ < rows_.size()) {
        take_some();
        return standing::under_way;
    }
    const auto campaign = std::ranges::lower_bound(all, at_->campaign.proposal, {}, &ledger::campaign::position);
    const auto* const clawback = campaign->clawback(at_->clawback);
    if (!ended_.empty()) {
        end_rows(*clawback);
        return standing::under_way;
    }
    rows_.clear();
    next_ = 0;
    if (at_->next_list == at_->lists.size()) {
        EXPECTS(clawback->is_finished());
        at_.reset();
    } else if (!read_list()) {
        failed_ = true;
    }
    thread_.again(token_);
    return standing::under_way;
}

// --- from the journal ---

bool clawback_following::begin_next(const ledger::campaign_list& all) {
    for (const auto& campaign : all)
        for (const auto& clawback : campaign.clawbacks)
            if (clawback.status == ledger::clawback_status::approved && !clawback.is_finished()) {
                failed_ = !begin(campaign, clawback);
                return !failed_;
            }
    return false;
}

bool clawback_following::begin(const ledger::campaign& of, const ledger::campaign_clawback& clawback) {
    auto proposed = thread_.reader().read(clawback.position);
    if (!proposed) return false;
    followed_clawback begun{{of.program, of.position},
                            clawback.position,
                            proposed->caller,
                            clawback.maker,
                            std::get<ledger::clawback_changed>(std::move(proposed->what)).lists,
                            {},
                            0};
    for (auto at = clawback.last_ended; at != 0;) {
        const auto entry = thread_.reader().read(at);
        if (!entry) return false;
        const auto& told = std::get<ledger::clawback_changed>(entry->what);
        for (const auto& one : told.ended) begun.ended.insert(one.row);
        at = told.previous;
    }
    at_ = std::move(begun);
    return true;
}

bool clawback_following::read_list() {
    auto entry = thread_.reader().read(at_->lists[at_->next_list++]);
    if (!entry) return false;
    auto& listed = std::get<ledger::recipients_listed>(entry->what);
    first_row_ = listed.first_row;
    rows_ = std::move(listed.rows);
    return true;
}

// --- to the wallets ---

void clawback_following::take_some() {
    awaited_ = 1;
    for (std::size_t i = 0; i < clawback_rows_a_turn && next_ < rows_.size() && !failed_; ++i) take(next_++);
    end_one();
}

// The grant says which lot it was; the index, whether the row was taken before the process ended.
void clawback_following::take(std::size_t number) {
    const auto row = first_row_ + static_cast<std::uint32_t>(number);
    if (at_->ended.contains(row)) return;
    const auto& asked = rows_[number];
    const auto& keys = thread_.shared().store().keys();
    const auto before = thread_.reader().find_occasion(keys.digest_of_clawback(at_->clawback, asked.wallet, row));
    if (before && *before) return;
    const auto position =
        thread_.reader().find_occasion(keys.digest_of_occasion(at_->campaign.proposal, asked.wallet, asked.occasion));
    failed_ = !before || !position || !*position;
    if (failed_) return;
    const auto granted = thread_.reader().read(**position);
    failed_ = !granted;
    if (failed_) return;
    const auto op = make_step();
    op->asked =
        ledger::command{ledger::claw_back_row{at_->campaign.program, at_->campaign.proposal, at_->clawback, row,
                                              asked.wallet, ledger::campaign_grant_in(*granted).lot->lot->number}};
    op->ticket.sequence = static_cast<std::uint32_t>(number);
    ++awaited_;
    thread_.decide_at(campaigns_of{at_->campaign.program}, op);
}

void clawback_following::end_rows(const ledger::campaign_clawback& clawback) {
    std::ranges::sort(ended_, {}, &ledger::left_out_row::row);
    const auto op = make_step();
    ledger::clawback_changed told;
    told.program = at_->campaign.program;
    told.campaign = at_->campaign.proposal;
    told.step = ledger::clawback_step::rows_ended;
    told.clawback = at_->clawback;
    told.maker = at_->maker;
    told.previous = clawback.last_ended;
    told.ended = std::exchange(ended_, {});
    op->record.decided_at = token_->at;
    op->record.what = std::move(told);
    op->decided_by = token_->decided_by;
    op->target_thread = token_->target_thread;
    op->target_slot = token_->target_slot;
    ++op->target_slot->unfinished;
    awaited_ = 1;
    thread_.to_journal(op);
}

operation_ptr clawback_following::make_step() {
    auto op = make_operation();
    op->at = token_->at;
    op->record.caller = at_->caller;
    op->record.person = at_->maker.id;
    op->home = token_->target_thread;
    op->reply = this;
    return op;
}

// --- what comes back ---

void clawback_following::finished(operation& done) noexcept {
    const bool has_ended = done.end == ending::refused && done.refusal == ledger::refusal::nothing_unspent;
    if (has_ended) {
        const auto number = done.ticket.sequence;
        ended_.push_back({first_row_ + number, rows_[number].line, ledger::left_out_reason::nothing_unspent});
    } else if (done.end != ending::decided) {
        failed_ = true;
    }
    end_one();
}

void clawback_following::end_one() {
    if (--awaited_ == 0) thread_.again(token_);
}

} // namespace meguri::actors
