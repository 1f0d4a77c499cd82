// Claw-backs through real actors, journal and state store, stepped: proposed for all or for a file, approved by
// another, each row taken once however often the switch ends in between, and what a payment holds left alone.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

class grants_at_hand final : public ledger::recipients_source {
public:
    explicit grants_at_hand(std::vector<ledger::read_recipient> lines) : lines_{std::move(lines)} {}
    bool read_some(std::size_t, std::vector<ledger::read_recipient>& into, std::vector<ledger::faulty_line>&) override {
        into = std::exchange(lines_, {});
        return false;
    }
    void tell(const ledger::faulty_line& one) override { told.push_back(one); }
    [[nodiscard]] std::size_t faults() const noexcept override { return told.size(); }

    std::vector<ledger::faulty_line> told;

private:
    std::vector<ledger::read_recipient> lines_;
};

class clawbacks : public payment_scene {
protected:
    void begin(std::uint32_t io_threads = 1) {
        open(io_threads);
        furnish();
        const auto by = stepped_switch::first_operator();
        const auto added = running->decided<ledger::operator_added>(by, ledger::command{ledger::add_operator{"検査"}});
        second.caller = {ledger::caller_kind::operator_, added.id.value()};
        second.person = added.id.value();
        const ledger::campaign_terms terms{"歩いて健康",
                                           *ledger::funding_source::parse("budget:042021:health"),
                                           yen(100'000),
                                           *ledger::parse_date("2026-01-01"),
                                           *ledger::parse_date("2027-03-31"),
                                           ledger::amount_rule::up_to,
                                           yen(100),
                                           *ledger::parse_date("2027-03-31")};
        const auto op = running->ask(by, ledger::command{ledger::propose_campaign{
                                             ishinomaki, std::make_shared<const ledger::campaign_terms>(terms)}});
        campaign = op->record.position;
        running->decided<ledger::campaign_changed>(
            second, ledger::command{ledger::decide_campaign{ishinomaki, campaign, true, {}}});
    }
    void grant_to(ledger::wallet_id to, const std::string& occasion, std::int64_t amount = 100) {
        running->decided<ledger::campaign_granted>(
            stepped_switch::first_operator(),
            ledger::command{ledger::grant_from_campaign{ishinomaki, campaign, to, occasion, yen(amount), 0}},
            occasion + std::to_string(to.value()));
    }
    std::vector<ledger::wallet_id> granted_wallets(std::size_t count) {
        std::vector<ledger::wallet_id> made;
        for (std::size_t i = 0; i < count; ++i) {
            made.push_back(running
                               ->decided<ledger::wallet_opened>(stepped_switch::first_operator(),
                                                                ledger::command{ledger::open_wallet{}})
                               .id);
            grant_to(made.back(), "清掃");
        }
        return made;
    }
    actors::operation_ptr propose(std::shared_ptr<ledger::recipients_source> file = nullptr) {
        return running->ask(stepped_switch::first_operator(), ledger::command{ledger::propose_clawback{
                                                                  ishinomaki, campaign, std::move(file), {}, "終了"}});
    }
    actors::operation_ptr approve(ledger::journal_position clawback) {
        return running->submit(second,
                               ledger::command{ledger::decide_clawback{ishinomaki, campaign, clawback, true, {}}});
    }
    ledger::campaign stands() {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_campaigns{ishinomaki, campaign});
        return op->campaigns_seen.at(0);
    }
    std::int64_t available(ledger::wallet_id one) {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_wallet{one});
        return op->wallet_seen->available(ishinomaki, ledger::jst_day::of(running->now)).value();
    }
    static void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }

    ledger::journal_position campaign = 0;
    actors::principal second;
};

