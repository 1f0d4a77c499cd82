#include "actors/conversions_actor.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace meguri::actors {
namespace {

using storage::index_kind;

// Links of a partner change one after the other, and conversions from them begin in between.
constexpr ledger::digest128 links_claim{0, 1};

// Of what the operation holds until it has ended.
ledger::digest128 claimed_by(const operation& op, ledger::partner_id partner, const storage::key_ring& keys) {
    if (const auto* const asked = std::get_if<ledger::convert_points>(op.command()))
        return keys.digest_of_conversion(partner, asked->reference);
    if (const auto* const asked = std::get_if<ledger::issue_coupon>(op.command()))
        return keys.digest_of_conversion(partner, asked->reference);
    if (const auto* const asked = std::get_if<ledger::redeem_coupon>(op.command())) return asked->code;
    if (const auto* const linked = std::get_if<ledger::linked_conversion_changed>(&op.record.what))
        if (linked->step != ledger::linked_conversion_step::asked)
            return keys.digest_of_conversion(partner, linked->what->reference);
    if (std::holds_alternative<ledger::linked_conversion_changed>(op.record.what) ||
        std::holds_alternative<ledger::link_changed>(op.record.what))
        return links_claim;
    const auto* const blocked = std::get_if<ledger::coupon_changed>(&op.record.what);
    EXPECTS(blocked != nullptr);
    return blocked->what->code;
}

} // namespace

conversions_actor::behavior_type conversions_actor::make_behavior() {
    return {
        [this](const decide_command& message) { receive(message.op); },
        [this](const entry_durable& message) { durable(message.op); },
        [this](const command_settled& message) { settled(message.op); },
    };
}

void conversions_actor::receive(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    decide(op);
}

void conversions_actor::decide(const operation_ptr& op) {
    if (std::holds_alternative<read_conversions>(op->asked)) {
        op->partner_seen = std::make_unique<ledger::partner>(state_);
        return thread_.settle(op, ending::read);
    }
    EXPECTS(op->command() != nullptr);
    if (changing_ || !waiting_.empty()) return waiting_.push_back(op);
    std::visit(
        [&]<class Command>(const Command& asked) {
            if constexpr (requires { ledger::decide(asked, ledger::person_ref{}, ledger::partner{}); })
                change_terms(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::convert_points>)
                convert(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::issue_coupon>)
                issue(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::block_coupon>)
                block(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::redeem_coupon>)
                redeem(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::note_reconciliation>)
                note(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::link_account>)
                link(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::renew_link> || std::is_same_v<Command, ledger::end_link>)
                change_link(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::convert_linked>)
                ask_linked(op, asked);
            else if constexpr (std::is_same_v<Command, ledger::note_linked_conversion>)
                note_linked(op, asked);
            else
                EXPECTS(!"a command that is not a partner's");
        },
        *op->command());
}

template <class Change>
void conversions_actor::change_terms(const operation_ptr& op, const Change& asked) {
    if (converting_ > 0) return waiting_.push_back(op);
    auto changed = ledger::decide(asked, op->record.asked_by(), state_);
    if (!changed) return thread_.refuse(op, changed.error());
    changing_ = true;
    write(op, *std::move(changed));
}

// --- conversions ---

void conversions_actor::convert(const operation_ptr& op, const ledger::convert_points& asked) {
    const auto reference = claimed_by(*op, asked.partner, thread_.shared().store().keys());
    if (!is_free(op, reference)) return;
    const auto earlier = thread_.reader().find_conversion(index_kind::conversion_reference, reference);
    if (!earlier) return thread_.settle(op, ending::read_failed);
    if (*earlier) return repeat(op, asked, **earlier);
    const auto worth = ledger::decide(asked, state_);
    if (!worth) return thread_.refuse(op, worth.error());
    const auto wallet = find_wallet(op, asked.wallet, asked.my_key);
    if (!wallet) return;
    hand_to_wallet(op, reference,
                   {.wallet = *wallet,
                    .partner = asked.partner,
                    .my_key = asked.my_key,
                    .reference = asked.reference,
                    .units = asked.units,
                    .remainder = worth->remainder,
                    .amount = worth->amount,
                    .terms = state_.number,
                    .day = day_of(*op),
                    .of_person = {},
                    .coupon = 0,
                    .code = {},
                    .program = asked.program,
                    .source = source()});
}

