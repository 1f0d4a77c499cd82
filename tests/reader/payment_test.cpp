// The whole way of a payment by card, with nothing in it that was made for tests but the card and its authority: card,
// virtual reader, pcscd, OpenSC, meguri-reader at a terminal, and the released switch.
#include "tests/acceptance/running_town.hpp"
#include "tests/reader/reader_program.hpp"
#include "tests/reader/reader_scene.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

class payment_by_card : public reader_scene {
protected:
    void SetUp() override {
        reader_scene::SetUp();
        if (IsSkipped()) return;
        town.emplace(cards.settings()); // in the network of the test's own, too
        bind(certificate);
    }
    void TearDown() override {
        if (!town) return;
        ASSERT_EQ(town->process.terminate(), 0);
        const auto verified = run_meguri({"verify", "--data", (town->folder / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    }

    void bind(const issued_certificate& one) {
        const auto path = "/v1/wallets/" + town->resident().id + "/cards";
        const auto reply = town->as_operator.post(path, {{"certificate", to_base64(one.der())}});
        EXPECT_EQ(reply.status, 201) << reply.body;
    }
    // What the resident signs at the till after typing the PIN.
    json::object signed_payment(const std::string& key, std::int64_t amount) {
        const auto done = sign_payment({town->town.merchant, town->town.terminal, "042021", amount, key}, card_pin);
        EXPECT_EQ(done.status, 0) << done.errors;
        return {{"amount", amount}, {"program", "042021"}, {"credential", json::parse(done.output)}};
    }
    json::value pay(const json::object& body, const std::string& key) {
        return town->till.made("/v1/authorizations", body, key);
    }
    // "captured", or why it was declined.
    std::string outcome(const json::object& body, const std::string& key) {
        const auto answer = pay(body, key);
        return answer.at("decline_code").is_null() ? text_at(answer, "status") : text_at(answer, "decline_code");
    }

    std::optional<running_town> town;
};

TEST_F(payment_by_card, is_captured_once_and_for_this_payment_alone) {
    const auto body = signed_payment("p-1", 1200);
    const auto answer = pay(body, "p-1");
    EXPECT_EQ(text_at(answer, "status"), "captured") << json::serialize(answer);
    EXPECT_EQ(answer.at("balance").as_int64(), 3800);
    EXPECT_EQ(pay(body, "p-1"), answer) << "asked again";

    EXPECT_EQ(outcome(body, "p-2"), "credential_invalid") << "signed for another key";
    auto more = signed_payment("p-3", 10);
    more["amount"] = 1000;
    EXPECT_EQ(outcome(more, "p-3"), "credential_invalid") << "signed for another amount";
}

TEST_F(payment_by_card, goes_on_with_the_renewed_card_once_it_is_bound) {
    const auto renewed = issue_card(cards.second, folder / "renewed");
    take_out();
    put_in(folder / "renewed");
    EXPECT_EQ(outcome(signed_payment("p-1", 100), "p-1"), "credential_unknown");
    bind(renewed);
    EXPECT_EQ(outcome(signed_payment("p-2", 100), "p-2"), "captured");
}

TEST_F(payment_by_card, ends_with_the_cards_revocation) {
    EXPECT_EQ(outcome(signed_payment("p-1", 10), "p-1"), "captured");
    cards.revoke({certificate});
    std::string last;
    // The lists are looked at once a second.
    for (int i = 0; i < 20 && last != "credential_revoked"; ++i) {
        std::this_thread::sleep_for(500ms);
        const auto key = "q-" + std::to_string(i);
        last = outcome(signed_payment(key, 10), key);
    }
    EXPECT_EQ(last, "credential_revoked");
}

} // namespace
} // namespace meguri::test
