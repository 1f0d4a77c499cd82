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
// An entry of the journal takes some 2 to 5 us to read.
constexpr std::size_t entries_a_turn = 200;

std::optional<line_fault> fault_of_wallet(const operation& looked, bool needs_person) noexcept {
    const bool has_none = needs_person && !std::get<look_at_wallet>(looked.asked).my_key;
    if (looked.end == ending::read && has_none) return line_fault::person_required;
    if (looked.end != ending::refused) return std::nullopt;
    return looked.refusal == ledger::refusal::wallet_frozen ? line_fault::wallet_frozen : line_fault::wallet_unknown;
}

} // namespace

recipients_intake::recipients_intake(switch_thread& thread, operation_ptr upload, ledger::campaign_terms_ptr terms,
                                     ledger::journal_position through)
    : thread_{thread},
      upload_{std::move(upload)},
      terms_{std::move(terms)} {
    if (const auto* const of = std::get_if<ledger::accept_recipients>(upload_->command()))
        what_ = {of->program, of->campaign, of->file, false, false};
    if (const auto* const of = std::get_if<ledger::accept_eligibility>(upload_->command()))
        what_ = {of->program, of->campaign, of->file, true, false};
    if (const auto* const of = std::get_if<ledger::propose_clawback>(upload_->command()))
        what_ = {of->program, of->campaign, of->file, false, true};
    EXPECTS(what_.file != nullptr || what_.is_of_clawback);
    scanned_ = what_.campaign;
    through_ = through;
}

recipients_intake::standing recipients_intake::go_on() {
    if (failed_) return standing::failed;
    switch (phase_) {
    case phase::checking:
        if (!is_read_) {
            what_.file != nullptr ? check_some() : scan_some();
            return standing::under_way;
        }
        if (what_.file != nullptr && file().faults() > 0) return standing::faulty;
        phase_ = phase::checked;
        return standing::checked;
    case phase::checked: return standing::checked;
    case phase::listing: break;
    }
    if (listed_ == rows()) return standing::listed;
    list_some();
    return standing::under_way;
}

// --- the check ---

void recipients_intake::check_some() {
    awaited_ = 1;
    piece_.clear();
    faults_.clear();
    is_read_ = !file().read_some(lines_a_turn, piece_, faults_);
    for (std::size_t i = 0; i < piece_.size() && !failed_; ++i) check(i);
    end_one();
}

void recipients_intake::check(std::size_t number) {
    if (const auto fault = fault_of(piece_[number])) return faults_.push_back(*fault);
    // Whether somebody may be granted something is asked when they are, of a list of the eligible.
    if (!failed_ && !what_.is_of_eligible && !what_.is_of_clawback) ask_wallet(number, piece_[number].wallet);
}

std::optional<ledger::faulty_line> recipients_intake::fault_of(ledger::read_recipient& line) {
    if (!line.wallet && line.my_key) {
        const auto owner = thread_.reader().find_my_key(line.my_key);
        if (!owner) {
            failed_ = true;
            return std::nullopt;
        }
        if (!*owner || !(**owner).is_active)
            return ledger::faulty_line{line.line, recipient_column::mykey_id, line_fault::mykey_id_unknown};
        line.wallet = (**owner).wallet;
    }
    if (what_.is_of_clawback) return fault_of_clawback(line);
    return what_.is_of_eligible ? fault_of_eligible(line) : fault_of_recipient(line);
}

void recipients_intake::scan_some() {
    for (std::size_t i = 0; i < entries_a_turn && scanned_ < through_ && !failed_; ++i) {
        const auto entry = thread_.reader().read(++scanned_);
        failed_ = !entry;
        if (entry && ledger::campaign_grant_in(*entry).campaign == what_.campaign) add_grant(0, *entry);
    }
    is_read_ = scanned_ >= through_;
    thread_.again(upload_);
}

