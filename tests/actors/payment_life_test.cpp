// What follows a payment, through real actors, journal and state store, stepped: holds and their end, captures, voids,
// refunds and reversals, each where its payment is by then in flight, in the lag window, stored, or of another start.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::payment_status;
using ledger::refusal;

class payment_life : public payment_scene {
protected:
    // The position that names the payment.
    ledger::journal_position hold(std::int64_t amount, std::string key) {
        const auto op = running->ask(till, hold_of(amount), std::move(key));
        EXPECT_EQ(std::get<ledger::payment_decided>(op->record.what).status, payment_status::authorized);
        return op->record.position;
    }
    ledger::journal_position captured(std::int64_t amount, std::string key) {
        return running->ask(till, pay(amount, card), std::move(key))->record.position;
    }
    [[nodiscard]] ledger::command hold_of(std::int64_t amount) const {
        return ledger::authorize{ishinomaki, yen(amount), "R-1", card, false};
    }
    static ledger::command capture(ledger::journal_position of, std::optional<std::int64_t> amount = {}) {
        return ledger::capture_payment{of, amount ? std::optional{yen(*amount)} : std::nullopt};
    }
    static ledger::command refund(ledger::journal_position of, std::optional<std::int64_t> amount = {}) {
        return ledger::refund_payment{of, amount ? std::optional{yen(*amount)} : std::nullopt};
    }
    static ledger::command void_it(ledger::journal_position of) { return ledger::void_payment{of}; }
    static ledger::command reverse(std::string key) { return ledger::reverse_attempt{std::move(key)}; }

    // Asked with a key of its own.
    actors::operation_ptr submit(ledger::command asked) {
        return running->submit(till, std::move(asked), "step " + std::to_string(++keys_));
    }
    actors::operation_ptr ask(ledger::command asked) {
        auto op = submit(std::move(asked));
        running->settle();
        return op;
    }
    static ledger::payment_state after(const actors::operation_ptr& op) {
        const bool has_record = op->end == ending::decided || op->end == ending::replayed;
        if (has_record) return ledger::payment_after(op->record);
        ADD_FAILURE() << "ending " << static_cast<int>(op->end) << ", refusal " << static_cast<int>(op->refusal);
        return {};
    }
    void expect_refused(ledger::command asked, refusal why) {
        const auto op = ask(std::move(asked));
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }

    // As the journal has it, without asking anybody.
    ledger::payment_state stored(ledger::journal_position payment) {
        auto& reader = running->thread().reader();
        const auto newest = reader.find_follow_up(payment).value().value_or(payment);
        return ledger::payment_after(reader.read(newest).value());
    }
    ledger::merchant_totals totals() {
        return running->ask(stepped_switch::first_operator(), actors::read_merchant{merchant})
            ->merchant_seen->totals.front();
    }
    void expect_totals(std::int64_t pending, std::int64_t captured_sum, std::int64_t refunded) {
        const auto seen = totals();
        EXPECT_EQ(seen.pending, yen(pending));
        EXPECT_EQ(seen.captured, yen(captured_sum));
        EXPECT_EQ(seen.refunded, yen(refunded));
    }

    void expect_end_of_hold() {
        const auto payment = hold(1200, "a");
        running->now = running->now.plus_ms(7 * day_ms - 1);
        EXPECT_EQ(balance(), 3800);
        running->now = running->now.plus_ms(1);
        EXPECT_EQ(balance(), 5000);
        EXPECT_EQ(stored(payment).status, payment_status::expired);
        expect_totals(0, 0, 0);
        expect_refused(capture(payment), refusal::invalid_state);
        EXPECT_EQ(after(ask(reverse("a"))).status, payment_status::expired);
    }

private:
    int keys_ = 0;
};

// --- holds, captures, voids, refunds ---

TEST_F(payment_life, a_hold_is_captured_in_part_and_the_rest_is_free_again) {
    furnish();
    const auto payment = hold(1200, "a");
    EXPECT_EQ(balance(), 3800);
    expect_totals(1200, 0, 0);
    const auto made = after(ask(capture(payment, 900)));
    EXPECT_EQ(made.status, payment_status::captured);
    EXPECT_EQ(made.captured, yen(900));
    EXPECT_EQ(made.balance, yen(4100));
    EXPECT_EQ(balance(), 4100);
    expect_totals(0, 900, 0);
    expect_refused(capture(payment), refusal::invalid_state);
    expect_refused(void_it(payment), refusal::invalid_state);
}

