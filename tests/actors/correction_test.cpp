// Corrections through real actors, journal and state store, stepped: whatever happens between the two persons, points
// move once.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

class corrections : public payment_scene {
protected:
    void furnish_with_second_operator() {
        furnish();
        const auto added = running->decided<ledger::operator_added>(stepped_switch::first_operator(),
                                                                    ledger::command{ledger::add_operator{"検査"}});
        second_.caller = {ledger::caller_kind::operator_, added.id.value()};
        second_.person = added.id.value();
    }
    [[nodiscard]] ledger::command proposal(ledger::correction_kind kind, std::int64_t amount) const {
        return ledger::propose_correction{
            wallet,
            std::make_shared<const ledger::correction>(ledger::correction{
                kind, ishinomaki, yen(amount), *ledger::funding_source::parse("budget:042021:health"), {}, "誤り"})};
    }
    // The position that names it.
    ledger::journal_position proposed(ledger::correction_kind kind, std::int64_t amount) {
        const auto op = running->ask(stepped_switch::first_operator(), proposal(kind, amount));
        EXPECT_EQ(op->end, ending::decided);
        return op->record.position;
    }
    [[nodiscard]] ledger::command decision(ledger::journal_position proposal, bool approve = true) const {
        return ledger::decide_correction{wallet, proposal, approve, "確認"};
    }
    actors::operation_ptr decide(ledger::journal_position proposal, std::string key, bool approve = true) {
        return running->ask(second_, decision(proposal, approve), std::move(key));
    }
    void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }

    actors::principal second_;
};

constexpr auto credit = ledger::correction_kind::credit;
constexpr auto debit = ledger::correction_kind::debit;

TEST_F(corrections, are_approved_by_their_position_wherever_the_proposal_is_by_then) {
    furnish_with_second_operator();
    const auto first = proposed(debit, 100);
    const auto second = proposed(credit, 10);
    const auto third = proposed(debit, 1000);
    EXPECT_EQ(balance(), 5000);
    EXPECT_EQ(decide(first, "in the lag window")->end, ending::decided);
    EXPECT_EQ(balance(), 4900);
    running->checkpoint();
    passivate();
    EXPECT_EQ(decide(second, "after passivation")->end, ending::decided);
    EXPECT_EQ(balance(), 4910);
    const auto fourth = proposed(debit, 1000);
    open(2);
    EXPECT_EQ(decide(third, "after a restart")->end, ending::decided);
    EXPECT_EQ(decide(fourth, "before it was stored")->end, ending::decided);
    EXPECT_EQ(balance(), 2910);
}

TEST_F(corrections, are_decided_once) {
    furnish_with_second_operator();
    const auto open_one = proposed(debit, 1200);
    const auto first = running->submit(second_, decision(open_one), "a");
    const auto at_once = running->submit(second_, decision(open_one), "b");
    const auto repeated = running->submit(second_, decision(open_one), "a");
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(at_once, refusal::invalid_state);
    EXPECT_EQ(repeated->end, ending::replayed);
    const auto expect_same_and_no_other = [&] {
        const auto replayed = decide(open_one, "a");
        EXPECT_EQ(replayed->end, ending::replayed);
        EXPECT_EQ(replayed->record.position, first->record.position);
        expect_refused(decide(open_one, "c"), refusal::invalid_state);
        expect_refused(decide(open_one, "d", false), refusal::invalid_state);
        EXPECT_EQ(balance(), 3800);
    };
    expect_same_and_no_other();
    running->checkpoint();
    passivate();
    expect_same_and_no_other();
    open(1);
    expect_same_and_no_other();
}

TEST_F(corrections, need_a_second_person_after_a_restart_too) {
    furnish_with_second_operator();
    const auto open_one = proposed(debit, 1200);
    const auto alone = [&] { return running->ask(stepped_switch::first_operator(), decision(open_one), "alone"); };
    expect_refused(alone(), refusal::second_person_required);
    running->checkpoint();
    open(1);
    expect_refused(alone(), refusal::second_person_required);
    EXPECT_EQ(balance(), 5000);
    // A staff member may have the operator's number and is somebody else.
    actors::principal staff;
    staff.caller = {ledger::caller_kind::municipality, ishinomaki.number()};
    staff.person = stepped_switch::first_operator().person;
    EXPECT_EQ(running->ask(staff, decision(open_one), "staff")->end, ending::decided);
    EXPECT_EQ(balance(), 3800);
}

TEST_F(corrections, that_are_rejected_move_nothing) {
    furnish_with_second_operator();
    const auto open_one = proposed(debit, 1200);
    EXPECT_EQ(decide(open_one, "a", false)->end, ending::decided);
    expect_refused(decide(open_one, "b"), refusal::invalid_state);
    EXPECT_EQ(balance(), 5000);
}

TEST_F(corrections, that_cannot_be_approved_wait_until_they_can) {
    furnish_with_second_operator();
    const auto open_one = proposed(debit, 5001);
    expect_refused(decide(open_one, "a"), refusal::amount_exceeds_remaining);
    running->decided<ledger::points_granted>(stepped_switch::first_operator(), grant(1));
    EXPECT_EQ(decide(open_one, "a")->end, ending::decided) << "a refusal leaves the key free";
    EXPECT_EQ(balance(), 0);
}

TEST_F(corrections, can_be_open_16_at_a_time) {
    furnish_with_second_operator();
    std::vector<ledger::journal_position> open_ones;
    for (std::size_t i = 0; i < ledger::corrections_max; ++i) open_ones.push_back(proposed(credit, 1));
    const auto one_more = [&] { return running->ask(stepped_switch::first_operator(), proposal(credit, 1)); };
    expect_refused(one_more(), refusal::corrections_exhausted);
    EXPECT_EQ(decide(open_ones[7], "a", false)->end, ending::decided);
    EXPECT_EQ(one_more()->end, ending::decided);
    expect_refused(one_more(), refusal::corrections_exhausted);
    open_ones.erase(open_ones.begin() + 7);
    for (const auto position : open_ones)
        EXPECT_EQ(decide(position, "approve " + std::to_string(position))->end, ending::decided);
    EXPECT_EQ(balance(), 5015);
}

TEST_F(corrections, of_another_wallet_are_not_found) {
    furnish_with_second_operator();
    const auto open_one = proposed(debit, 100);
    const auto mine = std::exchange(wallet, running
                                                ->decided<ledger::wallet_opened>(stepped_switch::first_operator(),
                                                                                 ledger::command{ledger::open_wallet{}})
                                                .id);
    expect_refused(decide(open_one, "a"), refusal::invalid_state);
    wallet = ledger::wallet_id{999};
    expect_refused(decide(open_one, "b"), refusal::wallet_unknown);
    wallet = mine;
    EXPECT_EQ(decide(open_one, "c")->end, ending::decided);
}

} // namespace
} // namespace meguri::test