void recipients_intake::add_grant(std::uint32_t line, const ledger::entry& granted) {
    const auto grant = ledger::campaign_grant_in(granted);
    const auto number = line != 0 ? line : static_cast<std::uint32_t>(rows_.size() + 1);
    rows_.push_back({number, grant.wallet, *grant.occasion, grant.lot->amount, {}});
}

std::optional<ledger::faulty_line> recipients_intake::fault_of_clawback(const ledger::read_recipient& line) {
    const auto occasion =
        thread_.shared().store().keys().digest_of_occasion(what_.campaign, line.wallet, line.occasion);
    if (!occasions_.insert(occasion).second)
        return ledger::faulty_line{line.line, recipient_column::occasion, line_fault::line_repeated};
    const auto position = thread_.reader().find_occasion(occasion);
    if (position && !*position)
        return ledger::faulty_line{line.line, recipient_column::occasion, line_fault::not_granted};
    auto entry = position ? thread_.reader().read(**position)
                          : tl::expected<ledger::entry, storage::error>{tl::unexpect, position.error()};
    failed_ = !entry;
    if (entry) add_grant(line.line, *entry);
    return std::nullopt;
}

// Whom a digest means nobody can say before somebody with that MyKey ID comes. Whether a line means the person of
// another one, by digest here and by MyKey ID there, can be said: the digest of the ID is known.
std::optional<ledger::faulty_line> recipients_intake::fault_of_eligible(const ledger::read_recipient& line) {
    const auto column = line.my_key ? recipient_column::mykey_id : recipient_column::digest;
    const auto& keys = thread_.shared().store().keys();
    const auto person = line.my_key ? keys.digest_of_eligible(what_.campaign, line.my_key) : line.digest;
    if (!occasions_.insert(person).second) return ledger::faulty_line{line.line, column, line_fault::line_repeated};
    eligible_.push_back({line.wallet, line.my_key ? ledger::digest128{} : line.digest, line.measured});
    return std::nullopt;
}

std::optional<ledger::faulty_line> recipients_intake::fault_of_recipient(ledger::read_recipient& line) {
    const auto faulty = [&line](recipient_column column, line_fault fault) {
        return ledger::faulty_line{line.line, column, fault};
    };
    const auto failed = [this] {
        failed_ = true;
        return std::nullopt;
    };
    const auto amount = ledger::amount_by_rule(*terms_, line.amount);
    if (!amount) return faulty(recipient_column::amount, line_fault::amount_not_allowed);
    const auto occasion =
        thread_.shared().store().keys().digest_of_occasion(what_.campaign, line.wallet, line.occasion);
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
    const std::size_t count = std::min(rows() - listed_, ledger::recipients_listed_max);
    const auto op = make_operation();
    op->record.decided_at = upload_->at;
    op->record.caller = upload_->record.caller;
    op->record.person = upload_->record.person;
    op->record.what = next_list(count);
    op->home = op->target_thread = upload_->target_thread;
    op->reply = this;
    awaited_ = 1;
    listed_ += count;
    thread_.to_journal(op);
}

ledger::fact recipients_intake::next_list(std::size_t count) {
    const auto part = [&]<class Row>(std::vector<Row>& all) {
        const auto begin = std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(listed_));
        return std::vector<Row>{begin, begin + static_cast<std::ptrdiff_t>(count)};
    };
    const auto first = static_cast<std::uint32_t>(listed_);
    if (what_.is_of_eligible) return ledger::eligibility_listed{what_.program, what_.campaign, first, part(eligible_)};
    return ledger::recipients_listed{what_.program, what_.campaign, first, part(rows_)};
}

// --- what comes back ---

void recipients_intake::finished(operation& done) noexcept {
    if (phase_ == phase::listing) {
        failed_ = failed_ || done.end != ending::decided;
        lists_.push_back(done.record.position);
    } else if (const auto fault = fault_of_wallet(done, terms_->per_person)) {
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
    for (const auto& one : faults_) file().tell(one);
    faults_.clear();
    thread_.again(upload_);
}

} // namespace meguri::actors