TEST_F(payment_life, a_hold_is_voided_once) {
    furnish();
    const auto payment = hold(1200, "a");
    EXPECT_EQ(after(ask(void_it(payment))).status, payment_status::voided);
    EXPECT_EQ(balance(), 5000);
    expect_totals(0, 0, 0);
    expect_refused(void_it(payment), refusal::invalid_state);
    expect_refused(capture(payment), refusal::invalid_state);
    expect_refused(refund(payment), refusal::invalid_state);
}

TEST_F(payment_life, steps_come_one_after_the_other_before_any_of_them_is_durable) {
    furnish();
    const auto payment = hold(1200, "a");
    const auto first = submit(capture(payment, 1000));
    const auto second = submit(refund(payment, 300));
    const auto third = submit(refund(payment, 800));
    const auto fourth = submit(refund(payment));
    for (int i = 0; i < 10; ++i) running->turn();
    EXPECT_EQ(first->end, ending::none);
    running->settle();
    EXPECT_EQ(after(second).refunded, yen(300));
    EXPECT_EQ(third->refusal, refusal::amount_exceeds_remaining);
    EXPECT_EQ(after(fourth).status, payment_status::refunded);
    EXPECT_EQ(balance(), 5000);
    expect_totals(0, 1000, 1000);
}

TEST_F(payment_life, of_capture_and_void_at_once_one_wins) {
    furnish();
    for (const bool capture_first : {true, false}) {
        const auto payment = hold(100, capture_first ? "a" : "b");
        const auto one = submit(capture_first ? capture(payment) : void_it(payment));
        const auto other = submit(capture_first ? void_it(payment) : capture(payment));
        running->settle();
        EXPECT_EQ(one->end, ending::decided);
        EXPECT_EQ(other->end, ending::refused);
        EXPECT_EQ(other->refusal, refusal::invalid_state);
    }
    EXPECT_EQ(balance(), 4900);
    expect_totals(0, 100, 0);
}

TEST_F(payment_life, refunds_at_once_never_give_back_more_than_was_captured) {
    open(2);
    furnish();
    const auto payment = captured(1250, "a");
    std::vector<actors::operation_ptr> all;
    for (int i = 0; i < 64; ++i) all.push_back(submit(refund(payment, 100)));
    running->settle();
    EXPECT_EQ(std::ranges::count(all, ending::decided, &actors::operation::end), 12);
    EXPECT_EQ(std::ranges::count(all, refusal::amount_exceeds_remaining, &actors::operation::refusal), 52);
    EXPECT_EQ(after(ask(refund(payment))).status, payment_status::refunded);
    EXPECT_EQ(balance(), 5000);
    expect_totals(0, 1250, 1250);
}

TEST_F(payment_life, a_step_is_repeated_by_its_key) {
    furnish();
    const auto payment = captured(1000, "a");
    const auto first = running->ask(till, refund(payment, 300), "r");
    const auto again = running->ask(till, refund(payment, 300), "r");
    EXPECT_EQ(again->end, ending::replayed);
    EXPECT_EQ(again->record.position, first->record.position);
    EXPECT_EQ(running->ask(till, void_it(payment), "r")->end, ending::key_reused);
    EXPECT_EQ(balance(), 4300);
}

TEST_F(payment_life, goes_on_wherever_the_payment_is_by_now) {
    furnish();
    const auto payment = hold(1000, "a");
    running->checkpoint();
    passivate();
    EXPECT_EQ(after(ask(capture(payment))).status, payment_status::captured);
    open(2);
    EXPECT_EQ(after(ask(refund(payment, 100))).refunded, yen(100));
    running->checkpoint();
    open(1);
    EXPECT_EQ(after(ask(refund(payment, 100))).refunded, yen(200));
    running->checkpoint();
    passivate();
    EXPECT_EQ(after(ask(refund(payment))).status, payment_status::refunded);
    EXPECT_EQ(balance(), 5000);
    expect_totals(0, 1000, 1000);
}

