#include "actors/purchases_actor.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "storage/index_keys.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace meguri::actors {

using ledger::refusal;
using storage::digest_of_purchase;

purchases_actor::behavior_type purchases_actor::make_behavior() {
    return {
        [this](const decide_command& message) { receive(message.op); },
        [this](const entry_durable& message) { durable(message.op); },
        [this](const release_offer& message) { settled(message.op); },
    };
}

const storage::key_ring& purchases_actor::keys() const noexcept { return thread_.shared().store().keys(); }

void purchases_actor::receive(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    decide(op);
}

void purchases_actor::decide(const operation_ptr& op) {
    if (const auto* const wanted = std::get_if<read_transfers>(&op->asked)) return read(op, *wanted);
    EXPECTS(op->command() != nullptr);
    const ledger::command& asked = *op->command();
    if (const auto* const one = std::get_if<ledger::request_purchase>(&asked)) return request(op, *one);
    if (const auto* const one = std::get_if<ledger::cancel_purchase>(&asked)) return cancel(op, *one);
    if (const auto* const one = std::get_if<ledger::take_transfer>(&asked)) return take(op, *one);
    if (const auto* const one = std::get_if<ledger::propose_for_transfer>(&asked)) return propose(op, *one);
    if (const auto* const one = std::get_if<ledger::propose_refund>(&asked))
        return step_refund(op, one->program, one->purchase);
    if (const auto* const one = std::get_if<ledger::decide_refund>(&asked))
        return step_refund(op, one->program, one->purchase);
    if (const auto* const one = std::get_if<ledger::request_mandate>(&asked))
        return step_mandate(op, one->program, one->wallet);
    if (const auto* const one = std::get_if<ledger::change_mandate>(&asked))
        return step_mandate(op, one->program, one->wallet);
    if (const auto* const one = std::get_if<ledger::order_debits>(&asked)) return order(op, *one);
    if (const auto* const one = std::get_if<ledger::take_debit_result>(&asked)) return take_result(op, *one);
    if (const auto* const one = std::get_if<ledger::note_card_payment>(&asked)) return note_card(op, *one);
    const auto* const one = std::get_if<ledger::decide_transfer>(&asked);
    EXPECTS(one != nullptr);
    decide_transfer(op, *one);
}

void purchases_actor::read(const operation_ptr& op, const read_transfers& wanted) {
    for (auto one = waiting_.rbegin(); one != waiting_.rend() && op->transfers_seen.size() < wanted.limit; ++one)
        if (wanted.before == 0 || one->position < wanted.before) op->transfers_seen.push_back(*one);
    thread_.settle(op, ending::read);
}

// --- purchases ---

void purchases_actor::request(const operation_ptr& op, const ledger::request_purchase& asked) {
    const auto person = keys().digest_of_purchaser(asked.program, asked.wallet);
    if (waits_for(op, person)) return;
    planned_debit debit;
    if (asked.method == ledger::purchase_method::account_transfer) {
        auto planned = plan_debit(op, asked);
        if (!planned) return;
        debit = *std::move(planned);
    }
    const auto used = usage_of(person);
    if (!used) return thread_.settle(op, ending::read_failed);
    const auto drawn = draw(op, asked);
    if (!drawn) return thread_.settle(op, ending::read_failed);
    debit.claims.push_back(person);
    auto& work = claim(op, asked.program, std::move(debit.claims));
    work.used = *used;
    work.drawn = *drawn;
    work.plan = debit.plan;
    thread_.decide_for_campaign(op, asked.wallet);
}

// Other programs draw at the same time, so a reference is claimed before it is looked up.
tl::expected<ledger::purchase_reference, storage::error> purchases_actor::draw(const operation_ptr& op,
                                                                               const ledger::request_purchase& asked) {
    for (std::uint32_t drawing = 1;; ++drawing) {
        const auto drawn = keys().draw_reference(asked.program, asked.wallet, op->at, drawing, keys().epochs().mark());
        op->card_claim = thread_.shared().claims().claim(digest_of_purchase(drawn));
        if (op->card_claim == nullptr) continue;
        const auto earlier = thread_.reader().find_purchase(drawn);
        if (!earlier) return tl::unexpected{earlier.error()};
        if (!*earlier) return drawn;
    }
}

