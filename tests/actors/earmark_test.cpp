// Earmarked points through real actors, journal and state store: where they can be spent, and what becomes of them when
// the merchant's categories change.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::decline_code;

const ledger::category_set food = *ledger::category_set::from({"food"});
const ledger::category_set books = *ledger::category_set::from({"books"});

class earmarked_points : public payment_scene {
protected:
    // The wallet has 5,000 points for all that is sold, until half a year from now, and 300 for food that end sooner.
    void begin(std::uint32_t io_threads = 1) {
        open(io_threads);
        furnish();
        const auto op = stepped_switch::first_operator();
        const auto added = running->decided<ledger::operator_added>(op, ledger::command{ledger::add_operator{"検査"}});
        actors::principal second;
        second.caller = {ledger::caller_kind::operator_, added.id.value()};
        second.person = added.id.value();
        ledger::campaign_terms terms{"食費応援",
                                     *ledger::funding_source::parse("budget:042021:food"),
                                     yen(1'000),
                                     *ledger::parse_date("2026-01-01"),
                                     *ledger::parse_date("2099-03-31"),
                                     ledger::amount_rule::fixed,
                                     yen(300),
                                     ledger::jst_day::of(running->now).plus_days(60)};
        terms.last_day = ledger::jst_day::of(running->now).plus_days(30);
        terms.earmark = food;
        const auto proposed = running->ask(op, ledger::command{ledger::propose_campaign{
                                                   ishinomaki, std::make_shared<const ledger::campaign_terms>(terms)}});
        campaign = proposed->record.position;
        running->decided<ledger::campaign_changed>(
            second, ledger::command{ledger::decide_campaign{ishinomaki, campaign, true, {}}});
        const auto granted = running->decided<ledger::campaign_granted>(
            op, ledger::command{ledger::grant_from_campaign{ishinomaki, campaign, wallet, "一回目", {}, 0}}, "g");
        EXPECT_EQ(granted.lot.lot->earmark, food);
    }
    ledger::merchant_categories_set sell(const ledger::category_set& what) {
        return running->decided<ledger::merchant_categories_set>(
            stepped_switch::first_operator(), ledger::command{ledger::set_categories{merchant, what, "業種"}});
    }
    ledger::journal_position campaign = 0;
};

TEST_F(earmarked_points, are_no_part_of_what_can_be_spent_elsewhere) {
    begin();
    EXPECT_EQ(paid(100, "a").balance, yen(4'900));
    EXPECT_EQ(paid(4'901, "b").decline, decline_code::insufficient_points);
    sell(food);
    const auto first = paid(200, "c");
    EXPECT_EQ(first.lots.size(), 1u);
    EXPECT_EQ(first.lots.front().lot->earmark, food) << "it ends sooner";
    EXPECT_EQ(first.balance, yen(5'000));
    sell(books);
    EXPECT_EQ(paid(4'901, "d").decline, decline_code::insufficient_points);
    EXPECT_EQ(running->ask(till, pay(200, card), "c")->end, ending::replayed);
}

TEST_F(earmarked_points, are_kept_across_checkpoint_passivation_and_restart) {
    begin();
    sell(food);
    running->checkpoint();
    passivate();
    EXPECT_EQ(paid(5'301, "a").balance, yen(5'300));
    open(2);
    EXPECT_EQ(paid(5'300, "b").decline, decline_code::none);
    const auto position = running->ask(till, pay(5'300, card), "b")->record.position;
    sell({});
    const auto back = running->decided<ledger::payment_changed>(
        till, ledger::command{ledger::refund_payment{position, yen(5'100)}}, "r");
    EXPECT_EQ(back.after->balance, yen(5'000)) << "100 for food came back, too, but not for here";
    EXPECT_EQ(back.returned.back().lot->earmark, food);
    sell(food);
    EXPECT_EQ(paid(5'101, "c").balance, yen(5'100));
}

TEST_F(earmarked_points, under_a_hold_are_taken_though_the_category_is_gone) {
    begin();
    sell(food);
    const auto held =
        running->ask(till, ledger::command{ledger::authorize{ishinomaki, yen(300), "R", card, false}}, "h");
    ASSERT_EQ(held->end, ending::decided);
    sell({});
    const auto captured = running->decided<ledger::payment_changed>(
        till, ledger::command{ledger::capture_payment{held->record.position, yen(120)}}, "k");
    EXPECT_EQ(captured.part, yen(120));
    EXPECT_EQ(captured.after->balance, yen(5'000)) << "the 180 that came back are not for here any more";
}

TEST_F(earmarked_points, of_nobody_s_merchant_are_refused) {
    begin();
    const auto op = running->ask(stepped_switch::first_operator(),
                                 ledger::command{ledger::set_categories{ledger::merchant_id{999}, food, "業種"}});
    EXPECT_EQ(op->end, ending::refused);
    EXPECT_EQ(op->refusal, ledger::refusal::merchant_unknown);
    actors::principal staff;
    staff.caller = {ledger::caller_kind::municipality, 432148};
    staff.person = 9;
    staff.municipality = *ledger::program_code::parse("432148");
    const auto foreign = running->ask(staff, ledger::command{ledger::set_categories{merchant, food, "業種"}});
    EXPECT_EQ(foreign->end, ending::refused);
    EXPECT_EQ(foreign->refusal, ledger::refusal::merchant_unknown) << "of others' merchants they do not learn";
}

} // namespace
} // namespace meguri::test
