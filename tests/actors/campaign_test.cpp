// Campaigns through real actors, journal and state store, stepped: what is under way at once never takes more than the
// budget, and what is refused gives back what was reserved for it.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

class campaigns : public payment_scene {
protected:
    void begin(std::int64_t budget, std::uint32_t io_threads = 1) {
        open(io_threads);
        furnish();
        const auto added = running->decided<ledger::operator_added>(stepped_switch::first_operator(),
                                                                    ledger::command{ledger::add_operator{"検査"}});
        second_.caller = {ledger::caller_kind::operator_, added.id.value()};
        second_.person = added.id.value();
        const ledger::campaign_terms terms{"歩いて健康",      *ledger::funding_source::parse("budget:042021:health"),
                                           yen(budget),       day("2026-01-01"),
                                           day("2027-03-31"), ledger::amount_rule::up_to,
                                           yen(100),          {}};
        const auto op = running->ask(stepped_switch::first_operator(),
                                     ledger::command{ledger::propose_campaign{
                                         ishinomaki, std::make_shared<const ledger::campaign_terms>(terms)}});
        EXPECT_EQ(op->end, ending::decided);
        campaign = op->record.position;
        running->decided<ledger::campaign_changed>(
            second_, ledger::command{ledger::decide_campaign{ishinomaki, campaign, true, {}}});
    }
    [[nodiscard]] static ledger::jst_day day(std::string_view date) { return *ledger::parse_date(date); }
    actors::operation_ptr asking(std::string key, std::string occasion, std::int64_t amount,
                                 std::optional<ledger::wallet_id> to = {}) {
        return running->submit(stepped_switch::first_operator(),
                               ledger::command{ledger::grant_from_campaign{ishinomaki, campaign, to.value_or(wallet),
                                                                           std::move(occasion), yen(amount)}},
                               std::move(key));
    }
    ledger::campaign stands() {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_campaigns{ishinomaki, campaign});
        return op->campaigns_seen.at(0);
    }
    void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }

    ledger::journal_position campaign = 0;
    actors::principal second_;
};

TEST_F(campaigns, reserve_what_is_under_way) {
    begin(100);
    const auto first = asking("a", "walk", 60);
    const auto second = asking("b", "clean", 41);
    const auto third = asking("c", "read", 40);
    const auto fourth = asking("d", "sing", 1);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(second, refusal::budget_exceeded);
    EXPECT_EQ(third->end, ending::decided);
    expect_refused(fourth, refusal::budget_exceeded);
    EXPECT_EQ(stands().granted, yen(100));
    EXPECT_EQ(stands().grants, 2U);
}

TEST_F(campaigns, give_back_what_a_wallet_refuses) {
    begin(100);
    expect_refused(
        [&] {
            const auto op = asking("a", "walk", 100, ledger::wallet_id{777});
            running->settle();
            return op;
        }(),
        refusal::wallet_unknown);
    const auto after = asking("a", "walk", 100);
    running->settle();
    EXPECT_EQ(after->end, ending::decided);
    EXPECT_EQ(stands().granted, yen(100));
}

TEST_F(campaigns, grant_one_of_those_that_come_for_the_same_occasion) {
    begin(1000, 2);
    const auto first = asking("a", "walk", 10);
    const auto at_once = asking("b", "walk", 20);
    const auto repeated = asking("a", "walk", 10);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(at_once, refusal::already_granted);
    EXPECT_EQ(repeated->end, ending::replayed);
    const auto expect_no_other = [&](const char* key) {
        const auto op = asking(key, "walk", 10);
        running->settle();
        expect_refused(op, refusal::already_granted);
        EXPECT_EQ(stands().granted, yen(10));
    };
    expect_no_other("c");
    running->checkpoint();
    passivate();
    expect_no_other("d");
    open(1);
    expect_no_other("e");
}

TEST_F(campaigns, that_are_changed_by_two_at_once_are_changed_once) {
    begin(1000);
    const ledger::command increase = ledger::propose_increase{ishinomaki, campaign, yen(500), "参加者増"};
    const auto first = running->submit(second_, increase, "a");
    const auto at_once = running->submit(stepped_switch::first_operator(), increase, "b");
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(at_once, refusal::invalid_state);
    EXPECT_EQ(stands().open_increase->maker.id, second_.person);
}

} // namespace
} // namespace meguri::test
