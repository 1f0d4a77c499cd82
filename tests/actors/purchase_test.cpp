// Purchases through real actors, journal and state store, stepped: money is credited once, however often and by however
// many it is told, and a person is sold no more than the program's terms say.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;
using ledger::transfer_mismatch;
using ledger::transfer_status;

class purchases : public payment_scene {
protected:
    void begin(std::uint32_t io_threads = 1) {
        open(io_threads);
        furnish();
        const auto added = running->decided<ledger::operator_added>(stepped_switch::first_operator(),
                                                                    ledger::command{ledger::add_operator{"検査"}});
        second.caller = {ledger::caller_kind::operator_, added.id.value()};
        second.person = added.id.value();
        const ledger::purchase_terms terms{yen(1'000), yen(10'000), yen(15'000), yen(20'000), 7, 30};
        running->decided<ledger::purchase_terms_set>(
            stepped_switch::first_operator(), ledger::command{ledger::set_purchase_terms{ishinomaki, terms, "発売"}});
    }
    actors::operation_ptr asking(std::int64_t amount, std::string key, std::size_t thread = 0) {
        return running->submit(stepped_switch::first_operator(),
                               ledger::command{ledger::request_purchase{wallet, ishinomaki, yen(amount)}},
                               std::move(key), thread);
    }
    ledger::purchase requested(std::int64_t amount, std::string key = "p") {
        const auto op = asking(amount, std::move(key));
        running->settle();
        EXPECT_EQ(op->end, ending::decided);
        return *ledger::purchase_in(op->record);
    }
    [[nodiscard]] ledger::transfer_line line(const ledger::purchase& of, std::int64_t amount,
                                             std::string number = "1") const {
        return {ledger::jst_day::of(running->now), yen(amount), "ﾔﾏﾀﾞ ﾊﾅｺ", of.reference.text(), std::move(number)};
    }
    actors::operation_ptr taking(ledger::transfer_line one, std::size_t thread = 0) {
        return running->submit(stepped_switch::first_operator(),
                               ledger::command{ledger::take_transfer{ishinomaki, std::move(one)}}, {}, thread);
    }
    ledger::bank_transfer taken(ledger::transfer_line one) {
        const auto op = taking(std::move(one));
        running->settle();
        EXPECT_TRUE(op->end == ending::decided || op->end == ending::replayed);
        return *ledger::transfer_in(op->record);
    }
    std::vector<ledger::bank_transfer> queue() {
        return running->ask(stepped_switch::first_operator(), actors::read_transfers{ishinomaki, 0, 100})
            ->transfers_seen;
    }
    void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }
    // What stood is what is loaded again: from the recent index, the state store, and after a restart.
    template <class Check>
    void always(Check check) {
        check();
        running->checkpoint();
        passivate();
        check();
        open(2);
        check();
    }

    actors::principal second;
};

