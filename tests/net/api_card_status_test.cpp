// Requests that show a card of which nothing is known: they wait for the responder, and are then what they were.
#include "net/card_login_text.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/card_scene.hpp"
#include "tests/net/expect_contract.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::member;
using test::to_base64;

struct asking_scene : api_scene {
    asking_scene() {
        issued.files.crl.clear();
        issued.files.asks_responder = true;
        cards->use(issued.files, *card_trust::load_authorities(issued.files.authorities));
        now_ms = test::card_scene::now().unix_ms();
    }
    [[nodiscard]] ledger::instant now() const { return ledger::instant{now_ms}; }
    // What the responder says; then whoever waits goes on.
    void say(const test::issued_certificate& card, bool is_revoked) {
        cards->learn(*cards->read(card.der()), {is_revoked, now(), now().plus_ms(86'400'000)}, now());
        statuses.end_all();
    }
    static std::string payment_by(const test::issued_certificate& card, const std::string& more = {}) {
        return R"({"amount": 100, "credential": {"type": "card", "certificate": ")" + to_base64(card.der()) +
               R"(", "signature": "AAAA", "signed_at": "2026-04-01T03:04:05.678Z"})" + more + '}';
    }
    std::string login_by(const test::issued_certificate& card) {
        const std::string challenge = member(
            answer({.target = "/v1/challenges", .body = R"({"purpose": "login"})", .key = ""}).body, "challenge");
        const auto signature = sign_as_card(card, text_to_sign({"meguri", "login", challenge}));
        return R"({"challenge": ")" + challenge + R"(", "certificate": ")" + to_base64(card.der()) +
               R"(", "signature": ")" + to_base64(signature) + "\"}";
    }
    // Neither answered nor handed over.
    void expect_waiting(std::size_t questions = 1) {
        EXPECT_EQ(statuses.asked.size(), questions);
        EXPECT_TRUE(answers.given.empty());
        EXPECT_TRUE(operations.taken.empty());
    }
    void forget() {
        operations.taken.clear(); // each is answered by being dropped
        answers.given.clear();
    }

    test::card_scene issued;
    test::issued_certificate card = issued.first.issue();
};

TEST(api_card_status, lets_a_payment_wait_and_go_on_as_it_came) {
    asking_scene scene;
    {
        // Nothing of it is left when the answer comes.
        const auto body = asking_scene::payment_by(scene.card);
        scene.ask({.body = body, .idempotency = "k-1"});
    }
    scene.expect_waiting();
    EXPECT_EQ(scene.statuses.asked.front().card, scene.cards->read(scene.card.der()));
    scene.say(scene.card, false);
    ASSERT_EQ(scene.operations.taken.size(), 1U);
    const auto op = scene.operations.taken.front();
    EXPECT_EQ(op->record.idempotency_key, "k-1");
    EXPECT_EQ(op->by.merchant, ledger::merchant_id{7});
    EXPECT_EQ(op->at, scene.now());
    EXPECT_EQ(op->payment()->amount.value(), 100);
    // Known now: no further question.
    scene.forget();
    const auto again = scene.operation({.body = asking_scene::payment_by(scene.card), .idempotency = "k-2"});
    EXPECT_TRUE(scene.statuses.asked.empty());
    EXPECT_EQ(again->record.idempotency_key, "k-2");
}

// A payment is judged where it is decided, behind the look at its key: so it goes on, and its card says nothing.
TEST(api_card_status, lets_a_payment_go_on_where_nothing_came) {
    for (const bool full : {false, true}) {
        asking_scene scene;
        scene.statuses.full = full;
        const auto body = asking_scene::payment_by(scene.card);
        scene.ask({.body = body, .idempotency = "k-1"});
        if (!full) {
            scene.expect_waiting();
            scene.statuses.end_all();
        }
        ASSERT_EQ(scene.operations.taken.size(), 1U);
        EXPECT_TRUE(scene.statuses.asked.empty()) << "once is enough";
        const auto of_first = scene.cards->read(scene.card.der());
        EXPECT_FALSE(held_certificate(*scene.cards, of_first).judge(scene.now()));
    }
}

TEST(api_card_status, asks_nothing_about_what_needs_no_answer) {
    asking_scene scene;
    const auto strange = test::card_authority{}.issue();
    static_cast<void>(scene.operation({.body = asking_scene::payment_by(strange), .idempotency = "k-1"}));
    EXPECT_TRUE(scene.statuses.asked.empty()) << "not genuine";
    const auto wrong =
        scene.answer({.body = asking_scene::payment_by(scene.card, R"(, "x": 1)"), .idempotency = "k-2"});
    EXPECT_EQ(member(wrong.body, "pointer"), "/x");
    const auto nobody = scene.answer({.body = asking_scene::payment_by(scene.card), .key = "", .idempotency = "k-3"});
    EXPECT_EQ(nobody.status, 401);
    EXPECT_TRUE(scene.statuses.asked.empty());
}