void purchases_actor::cancel(const operation_ptr& op, const ledger::cancel_purchase& asked) {
    const auto person = keys().digest_of_purchaser(asked.program, asked.wallet);
    const auto key = digest_of_purchase(asked.purchase);
    if (waits_for(op, person) || waits_for(op, key)) return;
    const auto used = usage_of(person);
    auto found = find(asked.purchase, asked.program);
    if (!used || !found) return thread_.settle(op, ending::read_failed);
    if (!*found) return thread_.refuse(op, refusal::purchase_unknown);
    std::vector<ledger::digest128> claims{person, key};
    if ((**found).debit) { // what the bank has been asked for is not given up
        const auto day = keys().digest_of_debits(asked.program, (**found).last_day);
        if (waits_for(op, day)) return;
        const auto ordered = thread_.reader().find_joining(day);
        if (!ordered) return thread_.settle(op, ending::read_failed);
        if (*ordered) return thread_.refuse(op, refusal::invalid_state);
        claims.push_back(day);
    }
    auto& work = claim(op, asked.program, std::move(claims));
    work.used = *used;
    work.of = *std::move(*found);
    thread_.decide_for_campaign(op, asked.wallet);
}

void purchases_actor::step_refund(const operation_ptr& op, ledger::program_code program,
                                  ledger::purchase_reference purchase) {
    const auto key = digest_of_purchase(purchase);
    if (waits_for(op, key)) return;
    auto found = find(purchase, program);
    if (!found) return thread_.settle(op, ending::read_failed);
    if (!*found) return thread_.refuse(op, refusal::purchase_unknown);
    const auto wallet = (**found).wallet;
    claim(op, program, {key}).of = *std::move(*found);
    thread_.decide_for_campaign(op, wallet);
}

// What is known already is answered with how the purchase stands.
void purchases_actor::note_card(const operation_ptr& op, const ledger::note_card_payment& asked) {
    const auto key = digest_of_purchase(asked.purchase);
    if (waits_for(op, key)) return;
    auto newest = thread_.reader().find_purchase(asked.purchase);
    if (!newest) return thread_.settle(op, ending::read_failed);
    auto of = *newest ? ledger::purchase_in(**newest) : std::nullopt;
    if (!of || of->program != asked.program || !of->card) return thread_.refuse(op, refusal::purchase_unknown);
    const auto answer = ledger::decide(asked, *of);
    if (!answer) return thread_.refuse(op, answer.error());
    if (*answer == ledger::card_answer::nothing) {
        op->record = *std::move(*newest);
        return thread_.settle(op, ending::replayed);
    }
    const auto person = keys().digest_of_purchaser(of->program, of->wallet);
    if (waits_for(op, person)) return;
    const auto used = usage_of(person);
    if (!used) return thread_.settle(op, ending::read_failed);
    const auto wallet = of->wallet;
    auto& work = claim(op, asked.program, {key, person});
    work.used = *used;
    work.card = *answer;
    work.of = *std::move(of);
    thread_.decide_for_campaign(op, wallet);
}

// --- money ---