TEST_F(purchases, of_one_person_keep_to_the_limit_together) {
    begin(2);
    const auto first = asking(10'000, "a");
    const auto at_once = asking(10'000, "b");
    const auto smaller = asking(5'000, "c");
    const auto repeated = asking(10'000, "a");
    running->settle();
    const bool first_won = first->end == ending::decided; // whichever comes before the actor first
    EXPECT_EQ(at_once->end == ending::decided, !first_won);
    expect_refused(first_won ? at_once : first, refusal::purchase_limit_reached);
    EXPECT_EQ(smaller->end, ending::decided);
    EXPECT_EQ(repeated->end, first_won ? ending::replayed : ending::refused);
    int tries = 0;
    always([&] {
        const auto op = asking(1'000, "d" + std::to_string(++tries));
        running->settle();
        expect_refused(op, refusal::purchase_limit_reached);
    });
}

TEST_F(purchases, that_are_given_up_free_the_limit) {
    begin();
    const auto one = requested(10'000, "a");
    const ledger::command giving_up = ledger::cancel_purchase{ishinomaki, wallet, one.reference, "取りやめ"};
    const auto first = running->submit(stepped_switch::first_operator(), giving_up);
    const auto again = running->submit(second, giving_up);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(again, refusal::invalid_state);
    requested(10'000, "b");
    EXPECT_EQ(taken(line(one, 10'000)).why, transfer_mismatch::cancelled);
    EXPECT_EQ(balance(), 5'000);
}

// The same line twice, by two at once, and later.
TEST_F(purchases, take_each_line_once) {
    begin(2);
    const auto one = requested(3'000);
    const auto first = taking(line(one, 3'000));
    const auto at_once = taking(line(one, 3'000));
    auto other = line(one, 3'001);
    const auto differing = taking(other);
    running->settle();
    const bool first_won = first->end == ending::decided; // whichever comes before the actor first
    EXPECT_EQ(first->end, first_won ? ending::decided : ending::replayed);
    EXPECT_EQ(at_once->end, first_won ? ending::replayed : ending::decided);
    EXPECT_EQ(at_once->record.position, first->record.position);
    expect_refused(differing, refusal::transfer_differs);
    EXPECT_EQ(balance(), 8'000);
    always([&] {
        const auto later = taking(line(one, 3'000));
        running->settle();
        EXPECT_EQ(later->end, ending::replayed);
        EXPECT_EQ(ledger::transfer_in(later->record)->status, transfer_status::matched);
        EXPECT_EQ(balance(), 8'000);
    });
    const auto of_nobody =
        running->ask(stepped_switch::first_operator(),
                     ledger::command{ledger::take_transfer{*ledger::program_code::parse("432148"), line(one, 3'000)}});
    expect_refused(of_nobody, refusal::program_unknown);
}

TEST_F(purchases, are_credited_once_for_two_payments_at_once) {
    begin(2);
    const auto one = requested(3'000);
    const auto first = taking(line(one, 3'000, "1"));
    const auto doubled = taking(line(one, 3'000, "2"), 1);
    running->settle();
    const auto why = [](const actors::operation_ptr& op) { return ledger::transfer_in(op->record)->why; };
    EXPECT_TRUE((why(first) == transfer_mismatch::none) != (why(doubled) == transfer_mismatch::none));
    EXPECT_TRUE(why(first) == transfer_mismatch::already_paid || why(doubled) == transfer_mismatch::already_paid);
    EXPECT_EQ(balance(), 8'000);
    always([&] { EXPECT_EQ(queue().size(), 1U); });
}

TEST_F(purchases, leave_money_that_is_not_theirs_in_the_queue) {
    begin();
    const auto one = requested(3'000);
    EXPECT_EQ(taken(line(one, 2'999, "1")).why, transfer_mismatch::amount_differs);
    auto wrong = line(one, 3'000, "2");
    wrong.reference.back() = wrong.reference.back() == '0' ? '1' : '0';
    EXPECT_EQ(taken(wrong).why, transfer_mismatch::reference_invalid);
    auto unknown = line(one, 3'000, "3");
    unknown.reference = ledger::purchase_reference::from_number(one.reference.number() % 1'000'000 + 1)->text();
    EXPECT_EQ(taken(unknown).why, transfer_mismatch::reference_unknown);
    auto none = line(one, 3'000, "4");
    none.reference.clear();
    EXPECT_EQ(taken(none).why, transfer_mismatch::reference_missing);
    EXPECT_EQ(balance(), 5'000);
    running->now = running->now.plus_ms(8 * day_ms);
    EXPECT_EQ(taken(line(one, 3'000, "5")).why, transfer_mismatch::late);
    auto in_time = line(one, 3'000, "6");
    in_time.day = one.last_day;
    in_time.reference.clear();
    in_time.remitter = one.reference.text() + " ﾔﾏﾀﾞ ﾊﾅｺ";
    EXPECT_EQ(taken(in_time).status, transfer_status::matched) << "told late, but paid in time";
    EXPECT_EQ(balance(), 8'000);
    always([&] { EXPECT_EQ(queue().size(), 5U); });
}

TEST_F(purchases, are_assigned_by_two_persons_and_paid_with_what_came) {
    begin();
    const auto one = requested(3'000);
    const auto came = taken(line(one, 2'500));
    const ledger::command proposal = ledger::propose_for_transfer{ishinomaki, came.position, one.reference, "照会"};
    const ledger::command approval = ledger::decide_transfer{ishinomaki, came.position, true, {}};
    expect_refused(running->ask(second, approval, "x"), refusal::invalid_state);
    running->decided<ledger::transfer_changed>(stepped_switch::first_operator(), proposal);
    expect_refused(running->ask(second, proposal), refusal::invalid_state);
    expect_refused(running->ask(stepped_switch::first_operator(), approval, "x"), refusal::second_person_required);
    const auto approved = running->submit(second, approval, "a");
    const auto at_once = running->submit(second, approval, "b");
    running->settle();
    EXPECT_EQ(approved->end, ending::decided);
    expect_refused(at_once, refusal::invalid_state);
    EXPECT_EQ(ledger::purchase_in(approved->record)->credited, yen(2'500));
    EXPECT_EQ(balance(), 7'500);
    always([&] {
        EXPECT_TRUE(queue().empty());
        EXPECT_EQ(taken(line(one, 2'500)).status, transfer_status::assigned);
    });
}

TEST_F(purchases, that_are_paid_meanwhile_are_not_assigned) {
    begin();
    const auto one = requested(3'000);
    const auto came = taken(line(one, 2'500, "1"));
    running->decided<ledger::transfer_changed>(
        stepped_switch::first_operator(),
        ledger::command{ledger::propose_for_transfer{ishinomaki, came.position, one.reference, "照会"}});
    EXPECT_EQ(taken(line(one, 3'000, "2")).status, transfer_status::matched);
    expect_refused(
        running->ask(second, ledger::command{ledger::decide_transfer{ishinomaki, came.position, true, {}}}, "x"),
        refusal::invalid_state);
    running->decided<ledger::transfer_changed>(
        second, ledger::command{ledger::decide_transfer{ishinomaki, came.position, false, "別人"}});
    running->decided<ledger::transfer_changed>(
        stepped_switch::first_operator(),
        ledger::command{ledger::propose_for_transfer{ishinomaki, came.position, {}, "返金"}});
    running->decided<ledger::transfer_changed>(
        second, ledger::command{ledger::decide_transfer{ishinomaki, came.position, true, {}}}, "y");
    always([&] { EXPECT_TRUE(queue().empty()); });
    EXPECT_EQ(balance(), 8'000);
}

TEST_F(purchases, give_back_what_is_unspent_by_two_persons_once) {
    begin(2);
    const auto one = requested(3'000);
    const ledger::command proposal = ledger::propose_refund{ishinomaki, wallet, one.reference, "転出"};
    const ledger::command approval = ledger::decide_refund{ishinomaki, wallet, one.reference, true, {}};
    const ledger::command rejection = ledger::decide_refund{ishinomaki, wallet, one.reference, false, "誤り"};
    expect_refused(running->ask(stepped_switch::first_operator(), proposal), refusal::invalid_state);
    EXPECT_EQ(taken(line(one, 3'000)).status, transfer_status::matched);
    running->decided<ledger::purchase_changed>(stepped_switch::first_operator(), proposal);
    running->decided<ledger::purchase_changed>(second, rejection);
    running->decided<ledger::purchase_changed>(stepped_switch::first_operator(), proposal);
    expect_refused(running->ask(stepped_switch::first_operator(), approval, "x"), refusal::second_person_required);
    paid(6'000, "spent"); // the granted points first, for they expire no later
    EXPECT_EQ(balance(), 2'000);
    const auto approved = running->submit(second, approval, "a");
    const auto at_once = running->submit(second, approval, "b");
    running->settle();
    EXPECT_EQ(approved->end, ending::decided);
    expect_refused(at_once, refusal::invalid_state);
    always([&] {
        EXPECT_EQ(balance(), 0);
        expect_refused(running->ask(stepped_switch::first_operator(), proposal), refusal::invalid_state);
        EXPECT_EQ(taken(line(one, 3'000, "again")).why, transfer_mismatch::already_paid);
    });
}

TEST_F(purchases, that_are_spent_or_long_ago_are_not_given_back) {
    begin();
    const auto one = requested(3'000);
    EXPECT_EQ(taken(line(one, 3'000)).status, transfer_status::matched);
    const ledger::command proposal = ledger::propose_refund{ishinomaki, wallet, one.reference, "転出"};
    running->decided<ledger::purchase_changed>(stepped_switch::first_operator(), proposal);
    paid(8'000, "spent");
    const ledger::command approval = ledger::decide_refund{ishinomaki, wallet, one.reference, true, {}};
    expect_refused(running->ask(second, approval, "x"), refusal::nothing_unspent);
    const auto other = requested(4'000, "other");
    EXPECT_EQ(taken(line(other, 4'000, "2")).status, transfer_status::matched);
    running->now = running->now.plus_ms(31 * day_ms);
    expect_refused(running->ask(stepped_switch::first_operator(),
                                ledger::command{ledger::propose_refund{ishinomaki, wallet, other.reference, "転出"}}),
                   refusal::refund_not_allowed);
}

} // namespace
} // namespace meguri::test