TEST(api_card_status, asks_again_when_the_answer_is_too_old) {
    asking_scene scene;
    scene.say(scene.card, false);
    const auto pays = [&] {
        scene.forget();
        scene.ask({.body = asking_scene::payment_by(scene.card), .idempotency = "k-1"});
    };
    pays();
    EXPECT_EQ(scene.operations.taken.size(), 1U);
    scene.now_ms += 3'600'000;
    pays();
    EXPECT_EQ(scene.operations.taken.size(), 1U);
    scene.now_ms += 1;
    pays();
    scene.expect_waiting();
    scene.say(scene.card, true);
    ASSERT_EQ(scene.operations.taken.size(), 1U);
    EXPECT_TRUE(held_certificate(*scene.cards, scene.cards->read(scene.card.der())).judge(scene.now())->is_revoked);
}

// The challenge is used up once, by the time that the answer came.
TEST(api_card_status, keeps_the_challenge_of_a_log_in_that_waits) {
    asking_scene scene;
    const auto body = scene.login_by(scene.card);
    const asking asked{.target = "/v1/sessions", .body = body, .key = ""};
    scene.forget();
    scene.ask(asked);
    scene.expect_waiting();
    scene.say(scene.card, false);
    ASSERT_EQ(scene.operations.taken.size(), 1U);
    EXPECT_TRUE(std::get<actors::log_in>(scene.operations.taken.front()->asked).with.facts.is_good_at(scene.now()));
    scene.forget();
    EXPECT_EQ(member(scene.answer(asked).body, "code"), "challenge_not_open");

    const auto revoked = scene.issued.first.issue();
    const auto second = scene.login_by(revoked);
    scene.forget();
    scene.ask({.target = "/v1/sessions", .body = second, .key = ""});
    scene.expect_waiting();
    scene.say(revoked, true);
    ASSERT_EQ(scene.answers.given.size(), 1U);
    test::expect_contract(asked, scene.answers.given.front());
    EXPECT_EQ(member(scene.answers.given.front().body, "code"), "card_not_accepted");

    const auto third = scene.login_by(scene.issued.first.issue());
    scene.forget();
    scene.ask({.target = "/v1/sessions", .body = third, .key = ""});
    scene.expect_waiting();
    scene.statuses.end_all();
    ASSERT_EQ(scene.answers.given.size(), 1U);
    EXPECT_EQ(member(scene.answers.given.front().body, "code"), "verification_unavailable");
}

TEST(api_card_status, lets_a_binding_wait) {
    asking_scene scene;
    const std::string body = R"({"certificate": ")" + to_base64(scene.card.der()) + "\"}";
    const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/cards";
    scene.ask({.target = target, .body = body, .key = "op"});
    scene.expect_waiting();
    scene.say(scene.card, false);
    ASSERT_EQ(scene.operations.taken.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<ledger::bind_card>(*scene.operations.taken.front()->command()));
}

TEST(api_card_status, begins_no_line_before_all_cards_were_asked_about) {
    asking_scene scene;
    const auto other = scene.issued.second.issue();
    std::string body = R"({"idempotency_key": "k-0", "amount": 5, "credential": {"type": "code", "value": "4B7K"}})";
    body += '\n' + asking_scene::payment_by(scene.card, R"(, "idempotency_key": "k-1")") + '\n';
    body += asking_scene::payment_by(other, R"(, "idempotency_key": "k-2")") + '\n';
    scene.ask({.target = "/v1/authorizations/bulk", .body = body, .content_type = "application/x-ndjson"});
    scene.expect_waiting(2);
    const auto first = std::move(scene.statuses.asked.front());
    scene.statuses.asked.erase(scene.statuses.asked.begin());
    first.done();
    scene.expect_waiting(1);
    scene.say(other, false);
    ASSERT_EQ(scene.operations.taken.size(), 3U);
    EXPECT_EQ(scene.operations.taken[1]->record.idempotency_key, "k-1");
    EXPECT_EQ(scene.operations.taken[2]->record.idempotency_key, "k-2");
    for (const auto& op : std::exchange(scene.operations.taken, {})) static_cast<void>(op); // answered by dropping
}

} // namespace
} // namespace meguri::net
