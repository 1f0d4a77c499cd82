// Who becomes known by a card, and what stands then.
#include "ledger/invariants.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const my_key_id enrolled_key = *my_key_id::parse("7QX0M2KD");
constexpr wallet_id newcomer{17};
constexpr digest128 shown_card{1, 2};

card_facts good_facts() { return {true, false, noon("2026-04-01"), last_moment_of("2031-03-31")}; }

entry enrollment() {
    entry one;
    one.decided_at = noon("2026-05-01");
    one.caller = {caller_kind::resident, newcomer.value()};
    one.wallet = newcomer;
    one.wallet_sequence = 1;
    one.what = *decide(enroll_person{shown_card, good_facts()}, newcomer, {enrolled_key}, one.decided_at);
    return one;
}

TEST(enroll_person, makes_a_wallet_with_the_card_and_an_id) {
    wallet state;
    apply_watched(state, enrollment(), nullptr);
    EXPECT_EQ(state.id, newcomer);
    EXPECT_EQ(state.my_key, enrolled_key);
    EXPECT_EQ(state.my_key_wishes, my_key_wishes_max);
    EXPECT_EQ(state.codes_issued, 1U);
    EXPECT_FALSE(state.code_is_used(1));
    EXPECT_EQ(std::get<person_enrolled>(enrollment().what).card_ends, good_facts().ends);
}

TEST(enroll_person, refuses_cards_that_are_not_good) {
    struct row {
        const char* name;
        card_facts facts;
    };
    auto foreign = good_facts();
    foreign.is_genuine = false;
    auto revoked = good_facts();
    revoked.is_revoked = true;
    auto early = good_facts();
    early.begins = noon("2026-05-01").plus_ms(1);
    auto late = good_facts();
    late.ends = noon("2026-05-01").plus_ms(-1);
    for (const auto& one : {row{"foreign", foreign}, row{"revoked", revoked}, row{"early", early}, row{"late", late}}) {
        const auto refused = decide(enroll_person{shown_card, one.facts}, newcomer, {enrolled_key}, noon("2026-05-01"));
        ASSERT_FALSE(refused.has_value()) << one.name;
        EXPECT_EQ(refused.error(), refusal::card_not_accepted) << one.name;
    }
    for (const auto at : {noon("2026-04-01"), last_moment_of("2031-03-31")})
        EXPECT_TRUE(decide(enroll_person{shown_card, good_facts()}, newcomer, {enrolled_key}, at).has_value())
            << "its first and its last moment";
}

TEST(renew_card, takes_the_place_of_the_one_before) {
    wallet state;
    apply_watched(state, enrollment(), nullptr);
    const auto now = noon("2026-06-01");
    const renew_card asked{newcomer, 1, {3, 4}, good_facts()};
    const auto renewed = decide(asked, state, now);
    ASSERT_TRUE(renewed.has_value());
    EXPECT_EQ(renewed->ordinal, 2U);
    auto bad = asked;
    bad.facts.is_revoked = true;
    EXPECT_EQ(decide(bad, state, now).error(), refusal::card_not_accepted);
    entry one = enrollment();
    one.decided_at = now;
    one.wallet_sequence = 2;
    one.what = *renewed;
    apply_watched(state, one, nullptr);
    EXPECT_TRUE(state.code_is_used(1));
    EXPECT_FALSE(state.code_is_used(2));
    EXPECT_EQ(state.my_key, enrolled_key);
    EXPECT_EQ(decide(asked, state, now).error(), refusal::card_retired) << "once";
    one.wallet_sequence = 3;
    EXPECT_DEATH(apply_watched(state, one, nullptr), "INVARIANT");
}

TEST(set_password, needs_an_id_to_stand_beside) {
    wallet state;
    apply_watched(state, enrollment(), nullptr);
    const set_password asked{newcomer, {}, "$argon2id$"};
    EXPECT_EQ(decide(asked, state)->hash, "$argon2id$");
    state.my_key = {};
    EXPECT_EQ(decide(asked, state).error(), refusal::invalid_state);
}

TEST(enroll_person, is_what_a_wallet_begins_with) {
    wallet opened;
    apply_watched(opened, enrollment(), nullptr);
    auto again = enrollment();
    again.wallet_sequence = 2;
    EXPECT_DEATH(apply_watched(opened, again, nullptr), "INVARIANT");
    wallet none;
    auto nameless = enrollment();
    std::get<person_enrolled>(nameless.what).my_key = {};
    EXPECT_DEATH(apply_watched(none, nameless, nullptr), "INVARIANT");
}

} // namespace
} // namespace meguri::ledger