void purchases_actor::take(const operation_ptr& op, const ledger::take_transfer& asked) {
    if (thread_.programs().find(asked.program) == nullptr) return thread_.refuse(op, refusal::program_unknown);
    const auto line = keys().digest_of_transfer(asked.program, asked.line);
    if (waits_for(op, line)) return;
    auto earlier = thread_.reader().find_transfer(line);
    if (!earlier) return thread_.settle(op, ending::read_failed);
    if (*earlier) return take_again(op, asked, *std::move(*earlier));
    const auto reading = ledger::read_reference(asked.line.reference, asked.line.remitter);
    const auto key = digest_of_purchase(reading.reference);
    std::optional<ledger::purchase> meant;
    if (reading.reference) {
        if (waits_for(op, key)) return;
        auto found = find(reading.reference, asked.program);
        if (!found) return thread_.settle(op, ending::read_failed);
        meant = *std::move(found);
    }
    auto taken = ledger::decide(asked, meant ? &*meant : nullptr);
    if (!taken.paid) {
        claim(op, asked.program, {line});
        return write(op, ledger::transfer_changed{ledger::transfer_step::arrival,
                                                  std::make_shared<const ledger::bank_transfer>(taken.transfer)});
    }
    claim(op, asked.program, {line, key}).taken = std::move(taken);
    thread_.decide_for_campaign(op, meant->wallet);
}

// The same line is answered with what has become of it.
void purchases_actor::take_again(const operation_ptr& op, const ledger::take_transfer& asked, ledger::entry&& earlier) {
    const auto transfer = ledger::transfer_in(earlier);
    EXPECTS(transfer.has_value());
    if (transfer->line != asked.line) return thread_.refuse(op, refusal::transfer_differs);
    op->record = std::move(earlier);
    thread_.settle(op, ending::replayed);
}

void purchases_actor::propose(const operation_ptr& op, const ledger::propose_for_transfer& asked) {
    const auto* const transfer = waiting(asked.transfer);
    if (transfer == nullptr) return thread_.refuse(op, refusal::invalid_state);
    const auto line = keys().digest_of_transfer(transfer->program, transfer->line);
    if (waits_for(op, line)) return;
    std::optional<ledger::purchase> meant;
    if (asked.purchase) {
        auto found = find(asked.purchase, asked.program);
        if (!found) return thread_.settle(op, ending::read_failed);
        if (!*found) return thread_.refuse(op, refusal::purchase_unknown);
        meant = *std::move(found);
    }
    auto proposed = ledger::decide(asked, op->record.asked_by(), *transfer, meant ? &*meant : nullptr);
    if (!proposed) return thread_.refuse(op, proposed.error());
    claim(op, asked.program, {line});
    write(op, *std::move(proposed));
}

void purchases_actor::decide_transfer(const operation_ptr& op, const ledger::decide_transfer& asked) {
    const auto* const transfer = waiting(asked.transfer);
    if (transfer == nullptr) return thread_.refuse(op, refusal::invalid_state);
    const auto line = keys().digest_of_transfer(transfer->program, transfer->line);
    if (waits_for(op, line)) return;
    if (asked.approve && transfer->status == ledger::transfer_status::assignment_proposed)
        return assign(op, asked, *transfer, line);
    auto decided = ledger::decide(asked, op->record.asked_by(), *transfer);
    if (!decided) return thread_.refuse(op, decided.error());
    claim(op, asked.program, {line});
    write(op, *std::move(decided));
}

void purchases_actor::assign(const operation_ptr& op, const ledger::decide_transfer& asked,
                             const ledger::bank_transfer& transfer, ledger::digest128 line) {
    const auto key = digest_of_purchase(transfer.purchase);
    if (waits_for(op, key)) return;
    const auto meant = find(transfer.purchase, asked.program);
    if (!meant) return thread_.settle(op, ending::read_failed);
    EXPECTS(meant->has_value());
    auto taken = ledger::decide_assignment(asked, op->record.asked_by(), transfer, **meant);
    if (!taken) return thread_.refuse(op, taken.error());
    claim(op, asked.program, {line, key}).taken = *std::move(taken);
    thread_.decide_for_campaign(op, (**meant).wallet);
}

// --- what stands ---

tl::expected<std::optional<ledger::purchase>, storage::error>
purchases_actor::find(ledger::purchase_reference reference, ledger::program_code program) {
    const auto newest = thread_.reader().find_purchase(reference);
    if (!newest) return tl::unexpected{newest.error()};
    auto found = *newest ? ledger::purchase_in(**newest) : std::nullopt;
    if (found && found->program != program) found.reset();
    return found;
}

