#include "actors/recipients_intake.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace meguri::actors {
namespace {

using ledger::line_fault;
using ledger::recipient_column;

// A line takes some 10 to 20 us: two look-ups in LMDB, an id's cipher, a message to its wallet.
constexpr std::size_t lines_a_turn = 50;

std::optional<line_fault> fault_of_wallet(const operation& looked) noexcept {
    if (looked.end != ending::refused) return std::nullopt;
    return looked.refusal == ledger::refusal::wallet_frozen ? line_fault::wallet_frozen : line_fault::wallet_unknown;
}

} // namespace

recipients_intake::recipients_intake(switch_thread& thread, operation_ptr upload, ledger::campaign_terms_ptr terms)
    : thread_{thread},
      upload_{std::move(upload)},
      terms_{std::move(terms)} {}

const ledger::accept_recipients& recipients_intake::asked() const {
    return std::get<ledger::accept_recipients>(*upload_->command());
}

recipients_intake::standing recipients_intake::go_on() {
    if (failed_) return standing::failed;
    switch (phase_) {
    case phase::checking:
        if (!is_read_) {
            check_some();
            return standing::under_way;
        }
        if (asked().file->faults() > 0) return standing::faulty;
        phase_ = phase::checked;
        return standing::checked;
    case phase::checked: return standing::checked;
    case phase::listing: break;
    }
    if (listed_ == rows_.size()) return standing::listed;
    list_some();
    return standing::under_way;
}

// --- the check ---

void recipients_intake::check_some() {
    awaited_ = 1;
    piece_.clear();
    faults_.clear();
    is_read_ = !asked().file->read_some(lines_a_turn, piece_, faults_);
    for (std::size_t i = 0; i < piece_.size() && !failed_; ++i) check(i);
    end_one();
}

void recipients_intake::check(std::size_t number) {
    if (const auto fault = fault_of(piece_[number])) return faults_.push_back(*fault);
    if (!failed_) ask_wallet(number, piece_[number].wallet);
}

std::optional<ledger::faulty_line> recipients_intake::fault_of(ledger::read_recipient& line) {
    const auto faulty = [&line](recipient_column column, line_fault fault) {
        return ledger::faulty_line{line.line, column, fault};
    };
    const auto failed = [this] {
        failed_ = true;
        return std::nullopt;
    };
    if (!line.wallet) {
        const auto owner = thread_.reader().find_my_key(line.my_key);
        if (!owner) return failed();
        if (!*owner || !(**owner).is_active) return faulty(recipient_column::mykey_id, line_fault::mykey_id_unknown);
        line.wallet = (**owner).wallet;
    }
    const auto amount = ledger::amount_by_rule(*terms_, line.amount);
    if (!amount) return faulty(recipient_column::amount, line_fault::amount_not_allowed);
    const auto occasion =
        thread_.shared().store().keys().digest_of_occasion(asked().campaign, line.wallet, line.occasion);
    if (!occasions_.insert(occasion).second) return faulty(recipient_column::occasion, line_fault::line_repeated);
    const auto earlier = thread_.reader().find_occasion(occasion);
    if (!earlier) return failed();
    if (*earlier) return faulty(recipient_column::occasion, line_fault::already_granted);
    const auto sum = sum_.plus(*amount);
    EXPECTS(sum.has_value()); // ten thousand times a hundred million at most
    sum_ = *sum;
    rows_.push_back({line.line, line.wallet, std::move(line.occasion), *amount, std::move(line.note)});
    return std::nullopt;
}

void recipients_intake::ask_wallet(std::size_t number, ledger::wallet_id wallet) {
    const auto op = make_operation();
    op->asked = look_at_wallet{wallet};
    op->at = upload_->at;
    op->reply = this;
    op->ticket.sequence = static_cast<std::uint32_t>(number);
    ++awaited_;
    thread_.submit(op);
}

// --- the lists ---

void recipients_intake::list() {
    EXPECTS(phase_ == phase::checked);
    phase_ = phase::listing;
    occasions_ = {};
    thread_.again(upload_);
}

void recipients_intake::list_some() {
    const std::size_t count = std::min(rows_.size() - listed_, ledger::recipients_listed_max);
    const auto begin = std::make_move_iterator(rows_.begin() + static_cast<std::ptrdiff_t>(listed_));
    const auto op = make_operation();
    op->record.decided_at = upload_->at;
    op->record.caller = upload_->record.caller;
    op->record.person = upload_->record.person;
    op->record.what = ledger::recipients_listed{asked().program,
                                                asked().campaign,
                                                static_cast<std::uint32_t>(listed_),
                                                {begin, begin + static_cast<std::ptrdiff_t>(count)}};
    op->home = op->target_thread = upload_->target_thread;
    op->reply = this;
    awaited_ = 1;
    listed_ += count;
    thread_.to_journal(op);
}

// --- what comes back ---

void recipients_intake::finished(operation& done) noexcept {
    if (phase_ == phase::listing) {
        failed_ = failed_ || done.end != ending::decided;
        lists_.push_back(done.record.position);
    } else if (const auto fault = fault_of_wallet(done)) {
        const auto& line = piece_[done.ticket.sequence];
        const auto column = line.my_key ? recipient_column::mykey_id : recipient_column::wallet;
        faults_.push_back({line.line, column, *fault});
    } else {
        failed_ = failed_ || done.end != ending::read;
    }
    end_one();
}

void recipients_intake::end_one() {
    if (--awaited_ == 0) end_piece();
}

void recipients_intake::end_piece() {
    std::ranges::stable_sort(faults_, {}, &ledger::faulty_line::line);
    for (const auto& one : faults_) asked().file->tell(one);
    faults_.clear();
    thread_.again(upload_);
}

} // namespace meguri::actors
