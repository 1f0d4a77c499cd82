// Log-in by card on a stepped switch: one person for each card, however many come with it at once and wherever the
// switch looks for it.
#include "tests/actors/payment_scene.hpp"

#include <set>
#include <vector>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::person_enrolled;
using ledger::refusal;

constexpr ledger::card_facts good_card{true, false, {}, ledger::instant{1'990'000'000'000}};

class enrollments : public payment_scene {
protected:
    [[nodiscard]] static actors::request shows(std::uint64_t which, bool may_enroll = true) {
        return actors::log_in{{{7, which}, good_card}, may_enroll};
    }
    actors::operation_ptr log_in(std::uint64_t which, bool may_enroll = true) {
        return running->ask({}, shows(which, may_enroll));
    }
    // All at once, spread over the io threads.
    std::vector<actors::operation_ptr> log_in_at_once(const std::vector<std::uint64_t>& shown) {
        std::vector<actors::operation_ptr> asked;
        for (const auto one : shown)
            asked.push_back(running->submit({}, shows(one), {}, asked.size() % running->threads()));
        running->settle();
        return asked;
    }
    static ledger::wallet_id wallet_of(const actors::operation& done) {
        if (done.end == ending::read) return done.wallet_seen->id;
        return done.end == ending::decided ? std::get<person_enrolled>(done.record.what).wallet : ledger::wallet_id{};
    }
};

TEST_F(enrollments, make_a_person_once) {
    const auto first = log_in(1);
    ASSERT_EQ(first->end, ending::decided);
    const auto& fact = std::get<person_enrolled>(first->record.what);
    EXPECT_EQ(first->record.caller, (ledger::caller_ref{ledger::caller_kind::resident, fact.wallet.value()}));
    const auto expect_known = [&] {
        const auto again = log_in(1);
        ASSERT_EQ(again->end, ending::read);
        EXPECT_EQ(again->wallet_seen->id, fact.wallet);
        EXPECT_EQ(again->wallet_seen->my_key, fact.my_key);
        const auto owner = running->thread().reader().find_my_key(fact.my_key).value();
        EXPECT_EQ(owner, (storage::known_my_key{fact.wallet, true}));
    };
    expect_known();
    running->checkpoint();
    passivate();
    expect_known();
    open(2);
    expect_known();
    EXPECT_NE(wallet_of(*log_in(2)), fact.wallet);
}

TEST_F(enrollments, of_one_card_at_once_are_one_person) {
    for (const std::uint32_t threads : {1U, 3U}) {
        SCOPED_TRACE(threads);
        open(threads);
        const auto all = log_in_at_once(std::vector<std::uint64_t>(64, threads));
        std::size_t enrolled = 0;
        std::set<ledger::wallet_id> wallets;
        for (const auto& one : all) {
            if (one->end == ending::decided) ++enrolled;
            wallets.insert(wallet_of(*one));
        }
        EXPECT_EQ(enrolled, 1U);
        EXPECT_EQ(wallets.size(), 1U);
        EXPECT_TRUE(*wallets.begin());
    }
}

TEST_F(enrollments, of_many_cards_at_once_are_many_persons) {
    open(3);
    std::vector<std::uint64_t> shown;
    for (std::uint64_t which = 1; which <= 64; ++which) shown.push_back(which);
    std::set<ledger::my_key_id> ids;
    std::set<ledger::wallet_id> wallets;
    for (const auto& one : log_in_at_once(shown)) {
        ASSERT_EQ(one->end, ending::decided);
        ids.insert(std::get<person_enrolled>(one->record.what).my_key);
        wallets.insert(wallet_of(*one));
    }
    EXPECT_EQ(ids.size(), 64U);
    EXPECT_EQ(wallets.size(), 64U);
}

TEST_F(enrollments, may_be_left_out) {
    const auto refused = log_in(1, false);
    EXPECT_EQ(refused->end, ending::refused);
    EXPECT_EQ(refused->refusal, refusal::card_unknown);
    EXPECT_EQ(log_in(1)->end, ending::decided);
    EXPECT_EQ(log_in(1, false)->end, ending::read);
}

