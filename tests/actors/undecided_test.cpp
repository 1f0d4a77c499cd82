// Undecided points through real actors, journal and state store, stepped: they leave once, by choice or by time,
// whether somebody asks, the timer comes round, or the process was not there.
#include "ledger/undecided.hpp"
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

class undecided_points : public payment_scene {
protected:
    // 700 points of a card company's, converted now.
    void furnish_with_conversion() {
        furnish();
        const auto partner = running->decided<ledger::partner_added>(
            stepped_switch::first_operator(), ledger::command{ledger::add_partner{"カード会社"}});
        partner_ = partner.id;
        actors::principal by;
        by.caller = {ledger::caller_kind::partner, partner_.value()};
        const ledger::credit_undecided conversion{wallet, partner_, yen(700),
                                                  *ledger::funding_source::parse("partner:card")};
        running->decided<ledger::points_granted>(by, ledger::command{conversion}, "conversion");
        default_at_ = ledger::decided_by_default_at(running->now);
    }
    void choose_home() {
        running->decided<ledger::home_chosen>(stepped_switch::first_operator(),
                                              ledger::command{ledger::choose_home{wallet, ishinomaki}});
    }
    [[nodiscard]] ledger::command transfer(std::int64_t amount) const {
        return ledger::transfer_undecided{wallet, ishinomaki, yen(amount)};
    }
    actors::operation_ptr submit(ledger::command asked, std::string key) {
        return running->submit(stepped_switch::first_operator(), std::move(asked), std::move(key));
    }
    void tick() {
        running->thread().wake_due(running->now);
        running->settle();
    }
    // As the journal has it, without asking anybody.
    [[nodiscard]] std::int64_t moved() {
        ledger::books books = running->store().writer().books_at().second;
        const auto& sums = books.of(ledger::undecided_program(partner_)).sums;
        return sums[static_cast<std::size_t>(ledger::account::clearing_out)].credits.value();
    }

    ledger::partner_id partner_;
    ledger::instant default_at_;
};

TEST_F(undecided_points, go_home_by_the_timer_when_the_14th_day_is_over_and_once) {
    furnish_with_conversion();
    choose_home();
    running->checkpoint();
    passivate();
    running->now = default_at_.plus_ms(-1);
    tick();
    EXPECT_EQ(moved(), 0);
    running->now = default_at_;
    tick();
    EXPECT_EQ(moved(), 700);
    for (int i = 0; i < 3; ++i) {
        running->checkpoint();
        passivate();
        running->now = running->now.plus_ms(day_ms);
        tick();
    }
    EXPECT_EQ(moved(), 700);
    EXPECT_EQ(balance(), 5700);
}

TEST_F(undecided_points, go_home_after_days_of_downtime) {
    furnish_with_conversion();
    choose_home();
    open(2); // not even checkpointed before
    running->checkpoint();
    running->now = running->now.plus_ms(300 * day_ms);
    tick();
    EXPECT_EQ(moved(), 700);
    open(1);
    running->now = default_at_.plus_ms(301 * day_ms);
    running->checkpoint();
    tick();
    EXPECT_EQ(moved(), 700);
    EXPECT_EQ(balance(), 700) << "good from the transfer on; what was granted before has expired";
}

TEST_F(undecided_points, are_home_before_anything_else_is_seen) {
    furnish_with_conversion();
    choose_home();
    running->now = default_at_.plus_ms(-1);
    EXPECT_EQ(balance(), 5000);
    running->now = default_at_;
    const auto too_late = submit(transfer(700), "transfer");
    const auto payment = running->submit(till, pay(5700, card), "payment");
    running->settle();
    EXPECT_EQ(too_late->end, ending::refused);
    EXPECT_EQ(too_late->refusal, refusal::nothing_undecided);
    EXPECT_EQ(std::get<ledger::payment_decided>(payment->record.what).decline, ledger::decline_code::none);
    EXPECT_EQ(moved(), 700);
}

TEST_F(undecided_points, wait_for_a_home_however_late_it_is_chosen) {
    furnish_with_conversion();
    running->checkpoint();
    passivate();
    running->now = running->now.plus_ms(90 * day_ms);
    tick();
    EXPECT_EQ(moved(), 0);
    EXPECT_EQ(balance(), 5000);
    choose_home();
    running->checkpoint();
    tick();
    EXPECT_EQ(moved(), 700);
    EXPECT_EQ(balance(), 5700);
}

TEST_F(undecided_points, stay_while_the_clock_is_in_doubt) {
    furnish_with_conversion();
    choose_home();
    running->checkpoint();
    running->shared().doubt_clock(true);
    running->now = running->now.plus_ms(30 * day_ms);
    tick();
    EXPECT_EQ(balance(), 5000);
    running->shared().doubt_clock(false);
    EXPECT_EQ(balance(), 5700);
    EXPECT_EQ(moved(), 700);
}

TEST_F(undecided_points, leave_by_choice_as_far_as_they_reach) {
    open(2);
    furnish_with_conversion();
    const auto first = submit(transfer(500), "a");
    const auto again = submit(transfer(500), "a");
    const auto too_much = submit(transfer(500), "b");
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    EXPECT_EQ(again->end, ending::replayed);
    EXPECT_EQ(too_much->end, ending::refused);
    EXPECT_EQ(too_much->refusal, refusal::amount_exceeds_remaining);
    EXPECT_EQ(balance(), 5500);
    running->checkpoint();
    passivate();
    EXPECT_EQ(running->ask(stepped_switch::first_operator(), transfer(500), "a")->record.position,
              first->record.position);
    EXPECT_EQ(running->ask(stepped_switch::first_operator(), transfer(200), "b")->end, ending::decided);
    EXPECT_EQ(moved(), 700);
    EXPECT_EQ(running->ask(stepped_switch::first_operator(), transfer(1), "c")->refusal, refusal::nothing_undecided);
}

TEST_F(undecided_points, of_a_wallet_that_is_not_there_are_refused) {
    furnish_with_conversion();
    const ledger::wallet_id nobody{999};
    for (const ledger::command& asked : {ledger::command{ledger::credit_undecided{
                                             nobody, partner_, yen(1), *ledger::funding_source::parse("partner:card")}},
                                         ledger::command{ledger::choose_home{nobody, ishinomaki}},
                                         ledger::command{ledger::transfer_undecided{nobody, ishinomaki, {}}}}) {
        const auto op = running->ask(stepped_switch::first_operator(), asked);
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, refusal::wallet_unknown);
    }
}

} // namespace
} // namespace meguri::test