TEST_F(clawbacks, of_all_take_what_is_unspent_and_leave_what_is_held) {
    begin(2);
    const auto others = granted_wallets(70);
    grant_to(wallet, "清掃"); // beside its 5,000 of another source, which expire earlier
    const auto held =
        running->ask(till, ledger::command{ledger::authorize{ishinomaki, yen(5'040), "R-1", card, false}}, "hold");
    ASSERT_EQ(held->end, ending::decided);
    const auto proposed = propose();
    ASSERT_EQ(proposed->end, ending::decided);
    expect_refused(
        running->ask(stepped_switch::first_operator(), ledger::command{ledger::decide_clawback{
                                                           ishinomaki, campaign, proposed->record.position, true, {}}}),
        refusal::second_person_required);
    const auto yes = approve(proposed->record.position);
    running->settle();
    ASSERT_EQ(yes->end, ending::decided);
    for (const auto one : others) EXPECT_EQ(available(one), 0);
    EXPECT_EQ(available(wallet), 0);
    auto after = stands();
    EXPECT_TRUE(after.clawbacks.at(0).is_finished());
    EXPECT_EQ(after.clawbacks.at(0).taken, 71U);
    EXPECT_EQ(after.clawed_back, yen(7'060));
    // What comes back later stays, until another one takes it.
    running->ask(till, ledger::command{ledger::void_payment{held->record.position}}, "void");
    EXPECT_EQ(available(wallet), 5'040);
    const auto again = propose();
    const auto yes_again = approve(again->record.position);
    running->settle();
    after = stands();
    EXPECT_EQ(available(wallet), 5'000);
    EXPECT_EQ(after.clawbacks.at(1).taken, 1U);
    EXPECT_EQ(after.clawbacks.at(1).ended, 70U);
    EXPECT_EQ(after.clawed_back, yen(7'100));
}

TEST_F(clawbacks, of_a_file_take_its_rows_alone_and_refuse_what_was_not_granted) {
    begin();
    const auto all = granted_wallets(3);
    const auto line = [](std::uint32_t number, ledger::wallet_id to, const char* occasion) {
        ledger::read_recipient one;
        one.line = number;
        one.wallet = to;
        one.occasion = occasion;
        return one;
    };
    const auto wrong =
        std::make_shared<grants_at_hand>(std::vector{line(2, all[0], "清掃"), line(3, all[1], "花植え")});
    expect_refused(propose(wrong), refusal::recipients_refused);
    ASSERT_EQ(wrong->told.size(), 1U);
    EXPECT_EQ(wrong->told[0].fault, ledger::line_fault::not_granted);
    const auto proposed = propose(std::make_shared<grants_at_hand>(std::vector{line(2, all[1], "清掃")}));
    ASSERT_EQ(proposed->end, ending::decided);
    approve(proposed->record.position);
    running->settle();
    EXPECT_EQ(available(all[0]), 100);
    EXPECT_EQ(available(all[1]), 0);
    EXPECT_EQ(available(all[2]), 100);
}

// Other rows are on their way since yesterday. What is taken and what is left out both say when.
TEST_F(clawbacks, approved_while_others_follow_are_not_older_than_their_approval) {
    begin();
    const auto all = granted_wallets(300);
    const auto line = [&](std::uint32_t number) {
        ledger::read_recipient one;
        one.line = number + 2;
        one.wallet = all[number];
        one.occasion = "清掃";
        return one;
    };
    std::vector<ledger::read_recipient> lines;
    for (std::uint32_t i = 0; i < 299; ++i) lines.push_back(line(i));
    const auto first = propose(std::make_shared<grants_at_hand>(std::move(lines)));
    const auto second_file = std::vector{line(0), line(299)};
    const auto second_one = propose(std::make_shared<grants_at_hand>(second_file));
    ASSERT_EQ(second_one->end, ending::decided);
    const auto until_decided = [&](const actors::operation_ptr& op) {
        while (op->end == ending::none) {
            running->turn();
            running->commit();
        }
        return op->end == ending::decided;
    };
    ASSERT_TRUE(until_decided(approve(first->record.position)));
    const auto& counts = running->thread().clawbacks();
    EXPECT_GT(counts.waiting.value(), 0U);
    EXPECT_EQ(counts.waiting.value() + counts.taken.value(), 299U);
    running->now = running->now.plus_ms(86'400'000);
    const auto approval = approve(second_one->record.position);
    ASSERT_TRUE(until_decided(approval));
    ASSERT_LT(approval->record.position, first->record.position + 200) << "not among the rows of the first one";
    running->settle();
    const auto after = stands().clawbacks.at(1);
    ASSERT_EQ(after.taken, 1U);
    ASSERT_EQ(after.ended, 1U);
    auto& reader = running->thread().reader();
    EXPECT_GE(reader.read(after.last_ended)->decided_at, approval->record.decided_at);
    const auto last =
        running->ask(stepped_switch::first_operator(), actors::read_wallet{all[299]})->record.previous_of_wallet;
    const auto taken = reader.read(last);
    ASSERT_TRUE(std::holds_alternative<ledger::points_clawed_back>(taken->what));
    EXPECT_GE(taken->decided_at, approval->record.decided_at);
    EXPECT_EQ(counts.waiting.value(), 0U);
    EXPECT_EQ(counts.taken.value(), 300U);
    EXPECT_EQ(counts.nothing_left.value(), 1U);
}

TEST_F(clawbacks, take_each_row_once_however_often_the_switch_ends) {
    begin();
    const auto all = granted_wallets(90);
    const auto proposed = propose();
    approve(proposed->record.position);
    for (int i = 0; i < 40 && !stands().clawbacks.at(0).is_finished(); ++i) {
        running->shared().end();
        open(1);
        running->thread().follow_recipients(running->now);
        for (int turns = 0; turns < 3 + i; ++turns) {
            running->turn();
            running->commit();
        }
    }
    running->shared().end();
    open(1);
    running->thread().follow_recipients(running->now);
    running->settle();
    const auto after = stands();
    EXPECT_TRUE(after.clawbacks.at(0).is_finished());
    EXPECT_EQ(after.clawbacks.at(0).taken, 90U);
    EXPECT_EQ(after.clawed_back, yen(9'000));
    for (const auto one : all) EXPECT_EQ(available(one), 0);
}

} // namespace
} // namespace meguri::test
