// What becomes of a purchase by card by what the gateway says: every word at every stage.
#include "ledger/decide.hpp"
#include "ledger/purchase.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const purchase_reference card_number_one = *purchase_reference::from_number(8'271'650'394);
const instant card_asked_at = noon("2026-10-18");

purchase by_card(purchase_status status, card_stage stage) {
    purchase one;
    one.position = 50;
    one.reference = card_number_one;
    one.program = ishinomaki;
    one.wallet = resident;
    one.amount = yen(5'000);
    one.method = purchase_method::card;
    one.requested_at = card_asked_at;
    one.status = status;
    one.card = purchase_card{stage, stage == card_stage::begun ? "" : "pay_1", {}, {}};
    if (stage == card_stage::pending) one.card->redirect = "https://gateway.example.jp/3ds/1";
    if (status == purchase_status::paid) {
        one.credited = one.amount;
        one.refund = purchase_refund{1, day("2026-10-18"), {}, {}, {}};
    }
    return one;
}

note_card_payment told_by_gateway(card_news news) {
    return {ishinomaki, card_number_one, news, "pay_1", "https://gateway.example.jp/3ds/1", yen(5'000)};
}

entry card_entry(fact what) {
    entry one;
    one.position = 60;
    one.wallet = resident;
    one.decided_at = card_asked_at;
    one.what = std::move(what);
    return one;
}

TEST(note_card_payment, is_answered_by_the_stage) {
    using status = purchase_status;
    using stage = card_stage;
    using answer = card_answer;
    struct row {
        status of;
        stage at;
        // of pending, captured, declined, timed_out, refunded, charged_back
        std::array<answer, 6> answers;
    };
    constexpr auto no = answer::nothing;
    constexpr auto note = answer::note;
    const row rows[] = {
        {status::awaiting_payment, stage::begun, {note, answer::credit, note, note, no, no}},
        {status::awaiting_payment, stage::pending, {no, answer::credit, note, note, no, no}},
        {status::paid, stage::captured, {no, no, no, no, no, answer::charge_back}},
        {status::refunded, stage::captured, {no, no, no, no, no, answer::charge_back}},
        {status::refused, stage::declined, {no, answer::credit, no, no, no, no}},
        {status::refused, stage::timed_out, {no, answer::credit, no, no, no, no}},
        {status::cancelled, stage::begun, {no, note, no, no, no, no}},
        {status::cancelled, stage::pending, {no, note, no, no, no, no}},
        {status::cancelled, stage::refund_owed, {no, no, no, no, note, no}},
        {status::refused, stage::refund_owed, {no, no, no, no, note, no}},
        {status::cancelled, stage::refunded, {no, no, no, no, no, no}},
        {status::charged_back, stage::charged_back, {no, no, no, no, no, no}},
    };
    constexpr std::array all{card_news::pending,   card_news::captured, card_news::declined,
                             card_news::timed_out, card_news::refunded, card_news::charged_back};
    for (const auto& one : rows)
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto of = by_card(one.of, one.at);
            const auto said = decide(told_by_gateway(all[i]), of);
            ASSERT_TRUE(said.has_value());
            EXPECT_EQ(*said, one.answers[i]) << name_of(one.at) << ", word " << i;
            if (*said != answer::note) continue;
            purchase_before before;
            before.bought = &of;
            before.usage = {day("2026-10-18"), yen(5'000), yen(5'000)};
            EXPECT_TRUE(
                follows(before, card_entry(note_card(told_by_gateway(all[i]), of, before.usage, card_asked_at))))
                << name_of(one.at) << ", word " << i;
        }
}

TEST(note_card_payment, is_refused_where_it_is_another_payment_or_amount) {
    auto asked = told_by_gateway(card_news::captured);
    asked.amount = yen(4'999);
    const auto of = by_card(purchase_status::awaiting_payment, card_stage::pending);
    EXPECT_EQ(decide(asked, of).error(), refusal::card_payment_differs);
    asked = told_by_gateway(card_news::captured);
    asked.payment = "pay_2";
    EXPECT_EQ(decide(asked, of).error(), refusal::card_payment_differs);
    asked.payment = {};
    EXPECT_EQ(decide(asked, by_card(purchase_status::awaiting_payment, card_stage::begun)).error(),
              refusal::card_payment_differs);
}

TEST(note_card_payment, takes_where_the_resident_goes_from_whatever_says_it_first) {
    auto of = by_card(purchase_status::awaiting_payment, card_stage::pending);
    of.card->redirect.clear(); // an event without it came before the answer
    EXPECT_EQ(decide(told_by_gateway(card_news::pending), of), card_answer::note);
    const auto told = note_card(told_by_gateway(card_news::pending), of, {}, card_asked_at);
    EXPECT_EQ(told.after->card->redirect, "https://gateway.example.jp/3ds/1");
}

TEST(note_card_payment, gives_back_what_was_refused_to_the_limits_of_the_person) {
    const purchase_usage used{day("2026-10-18"), yen(6'000), yen(8'000)};
    const auto of = by_card(purchase_status::awaiting_payment, card_stage::pending);
    const auto told = note_card(told_by_gateway(card_news::declined), of, used, card_asked_at);
    EXPECT_EQ(told.after->status, purchase_status::refused);
    EXPECT_EQ(told.usage.on_day, yen(1'000));
    EXPECT_EQ(told.usage.in_month, yen(3'000));
}

TEST(charge_back, takes_what_is_unspent_and_loses_the_rest) {
    struct row {
        std::int64_t unspent;
        std::int64_t refunded;
        std::int64_t lost;
    };
    for (const auto& one : {row{5'000, 0, 0}, row{3'000, 0, 2'000}, row{0, 0, 5'000}, row{0, 4'000, 1'000}}) {
        auto of = by_card(one.refunded == 0 ? purchase_status::paid : purchase_status::refunded, card_stage::captured);
        of.credited = of.amount;
        of.refund = purchase_refund{1, day("2026-10-18"), {}, {}, *points::from(one.refunded)};
        wallet from;
        from.id = resident;
        if (one.unspent != 0)
            from.lots.push_back(
                lot{std::make_shared<const lot_terms>(
                        lot_terms{1, ishinomaki, source("purchase:042021:card"), day("2027-10-18"), card_asked_at}),
                    yen(one.unspent),
                    {}});
        const auto back = charge_back(of, from);
        EXPECT_EQ(back.after->card->lost.value(), one.lost);
        EXPECT_EQ(back.lot ? back.lot->amount.value() : 0, one.unspent);
        purchase_before before;
        before.bought = &of;
        EXPECT_TRUE(follows(before, card_entry(back)));
    }
}

} // namespace
} // namespace meguri::ledger