TEST_F(payment_life, is_open_to_all_outlets_of_the_merchant_and_to_nobody_else) {
    furnish();
    const auto payment = captured(1000, "a");
    const auto by = stepped_switch::first_operator();
    const auto outlet_of = [&](ledger::merchant_id of) {
        return stepped_switch::outlet(running->decided<ledger::outlet_added>(
            by, ledger::command{ledger::add_outlet{of, ledger::outlet_kind::shop, "通販"}}));
    };
    const auto own_shop = outlet_of(merchant);
    EXPECT_EQ(running->ask(own_shop, refund(payment, 1), "s")->end, ending::decided);
    const auto other =
        running->decided<ledger::merchant_joined>(by, ledger::command{ledger::join_merchant{"他", {ishinomaki}}});
    const auto foreign = running->ask(outlet_of(other.id), refund(payment, 1), "s");
    EXPECT_EQ(foreign->end, ending::refused);
    EXPECT_EQ(foreign->refusal, refusal::payment_unknown);
    expect_refused(refund(payment - 1), refusal::payment_unknown); // a grant
    expect_refused(refund(1'000'000), refusal::payment_unknown);
}

TEST_F(payment_life, an_inactive_terminal_may_only_reverse) {
    furnish();
    const auto payment = hold(1000, "a");
    const auto freeze = [&](bool frozen) {
        running->decided<ledger::freeze_changed>(
            stepped_switch::first_operator(),
            ledger::command{ledger::set_freeze{ledger::freeze_subject::terminal, till.outlet.value(), frozen, "点検"}});
    };
    freeze(true);
    expect_refused(capture(payment), refusal::terminal_inactive);
    expect_refused(void_it(payment), refusal::terminal_inactive);
    expect_refused(refund(payment), refusal::terminal_inactive);
    EXPECT_EQ(after(ask(reverse("a"))).status, payment_status::reversed);
}

// Freezing stops new payments only.
TEST_F(payment_life, goes_on_while_wallet_merchant_and_program_are_frozen) {
    furnish();
    const auto first = hold(1000, "a");
    const auto second = hold(1000, "b");
    const auto third = captured(1000, "c");
    const auto freeze = [&](ledger::freeze_subject subject, std::uint64_t id) {
        running->decided<ledger::freeze_changed>(stepped_switch::first_operator(),
                                                 ledger::command{ledger::set_freeze{subject, id, true, "調査"}});
    };
    freeze(ledger::freeze_subject::wallet, wallet.value());
    freeze(ledger::freeze_subject::merchant, merchant.value());
    freeze(ledger::freeze_subject::program, ishinomaki.number());
    EXPECT_EQ(after(ask(capture(first))).status, payment_status::captured);
    EXPECT_EQ(after(ask(void_it(second))).status, payment_status::voided);
    EXPECT_EQ(after(ask(refund(third))).status, payment_status::refunded);
    EXPECT_EQ(after(ask(reverse("a"))).status, payment_status::reversed);
}

// --- the end of a hold ---

TEST_F(payment_life, a_hold_ends_by_its_time_before_anything_else_is_seen) {
    furnish();
    expect_end_of_hold();
}

TEST_F(payment_life, a_hold_ends_across_io_threads) {
    open(3);
    furnish();
    expect_end_of_hold();
}

TEST_F(payment_life, what_comes_at_the_end_of_a_hold_finds_it_over) {
    furnish();
    const auto payment = hold(5000, "a");
    running->now = running->now.plus_ms(7 * day_ms);
    const auto late = submit(capture(payment));
    const auto too_late = submit(void_it(payment));
    const auto paid_again = submit(pay(5000, card));
    running->settle();
    EXPECT_EQ(late->refusal, refusal::invalid_state);
    EXPECT_EQ(too_late->refusal, refusal::invalid_state);
    EXPECT_EQ(std::get<ledger::payment_decided>(paid_again->record.what).status, payment_status::captured);
    EXPECT_EQ(stored(payment).status, payment_status::expired);
    expect_totals(0, 5000, 0);
}

