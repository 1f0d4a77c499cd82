// Revocation and time: judged at each use, from lists that are read elsewhere and say nothing once they are too old.
#include "net/card_trust.hpp"

#include "tests/net/card_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using namespace std::chrono_literals;

struct card_trust_test : testing::Test, test::card_scene {
    test::issued_certificate card = first.issue();

    [[nodiscard]] std::optional<ledger::card_facts> judged(card_trust& by, const std::string& signed_text = "text",
                                                           const std::string& rebuilt = "text") const {
        const auto read = by.read(card.der());
        return signed_payment{by, read, rebuilt, test::sign_as_card(card, signed_text)}.judge(now());
    }
    void age_lists(std::chrono::seconds by) const {
        std::filesystem::last_write_time(files.crl, std::filesystem::file_time_type::clock::now() - by);
    }
};

TEST_F(card_trust_test, takes_a_good_card_and_its_signature) {
    const auto facts = judged(*trust());
    ASSERT_TRUE(facts);
    EXPECT_TRUE(facts->is_genuine);
    EXPECT_FALSE(facts->is_revoked);
    EXPECT_LT(facts->begins, now());
    EXPECT_GT(facts->ends, now());
}

TEST_F(card_trust_test, sees_an_altered_payment_with_or_without_lists) {
    const auto by = trust();
    EXPECT_FALSE(judged(*by, "amount 1200", "amount 12000")->is_genuine);
    age_lists(61min);
    EXPECT_FALSE(judged(*trust(), "amount 1200", "amount 12000")->is_genuine);
}

TEST_F(card_trust_test, sees_a_revocation_of_a_card_that_it_has_met) {
    const auto by = trust();
    EXPECT_FALSE(judged(*by)->is_revoked);
    write(files.crl, first.revoked({card}) + second.revoked({}));
    ASSERT_TRUE(by->refresh());
    EXPECT_TRUE(judged(*by)->is_revoked);
    EXPECT_TRUE(judged(*by)->is_genuine);
}

// One name, two keys: a number on the other generation's list is another card's.
TEST_F(card_trust_test, asks_the_list_of_the_cards_own_authority) {
    card = first.issue({}, 77);
    const auto namesake = second.issue({}, 77);
    write(files.crl, first.revoked({}) + second.revoked({namesake}));
    EXPECT_FALSE(judged(*trust())->is_revoked);
    write(files.crl, first.revoked({namesake}) + second.revoked({}));
    EXPECT_TRUE(judged(*trust())->is_revoked);
}

TEST_F(card_trust_test, says_nothing_by_lists_that_are_missing_old_or_of_others) {
    test::card_authority forger; // the same name
    const std::vector<std::pair<const char*, std::string>> rows{
        {"of the other generation alone", second.revoked({})},
        {"ended", first.revoked({}, {-7'200, -60}) + second.revoked({})},
        {"not begun", first.revoked({}, {60, 3'600}) + second.revoked({})},
        {"forged", forger.revoked({}) + second.revoked({})},
        {"one of them forged", first.revoked({}) + forger.revoked({})},
        {"broken", first.revoked({}).substr(0, 200)},
        {"empty", ""},
    };
    for (const auto& [what, text] : rows) {
        write(files.crl, text);
        EXPECT_FALSE(judged(*trust())) << what;
    }
    std::filesystem::remove(files.crl);
    EXPECT_FALSE(judged(*trust())) << "missing";
    EXPECT_FALSE(lists_read);
    write(files.crl, first.revoked({}));
    EXPECT_TRUE(judged(*trust()));
}

TEST_F(card_trust_test, takes_lists_for_an_hour_after_they_were_fetched) {
    age_lists(59min);
    EXPECT_TRUE(judged(*trust()));
    age_lists(61min);
    EXPECT_FALSE(judged(*trust()));
    EXPECT_TRUE(lists_read);
}

TEST_F(card_trust_test, keeps_the_lists_that_it_has_when_worse_ones_come_and_takes_better_ones) {
    const auto by = trust();
    write(files.crl, test::card_authority{}.revoked({}));
    EXPECT_EQ(by->refresh().error().kind, error_kind::bad_card_crl);
    EXPECT_TRUE(judged(*by));
    std::filesystem::remove(files.crl);
    EXPECT_FALSE(by->refresh());
    EXPECT_TRUE(judged(*by));
    write(files.crl, first.revoked({card}) + second.revoked({}));
    ASSERT_TRUE(by->refresh());
    EXPECT_TRUE(judged(*by)->is_revoked);
}

TEST_F(card_trust_test, chains_anew_after_a_reload) {
    const auto by = trust();
    EXPECT_TRUE(judged(*by)->is_genuine);
    write(files.authorities, second.self().pem());
    by->use(files, *card_trust::load_authorities(files.authorities));
    EXPECT_FALSE(judged(*by)->is_genuine);
    write(files.authorities, "nothing");
    EXPECT_EQ(card_trust::load_authorities(files.authorities).error().kind, error_kind::bad_card_authorities);
    write(files.authorities, first.self().pem());
    by->use(files, *card_trust::load_authorities(files.authorities));
    EXPECT_TRUE(judged(*by)->is_genuine);
}

// Dates are judged by the ledger, at each payment.
TEST_F(card_trust_test, hands_on_the_dates_of_what_has_ended_and_what_has_not_begun) {
    const auto by = trust();
    card = first.issue({.begins_s = -7'200, .ends_s = -3'600});
    EXPECT_TRUE(judged(*by)->is_genuine);
    EXPECT_LT(judged(*by)->ends, now());
    card = first.issue({.begins_s = 3'600, .ends_s = 7'200});
    EXPECT_TRUE(judged(*by)->is_genuine);
    EXPECT_GT(judged(*by)->begins, now());
}

TEST_F(card_trust_test, reads_a_certificate_once) {
    const auto by = trust();
    EXPECT_EQ(by->read(card.der()), by->read(card.der()));
    EXPECT_NE(by->read(card.der()), by->read(first.issue().der()));
    EXPECT_EQ(by->read("no certificate"), nullptr);
}

} // namespace
} // namespace meguri::net