// The reference was used before: for the same conversion its answer, whatever the idempotency key.
void conversions_actor::repeat(const operation_ptr& op, const ledger::convert_points& asked,
                               ledger::journal_position earlier) {
    auto first = thread_.reader().read(earlier);
    if (!first) return thread_.settle(op, ending::read_failed);
    const auto* const made = std::get_if<ledger::points_converted>(&first->what);
    const bool is_same =
        made != nullptr && made->reference == asked.reference && ledger::is_same_conversion(asked, *made);
    if (!is_same) return thread_.refuse(op, ledger::refusal::reference_reused);
    op->record = *std::move(first);
    thread_.settle(op, ending::replayed);
}

void conversions_actor::hand_to_wallet(const operation_ptr& op, const ledger::digest128& claimed,
                                       ledger::allowed_conversion allowed) {
    if (const auto same = persons_.find(allowed.wallet); same != persons_.end()) return same->second.push_back(op);
    const auto so_far = credited_to(allowed.wallet, allowed.day);
    if (!so_far) return thread_.settle(op, ending::read_failed);
    const auto of_person = ledger::decide(allowed.amount, state_, {allowed.day, *so_far, reserved_});
    if (!of_person) return thread_.refuse(op, of_person.error());
    allowed.of_person = *of_person;
    // The day may have begun after the request came: no entry is older than the day to which it counts.
    op->at = std::max(op->at, allowed.day.plus_days(-1).end());
    reserved_ = *reserved_.plus(allowed.amount); // each is command_max at most
    claimed_.try_emplace(claimed);
    persons_.try_emplace(allowed.wallet);
    ++converting_;
    const auto wallet = allowed.wallet;
    op->conversion = std::make_unique<ledger::allowed_conversion>(std::move(allowed));
    thread_.decide_for_partner(op, wallet);
}

// Its wallet has taken it, or will not.
void conversions_actor::settled(const operation_ptr& op) noexcept {
    const auto& allowed = *op->conversion;
    const auto left = reserved_.minus(allowed.amount);
    EXPECTS(left.has_value() && converting_ > 0);
    reserved_ = *left;
    --converting_;
    if (op->end == ending::decided) ledger::apply(state_, op->record);
    const auto of_person = persons_.extract(allowed.wallet);
    const auto of_claim = claimed_.extract(claimed_by(*op, allowed.partner, thread_.shared().store().keys()));
    EXPECTS(!of_person.empty() && !of_claim.empty());
    thread_.leave_partner(op);
    begin_again(of_person.mapped());
    begin_again(of_claim.mapped());
    if (converting_ == 0) begin_again(std::exchange(waiting_, {}));
}

// --- coupons ---

void conversions_actor::issue(const operation_ptr& op, const ledger::issue_coupon& asked) {
    const auto& keys = thread_.shared().store().keys();
    const auto reference = claimed_by(*op, asked.partner, keys);
    if (!is_free(op, reference)) return;
    const auto earlier = thread_.reader().find_conversion(index_kind::conversion_reference, reference);
    if (!earlier) return thread_.settle(op, ending::read_failed);
    if (*earlier) return thread_.refuse(op, ledger::refusal::reference_reused);
    auto issued = ledger::decide(asked, coupons_numbered_ + 1, state_, thread_.programs(), op->at);
    if (!issued) return thread_.refuse(op, issued.error());
    ledger::coupon what = *issued->what;
    what.code = keys.digest_of_coupon(keys.coupon_text(asked.partner, what.number, keys.epochs().mark()).reveal());
    issued->what = std::make_shared<const ledger::coupon>(std::move(what));
    ++coupons_numbered_;
    claimed_.try_emplace(reference);
    write(op, *std::move(issued));
}

void conversions_actor::block(const operation_ptr& op, const ledger::block_coupon& asked) {
    const auto issue = thread_.reader().read(asked.coupon);
    if (!issue) return thread_.settle(op, ending::read_failed);
    const auto& issued = std::get<ledger::coupon_changed>(issue->what);
    if (!is_free(op, issued.what->code) || !find_coupon(op, issued.what->code)) return;
    claimed_.try_emplace(issued.what->code);
    write(op,
          ledger::coupon_changed{asked.partner, ledger::coupon_step::block, asked.coupon, issued.what, asked.reason});
}

