// What happens in the town by account transfer and by card.
#include "tests/storage/town.hpp"

#include "ledger/decide.hpp"

namespace meguri::test {

using namespace ledger;

// A step of the person's mandate, a purchase under it, or an order of a day's debits.
std::optional<fact> town::random_debit(const wallet& by, const program& seller) {
    const bank_account account{125, 404, account_type::ordinary, 1'234'567, "ﾔﾏﾀﾞ ﾊﾅｺ", "zengin-code"};
    const auto known = folded_.mandates.find({seller.code, by.id});
    const auto* const newest = known != folded_.mandates.end() ? &known->second.mandate : nullptr;
    const auto previous = known != folded_.mandates.end() ? known->second.position : journal_position{0};
    if (newest == nullptr || !is_open(newest->status)) {
        const auto made = decide(
            request_mandate{by.id, seller.code, std::make_shared<const bank_account>(account), account_verdict::good},
            newest, previous, folded_.registry.programs);
        return made ? std::optional<fact>{*made} : std::nullopt;
    }
    if (newest->status == mandate_status::requested || dice_.one_in(12)) {
        const auto to = newest->status == mandate_status::confirmed ? mandate_status::ended
                      : dice_.one_in(5)                             ? mandate_status::refused
                                                                    : mandate_status::confirmed;
        return *decide(change_mandate{seller.code, by.id, newest->position, to, "銀行回答"}, newest, previous);
    }
    if (!seller.sale->debits) return std::nullopt;
    if (dice_.one_in(3))
        for (const auto& [reference, one] : folded_.purchases)
            if (one.program == seller.code && one.debit && jst_day::of(instant{now_ + 2'000}) <= one.last_day &&
                !folded_.debit_orders.contains({one.program, one.last_day}))
                return *decide(order_debits{one.program, one.last_day, std::make_shared<const bank_account>(account)},
                               true, folded_.registry.programs, instant{now_});
    const auto today = jst_day::of(instant{now_ + 2'000});
    if (today != jst_day::of(instant{now_})) return std::nullopt;
    const auto used = folded_.bought.find({seller.code, by.id});
    const auto drawn = purchase_reference::drawn_by(dice_.engine()());
    if (folded_.purchases.contains(drawn)) return std::nullopt;
    const auto day = next_debit_day(*seller.sale->debits, today, [&](jst_day one) {
        return folded_.debit_orders.contains({seller.code, one});
    });
    const auto made = decide(request_purchase{by.id, seller.code, *points::from(dice_.between(10, 1'000)),
                                              purchase_method::account_transfer},
                             folded_.registry.programs, used != folded_.bought.end() ? used->second : purchase_usage{},
                             drawn, instant{now_}, debit_plan{newest->position, day});
    return made ? std::optional<fact>{*made} : std::nullopt;
}

std::optional<fact> town::random_bank_answer(const purchase& of) {
    const auto order = folded_.debit_orders.find({of.program, of.last_day});
    const auto ended = folded_.ended_mandates.find(of.debit->mandate);
    const bool is_ordered = order != folded_.debit_orders.end() && of.position < order->second &&
                            (ended == folded_.ended_mandates.end() || order->second < ended->second);
    if (of.status != purchase_status::awaiting_payment || !is_ordered) return std::nullopt;
    const instant now{now_ + 2'000};
    if (dice_.one_in(3))
        return not_debited(of, debit_result::insufficient_funds, folded_.bought[{of.program, of.wallet}], now);
    const auto paid = debited(of);
    const auto granted =
        decide(grant_of(paid), folded_.wallets.at(of.wallet), folded_.registry.programs, instant{now_});
    if (!granted) return std::nullopt;
    return purchase_debited{std::make_shared<const purchase>(paid), granted->lot};
}

std::optional<fact> town::random_gateway_news(const purchase& of) {
    const std::vector<card_news> all{card_news::pending,   card_news::captured, card_news::declined,
                                     card_news::timed_out, card_news::refunded, card_news::charged_back};
    const note_card_payment asked{
        of.program, of.reference, dice_.any_of(all), "pay_" + of.reference.text(), "https://gateway.example.jp/3ds",
        of.amount};
    const auto answer = decide(asked, of);
    if (!answer || *answer == card_answer::nothing) return std::nullopt;
    const auto& from = folded_.wallets.at(of.wallet);
    if (*answer == card_answer::charge_back) return charge_back(of, from);
    if (*answer == card_answer::credit) {
        const auto paid = captured(asked, of);
        const auto granted = decide(grant_of(paid), from, folded_.registry.programs, instant{now_});
        if (granted) return purchase_captured{std::make_shared<const purchase>(paid), granted->lot};
    }
    return note_card(asked, of, folded_.bought[{of.program, of.wallet}], instant{now_ + 2'000});
}

} // namespace meguri::test