TEST_F(payment_life, holds_end_each_once_however_many_ask) {
    open(2);
    furnish();
    std::vector<ledger::journal_position> payments;
    for (int i = 0; i < 5; ++i) payments.push_back(hold(100, "k" + std::to_string(i)));
    running->now = running->now.plus_ms(8 * day_ms);
    std::vector<actors::operation_ptr> all;
    for (int i = 0; i < 20; ++i) all.push_back(submit(pay(10, card)));
    running->settle();
    EXPECT_EQ(std::ranges::count(all, ending::decided, &actors::operation::end), 20);
    for (const auto payment : payments) EXPECT_EQ(stored(payment).status, payment_status::expired);
    EXPECT_EQ(balance(), 4800);
}

TEST_F(payment_life, the_days_of_a_program_are_its_own) {
    furnish();
    const auto by = stepped_switch::first_operator();
    const auto aso = *ledger::program_code::parse("432148");
    ledger::program opened{aso, "阿蘇市ポイント", 90, false, ledger::issuer_kind::municipality, false};
    opened.hold_days = 2;
    running->decided<ledger::program_opened>(by, ledger::command{ledger::open_program{opened}});
    const auto shop =
        running->decided<ledger::merchant_joined>(by, ledger::command{ledger::join_merchant{"宿", {aso}}});
    till = stepped_switch::outlet(running->decided<ledger::outlet_added>(
        by, ledger::command{ledger::add_outlet{shop.id, ledger::outlet_kind::terminal, "帳場"}}));
    running->decided<ledger::points_granted>(
        by, ledger::command{ledger::grant{wallet, aso, yen(10), {}, *ledger::funding_source::parse("budget:x")}});
    const auto op = running->ask(till, ledger::command{ledger::authorize{aso, yen(10), "", card, false}}, "k");
    EXPECT_EQ(std::get<ledger::payment_decided>(op->record.what).capture_before, running->now.plus_ms(2 * day_ms));
}

// --- by the timer, with nobody asking ---

TEST_F(payment_life, the_timer_ends_holds_and_lots_that_nobody_asks_for) {
    furnish();
    const auto payment = hold(1200, "a");
    running->checkpoint();
    passivate();
    const auto tick = [&] {
        running->thread().wake_due(running->now);
        running->settle();
    };
    running->now = running->now.plus_ms(7 * day_ms - 1);
    tick();
    EXPECT_EQ(stored(payment).status, payment_status::authorized);
    running->now = running->now.plus_ms(1);
    tick();
    EXPECT_EQ(stored(payment).status, payment_status::expired);

    const auto expired = [&] {
        ledger::books books = running->store().writer().books_at().second;
        return books.of(ishinomaki).sums[static_cast<std::size_t>(ledger::account::expired)].credits;
    };
    running->now = running->now.plus_ms(170 * day_ms);
    tick();
    EXPECT_EQ(expired(), yen(0));
    running->checkpoint();
    running->now = running->now.plus_ms(10 * day_ms);
    tick();
    EXPECT_EQ(expired(), yen(5000));
}

TEST_F(payment_life, the_timer_makes_up_for_days_of_downtime) {
    furnish();
    const auto payment = hold(1200, "a");
    open(2); // not even checkpointed before
    running->checkpoint();
    running->now = running->now.plus_ms(300 * day_ms);
    running->thread().wake_due(running->now);
    running->settle();
    const auto ended = stored(payment);
    EXPECT_EQ(ended.status, payment_status::expired);
    EXPECT_EQ(ended.balance, yen(0)) << "its lot's last day is over too";
    ledger::books books = running->store().writer().books_at().second;
    EXPECT_EQ(books.of(ishinomaki).sums[static_cast<std::size_t>(ledger::account::expired)].credits, yen(5000));
}

TEST_F(payment_life, nothing_falls_due_while_the_clock_is_in_doubt) {
    furnish();
    const auto payment = hold(1200, "a");
    running->checkpoint();
    running->shared().doubt_clock(true);
    running->now = running->now.plus_ms(30 * day_ms);
    running->thread().wake_due(running->now);
    (void)running->ask(stepped_switch::first_operator(), actors::read_wallet{wallet});
    EXPECT_EQ(stored(payment).status, payment_status::authorized);
    running->shared().doubt_clock(false);
    EXPECT_EQ(balance(), 5000);
    EXPECT_EQ(stored(payment).status, payment_status::expired);
}