void conversions_actor::redeem(const operation_ptr& op, const ledger::redeem_coupon& asked) {
    if (!is_free(op, asked.code)) return;
    const auto newest = find_coupon(op, asked.code);
    if (!newest) return;
    const ledger::coupon& what = *std::get<ledger::coupon_changed>(newest->what).what;
    const auto today = day_of(*op);
    if (what.last_day < today) return thread_.refuse(op, ledger::refusal::coupon_expired);
    const auto wallet = find_wallet(op, asked.wallet, asked.my_key);
    if (!wallet) return;
    hand_to_wallet(op, asked.code,
                   {.wallet = *wallet,
                    .partner = state_.id,
                    .my_key = asked.my_key,
                    .reference = what.reference,
                    .units = what.units,
                    .remainder = what.remainder,
                    .amount = what.amount,
                    .terms = what.terms,
                    .day = today,
                    .of_person = {},
                    .coupon = newest->position,
                    .code = asked.code,
                    .program = what.program ? what.program : asked.program,
                    .source = source()});
}

// --- reconciliation ---

// Nothing may come to the day once it is noted, nor have come since the file was compared. The same file again has the
// answer that it had.
void conversions_actor::note(const operation_ptr& op, const ledger::note_reconciliation& asked) {
    if (converting_ > 0) return waiting_.push_back(op);
    const auto list_of = [&](storage::list_kind kind) {
        return storage::number_of_list(asked.partner, kind, asked.found.day);
    };
    const auto ours = thread_.reader().find_conversion_list(list_of(storage::list_kind::conversions), 0,
                                                            asked.found.ours_count() + std::size_t{1});
    const auto earlier = thread_.reader().find_conversion_list(list_of(storage::list_kind::reconciliations), 0, 1);
    if (!ours || !earlier) return thread_.settle(op, ending::read_failed);
    if (ours->size() != asked.found.ours_count() || ledger::jst_day::of(op->at) <= asked.found.day)
        return thread_.refuse(op, ledger::refusal::invalid_state);
    if (!earlier->empty()) {
        auto noted = thread_.reader().read(earlier->front());
        if (!noted) return thread_.settle(op, ending::read_failed);
        if (std::get<ledger::partner_reconciled>(noted->what).found == asked.found) {
            op->record = *std::move(noted);
            return thread_.settle(op, ending::replayed);
        }
    }
    changing_ = true;
    write(op, ledger::partner_reconciled{asked.partner, asked.found});
}

// --- linked accounts ---

void conversions_actor::link(const operation_ptr& op, const ledger::link_account& asked) {
    if (!is_free(op, links_claim)) return;
    const auto of_account = find_link(op, index_kind::link_account, asked.what->account);
    if (!of_account) return;
    const auto of_person =
        find_link(op, index_kind::link_person, storage::digest_of_person(asked.partner, asked.wallet));
    if (!of_person) return;
    const auto known = [](const ledger::entry& one) { return one.position == 0 ? nullptr : &one; };
    write_claimed(op, links_claim, ledger::decide(asked, known(*of_account), known(*of_person)));
}

template <class Change>
void conversions_actor::change_link(const operation_ptr& op, const Change& asked) {
    if (!is_free(op, links_claim)) return;
    const auto newest = find_link(op, index_kind::link_person, storage::digest_of_person(asked.partner, asked.wallet));
    if (newest) write_claimed(op, links_claim, ledger::decide(asked, newest->position == 0 ? nullptr : &*newest));
}

void conversions_actor::ask_linked(const operation_ptr& op, const ledger::convert_linked& asked) {
    if (!is_free(op, links_claim)) return;
    const auto newest = find_link(op, index_kind::link_person, storage::digest_of_person(asked.partner, asked.wallet));
    if (!newest) return;
    auto begun = ledger::decide(asked, newest->position == 0 ? nullptr : &*newest, state_);
    if (!begun) return thread_.refuse(op, begun.error());
    // The limits are taken when it is credited; here it only spares the partner what cannot be.
    const auto day = day_of(*op);
    const auto so_far = credited_to(asked.wallet, day);
    if (!so_far) return thread_.settle(op, ending::read_failed);
    const auto room = ledger::decide(begun->what->amount, state_, {day, *so_far, reserved_});
    if (!room) return thread_.refuse(op, room.error());
    write_claimed(op, links_claim, std::move(begun));
}

// The credit of the same conversion, where one is under way, comes first.
void conversions_actor::note_linked(const operation_ptr& op, const ledger::note_linked_conversion& asked) {
    const auto* const open = state_.find_linked(asked.conversion);
    if (open == nullptr) return thread_.refuse(op, ledger::refusal::invalid_state);
    const auto claimed = thread_.shared().store().keys().digest_of_conversion(asked.partner, open->what->reference);
    if (is_free(op, claimed)) write_claimed(op, claimed, ledger::decide(asked, state_));
}