// At a desk, before its owner came by themselves.
TEST_F(enrollments, find_the_wallet_that_a_card_was_bound_to) {
    furnish();
    class judged_good final : public ledger::card_evidence {
        [[nodiscard]] std::optional<ledger::card_facts> judge(ledger::instant) const override { return good_card; }
    };
    const auto by = stepped_switch::first_operator();
    const ledger::bind_card binding{wallet, {7, 1}, std::make_shared<judged_good>()};
    // Bound at once with the log-in: one of them comes too late, and there is still one person.
    const auto bound = running->submit(by, ledger::command{binding});
    const auto shown = running->submit({}, shows(1));
    running->settle();
    EXPECT_NE(bound->end == ending::decided, shown->end == ending::decided);
    const auto owner = bound->end == ending::decided ? wallet : wallet_of(*shown);
    EXPECT_EQ(wallet_of(*log_in(1)), owner);
    const auto again = running->ask(by, ledger::command{binding});
    EXPECT_EQ(again->refusal, refusal::card_already_bound);
}

// One person, whichever card comes; and never two persons with one card.
TEST_F(enrollments, go_on_with_the_renewed_card) {
    const auto mine = wallet_of(*log_in(1));
    const auto others = wallet_of(*log_in(2));
    actors::principal resident;
    resident.caller = {ledger::caller_kind::resident, mine.value()};
    const auto renew = [&](std::uint64_t which, std::uint32_t before) {
        return running->ask(resident, ledger::command{ledger::renew_card{mine, before, {7, which}, good_card}});
    };
    EXPECT_EQ(renew(2, 1)->refusal, refusal::card_already_bound) << "somebody else's";
    EXPECT_EQ(renew(1, 1)->refusal, refusal::card_already_bound) << "the same";
    EXPECT_EQ(renew(3, 1)->end, ending::decided);
    const auto expect_renewed = [&] {
        EXPECT_EQ(wallet_of(*log_in(3)), mine);
        EXPECT_EQ(log_in(1)->refusal, refusal::card_retired);
        EXPECT_EQ(wallet_of(*log_in(2)), others);
        EXPECT_EQ(renew(4, 1)->refusal, refusal::card_retired);
    };
    expect_renewed();
    running->checkpoint();
    passivate();
    expect_renewed();
    open(2);
    expect_renewed();
}

// The log says with whom somebody was at a desk, new or known.
TEST_F(enrollments, at_a_desk_are_acts_of_the_attendant) {
    actors::principal attendant;
    attendant.caller = {ledger::caller_kind::municipality, 42021};
    attendant.person = 5;
    const auto acts = [&] { return running->thread().reader().find_acts(0, 10).value().size(); };
    const auto before = acts();
    const auto first = running->ask(attendant, shows(1));
    EXPECT_TRUE(std::holds_alternative<person_enrolled>(first->record.what));
    EXPECT_EQ(first->record.caller, attendant.caller);
    EXPECT_EQ(acts(), before + 1);
    const auto again = running->ask(attendant, shows(1));
    ASSERT_EQ(again->end, ending::decided);
    EXPECT_EQ(std::get<ledger::support_session_opened>(again->record.what).wallet, wallet_of(*first));
    EXPECT_EQ(again->wallet_seen->id, wallet_of(*first));
    EXPECT_EQ(acts(), before + 2);
    EXPECT_EQ(log_in(1)->end, ending::read) << "alone again";
    actors::principal both;
    both.caller = {ledger::caller_kind::resident, wallet_of(*first).value()};
    both.person = 5;
    running->decided<ledger::my_key_changed>(
        both, ledger::command{ledger::issue_my_key{wallet_of(*first), *ledger::my_key_id::parse("ABCD1234")}});
    EXPECT_EQ(acts(), before + 3);
    running->checkpoint();
    EXPECT_EQ(acts(), before + 3);
}

TEST_F(enrollments, end_with_the_card) {
    const auto mine = wallet_of(*log_in(1));
    running->decided<ledger::card_retired>(stepped_switch::first_operator(),
                                           ledger::command{ledger::retire_card{mine, 1, 1, "紛失"}});
    const auto refused = log_in(1);
    EXPECT_EQ(refused->end, ending::refused);
    EXPECT_EQ(refused->refusal, refusal::card_retired);
}

TEST_F(enrollments, let_residents_act_on_their_own) {
    const auto mine = wallet_of(*log_in(1));
    actors::principal resident;
    resident.caller = {ledger::caller_kind::resident, mine.value()};
    const ledger::command code{ledger::issue_code{mine, ledger::code_kind::once}};
    EXPECT_EQ(running->decided<ledger::code_issued>(resident, code, "once").ordinal, 2U);
    EXPECT_EQ(running->ask(resident, code, "once")->end, ending::replayed);
    const auto changed = running->decided<ledger::my_key_changed>(
        resident, ledger::command{ledger::issue_my_key{mine, *ledger::my_key_id::parse("ABCD1234")}});
    EXPECT_EQ(changed.step, ledger::my_key_step::wish_granted);
}

} // namespace
} // namespace meguri::test
