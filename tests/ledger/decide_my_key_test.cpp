// A wallet's MyKey ID: drawn, changed by wish once, three tries, revoked.
#include "ledger/decide.hpp"
#include "ledger/invariants.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string_view>

namespace meguri::ledger {
namespace {

const instant some_day = noon("2026-11-23");
const my_key_id drawn = *my_key_id::parse("7QX0M2KD");
const my_key_id other = *my_key_id::parse("ZZ00ZZ00");
const my_key_id wish = *my_key_id::parse("ABCD1234");

issue_my_key first() { return {resident, {}}; }
issue_my_key wished() { return {resident, wish}; }

class my_key_story : public wallet_story {
public:
    tl::expected<my_key_changed, refusal> issue(const issue_my_key& asked, const my_key_offer& offer) {
        return told(decide(asked, offer, state()));
    }
    tl::expected<my_key_changed, refusal> revoke() { return told(decide(revoke_my_key{resident, "紛失"}, state())); }

private:
    tl::expected<my_key_changed, refusal> told(tl::expected<my_key_changed, refusal> one) {
        if (one) {
            EXPECT_TRUE(follows(state(), *one));
        }
        if (one) tell(*one, some_day);
        return one;
    }
};

void expect_change(const tl::expected<my_key_changed, refusal>& seen, my_key_step step, my_key_id before,
                   my_key_id after, std::uint32_t wishes_left) {
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->wallet, resident);
    EXPECT_EQ(seen->step, step);
    EXPECT_EQ(seen->before, before);
    EXPECT_EQ(seen->after, after);
    EXPECT_EQ(seen->wishes_left, wishes_left);
}

TEST(my_key, is_drawn_and_changed_by_wish_once) {
    my_key_story story;
    expect_change(story.issue(first(), {drawn}), my_key_step::issued, {}, drawn, 3);
    EXPECT_EQ(story.issue(first(), {other}).error(), refusal::invalid_state) << "it has one";
    expect_change(story.issue(wished(), {wish}), my_key_step::wish_granted, drawn, wish, 0);
    EXPECT_EQ(story.issue({resident, other}, {other}).error(), refusal::invalid_state) << "it was changed";
    EXPECT_EQ(story.state().my_key, wish);
}

TEST(my_key, is_drawn_instead_after_three_tries) {
    my_key_story story;
    EXPECT_EQ(story.issue(wished(), {wish}).error(), refusal::invalid_state) << "there is none to change";
    (void)story.issue(first(), {drawn});
    const my_key_offer taken{other, true};
    expect_change(story.issue(wished(), taken), my_key_step::wish_taken, drawn, drawn, 2);
    expect_change(story.issue(wished(), taken), my_key_step::wish_taken, drawn, drawn, 1);
    expect_change(story.issue(wished(), taken), my_key_step::drawn_instead, drawn, other, 0);
    EXPECT_EQ(story.issue(wished(), {wish}).error(), refusal::invalid_state);
}

TEST(my_key, is_revoked_once_and_then_a_new_one_may_be_drawn) {
    my_key_story story;
    EXPECT_EQ(story.revoke().error(), refusal::invalid_state);
    (void)story.issue(first(), {drawn});
    const auto revoked = story.revoke();
    expect_change(revoked, my_key_step::revoked, drawn, {}, 0);
    EXPECT_EQ(revoked->reason, "紛失");
    EXPECT_EQ(story.revoke().error(), refusal::invalid_state);
    EXPECT_EQ(story.issue(wished(), {wish}).error(), refusal::invalid_state);
    expect_change(story.issue(first(), {other}), my_key_step::issued, {}, other, 3);
}

// One at least of what makes up each step is looked at by those who check.
TEST(my_key, a_change_that_does_not_follow_breaks_its_invariant) {
    const auto names_broken_by = [](const wallet& before, const my_key_changed& change) {
        std::set<std::string_view> broken;
        const auto made = wallet_entry(before.sequence + 1, some_day, change);
        const wallet_change_seen seen{before, made, nullptr};
        wallet_watch watch{seen};
        watch.before([&broken](std::size_t number, bool holds) {
            if (!holds) broken.insert(names_of_wallet_invariants()[number]);
        });
        return broken;
    };
    my_key_story story;
    (void)story.issue(first(), {drawn});
    const auto changed = *decide(wished(), {wish}, story.state());
    const auto taken = *decide(wished(), {other, true}, story.state());
    const auto revoked = *decide(revoke_my_key{resident, "紛失"}, story.state());
    struct row {
        my_key_changed from;
        std::function<void(my_key_changed&)> forge;
    };
    const row rows[] = {
        {changed, [](auto& one) { one.before = other; }},
        {changed, [](auto& one) { one.after = other; }},
        {changed, [](auto& one) { one.wishes_left = 2; }},
        {changed, [](auto& one) { one.step = my_key_step::issued; }},
        {changed, [](auto& one) { one.step = my_key_step::drawn_instead; }},
        {taken, [](auto& one) { one.after = other; }},
        {taken, [](auto& one) { one.wishes_left = 3; }},
        {taken, [](auto& one) { one.wished = {}; }},
        {revoked, [](auto& one) { one.after = drawn; }},
        {revoked, [](auto& one) { one.wishes_left = 1; }},
    };
    for (const auto& one : rows) {
        EXPECT_TRUE(names_broken_by(story.state(), one.from).empty());
        my_key_changed forged = one.from;
        one.forge(forged);
        EXPECT_TRUE(names_broken_by(story.state(), forged).contains("MyKey IDs: one at a time, each change follows"))
            << &one - rows;
    }
}

} // namespace
} // namespace meguri::ledger