std::optional<ledger::entry> conversions_actor::find_link(const operation_ptr& op, index_kind kind,
                                                          const ledger::digest128& digest) {
    const auto position = thread_.reader().find_conversion(kind, digest);
    if (position && !*position) return ledger::entry{};
    auto found = position ? thread_.reader().read(**position) : tl::unexpected{position.error()};
    if (found) return *std::move(found);
    thread_.settle(op, ending::read_failed);
    return std::nullopt;
}

template <class Fact>
void conversions_actor::write_claimed(const operation_ptr& op, const ledger::digest128& claimed,
                                      tl::expected<Fact, ledger::refusal> decided) {
    if (!decided) return thread_.refuse(op, decided.error());
    claimed_.try_emplace(claimed);
    write(op, *std::move(decided));
}

// --- what they share ---

bool conversions_actor::is_free(const operation_ptr& op, const ledger::digest128& claimed) {
    const auto same = claimed_.find(claimed);
    if (same == claimed_.end()) return true;
    same->second.push_back(op);
    return false;
}

std::optional<ledger::wallet_id> conversions_actor::find_wallet(const operation_ptr& op, ledger::wallet_id named,
                                                                ledger::my_key_id my_key) {
    if (!my_key) return named;
    const auto owner = thread_.reader().find_my_key(my_key);
    if (!owner) {
        thread_.settle(op, ending::read_failed);
        return std::nullopt;
    }
    if (*owner && (**owner).is_active) return (**owner).wallet;
    thread_.refuse(op, ledger::refusal::my_key_unknown);
    return std::nullopt;
}

std::optional<ledger::entry> conversions_actor::find_coupon(const operation_ptr& op, const ledger::digest128& code) {
    const auto found = thread_.reader().find_conversion(index_kind::coupon, code);
    auto newest = found && *found ? thread_.reader().read(**found) : tl::unexpected{storage::error{}};
    if (!newest) {
        thread_.settle(op, ending::read_failed); // who hands it in has seen it in the index
        return std::nullopt;
    }
    if (const auto open = ledger::may_end(*newest); !open) {
        thread_.refuse(op, open.error());
        return std::nullopt;
    }
    return *std::move(newest);
}

tl::expected<ledger::points, storage::error> conversions_actor::credited_to(ledger::wallet_id person,
                                                                            ledger::jst_day day) {
    const auto newest =
        thread_.reader().find_conversion(index_kind::conversion_person, storage::digest_of_person(state_.id, person));
    if (!newest) return tl::unexpected{newest.error()};
    if (!*newest) return ledger::points{};
    const auto entry = thread_.reader().read(**newest);
    if (!entry) return tl::unexpected{entry.error()};
    const auto& last = std::get<ledger::points_converted>(entry->what);
    return last.day == day ? last.of_person : ledger::points{};
}

void conversions_actor::write(const operation_ptr& op, ledger::fact fact) {
    op->record.decided_at = op->at;
    op->record.what = std::move(fact);
    thread_.to_journal(op);
}

// Its own entry, or that there will be none: the write failed, and with it the process.
void conversions_actor::durable(const operation_ptr& op) noexcept {
    const bool is_note = std::holds_alternative<ledger::partner_reconciled>(op->record.what);
    if (op->outcome == storage::append_outcome::durable && !is_note) ledger::apply(state_, op->record);
    if (is_note || std::holds_alternative<ledger::conversion_terms_changed>(op->record.what)) {
        changing_ = false;
        return begin_again(std::exchange(waiting_, {}));
    }
    const auto waiting = claimed_.extract(claimed_by(*op, state_.id, thread_.shared().store().keys()));
    EXPECTS(!waiting.empty());
    begin_again(waiting.mapped());
}

void conversions_actor::begin_again(const std::vector<operation_ptr>& waiting) {
    for (const auto& op : waiting) decide(op);
}

// Days never go back: what counts for a day is decided before the next one begins.
ledger::jst_day conversions_actor::day_of(const operation& op) const noexcept {
    return std::max(ledger::jst_day::of(op.at), state_.today.day);
}

ledger::funding_source conversions_actor::source() const {
    const auto id = thread_.shared().store().keys().encode_id(storage::id_kind::partner, state_.id.value());
    return *ledger::funding_source::parse("partner:" + std::string{id.view()});
}

} // namespace meguri::actors
