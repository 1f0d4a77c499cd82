#include "ledger/key_chain.hpp"

#include "ledger/administrative.hpp"
#include "ledger/decide.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

constexpr instant issued_at{1'790'000'000'000};
constexpr scope_set only_payments{scope::payments};
constexpr auto everything = scope_set::unrestricted();

key_chain one_more(const key_chain& before, std::optional<std::int64_t> overlap_s = {}, scope_set scopes = everything,
                   instant now = issued_at) {
    return with_new_key(before, scopes, overlap_s, now).value();
}

TEST(scope_set, holds_what_it_names) {
    const auto both = only_payments | scope_set{scope::refunds};
    EXPECT_TRUE(both.contains(scope::payments) && both.contains(scope::refunds));
    EXPECT_FALSE(both.contains(scope::payments_read));
    EXPECT_TRUE(both.covers(only_payments) && both.covers(scope_set{}));
    EXPECT_FALSE(only_payments.covers(both));
    for (std::size_t i = 0; i < scope_count; ++i) EXPECT_TRUE(everything.contains(static_cast<scope>(i)));
    EXPECT_EQ(name_of(scope::audit), "audit");
    EXPECT_EQ(name_of(scope::merchants_read), "merchants:read");
}

TEST(scope_set, of_every_scope_is_still_a_restriction) {
    scope_set all;
    for (std::size_t i = 0; i < scope_count; ++i) all = all | scope_set{static_cast<scope>(i)};
    EXPECT_FALSE(all.is_unrestricted());
    EXPECT_FALSE(all.covers(everything)) << "scopes that are added one day are not its own";
    EXPECT_EQ(scope_set::from_bits(all.bits()), all);
    EXPECT_EQ(scope_set::from_bits(everything.bits()), everything);
    EXPECT_EQ(scope_set::from_bits(0), std::nullopt);
    EXPECT_EQ(scope_set::from_bits(all.bits() + 1), std::nullopt);
    EXPECT_EQ(scope_set::from_bits(everything.bits() - 1), std::nullopt);
}

TEST(key_chain, begins_with_one_key_that_lasts) {
    const key_chain keys;
    ASSERT_EQ(keys.known.size(), 1u);
    EXPECT_EQ(keys.find(1)->number, 1u);
    EXPECT_EQ(keys.find(2), nullptr);
    EXPECT_TRUE(keys.find(1)->is_usable(issued_at));
    EXPECT_TRUE(keys.has_lasting_key());
}

TEST(key_chain, without_an_overlap_the_older_keys_stay) {
    const auto keys = one_more(one_more({}), {}, only_payments);
    ASSERT_EQ(keys.known.size(), 3u);
    EXPECT_EQ(keys.known[2], (issued_key{3, issued_at, {}, false, only_payments}));
    for (const auto& one : keys.known) EXPECT_EQ(one.ends_at, instant{}) << one.number;
}