tl::expected<ledger::purchase_usage, storage::error> purchases_actor::usage_of(const ledger::digest128& person) {
    const auto newest = thread_.reader().find_purchaser(person);
    if (!newest) return tl::unexpected{newest.error()};
    return *newest ? std::get<ledger::purchase_changed>((**newest).what).usage : ledger::purchase_usage{};
}

const ledger::bank_transfer* purchases_actor::waiting(ledger::journal_position arrival) const noexcept {
    const auto at = std::ranges::find(waiting_, arrival, &ledger::bank_transfer::position);
    return at != waiting_.end() ? &*at : nullptr;
}

// --- one at a time ---

bool purchases_actor::waits_for(const operation_ptr& op, const ledger::digest128& what) {
    const auto held = claimed_.find(what);
    if (held == claimed_.end()) return false;
    held->second.push_back(op);
    return true;
}

purchase_work& purchases_actor::claim(const operation_ptr& op, ledger::program_code program,
                                      std::vector<ledger::digest128> all) {
    op->purchase = std::make_unique<purchase_work>();
    op->purchase->program = program;
    op->purchase->claimed = std::move(all);
    for (const auto& one : op->purchase->claimed) {
        const bool is_free = claimed_.try_emplace(one).second;
        EXPECTS(is_free);
    }
    return *op->purchase;
}

std::vector<operation_ptr> purchases_actor::release(operation& op) {
    std::vector<operation_ptr> waiting;
    for (const auto& one : op.purchase->claimed) {
        auto behind = claimed_.extract(one).mapped();
        std::ranges::move(behind, std::back_inserter(waiting));
    }
    op.purchase.reset();
    return waiting;
}

void purchases_actor::write(const operation_ptr& op, ledger::fact fact) {
    op->record.decided_at = op->at;
    op->record.what = std::move(fact);
    thread_.to_journal(op);
}

// The queue as it is after a durable entry.
void purchases_actor::note(const ledger::entry& one) {
    auto transfer = ledger::transfer_in(one);
    if (!transfer) return;
    const auto at = std::ranges::find(waiting_, transfer->position, &ledger::bank_transfer::position);
    if (!ledger::is_open(transfer->status)) {
        if (at != waiting_.end()) waiting_.erase(at);
    } else if (at != waiting_.end()) {
        *at = *std::move(transfer);
    } else {
        waiting_.push_back(*std::move(transfer));
    }
}

// Its entry, or that there will be none: the write failed, and with it the process.
void purchases_actor::durable(const operation_ptr& op) noexcept {
    if (op->outcome == storage::append_outcome::durable) note(op->record);
    for (const auto& one : release(*op)) decide(one);
}

// From its wallet. Money that the wallet cannot take is there all the same: it waits for a person.
void purchases_actor::settled(const operation_ptr& op) noexcept {
    EXPECTS(op->purchase != nullptr);
    if (op->end == ending::refused && op->purchase->taken &&
        !std::holds_alternative<ledger::decide_transfer>(*op->command())) {
        auto transfer = std::move(op->purchase->taken->transfer);
        transfer.status = ledger::transfer_status::unmatched;
        transfer.why = ledger::transfer_mismatch::not_creditable;
        transfer.purchase = {};
        thread_.take_back(op);
        return write(op, ledger::transfer_changed{ledger::transfer_step::arrival,
                                                  std::make_shared<const ledger::bank_transfer>(std::move(transfer))});
    }
    if (op->end == ending::decided) {
        note(op->record);
        if (const auto bought = ledger::purchase_in(op->record); bought && bought->card)
            thread_.shared().tell_card_purchase(*bought);
    }
    const auto waiting = release(*op);
    thread_.leave_campaign(op);
    for (const auto& one : waiting) decide(one);
}

} // namespace meguri::actors
