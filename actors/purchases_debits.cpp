// What the actor of a program's purchases does about account transfer: mandates, orders of debits, what the bank says
// of them. A request claims its person's mandate and its debit day, so an order never stands before a request, or
// before what gives one up, that was decided without it.
#include "actors/purchases_actor.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "storage/index_keys.hpp"

#include <memory>
#include <utility>

namespace meguri::actors {

using ledger::refusal;
using storage::list_kind;

tl::expected<std::optional<ledger::entry>, storage::error>
purchases_actor::find_joining(const ledger::digest128& digest) {
    const auto newest = thread_.reader().find_joining(digest);
    if (!newest) return tl::unexpected{newest.error()};
    if (!*newest) return std::nullopt;
    return thread_.reader().read(**newest).map([](ledger::entry&& one) { return std::optional{std::move(one)}; });
}

void purchases_actor::step_mandate(const operation_ptr& op, ledger::program_code program, ledger::wallet_id wallet) {
    const auto whose = keys().digest_of_mandate(program, wallet);
    if (waits_for(op, whose)) return;
    const auto newest = find_joining(whose);
    if (!newest) return thread_.settle(op, ending::read_failed);
    auto& work = claim(op, program, {whose});
    if (*newest) {
        work.mandate = ledger::mandate_in(**newest);
        work.previous = (**newest).position;
    }
    thread_.decide_for_campaign(op, wallet);
}

std::optional<purchases_actor::planned_debit> purchases_actor::plan_debit(const operation_ptr& op,
                                                                          const ledger::request_purchase& asked) {
    const auto* const seller = thread_.programs().find(asked.program);
    if (seller == nullptr || !seller->sale || !seller->sale->debits) return planned_debit{};
    const auto whose = keys().digest_of_mandate(asked.program, asked.wallet);
    if (waits_for(op, whose)) return std::nullopt;
    const auto newest = find_joining(whose);
    if (!newest) return thread_.settle(op, ending::read_failed), std::nullopt;
    const auto mandate = *newest ? ledger::mandate_in(**newest) : std::nullopt;
    if (!mandate || mandate->status != ledger::mandate_status::confirmed) return planned_debit{};
    const auto digest_of = [&](ledger::jst_day day) { return keys().digest_of_debits(asked.program, day); };
    bool failed = false;
    const auto is_closed = [&](ledger::jst_day day) {
        const auto ordered = thread_.reader().find_joining(digest_of(day));
        failed = failed || !ordered;
        return ordered && ordered->has_value();
    };
    const auto day = ledger::next_debit_day(*seller->sale->debits, ledger::jst_day::of(op->at), is_closed);
    if (failed) return thread_.settle(op, ending::read_failed), std::nullopt;
    if (waits_for(op, digest_of(day))) return std::nullopt;
    return planned_debit{{whose, digest_of(day)}, ledger::debit_plan{mandate->position, day}};
}

// Once for a day: who asks again is told what was ordered.
void purchases_actor::order(const operation_ptr& op, const ledger::order_debits& asked) {
    const auto day = keys().digest_of_debits(asked.program, asked.day);
    if (waits_for(op, day)) return;
    auto earlier = find_joining(day);
    if (!earlier) return thread_.settle(op, ending::read_failed);
    if (*earlier) {
        op->record = *std::move(*earlier);
        return thread_.settle(op, ending::replayed);
    }
    const auto list = storage::number_of_list(asked.program, list_kind::debits, asked.day);
    const auto requests = thread_.reader().find_conversion_list(list, 0, 1);
    if (!requests) return thread_.settle(op, ending::read_failed);
    auto decided = ledger::decide(asked, !requests->empty(), thread_.programs(), op->at);
    if (!decided) return thread_.refuse(op, decided.error());
    claim(op, asked.program, {day});
    write(op, *std::move(decided));
}

void purchases_actor::take_result(const operation_ptr& op, const ledger::take_debit_result& asked) {
    const auto key = storage::digest_of_purchase(asked.purchase);
    if (waits_for(op, key)) return;
    auto newest = thread_.reader().find_purchase(asked.purchase);
    if (!newest) return thread_.settle(op, ending::read_failed);
    const auto of = *newest ? ledger::purchase_in(**newest) : std::nullopt;
    if (!of || of->program != asked.program || !of->debit) return thread_.refuse(op, refusal::purchase_unknown);
    const auto told = of->debit->result;
    if (told != ledger::debit_result::none && told != asked.result)
        return thread_.refuse(op, refusal::debit_result_differs);
    if (told != ledger::debit_result::none) {
        op->record = *std::move(*newest);
        return thread_.settle(op, ending::replayed);
    }
    const auto line =
        keys().digest_of_transfer(asked.program, ledger::transfer_of_debit(*of, ledger::transfer_mismatch::none).line);
    if (waits_for(op, line)) return;
    auto booked = thread_.reader().find_transfer(line);
    if (!booked) return thread_.settle(op, ending::read_failed);
    if (*booked) { // as money that waits for a person, or did
        if (asked.result != ledger::debit_result::debited) return thread_.refuse(op, refusal::debit_result_differs);
        op->record = *std::move(*booked);
        return thread_.settle(op, ending::replayed);
    }
    if (asked.result == ledger::debit_result::debited) return take_debited(op, *of, key, line);
    if (of->status != ledger::purchase_status::awaiting_payment) return thread_.refuse(op, refusal::invalid_state);
    const auto person = keys().digest_of_purchaser(of->program, of->wallet);
    if (waits_for(op, person)) return;
    const auto used = usage_of(person);
    if (!used) return thread_.settle(op, ending::read_failed);
    auto& work = claim(op, asked.program, {key, person});
    work.used = *used;
    work.of = *of;
    thread_.decide_for_campaign(op, of->wallet);
}

// The money is there. What it pays no more, since two persons have said that other money does, waits for a person.
void purchases_actor::take_debited(const operation_ptr& op, const ledger::purchase& of, const ledger::digest128& key,
                                   const ledger::digest128& line) {
    if (of.status != ledger::purchase_status::awaiting_payment) {
        claim(op, of.program, {line});
        return write(
            op, ledger::transfer_changed{ledger::transfer_step::arrival,
                                         std::make_shared<const ledger::bank_transfer>(
                                             ledger::transfer_of_debit(of, ledger::transfer_mismatch::already_paid))});
    }
    claim(op, of.program, {key, line}).taken =
        ledger::taken_transfer{ledger::transfer_of_debit(of, ledger::transfer_mismatch::none), ledger::debited(of)};
    thread_.decide_for_campaign(op, of.wallet);
}

} // namespace meguri::actors
