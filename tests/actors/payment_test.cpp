// A payment through real actors, journal and state store, stepped: what the caller's and the wallet's actor promise.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace meguri::test {
namespace {

using actors::ending;
using payment = payment_scene;

const auto aso = *ledger::program_code::parse("432148");

TEST_F(payment, is_captured_and_leaves_the_rest) {
    furnish();
    const auto decided = paid(1200, "k1");
    EXPECT_EQ(decided.status, ledger::payment_status::captured);
    EXPECT_EQ(decided.balance, yen(3800));
    EXPECT_EQ(balance(), 3800);
}

TEST_F(payment, is_not_answered_before_it_is_durable) {
    furnish();
    const auto op = running->submit(till, pay(1200, card), "k1");
    for (int i = 0; i < 5; ++i) running->turn();
    EXPECT_EQ(op->end, ending::none);
    const auto read = running->submit(stepped_switch::first_operator(), actors::read_wallet{wallet});
    for (int i = 0; i < 5; ++i) running->turn();
    EXPECT_EQ(read->end, ending::none) << "a read shows nothing that a crash could undo";
    running->commit();
    running->turn();
    running->turn();
    EXPECT_EQ(op->end, ending::decided);
    EXPECT_EQ(read->end, ending::read);
}

TEST_F(payment, takes_all_that_is_there_and_never_more) {
    furnish();
    std::vector<actors::operation_ptr> all;
    for (int i = 0; i < 64; ++i) all.push_back(running->submit(till, pay(100, card), "k" + std::to_string(i)));
    running->settle();
    const auto approved = std::count_if(all.begin(), all.end(), [](const auto& op) {
        return std::get<ledger::payment_decided>(op->record.what).decline == ledger::decline_code::none;
    });
    EXPECT_EQ(approved, 50);
    EXPECT_EQ(balance(), 0);
}

TEST_F(payment, with_one_key_64_times_at_once_debits_once) {
    furnish();
    std::vector<actors::operation_ptr> all;
    for (int i = 0; i < 64; ++i) all.push_back(running->submit(till, pay(100, card), "same"));
    running->settle();
    EXPECT_EQ(all.front()->end, ending::decided);
    for (std::size_t i = 1; i < all.size(); ++i) {
        EXPECT_EQ(all[i]->end, ending::replayed);
        EXPECT_EQ(all[i]->record.position, all.front()->record.position);
    }
    EXPECT_EQ(balance(), 4900);
}

TEST_F(payment, with_a_used_key_and_another_body_is_refused_in_flight_and_later) {
    furnish();
    const auto first = running->submit(till, pay(100, card), "k");
    const auto other = running->submit(till, pay(200, card), "k");
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    EXPECT_EQ(other->end, ending::key_reused);
    EXPECT_EQ(running->ask(till, pay(300, card), "k")->end, ending::key_reused);
    EXPECT_EQ(balance(), 4900);
}

// A key is known in flight, in the lag window, after the checkpoint, after passivation and after a restart.
TEST_F(payment, repeats_its_answer_wherever_the_key_is_by_now) {
    furnish();
    const auto first = running->ask(till, pay(100, card), "k");
    const auto expect_repeated = [&](const char* when) {
        const auto again = running->ask(till, pay(100, card), "k");
        EXPECT_EQ(again->end, ending::replayed) << when;
        EXPECT_EQ(again->record.position, first->record.position) << when;
    };
    expect_repeated("in the lag window");
    running->checkpoint();
    expect_repeated("after the checkpoint");
    passivate();
    expect_repeated("after passivation");
    open(1);
    expect_repeated("after a restart");
    EXPECT_EQ(balance(), 4900);
}

TEST_F(payment, actors_stay_while_the_state_store_lags) {
    furnish();
    (void)paid(100, "k");
    for (int i = 0; i < 100; ++i) running->thread().sweep();
    EXPECT_EQ(running->thread().actors().live_wallets(), 1U);
    EXPECT_EQ(balance(), 4900);
}

TEST_F(payment, goes_on_from_the_same_state_after_passivation_and_restart) {
    furnish();
    (void)paid(1000, "a");
    running->checkpoint();
    for (int i = 0; i < 100; ++i) running->thread().sweep();
    EXPECT_EQ(paid(1000, "b").balance, yen(3000));
    open(2);
    EXPECT_EQ(paid(1000, "c").balance, yen(2000));
    const auto read = running->ask(stepped_switch::first_operator(), actors::read_merchant{merchant});
    EXPECT_EQ(read->merchant_seen->totals.front().captured, yen(3000));
}

TEST_F(payment, works_across_io_threads) {
    open(3);
    furnish();
    for (int i = 0; i < 20; ++i) (void)paid(10, "k" + std::to_string(i));
    EXPECT_EQ(balance(), 4800);
}

TEST_F(payment, with_a_one_time_code_is_approved_once) {
    furnish();
    card = issue(ledger::code_kind::once);
    const auto first = running->submit(till, pay(10, card), "a");
    const auto second = running->submit(till, pay(10, card), "b");
    running->settle();
    EXPECT_EQ(std::get<ledger::payment_decided>(first->record.what).decline, ledger::decline_code::none);
    EXPECT_EQ(std::get<ledger::payment_decided>(second->record.what).decline, ledger::decline_code::credential_used);
    running->now = running->now.plus_ms(ledger::code_once_valid_ms);
    EXPECT_EQ(paid(10, "c").decline, ledger::decline_code::credential_used);
    card = issue(ledger::code_kind::once);
    running->now = running->now.plus_ms(ledger::code_once_valid_ms);
    EXPECT_EQ(paid(10, "d").decline, ledger::decline_code::credential_expired);
}

TEST_F(payment, with_nobodys_code_is_declined_and_repeated) {
    furnish();
    card = {1, 2};
    const auto decided = paid(10, "k");
    EXPECT_EQ(decided.decline, ledger::decline_code::credential_unknown);
    EXPECT_FALSE(decided.balance.has_value());
    EXPECT_EQ(running->ask(till, pay(10, card), "k")->end, ending::replayed);
}

TEST_F(payment, of_a_lot_past_its_last_day_finds_it_expired) {
    furnish();
    running->now = running->now.plus_ms(181LL * 86'400'000);
    EXPECT_EQ(paid(10, "k").decline, ledger::decline_code::insufficient_points);
    EXPECT_EQ(balance(), 0);
    const auto [position, books] = running->store().writer().books_at();
    ledger::books copy = books;
    EXPECT_EQ(copy.of(ishinomaki).sums[static_cast<std::size_t>(ledger::account::expired)].credits, yen(5000));
    EXPECT_TRUE(copy.balanced());
}

TEST_F(payment, expires_nothing_while_the_clock_is_in_doubt) {
    furnish();
    running->shared().doubt_clock(true);
    running->now = running->now.plus_ms(181LL * 86'400'000);
    (void)running->ask(stepped_switch::first_operator(), actors::read_wallet{wallet});
    running->shared().doubt_clock(false);
    const auto [position, books] = running->store().writer().books_at();
    ledger::books copy = books;
    EXPECT_TRUE(copy.of(ishinomaki).sums[static_cast<std::size_t>(ledger::account::expired)].credits.is_zero());
}

TEST_F(payment, of_an_unnamed_program_needs_a_merchant_with_one) {
    furnish();
    const ledger::authorize unnamed{{}, yen(10), {}, card};
    EXPECT_EQ(running->decided<ledger::payment_decided>(till, ledger::command{unnamed}, "a").program, ishinomaki);
    const auto op = stepped_switch::first_operator();
    running->decided<ledger::program_opened>(
        op, ledger::command{
                ledger::open_program{{aso, "阿蘇市ポイント", 90, false, ledger::issuer_kind::municipality, false}}});
    const auto both =
        running->decided<ledger::merchant_joined>(op, ledger::command{ledger::join_merchant{"両", {aso, ishinomaki}}});
    const auto other_till = stepped_switch::outlet(running->decided<ledger::outlet_added>(
        op, ledger::command{ledger::add_outlet{both.id, ledger::outlet_kind::terminal, "レジ1"}}));
    const auto refused = running->ask(other_till, ledger::command{unnamed}, "b");
    EXPECT_EQ(refused->end, ending::refused);
    EXPECT_EQ(refused->refusal, ledger::refusal::program_required);
    EXPECT_EQ(running->ask(other_till, pay(10, card), "b")->end, ending::decided) << "a refusal leaves the key free";
}

TEST_F(payment, is_not_held_up_by_a_flood_that_writes_nothing) {
    furnish();
    const auto op = stepped_switch::first_operator();
    const ledger::wallet_id first{wallet.value() + 1};
    constexpr std::uint64_t flood = 4'000;
    for (std::uint64_t i = 0; i < flood; ++i) running->submit(op, ledger::command{ledger::open_wallet{}});
    running->settle();

    const auto waiting = running->submit(till, pay(10, card), "k");
    const auto source = *ledger::funding_source::parse("budget:432148:health");
    for (std::uint64_t i = 0; i < flood; ++i) // of a program that is not there: each is refused by the wallet's actor
        running->submit(op,
                        ledger::command{ledger::grant{ledger::wallet_id{first.value() + i}, aso, yen(1), {}, source}});
    int turns = 0;
    for (; !running->commit() && turns < 1'000; ++turns) (void)running->turn();
    EXPECT_LT(turns, 40);
    EXPECT_TRUE(running->turn()) << "the flood is to last longer than that, or this shows nothing";
    running->settle();
    EXPECT_EQ(waiting->end, ending::decided);
}

TEST_F(payment, to_a_wallet_that_is_not_there_cannot_be_granted) {
    furnish();
    wallet = ledger::wallet_id{999};
    const auto refused = running->ask(stepped_switch::first_operator(), grant(10), "g");
    EXPECT_EQ(refused->end, ending::refused);
    EXPECT_EQ(refused->refusal, ledger::refusal::wallet_unknown);
}

TEST(operation, dropped_unanswered_is_answered_and_counted) {
    struct counting final : actors::reply_sink {
        void finished(actors::operation& done) noexcept override { lost += done.end == ending::lost ? 1 : 0; }
        int lost = 0;
    } sink;
    const auto before = actors::operations_lost();
    {
        auto op = actors::make_operation();
        op->reply = &sink;
    }
    EXPECT_EQ(sink.lost, 1);
    EXPECT_EQ(actors::operations_lost(), before + 1);
}

} // namespace
} // namespace meguri::test
