// Coupons that residents redeem for themselves, on the real program: for their own wallet, with tries that are counted.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct with_residents_cards {
    temporary_folder card_folder;
    test_cards cards{card_folder.path()};
};

class resident_coupons : private with_residents_cards, public payments_scene {
protected:
    resident_coupons()
        : payments_scene{cards.settings() + "[limits]\nauth_failures_per_second = 1\nauth_failures_burst = 11\n"} {}

    json::value logged_in() {
        api_client nobody{process->port(), {}};
        const auto challenge = text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
        return nobody.made("/v1/sessions", shown_card(cards.issue(), challenge));
    }
    std::string coupon() {
        const auto partner = as_operator->made("/v1/partners", {{"name", "航空"}});
        const auto terms = "/v1/partners/" + text_at(partner, "id") + "/conversion_terms";
        as_operator->made(
            terms,
            {{"unit", "マイル"}, {"rate", {{"points", 1}, {"units", 2}}}, {"minimum_units", 100}, {"step_units", 1}});
        const auto second = as_operator->made("/v1/operators", {{"name", "確認者"}});
        api_client{process->port(), text_at(second, "key")}.made(terms + "/1/approvals", json::object{});
        return text_at(api_client{process->port(), text_at(partner, "key")}.made(
                           "/v1/coupons", {{"reference", "C-1"}, {"amount", 500}, {"last_day", "2035-12-31"}}),
                       "code");
    }
    http_reply redeem(const json::value& session, const std::string& code, const std::string& key) {
        return api_client{process->port(), text_at(session, "token")}.post(
            "/v1/coupons/redemptions", {{"code", code}, {"program", "042021"}}, key);
    }

    using with_residents_cards::cards;
};

TEST_F(resident_coupons, bring_points_to_the_residents_own_wallet_once) {
    const auto mine = logged_in();
    const auto neighbour = logged_in();
    const auto code = coupon();
    const auto answer = redeem(mine, code, "k-1");
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(available(text_at(mine, "wallet")), 500);
    EXPECT_EQ(redeem(mine, code, "k-1").body, answer.body);
    EXPECT_EQ(code_of(redeem(neighbour, code, "k-1")), "coupon_redeemed");
    const json::value others{{"code", code}, {"wallet", text_at(neighbour, "wallet")}};
    EXPECT_EQ(
        code_of(api_client{process->port(), text_at(mine, "token")}.post("/v1/coupons/redemptions", others, "k-2")),
        "wallet_unknown");
    EXPECT_EQ(available(text_at(neighbour, "wallet")), 0);
}

// Ten wrong ones of one wallet in an hour, and beyond that not more of one address, whoever tries.
TEST_F(resident_coupons, are_not_guessed) {
    const auto mine = logged_in();
    const auto neighbour = logged_in();
    const auto code = coupon();
    const auto guess = [&](const json::value& by, int number) {
        return redeem(by, "GUESS" + std::to_string(number), "g-" + std::to_string(number));
    };
    for (int i = 0; i < 10; ++i) EXPECT_EQ(code_of(guess(mine, i)), "coupon_unknown");
    EXPECT_EQ(code_of(guess(mine, 10)), "too_many_tries");
    http_reply last;
    for (int i = 11; i < 100 && last.status != 429; ++i) last = guess(neighbour, i);
    EXPECT_EQ(code_of(last), "too_many_failures");
    EXPECT_TRUE(last.has("retry-after"));
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(code_of(as_operator->post("/v1/coupons/redemptions",
                                            {{"code", "DESK" + std::to_string(i)},
                                             {"wallet", town.wallets[static_cast<std::size_t>(i) % 2].id}},
                                            "d-" + std::to_string(i))),
                  i / 2 < 10 ? "coupon_unknown" : "too_many_tries")
            << "a desk helps many people";
}

} // namespace
} // namespace meguri::test
