// MyKey IDs through real actors, journal and state store, stepped: one wallet gets an ID, however many want it at once,
// and nobody gets it again, wherever the switch looks for it.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::my_key_changed;
using ledger::my_key_id;
using ledger::my_key_step;

class my_keys : public payment_scene {
protected:
    static constexpr std::size_t people = 64;

    void furnish_with_people(std::uint32_t io_threads) {
        open(io_threads);
        for (std::size_t i = 0; i < people; ++i) {
            wallets.push_back(running->decided<ledger::wallet_opened>(by, ledger::command{ledger::open_wallet{}}).id);
            EXPECT_EQ(changed(ledger::issue_my_key{wallets.back(), {}}).step, my_key_step::issued);
        }
    }
    my_key_changed changed(ledger::command asked, std::string key = {}) {
        return running->decided<my_key_changed>(by, std::move(asked), std::move(key));
    }
    // What became of each, in the order of their wallets.
    std::vector<my_key_changed> wish_all_at_once(my_key_id wish) {
        std::vector<actors::operation_ptr> asked;
        for (const auto one : wallets)
            asked.push_back(running->submit(by, ledger::command{ledger::issue_my_key{one, wish}}, {},
                                            asked.size() % running->threads()));
        running->settle();
        std::vector<my_key_changed> found;
        for (const auto& one : asked) {
            EXPECT_EQ(one->end, ending::decided);
            found.push_back(std::get<my_key_changed>(one->record.what));
        }
        return found;
    }
    [[nodiscard]] std::optional<storage::known_my_key> owner(my_key_id id) {
        return running->thread().reader().find_my_key(id).value();
    }

    const actors::principal by = stepped_switch::first_operator();
    const my_key_id wish = *my_key_id::parse("ABCD1234");
    std::vector<ledger::wallet_id> wallets;
};

void expect_one_winner(const std::vector<my_key_changed>& all, my_key_id wish) {
    std::size_t granted = 0;
    for (const auto& one : all) {
        granted += one.step == my_key_step::wish_granted && one.after == wish;
        if (one.after != wish) {
            EXPECT_EQ(one.step, my_key_step::wish_taken);
        }
    }
    EXPECT_EQ(granted, 1U);
}

TEST_F(my_keys, are_given_once_to_64_at_once) {
    furnish_with_people(1);
    expect_one_winner(wish_all_at_once(wish), wish);
}

TEST_F(my_keys, are_given_once_to_64_at_once_on_three_threads) {
    furnish_with_people(3);
    expect_one_winner(wish_all_at_once(wish), wish);
}

TEST_F(my_keys, drawn_ones_differ) {
    furnish_with_people(1);
    std::set<my_key_id> all;
    for (const auto one : wallets) all.insert(running->ask(by, actors::read_wallet{one})->wallet_seen->my_key);
    EXPECT_EQ(all.size(), people);
}

// In the recent index, in the state store, after the actors were let go and after a restart.
TEST_F(my_keys, are_never_given_out_again) {
    furnish_with_people(1);
    const auto granted = changed(ledger::issue_my_key{wallets[0], wish});
    const auto expect_known = [&](bool is_active) {
        EXPECT_EQ(owner(wish), (storage::known_my_key{wallets[0], is_active}));
        EXPECT_EQ(owner(granted.before), (storage::known_my_key{wallets[0], false})) << "changed away";
        EXPECT_FALSE(owner(*my_key_id::parse("NOBODYS0")));
    };
    std::size_t next = 0;
    const auto expect_taken = [&] {
        for (const auto taken : {wish, granted.before}) {
            const auto asked = changed(ledger::issue_my_key{wallets[++next], taken});
            EXPECT_EQ(asked.step, my_key_step::wish_taken);
            EXPECT_EQ(asked.wishes_left, 2U);
        }
    };
    expect_known(true);
    expect_taken();
    running->checkpoint();
    passivate();
    expect_known(true);
    expect_taken();
    changed(ledger::revoke_my_key{wallets[0], "紛失"});
    expect_known(false);
    expect_taken();
    open(2);
    expect_known(false);
    expect_taken();
    const auto renewed = changed(ledger::issue_my_key{wallets[0], {}});
    EXPECT_EQ(renewed.step, my_key_step::issued);
    EXPECT_NE(renewed.after, wish);
    EXPECT_NE(renewed.after, granted.before);
}

TEST_F(my_keys, an_offer_that_was_not_taken_is_free_again) {
    furnish_with_people(1);
    changed(ledger::issue_my_key{wallets[0], wish});
    const auto free = *my_key_id::parse("FREE0000");
    const auto refused = running->ask(by, ledger::command{ledger::issue_my_key{wallets[0], free}});
    EXPECT_EQ(refused->end, ending::refused) << "it was changed already";
    EXPECT_EQ(refused->refusal, ledger::refusal::invalid_state);
    const auto nobodys = running->ask(by, ledger::command{ledger::issue_my_key{ledger::wallet_id{999}, free}});
    EXPECT_EQ(nobodys->refusal, ledger::refusal::wallet_unknown);
    EXPECT_EQ(changed(ledger::issue_my_key{wallets[1], free}).step, my_key_step::wish_granted);
}

TEST_F(my_keys, the_same_key_is_the_same_answer) {
    furnish_with_people(1);
    for (int i = 0; i < 2; ++i) {
        const auto once = changed(ledger::issue_my_key{wallets[0], wish}, "once");
        EXPECT_EQ(once.step, my_key_step::wish_granted);
        if (i == 0) open(1);
    }
}

} // namespace
} // namespace meguri::test