// --- reversals ---

TEST_F(payment_life, a_reversal_undoes_what_its_attempt_did) {
    furnish();
    const auto capture_payment = captured(1000, "captured");
    (void)ask(refund(capture_payment, 300));
    (void)hold(1000, "held");
    card = {1, 2};
    (void)running->ask(till, pay(10, card), "nobody's");
    card = issue(ledger::code_kind::card);
    (void)running->ask(till, pay(90'000, card), "too much");
    const auto undone = after(ask(reverse("captured")));
    EXPECT_EQ(undone.status, payment_status::reversed);
    EXPECT_EQ(undone.refunded, yen(1000));
    EXPECT_EQ(after(ask(reverse("held"))).status, payment_status::reversed);
    EXPECT_EQ(after(ask(reverse("nobody's"))).status, payment_status::declined);
    EXPECT_EQ(after(ask(reverse("too much"))).status, payment_status::declined);
    EXPECT_EQ(balance(), 5000);
    expect_totals(0, 1000, 1000);
}

// Whatever the key of the reversal, and wherever the first one is by now.
TEST_F(payment_life, a_second_reversal_gives_the_first_ones_answer) {
    furnish();
    (void)captured(1000, "a");
    const auto first = submit(reverse("a"));
    const auto at_once = submit(reverse("a"));
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    const auto expect_same = [&](const actors::operation_ptr& other, const char* when) {
        EXPECT_EQ(other->end, ending::replayed) << when;
        EXPECT_EQ(other->record.position, first->record.position) << when;
    };
    expect_same(at_once, "at once");
    expect_same(ask(reverse("a")), "in the lag window");
    running->checkpoint();
    expect_same(ask(reverse("a")), "after the checkpoint");
    passivate();
    expect_same(ask(reverse("a")), "after passivation");
    open(2);
    expect_same(ask(reverse("a")), "after a restart");
    EXPECT_EQ(balance(), 5000);
}

TEST_F(payment_life, a_reversal_waits_for_its_attempt_in_flight) {
    furnish();
    const auto attempt = running->submit(till, pay(1000, card), "a");
    const auto reversal = submit(reverse("a"));
    const auto repeated = running->submit(till, pay(1000, card), "a");
    running->settle();
    EXPECT_EQ(attempt->end, ending::decided);
    EXPECT_EQ(reversal->end, ending::decided);
    EXPECT_EQ(after(reversal).status, payment_status::reversed);
    EXPECT_EQ(repeated->end, ending::replayed);
    EXPECT_EQ(balance(), 5000);
}

TEST_F(payment_life, a_reversed_key_never_gives_an_approval_again) {
    furnish();
    const auto payment = captured(1000, "a");
    const auto reversal = submit(reverse("a"));
    const auto at_once = running->submit(till, pay(1000, card), "a");
    running->settle();
    EXPECT_EQ(reversal->end, ending::decided);
    const auto expect_reversed = [&](const actors::operation_ptr& repeated) {
        EXPECT_EQ(repeated->end, ending::replayed);
        const auto shown = after(repeated);
        EXPECT_EQ(shown.position, payment);
        EXPECT_EQ(shown.status, payment_status::reversed);
    };
    expect_reversed(at_once);
    running->checkpoint();
    passivate();
    expect_reversed(running->ask(till, pay(1000, card), "a"));
    EXPECT_EQ(running->ask(till, pay(1001, card), "a")->end, ending::key_reused);
}

TEST_F(payment_life, a_key_that_never_came_is_barred) {
    furnish();
    const auto barred = ask(reverse("lost"));
    ASSERT_TRUE(std::holds_alternative<ledger::key_barred>(barred->record.what));
    EXPECT_EQ(ask(reverse("lost"))->record.position, barred->record.position);
    running->checkpoint();
    open(1);
    const auto late = running->ask(till, pay(1000, card), "lost");
    EXPECT_EQ(late->end, ending::decided);
    EXPECT_EQ(std::get<ledger::payment_decided>(late->record.what).decline,
              ledger::decline_code::reversed_before_arrival);
    EXPECT_EQ(running->ask(till, pay(1000, card), "lost")->record.position, late->record.position);
    EXPECT_EQ(ask(reverse("lost"))->record.position, barred->record.position);
    EXPECT_EQ(balance(), 5000);
}

TEST_F(payment_life, an_attempt_behind_its_reversal_is_declined) {
    furnish();
    const auto reversal = submit(reverse("lost"));
    const auto late = running->submit(till, pay(1000, card), "lost");
    running->settle();
    EXPECT_TRUE(std::holds_alternative<ledger::key_barred>(reversal->record.what));
    EXPECT_EQ(std::get<ledger::payment_decided>(late->record.what).decline,
              ledger::decline_code::reversed_before_arrival);
}

// Three requests that name each other's keys, at once: nobody waits for ever.
TEST_F(payment_life, reversals_that_name_each_other_all_end) {
    furnish();
    for (int round = 0; round < 4; ++round) {
        const std::string prefix = std::to_string(round);
        std::vector<actors::operation_ptr> all;
        const auto reverse_under = [&](const std::string& key, const std::string& lost) {
            all.push_back(running->submit(till, reverse(prefix + lost), prefix + key));
        };
        if (round == 1) all.push_back(running->submit(till, pay(10, card), prefix + "c"));
        reverse_under("x", "c");
        reverse_under("c", "b");
        reverse_under("b", "c");
        if (round == 2) reverse_under("b", "c");
        if (round == 3) reverse_under("c", "x");
        running->settle();
        for (const auto& one : all) EXPECT_NE(one->end, ending::none);
    }
    EXPECT_EQ(balance(), 5000);
}

TEST_F(payment_life, a_barred_key_is_good_for_nothing_else) {
    furnish();
    const auto payment = hold(100, "hold");
    (void)ask(reverse("lost"));
    EXPECT_EQ(running->ask(till, capture(payment), "lost")->end, ending::key_reused);
    EXPECT_EQ(running->ask(till, reverse("hold"), "lost")->end, ending::key_reused);
    EXPECT_EQ(stored(payment).status, payment_status::authorized);
}

// A refusal leaves the key free, for those who waited with it too.
TEST_F(payment_life, a_refused_key_is_free_for_who_waits_with_another_body) {
    furnish();
    const auto payment = hold(100, "a");
    const auto too_much = running->submit(till, capture(payment, 101), "k");
    const auto other = running->submit(till, void_it(payment), "k");
    running->settle();
    EXPECT_EQ(too_much->refusal, refusal::amount_exceeds_remaining);
    EXPECT_EQ(other->end, ending::decided);
    const auto op = stepped_switch::first_operator();
    const auto aso = *ledger::program_code::parse("432148");
    const auto no_program = running->submit(
        op, ledger::command{ledger::grant{wallet, aso, yen(1), {}, *ledger::funding_source::parse("budget:x")}}, "g");
    const auto new_wallet = running->submit(op, ledger::command{ledger::open_wallet{}}, "g");
    running->settle();
    EXPECT_EQ(no_program->refusal, refusal::program_unknown);
    EXPECT_EQ(new_wallet->end, ending::decided);
}

TEST_F(payment_life, only_payments_of_this_caller_can_be_reversed) {
    furnish();
    const auto payment = captured(1000, "a");
    (void)running->ask(till, refund(payment, 100), "refund");
    (void)running->ask(till, reverse("lost"), "reversal");
    expect_refused(reverse("refund"), refusal::not_reversible);
    expect_refused(reverse("reversal"), refusal::not_reversible);
    const auto own = running->ask(till, reverse("itself"), "itself");
    EXPECT_EQ(own->refusal, refusal::not_reversible);
    const auto other_till = stepped_switch::outlet(running->decided<ledger::outlet_added>(
        stepped_switch::first_operator(),
        ledger::command{ledger::add_outlet{merchant, ledger::outlet_kind::terminal, "レジ2"}}));
    const auto elsewhere = running->ask(other_till, reverse("a"), "x");
    EXPECT_TRUE(std::holds_alternative<ledger::key_barred>(elsewhere->record.what)) << "keys are each till's own";
    EXPECT_EQ(balance(), 4100);
}

} // namespace
} // namespace meguri::test