TEST(key_chain, after_the_overlap_only_the_new_key_is_usable) {
    const auto keys = one_more(one_more({}), 60);
    const instant end = issued_at.plus_ms(60'000);
    for (const std::uint32_t older : {1u, 2u}) {
        EXPECT_EQ(keys.find(older)->ends_at, end);
        EXPECT_TRUE(keys.find(older)->is_usable(end.plus_ms(-1)));
        EXPECT_FALSE(keys.find(older)->is_usable(end));
    }
    EXPECT_TRUE(keys.find(3)->is_usable(end));
    EXPECT_FALSE(one_more({}, 0).find(1)->is_usable(issued_at)) << "no overlap: at once";
}

TEST(key_chain, an_overlap_never_makes_a_key_last_longer) {
    const auto keys = one_more(one_more({}, 60), 3'600);
    EXPECT_EQ(keys.find(1)->ends_at, issued_at.plus_ms(60'000));
    EXPECT_EQ(keys.find(2)->ends_at, issued_at.plus_ms(3'600'000));
}

TEST(key_chain, a_revoked_key_is_not_usable) {
    const auto keys = with_revoked_key(one_more({}), 1);
    EXPECT_FALSE(keys.find(1)->is_usable(issued_at));
    EXPECT_TRUE(keys.find(2)->is_usable(issued_at));
}

TEST(key_chain, only_a_key_for_everything_without_an_end_lasts) {
    EXPECT_FALSE(with_revoked_key({}, 1).has_lasting_key());
    EXPECT_FALSE(one_more({}, 60, only_payments).has_lasting_key());
    EXPECT_TRUE(one_more({}, 60).has_lasting_key());
}

TEST(key_chain, forgets_the_oldest_of_those_that_are_over) {
    key_chain keys;
    while (keys.known.size() < key_chain::known_max) keys = one_more(keys);
    EXPECT_EQ(with_new_key(keys, everything, {}, issued_at), std::nullopt) << "all of them are usable";
    keys = with_revoked_key(with_revoked_key(keys, 5), 3);
    keys = one_more(keys);
    EXPECT_EQ(keys.known.size(), key_chain::known_max);
    EXPECT_EQ(keys.find(3), nullptr);
    EXPECT_NE(keys.find(5), nullptr);
    EXPECT_EQ(keys.known.back().number, 17u);
}

TEST(key_chain, follows_from_the_one_before_and_from_no_other) {
    for (const auto seed : test::seeds(20)) {
        SCOPED_TRACE(seed);
        test::dice dice{seed};
        key_chain keys;
        instant now = issued_at;
        for (int step = 0; step < 60; ++step) {
            now = now.plus_ms(dice.between(0, 90'000));
            const auto before = keys;
            const auto& some = dice.any_of(before.known);
            if (dice.one_in(3) && !some.revoked) {
                keys = with_revoked_key(before, some.number);
                ASSERT_TRUE(follows_by_revocation(before, keys, some.number));
                ASSERT_FALSE(follows_by_revocation(before, keys, some.number + 1));
                ASSERT_FALSE(follows_by_revocation(keys, keys, some.number)) << "once";
                ASSERT_FALSE(follows_by_new_key(before, keys, now));
                continue;
            }
            const std::optional<std::int64_t> overlap =
                dice.one_in(2) ? std::nullopt : std::optional{dice.between(0, 100)};
            const auto next = with_new_key(before, dice.one_in(2) ? only_payments : everything, overlap, now);
            if (!next) continue;
            keys = *next;
            ASSERT_TRUE(follows_by_new_key(before, keys, now));
            auto wrong = keys;
            wrong.known.back().number += 1;
            ASSERT_FALSE(follows_by_new_key(before, wrong, now));
            wrong = keys;
            wrong.known.front().scopes = scope_set{scope::audit};
            ASSERT_FALSE(follows_by_new_key(before, wrong, now));
            ASSERT_FALSE(follows_by_new_key(before, before, now));
        }
    }
}

TEST(decide_key, is_refused_with_its_reason) {
    const key_holder who{caller_kind::operator_, 1};
    key_chain full;
    while (full.known.size() < key_chain::known_max) full = one_more(full);
    EXPECT_EQ(decide(issue_key{who, everything, {}}, full, issued_at).error(), refusal::keys_exhausted);
    EXPECT_EQ(decide(revoke_key{who, 2, ""}, key_chain{}).error(), refusal::key_unknown);
    EXPECT_EQ(decide(revoke_key{who, 1, ""}, with_revoked_key({}, 1)).error(), refusal::invalid_state);
    EXPECT_EQ(decide(revoke_key{who, 1, ""}, key_chain{}), with_revoked_key({}, 1));
    EXPECT_EQ(decide(issue_key{who, only_payments, 9}, key_chain{}, issued_at), one_more({}, 9, only_payments));
}

// What a command is and what it becomes have to agree: the one carries the origin, the other is told.
TEST(administrative, acts_are_those_of_people_who_set_up_and_put_right) {
    EXPECT_TRUE(is_administrative(command{issue_key{}}) && is_administrative(fact{key_issued{}}));
    EXPECT_TRUE(is_administrative(command{revoke_key{}}) && is_administrative(fact{key_revoked{}}));
    EXPECT_TRUE(is_administrative(command{add_outlet{}}) && is_administrative(fact{outlet_added{}}));
    EXPECT_TRUE(is_administrative(command{set_freeze{}}) && is_administrative(fact{freeze_changed{}}));
    EXPECT_TRUE(is_administrative(command{set_limits{}}) && is_administrative(fact{limits_set{}}));
    EXPECT_TRUE(is_administrative(command{decide_correction{}}) && is_administrative(fact{correction_decided{}}));
    EXPECT_TRUE(is_administrative(command{bind_card{}}) && is_administrative(fact{card_bound{}}));
    EXPECT_TRUE(is_administrative(command{retire_card{}}) && is_administrative(fact{card_retired{}}));
    EXPECT_FALSE(is_administrative(command{authorize{}}) || is_administrative(fact{payment_decided{}}));
    EXPECT_FALSE(is_administrative(command{open_wallet{}}) || is_administrative(fact{wallet_opened{}}));
    EXPECT_TRUE(is_administrative(command{issue_activation{}}) && is_administrative(fact{activation_changed{}}));
    EXPECT_TRUE(is_administrative(command{revoke_activation{}}));
    EXPECT_TRUE(is_administrative(command{activate_terminal{}}) && is_administrative(fact{terminal_activated{}}));
    EXPECT_TRUE(is_administrative(command{block_code{}}) && is_administrative(fact{code_blocked{}}));
    EXPECT_TRUE(is_administrative(command{submit_application{}}) && is_administrative(fact{application_changed{}}));
    EXPECT_TRUE(is_administrative(command{decide_application{}}));
    EXPECT_TRUE(is_administrative(command{propose_account{}}) && is_administrative(fact{account_changed{}}));
    EXPECT_TRUE(is_administrative(command{decide_account{}}));
    EXPECT_FALSE(is_administrative(fact{once_code_issued{}}));
    EXPECT_FALSE(is_administrative(command{issue_code{}}) || is_administrative(fact{code_issued{}}));
    EXPECT_FALSE(is_administrative(fact{points_granted{}}));
    EXPECT_TRUE(is_administrative(fact{support_session_opened{}}));
    entry one;
    one.what = my_key_changed{};
    one.caller = {caller_kind::resident, 3};
    EXPECT_FALSE(is_administrative(one)) << "by the resident alone";
    one.what = mandate_changed{};
    EXPECT_FALSE(is_administrative(one)) << "the office's act, but of the resident alone";
    one.person = 2;
    EXPECT_TRUE(is_administrative(one)) << "with an attendant";
    one.what = person_enrolled{};
    one.caller = {caller_kind::municipality, 42021};
    EXPECT_TRUE(is_administrative(one));
    one.caller = {caller_kind::resident, 3};
    one.person = 0;
    EXPECT_FALSE(is_administrative(one));
}

} // namespace
} // namespace meguri::ledger
