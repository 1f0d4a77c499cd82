// Buying points by card through a gateway, both as processes of their own: 3-D Secure, refusal, silence, late success,
// events that are lost or come twice, chargebacks; and either of them killed at any step.
#include "net/gateway_signature.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/exposition.hpp"
#include "tests/support/gateway_process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct with_gateway {
    temporary_folder gateway_folder;
    gateway_process gateway{MEGURI_GATEWAY, gateway_folder.path()};
};

class card_purchases : protected with_gateway, public payments_scene {
protected:
    card_purchases() : payments_scene{gateway.settings()} {
        as_operator->made("/v1/programs/042021/purchase_settings", {{"minimum", 1'000},
                                                                    {"maximum", 10'000},
                                                                    {"per_day", 20'000},
                                                                    {"per_month", 30'000},
                                                                    {"days_to_pay", 1},
                                                                    {"refund_days", 30},
                                                                    {"card", true},
                                                                    {"reason", "発売"}});
        hear_events();
    }
    void hear_events() { gateway.start(process->port()); }
    [[nodiscard]] json::value wanted(std::int64_t amount) const {
        return {{"wallet", town.wallets[0].id}, {"program", "042021"}, {"amount", amount}, {"method", "card"}};
    }
    json::value bought(std::int64_t amount, const std::string& key) {
        return as_operator->made("/v1/purchases", wanted(amount), key);
    }
    json::value stands_now(const json::value& purchase) {
        return as_operator->read("/v1/purchases/" + text_at(purchase, "id"));
    }
    static std::string stage_of(const json::value& purchase) { return text_at(purchase.at("card"), "stage"); }
    // Waits until it does, ten seconds at most.
    json::value until(const json::value& purchase, const std::string& stage) {
        auto stands = stands_now(purchase);
        for (int tries = 0; tries < 200 && stage_of(stands) != stage; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            stands = stands_now(purchase);
        }
        EXPECT_EQ(stage_of(stands), stage) << json::serialize(stands);
        return stands;
    }
    // What the resident does at the gateway's page.
    void visit(const json::value& pending, bool approves) {
        const auto url = text_at(pending.at("card"), "redirect_url");
        gateway.ask("GET", url.substr(url.find("/3ds/")) + (approves ? "?approve=1" : "?approve=0"));
    }
    std::string payment_of(const json::value& purchase) {
        for (const auto& one : gateway.payments())
            if (text_at(one.value(), "reference") == text_at(purchase, "reference")) return std::string{one.key()};
        return {};
    }
    [[nodiscard]] double shown(const std::string& series) const {
        const auto page = http_client{process->ops_port()}.ask("GET", "/metrics").body;
        return metrics::read_exposition(page).value(series).value_or(-1);
    }
    // Waits until the metric is at least that and at most that, ten seconds at most.
    void until_shown(const std::string& series, double least, double most) const {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        double seen = shown(series);
        while ((seen < least || seen > most) && std::chrono::steady_clock::now() < patience) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            seen = shown(series);
        }
        EXPECT_GE(seen, least) << series;
        EXPECT_LE(seen, most) << series;
    }
    std::int64_t stands(const std::string& account) {
        const auto balance = as_operator->read("/v1/ledger/trial_balance");
        EXPECT_TRUE(balance.at("balanced").as_bool());
        for (const auto& one : balance.at("data").as_array().at(0).at("accounts").as_array())
            if (text_at(one, "name") == account) return one.at("debits").as_int64() - one.at("credits").as_int64();
        return 0;
    }
};

TEST_F(card_purchases, are_credited_once_when_the_payment_is_captured) {
    gateway.set({{"webhooks", "doubled"}});
    const auto purchase = bought(5'000, "a");
    EXPECT_EQ(stage_of(purchase), "begun");
    const auto pending = until(purchase, "pending");
    EXPECT_EQ(available(town.wallets[0].id), 5'000) << "not before it is captured";
    visit(pending, true);
    const auto paid = until(purchase, "captured");
    EXPECT_EQ(text_at(paid, "status"), "paid");
    EXPECT_EQ(available(town.wallets[0].id), 10'000);
    EXPECT_EQ(stands("money:captured"), 5'000);
    EXPECT_EQ(stands("money:for_points"), -5'000);
    EXPECT_EQ(gateway.payments().size(), 1U);
}

TEST_F(card_purchases, are_polled_when_no_event_comes) {
    gateway.set({{"webhooks", "lost"}, {"silent_creations", 1}, {"unavailable", 2}});
    const auto purchase = bought(5'000, "a");
    visit(until(purchase, "pending"), true);
    until(purchase, "captured");
    EXPECT_EQ(available(town.wallets[0].id), 10'000);
    EXPECT_EQ(gateway.payments().size(), 1U) << "the creation that was not answered made no second one";
}

TEST_F(card_purchases, are_counted_with_what_the_gateway_was_asked) {
    const auto calls = [](const std::string& kind, const std::string& result) {
        return "meguri_gateway_calls_total{kind=\"" + kind + "\",result=\"" + result + "\"}";
    };
    EXPECT_EQ(shown("meguri_card_purchases_open"), 0);
    gateway.set({{"unavailable", 1}});
    const auto purchase = bought(5'000, "a");
    until(purchase, "pending");
    until_shown("meguri_card_purchases_open", 1, 1);
    until_shown("meguri_card_purchase_wait_seconds", 1, 600);
    EXPECT_EQ(shown(calls("creation", "failed")), 1);
    EXPECT_EQ(shown(calls("creation", "answered")), 1);
    EXPECT_EQ(shown("meguri_gateway_call_duration_seconds_count{kind=\"creation\"}"), 2);
    EXPECT_GT(shown(calls("look_up", "answered")), 0);
    gateway.set({{"unavailable", 1'000}});
    as_operator->made("/v1/purchases/" + text_at(purchase, "id") + "/cancellation", {{"reason", "取りやめ"}});
    gateway.make(payment_of(purchase), "captured"); // its event says so
    until(purchase, "refund_owed");
    until_shown("meguri_card_refunds_owed", 1, 1);
    until_shown("meguri_card_purchases_open", 0, 0);
    until_shown("meguri_card_refund_wait_seconds", 1, 600);
    EXPECT_GT(shown(calls("refund", "failed")), 0);
    gateway.set({{"unavailable", 0}});
    until(purchase, "refunded");
    until_shown("meguri_card_refunds_owed", 0, 0);
    EXPECT_EQ(shown("meguri_card_refund_wait_seconds"), 0);
    EXPECT_EQ(shown(calls("refund", "answered")), 1);
}

TEST_F(card_purchases, end_with_the_refusal_and_may_be_asked_for_again) {
    const auto purchase = bought(10'000, "a");
    visit(until(purchase, "pending"), false);
    EXPECT_EQ(text_at(until(purchase, "declined"), "status"), "refused");
    bought(10'000, "b");
    bought(10'000, "c");
    EXPECT_EQ(code_of(as_operator->post("/v1/purchases", wanted(1'000), "d")), "purchase_limit_reached");
    EXPECT_EQ(available(town.wallets[0].id), 5'000);
}

TEST_F(card_purchases, that_were_given_up_are_credited_all_the_same_when_they_are_captured_late) {
    const auto purchase = bought(5'000, "a");
    until(purchase, "pending");
    gateway.set({{"webhooks", "lost"}});
    process->kill();
    gateway.make(payment_of(purchase), "captured");
    gateway.kill();
    turn_clock(700);
    kill_and_restart();
    EXPECT_EQ(text_at(until(purchase, "timed_out"), "status"), "refused");
    EXPECT_EQ(available(town.wallets[0].id), 5'000);
    hear_events();
    const auto paid = until(purchase, "captured");
    EXPECT_EQ(text_at(paid, "status"), "paid");
    EXPECT_EQ(available(town.wallets[0].id), 10'000);
}

TEST_F(card_purchases, that_were_cancelled_are_paid_back_when_they_are_captured) {
    const auto purchase = bought(5'000, "a");
    until(purchase, "pending");
    gateway.kill();
    as_operator->made("/v1/purchases/" + text_at(purchase, "id") + "/cancellation", {{"reason", "取りやめ"}});
    process->kill();
    gateway.start();
    gateway.make(payment_of(purchase), "captured");
    kill_and_restart();
    until(purchase, "refunded");
    EXPECT_EQ(available(town.wallets[0].id), 5'000);
    EXPECT_EQ(stands("money:captured"), 0);
    EXPECT_EQ(stands("money:to_return"), 0);
    EXPECT_EQ(text_at(gateway.payments().at(payment_of(purchase)), "status"), "refunded");
}

TEST_F(card_purchases, end_by_themselves_whichever_of_the_two_is_killed) {
    std::vector<json::value> all;
    for (int i = 0; i < 8; ++i) {
        all.push_back(bought(1'000, "k" + std::to_string(i)));
        std::this_thread::sleep_for(std::chrono::milliseconds{7 * i});
        if (i % 2 == 0) {
            kill_and_restart();
            hear_events();
        } else {
            gateway.start(process->port());
        }
        if (i == 3) gateway.set({{"auto_approve", true}});
    }
    for (const auto& one : all) {
        auto stands = stands_now(one);
        for (int tries = 0; tries < 200 && stage_of(stands) == "begun"; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            stands = stands_now(one);
        }
        if (stage_of(stands) == "pending") visit(stands, true);
        kill_and_restart();
        hear_events();
        until(one, "captured");
    }
    EXPECT_EQ(available(town.wallets[0].id), 13'000);
    EXPECT_EQ(gateway.payments().size(), 8U);
    EXPECT_EQ(stands("money:captured"), 8'000);
}

TEST_F(card_purchases, that_are_charged_back_take_what_is_unspent_and_book_the_rest_as_lost) {
    const auto purchase = bought(5'000, "a");
    visit(until(purchase, "pending"), true);
    until(purchase, "captured");
    till->made("/v1/authorizations", payment(town.wallets[0], 7'000), "spent"); // the older 5,000 first
    gateway.set({{"webhooks", "doubled"}});
    gateway.make(payment_of(purchase), "charged_back");
    const auto disputed = until(purchase, "charged_back");
    EXPECT_EQ(text_at(disputed, "status"), "charged_back");
    EXPECT_EQ(disputed.at("card").at("lost").as_int64(), 2'000);
    EXPECT_EQ(available(town.wallets[0].id), 0);
    EXPECT_EQ(stands("money:captured"), 0);
    EXPECT_EQ(stands("money:for_points"), -2'000);
    EXPECT_EQ(stands("money:lost"), 2'000);
    EXPECT_EQ(stands("cancelled:purchase"), -3'000);
    restart();
    EXPECT_EQ(stage_of(stands_now(purchase)), "charged_back");
}

TEST_F(card_purchases, take_nothing_that_is_not_signed_or_differs) {
    const auto purchase = bought(5'000, "a");
    const auto pending = until(purchase, "pending");
    const auto event = [&](std::int64_t amount, const std::string& id) {
        return json::serialize(json::value{
            {"type", "payment.updated"},
            {"payment",
             {{"id", id}, {"reference", text_at(purchase, "reference")}, {"amount", amount}, {"status", "captured"}}}});
    };
    const auto now_s =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    http_client http{process->port()};
    const auto send = [&](const std::string& body, const std::string& signature) {
        return http.ask("POST", "/v1/gateway/events",
                        {{"Content-Type", "application/json"}, {"Meguri-Gateway-Signature", signature}}, body);
    };
    const auto id = payment_of(purchase);
    const auto good = event(5'000, id);
    EXPECT_EQ(send(good, "").status, 401);
    EXPECT_EQ(send(good, net::gateway_signature(good, "another secret", now_s)).status, 401);
    EXPECT_EQ(send(good, net::gateway_signature(good, gateway_process::secret, now_s - 301)).status, 401);
    EXPECT_EQ(send(good + ' ', net::gateway_signature(good, gateway_process::secret, now_s)).status, 401);
    const auto of = [&](const std::string& body) {
        return send(body, net::gateway_signature(body, gateway_process::secret, now_s));
    };
    EXPECT_EQ(code_of(of(event(4'999, id))), "card_payment_differs");
    EXPECT_EQ(code_of(of(event(5'000, "pay_99"))), "card_payment_differs");
    EXPECT_EQ(available(town.wallets[0].id), 5'000);
    EXPECT_EQ(of(good).status, 200);
    EXPECT_EQ(of(good).status, 200);
    EXPECT_EQ(available(town.wallets[0].id), 10'000);
}

} // namespace
} // namespace meguri::test
