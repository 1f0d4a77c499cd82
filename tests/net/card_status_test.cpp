// What a responder says of a card: believed where the card's authority stands behind it, and nothing else.
#include "net/card_status.hpp"

#include "net/card_statuses.hpp"
#include "tests/net/card_scene.hpp"
#include "tests/support/ocsp_answer.hpp"

#include <gtest/gtest.h>

#include <openssl/ocsp.h>

namespace meguri::net {
namespace {

using test::answer_nonce;
using test::answer_wish;

constexpr std::int64_t status_age_max_ms = 3'600'000;

struct card_status_test : testing::Test, test::card_scene {
    std::shared_ptr<const card_authorities> authorities = *card_trust::load_authorities(files.authorities);
    test::issued_certificate card = first.issue();
    card_certificate read_card = *read_card_certificate(card.der(), *authorities);
    card_question question = *card_question::of(read_card, *authorities);

    [[nodiscard]] std::string answer(const test::issued_certificate& signer, const answer_wish& wish = {}) const {
        return test::ocsp_answer(question.der(), signer, wish);
    }
    [[nodiscard]] auto said(const std::string& text, std::int64_t later_s = 0) const {
        return question.read(text, now().plus_ms(later_s * 1'000), status_age_max_ms);
    }
};

TEST_F(card_status_test, believes_the_authority_and_whom_it_gave_that_use) {
    const auto by_itself = said(answer(first.self()));
    ASSERT_TRUE(by_itself) << by_itself.error();
    EXPECT_FALSE(by_itself->is_revoked);
    EXPECT_GT(by_itself->ends, now().plus_ms(3'500'000));
    const auto responder = first.issue_responder();
    EXPECT_TRUE(said(answer(responder)));
    const auto revoked = said(answer(responder, {.status = V_OCSP_CERTSTATUS_REVOKED}));
    ASSERT_TRUE(revoked) << revoked.error();
    EXPECT_TRUE(revoked->is_revoked);
    EXPECT_TRUE(said(answer(first.self(), {.names_signer = false}))) << "the authority's certificate is known";
    EXPECT_TRUE(said(answer(first.self(), {.nonce = answer_nonce::none}))) << "an answer that was prepared";
    EXPECT_TRUE(said(answer(first.self(), {.digest = "SHA384"})));
    EXPECT_TRUE(said(answer(first.self(), {.begins_s = 240}))) << "its clock is ahead";
}

// One name, two keys: the other generation knows nothing of this card.
TEST_F(card_status_test, believes_nobody_else) {
    test::card_authority forger; // of the same name
    const auto answers_of_others = [&] {
        return std::vector<std::tuple<const char*, std::string, const char*>>{
            {"another key under the same name", answer(forger.self()), "not signed"},
            {"the other generation", answer(second.self()), "not signed"},
            {"a responder of the other generation", answer(second.issue_responder()), "not signed"},
            {"a responder of a forger", answer(forger.issue_responder()), "not signed"},
            {"a card", answer(first.issue()), "not signed"},
            {"a certificate without that use", answer(first.issue_responder(false)), "not signed"},
            {"a responder that has ended", answer(first.issue_responder(true, -7'200, -60)), "not signed"},
            {"a responder that has not begun", answer(first.issue_responder(true, 3'600, 7'200)), "not signed"},
            {"a responder that is not named", answer(first.issue_responder(), {.names_signer = false}), "not signed"},
        };
    };
    for (const auto& [who, text, why] : answers_of_others()) {
        const auto found = said(text);
        ASSERT_FALSE(found) << who;
        EXPECT_NE(found.error().find(why), std::string::npos) << who << ": " << found.error();
    }
}

TEST_F(card_status_test, says_nothing_by_what_is_wrong_in_the_answer) {
    auto altered = answer(first.self(), {.names_signer = false}); // its last byte is the signature's
    altered.back() = static_cast<char>(altered.back() ^ 1);
    const auto good = answer(first.self());
    const std::vector<std::tuple<const char*, std::string, const char*>> rows{
        {"ended", answer(first.self(), {.begins_s = -7'200, .ends_s = -60}), "out of date"},
        {"ended long ago, as it does not say", answer(first.self(), {.begins_s = -3'700, .ends_s = std::nullopt}),
         "out of date"},
        {"not begun", answer(first.self(), {.begins_s = 360}), "of the future"},
        {"another nonce", answer(first.self(), {.nonce = answer_nonce::other}), "nonce"},
        {"another card", answer(first.self(), {.is_about_another = true}), "another certificate"},
        {"a card that it does not know", answer(first.self(), {.status = V_OCSP_CERTSTATUS_UNKNOWN}), "does not know"},
        {"SHA-1", answer(first.self(), {.digest = "SHA1"}), "algorithm"},
        {"altered", altered, "not signed"},
        {"try later", test::ocsp_refusal(OCSP_RESPONSE_STATUS_TRYLATER), "trylater"},
        {"internal error", test::ocsp_refusal(OCSP_RESPONSE_STATUS_INTERNALERROR), "internalerror"},
        {"successful without an answer", test::ocsp_refusal(OCSP_RESPONSE_STATUS_SUCCESSFUL), "form"},
        {"cut", good.substr(0, good.size() / 2), "no answer by OCSP"},
        {"empty", "", "no answer by OCSP"},
        {"a page", "<html>login</html>", "no answer by OCSP"},
    };
    for (const auto& [what, text, why] : rows) {
        const auto found = said(text);
        ASSERT_FALSE(found) << what;
        EXPECT_NE(found.error().find(why), std::string::npos) << what << ": " << found.error();
    }
    EXPECT_TRUE(said(good));
    EXPECT_FALSE(said(good, 3'700)) << "what was good is out of date";
}

TEST_F(card_status_test, takes_an_answer_to_one_question_for_no_other) {
    const auto again = *card_question::of(read_card, *authorities);
    EXPECT_NE(again.der(), question.der());
    EXPECT_FALSE(again.read(answer(first.self()), now(), status_age_max_ms)) << "another nonce";
    const auto neighbour = *read_card_certificate(first.issue().der(), *authorities);
    const auto about_neighbour = *card_question::of(neighbour, *authorities);
    const auto prepared = answer(first.self(), {.nonce = answer_nonce::none});
    EXPECT_TRUE(again.read(prepared, now(), status_age_max_ms));
    EXPECT_FALSE(about_neighbour.read(prepared, now(), status_age_max_ms)) << "about another card";
    const auto strange = *read_card_certificate(test::card_authority{}.issue().der(), *authorities);
    EXPECT_FALSE(card_question::of(strange, *authorities)) << "nobody is to be asked";
}

TEST_F(card_status_test, is_kept_until_it_is_too_old_or_has_ended) {
    const ledger::instant at{1'000'000'000};
    card_statuses kept;
    EXPECT_EQ(kept.look_up(read_card, at, 60'000), revocation::unknown);
    EXPECT_TRUE(kept.learn(read_card, {false, at, at.plus_ms(90'000)}, at));
    EXPECT_EQ(kept.look_up(read_card, at.plus_ms(60'000), 60'000), revocation::good);
    EXPECT_EQ(kept.look_up(read_card, at.plus_ms(60'001), 60'000), revocation::unknown) << "fetched too long ago";
    EXPECT_EQ(kept.look_up(read_card, at.plus_ms(90'000), 600'000), revocation::good);
    EXPECT_EQ(kept.look_up(read_card, at.plus_ms(90'001), 600'000), revocation::unknown) << "ended";
    EXPECT_TRUE(kept.learn(read_card, {true, at.plus_ms(1), at.plus_ms(90'000)}, at));
    EXPECT_EQ(kept.look_up(read_card, at, 60'000), revocation::revoked);
    EXPECT_FALSE(kept.learn(read_card, {false, at, at.plus_ms(90'000)}, at)) << "an older answer, played back";
    EXPECT_EQ(kept.look_up(read_card, at, 60'000), revocation::revoked);
    const auto namesake = *read_card_certificate(second.issue({}, 77).der(), *authorities);
    const auto of_first = *read_card_certificate(first.issue({}, 77).der(), *authorities);
    EXPECT_TRUE(kept.learn(namesake, {false, at, at.plus_ms(90'000)}, at));
    EXPECT_EQ(kept.look_up(of_first, at, 60'000), revocation::unknown) << "the number of another authority";
}

TEST_F(card_status_test, is_kept_of_so_many_cards_and_no_more) {
    const ledger::instant at{1'000'000'000};
    card_statuses kept{2};
    std::vector<card_certificate> all;
    for (const char* const serial : {"a", "b", "c"}) {
        all.push_back(read_card);
        all.back().serial = serial;
    }
    const auto learn = [&](std::size_t which) { EXPECT_TRUE(kept.learn(all[which], {false, at, at.plus_ms(1)}, at)); };
    const auto is_known = [&](std::size_t which) { return kept.look_up(all[which], at, 1) == revocation::good; };
    learn(0);
    learn(1);
    learn(0);
    learn(2);
    EXPECT_TRUE(is_known(0)) << "asked for again lately";
    EXPECT_FALSE(is_known(1));
    EXPECT_TRUE(is_known(2));
    for (int i = 0; i < 10; ++i) learn(0);
    EXPECT_TRUE(is_known(0));
    EXPECT_LE(kept.size(), 2U);
}

} // namespace
} // namespace meguri::net
