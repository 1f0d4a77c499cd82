// Cards whose revocation is asked of OpenSSL's own responder, on the real program: what it says is believed for an
// hour, and without it nothing new is done.
#include "ledger/calendar.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/exposition.hpp"
#include "tests/support/ocsp_responder.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct with_responder {
    temporary_folder card_folder;
    test_cards cards{card_folder.path()};
    ocsp_responder responder{cards.first.self(), cards.first.issue_responder(), card_folder.path()};
};

class card_responder_at_work : private with_responder, public payments_scene {
protected:
    card_responder_at_work() : payments_scene{cards.settings_asking(responder.url())} {}

    void SetUp() override {
        responder.know({card});
        const auto bound = bind(card);
        ASSERT_EQ(bound.status, 201) << bound.body;
    }
    http_reply bind(const issued_certificate& one) {
        return as_operator->post("/v1/wallets/" + town.wallets[0].id + "/cards",
                                 {{"certificate", to_base64(one.der())}});
    }
    [[nodiscard]] json::value paying(const std::string& key) const {
        signed_by_card one{town.merchant, town.terminal, key, 10};
        one.signed_at_ms += ahead_s * 1'000;
        return one.by(card);
    }
    // "captured", the decline's code, or the problem's.
    std::string outcome(const json::value& body, const std::string& key) {
        const auto reply = till->post("/v1/authorizations", body, key);
        if (reply.status != 201) return code_of(reply);
        const auto answer = json::parse(reply.body);
        return answer.at("decline_code").is_null() ? text_at(answer, "status") : text_at(answer, "decline_code");
    }
    std::string pays(const std::string& key) { return outcome(paying(key), key); }
    // The switch reads its clock's file once a second; a challenge says until when it is good.
    void pass(long seconds) {
        ahead_s += seconds;
        turn_clock(ahead_s);
        const auto wanted = ledger::to_rfc3339(ledger::instant{signed_by_card::now_ms() + (ahead_s + 30) * 1'000});
        api_client nobody{process->port(), {}};
        while (text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "ends_at") < wanted)
            std::this_thread::sleep_for(100ms);
    }
    double counted(const std::string& result) {
        const auto page = metrics::read_exposition(http_client{process->ops_port()}.ask("GET", "/metrics").body);
        return page.value("meguri_card_ocsp_questions_total{result=\"" + result + "\"}").value_or(-1);
    }

    using with_responder::cards;
    using with_responder::responder;
    issued_certificate card = cards.issue();
    long ahead_s = 0;
};

TEST_F(card_responder_at_work, lets_a_good_card_pay_and_is_asked_once_an_hour) {
    EXPECT_EQ(pays("p-1"), "captured");
    EXPECT_EQ(pays("p-2"), "captured");
    EXPECT_EQ(counted("good"), 1) << "asked when it was bound";
    EXPECT_EQ(available(town.wallets[0].id), 4980);
    responder.know({}, {card});
    EXPECT_EQ(pays("p-3"), "captured") << "the answer is good for an hour";
    const auto repeated = paying("p-2");
    pass(61 * 60);
    EXPECT_EQ(pays("p-4"), "credential_revoked");
    EXPECT_EQ(counted("revoked"), 1);
    EXPECT_EQ(code_of(bind(cards.issue())), "verification_unavailable") << "one that it does not know";
    EXPECT_EQ(counted("unusable"), 1);
    EXPECT_NE(process->log().find("it does not know the certificate"), std::string::npos);
}

TEST_F(card_responder_at_work, is_down_and_only_fresh_answers_go_on) {
    const auto first = paying("p-1");
    const auto answered = till->post("/v1/authorizations", first, "p-1");
    ASSERT_EQ(answered.status, 201) << answered.body;
    responder.kill();
    EXPECT_EQ(pays("p-2"), "captured") << "known from before";
    const auto newcomer = cards.issue();
    responder.know({card, newcomer});
    EXPECT_EQ(code_of(bind(newcomer)), "verification_unavailable");
    pass(61 * 60);
    const auto waiting = paying("p-3");
    const auto refused = till->post("/v1/authorizations", waiting, "p-3");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(code_of(refused), "verification_unavailable");
    EXPECT_TRUE(json::parse(refused.body).at("retryable").as_bool());
    EXPECT_EQ(till->post("/v1/authorizations", first, "p-1").body, answered.body) << "what was answered is answered";
    EXPECT_EQ(available(town.wallets[0].id), 4980);
    EXPECT_GE(counted("unanswered"), 2);
    EXPECT_NE(process->log().find("card_responder_failed"), std::string::npos);
    responder.start();
    EXPECT_EQ(outcome(waiting, "p-3"), "captured") << "its key was free";
    EXPECT_EQ(bind(newcomer).status, 201);
    EXPECT_NE(process->log().find("card_responder_answers"), std::string::npos);
}

TEST_F(card_responder_at_work, is_asked_by_who_logs_in) {
    api_client nobody{process->port(), {}};
    const auto logs_in = [&](const issued_certificate& by) {
        const auto challenge = text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
        return nobody.post("/v1/sessions", shown_card(by, challenge));
    };
    const auto known = cards.issue();
    const auto revoked = cards.issue();
    responder.know({card, known}, {revoked});
    std::vector<http_reply> replies(8);
    std::vector<std::thread> all;
    for (auto& reply : replies)
        all.emplace_back([&] {
            api_client alone{process->port(), {}};
            const auto challenge = text_at(alone.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
            reply = alone.post("/v1/sessions", shown_card(known, challenge));
        });
    for (auto& one : all) one.join();
    for (const auto& reply : replies) EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(code_of(logs_in(revoked)), "card_not_accepted");
    EXPECT_EQ(code_of(logs_in(cards.issue())), "verification_unavailable");
    EXPECT_EQ(code_of(logs_in(cards.second.issue())), "verification_unavailable")
        << "it is no responder of the other generation";
}

} // namespace
} // namespace meguri::test
