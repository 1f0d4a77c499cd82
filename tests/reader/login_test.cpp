// The whole way of a log-in by card, with nothing in it that was made for tests but the card and its authority: card,
// virtual reader, pcscd, OpenSC, meguri-reader at a terminal, and the released switch.
#include "tests/acceptance/running_town.hpp"
#include "tests/reader/reader_program.hpp"
#include "tests/reader/reader_scene.hpp"

#include <boost/json.hpp>

namespace meguri::test {
namespace {

namespace json = boost::json;

class login_by_card : public reader_scene {
protected:
    void SetUp() override {
        reader_scene::SetUp();
        if (!IsSkipped()) town.emplace(cards.settings());
    }
    void TearDown() override {
        if (!town) return;
        ASSERT_EQ(town->process.terminate(), 0);
        const auto verified = run_meguri({"verify", "--data", (town->folder / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    }
    http_reply log_in(const std::string& audience = "meguri") {
        api_client nobody{town->process.port(), {}};
        const auto challenge = text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
        const auto done = sign_challenge(challenge, audience, card_pin);
        EXPECT_EQ(done.status, 0) << done.errors;
        return nobody.post("/v1/sessions", json::parse(done.output));
    }

    std::optional<running_town> town;
};

TEST_F(login_by_card, opens_the_wallet_of_whoever_types_the_pin) {
    const auto first = log_in();
    ASSERT_EQ(first.status, 201) << first.body;
    const auto session = json::parse(first.body);
    EXPECT_TRUE(session.at("enrolled").as_bool());
    api_client resident{town->process.port(), text_at(session, "token")};
    EXPECT_EQ(resident.get("/v1/wallets/" + text_at(session, "wallet") + "/balances").status, 200);
    const auto again = log_in();
    EXPECT_EQ(text_at(json::parse(again.body), "wallet"), text_at(session, "wallet"));
    EXPECT_EQ(code_of(log_in("elsewhere")), "signature_not_accepted") << "signed for another switch";
}

} // namespace
} // namespace meguri::test
