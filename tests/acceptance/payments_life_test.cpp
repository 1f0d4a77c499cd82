// What follows a payment, over real sockets against the real program: the contract of each route, holds that end by
// themselves, and races between clients that know nothing of each other.
#include "ledger/calendar.hpp"
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr long day_s = 86'400;

class payments_life : public payments_scene {
protected:
    const small_town::purse& resident() const { return town.wallets[0]; }

    // The path of the new hold.
    std::string hold(std::int64_t amount, const std::string& key) {
        auto asked = payment(resident(), amount);
        asked.as_object()["capture"] = false;
        const auto held = till->made("/v1/authorizations", asked, key);
        EXPECT_EQ(text_at(held, "status"), "authorized");
        return "/v1/authorizations/" + text_at(held, "id");
    }
    std::string captured(std::int64_t amount, const std::string& key) {
        return "/v1/authorizations/" +
               text_at(till->made("/v1/authorizations", payment(resident(), amount), key), "id");
    }
    json::value reverse(const std::string& lost, const std::string& key) {
        return till->made("/v1/reversals", {{"idempotency_key", lost}}, key);
    }
    void expect_merchant(std::int64_t pending, std::int64_t captured_sum, std::int64_t refunded) {
        const json::value expected{{"program", "042021"},
                                   {"pending", pending},
                                   {"captured", captured_sum},
                                   {"refunded", refunded},
                                   {"payable", captured_sum - refunded}};
        EXPECT_EQ(merchant_balance(), expected);
    }
    void wait_until_nothing_is_pending() {
        for (int i = 0; merchant_balance().at("pending").as_int64() != 0 && i < 1500; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    // Runs them at once, each with a connection of its own.
    template <class Client>
    void at_once(std::size_t clients, Client client) {
        std::vector<std::thread> all;
        for (std::size_t i = 0; i < clients; ++i)
            all.emplace_back([&, i] {
                api_client mine{process->port(), town.till_key};
                client(mine, i);
            });
        for (auto& one : all) one.join();
    }
};

TEST_F(payments_life, is_told_step_by_step_and_shown_as_it_stands) {
    const auto path = hold(1200, "hold");
    EXPECT_TRUE(till->read(path).at("capture_before").is_string());
    expect_merchant(1200, 0, 0);
    const auto captured_part = till->made(path + "/captures", {{"amount", 900}}, "capture");
    EXPECT_EQ(text_at(captured_part, "status"), "captured");
    EXPECT_EQ(captured_part.at("captured").as_int64(), 900);
    EXPECT_EQ(captured_part.at("balance").as_int64(), 4100);
    EXPECT_EQ(till->read(path), captured_part);
    const auto refunded = till->made(path + "/refunds", {{"amount", 300}}, "refund");
    EXPECT_EQ(refunded.at("refund").at("amount").as_int64(), 300);
    EXPECT_EQ(refunded.at("refunded").as_int64(), 300);
    EXPECT_EQ(text_at(refunded, "status"), "captured");
    expect_merchant(0, 900, 300);
    const auto reversal = reverse("hold", "reversal");
    EXPECT_EQ(text_at(reversal.at("authorization"), "status"), "reversed");
    EXPECT_EQ(till->read(path), reversal.at("authorization"));
    EXPECT_EQ(reverse("hold", "another"), reversal);
    expect_merchant(0, 900, 900);
    EXPECT_EQ(available(resident().id), 5000);

    const auto lines = as_operator->read("/v1/wallets/" + resident().id + "/entries").at("data").as_array();
    std::vector<std::string> types;
    for (const auto& line : lines) types.push_back(text_at(line, "type"));
    EXPECT_EQ(types,
              (std::vector<std::string>{"reversal", "refund", "capture", "payment", "grant", "code", "opening"}));
}

TEST_F(payments_life, refuses_what_the_state_does_not_allow) {
    const auto held = hold(1000, "hold");
    EXPECT_EQ(code_of(till->post(held + "/captures", {{"amount", 1001}}, "x")), "amount_exceeds_remaining");
    EXPECT_EQ(code_of(till->post(held + "/refunds", json::object{}, "x")), "invalid_state");
    const auto voided = till->made(held + "/voids", json::object{}, "x"); // a refused key is free
    EXPECT_EQ(text_at(voided, "status"), "voided");
    EXPECT_EQ(code_of(till->post(held + "/voids", json::object{}, "y")), "invalid_state");
    EXPECT_EQ(code_of(till->post(held + "/captures", json::object{}, "y")), "invalid_state");
    const auto paid = captured(1000, "paid");
    EXPECT_EQ(code_of(till->post(paid + "/refunds", {{"amount", 1001}}, "y")), "amount_exceeds_remaining");
    EXPECT_EQ(code_of(till->post("/v1/authorizations/au_00000000000000000000000000/voids", json::object{}, "y")),
              "not_found");
    EXPECT_EQ(code_of(till->post("/v1/reversals", {{"idempotency_key", "x"}}, "y")), "not_reversible");
    EXPECT_EQ(code_of(till->post("/v1/reversals", {{"idempotency_key", "y"}}, "y")), "not_reversible");
    as_operator->made("/v1/terminals/" + town.terminal + "/freeze", {{"reason", "試験"}});
    EXPECT_EQ(code_of(till->post(paid + "/refunds", json::object{}, "y")), "terminal_inactive");
    EXPECT_EQ(text_at(reverse("paid", "y").at("authorization"), "status"), "reversed");
}

TEST_F(payments_life, steps_and_reversals_are_repeated_across_a_restart) {
    const auto paid = captured(1000, "paid");
    const auto refund = till->post(paid + "/refunds", {{"amount", 300}}, "refund");
    const auto reversal = till->post("/v1/reversals", {{"idempotency_key", "paid"}}, "reversal");
    const auto barred = till->post("/v1/reversals", {{"idempotency_key", "lost"}}, "barred");
    EXPECT_TRUE(json::parse(barred.body).at("authorization").is_null());
    restart();
    const auto expect_same = [](const http_reply& again, const http_reply& first) {
        EXPECT_EQ(again.field("idempotent-replayed"), "true");
        EXPECT_EQ(again.body, first.body);
    };
    expect_same(till->post(paid + "/refunds", {{"amount", 300}}, "refund"), refund);
    expect_same(till->post("/v1/reversals", {{"idempotency_key", "paid"}}, "reversal"), reversal);
    expect_same(till->post("/v1/reversals", {{"idempotency_key", "paid"}}, "new-key"), reversal);
    expect_same(till->post("/v1/reversals", {{"idempotency_key", "lost"}}, "barred"), barred);
    EXPECT_EQ(declined(payment(resident(), 10), "lost"), "reversed_before_arrival");
    const auto repeated = till->made("/v1/authorizations", payment(resident(), 1000), "paid");
    EXPECT_EQ(repeated, json::parse(reversal.body).at("authorization"));
    EXPECT_EQ(code_of(till->post("/v1/authorizations", payment(resident(), 1001), "paid")), "idempotency_key_reused");
}

TEST_F(payments_life, a_hold_ends_by_itself_with_nobody_asking) {
    const auto held = hold(1000, "hold");
    expect_merchant(1000, 0, 0);
    turn_clock(7 * day_s);
    wait_until_nothing_is_pending(); // some seconds: until the hold is in a checkpoint
    expect_merchant(0, 0, 0);
    EXPECT_EQ(text_at(till->read(held), "status"), "expired");
    EXPECT_EQ(code_of(till->post(held + "/captures", json::object{}, "x")), "invalid_state");
}

TEST_F(payments_life, what_fell_due_while_the_switch_was_down_is_made_up_for) {
    const auto held = hold(1000, "hold");
    turn_clock(200 * day_s);
    restart();
    wait_until_nothing_is_pending();
    EXPECT_EQ(text_at(till->read(held), "status"), "expired");
    EXPECT_EQ(till->read(held).at("balance").as_int64(), 0) << "the points had gone with the month";
    EXPECT_EQ(available(resident().id), 0);
}

TEST_F(payments_life, what_stood_at_a_past_instant_is_told_later) {
    const auto at = [](const json::value& decided) { return "?at=" + text_at(decided, "created_at"); };
    const std::string wallet = "/v1/wallets/" + resident().id + "/balances";
    const std::string merchant = "/v1/merchants/" + town.merchant + "/balances";
    std::vector<std::pair<json::value, std::array<json::value, 3>>> moments;
    const auto remember = [&](const json::value& decided) {
        moments.push_back(
            {decided,
             {as_operator->read(wallet), as_operator->read(merchant), as_operator->read("/v1/ledger/trial_balance")}});
        std::this_thread::sleep_for(std::chrono::milliseconds{2}); // instants are told in milliseconds
    };
    const auto first = till->made("/v1/authorizations", payment(resident(), 1000), "first");
    remember(first);
    const auto path = hold(700, "hold");
    remember(till->read(path));
    remember(till->made("/v1/authorizations", payment(resident(), 200), "second"));
    (void)till->made(path + "/captures", {{"amount", 500}}, "capture");
    (void)reverse("first", "reversal");
    const auto last = till->made("/v1/authorizations", payment(resident(), 1), "last");
    remember(last);
    const auto before = as_operator->read(wallet + "?at=2026-01-01T00:00:00Z");
    EXPECT_TRUE(before.at("data").as_array().empty());
    for (int round = 0; round < 2; ++round) {
        for (const auto& [decided, seen] : moments) {
            EXPECT_EQ(as_operator->read(wallet + at(decided)), seen[0]);
            EXPECT_EQ(as_operator->read(merchant + at(decided)), seen[1]);
            EXPECT_EQ(as_operator->read("/v1/ledger/trial_balance" + at(decided)), seen[2]);
        }
        restart();
    }
    EXPECT_EQ(code_of(as_operator->get(wallet + "?at=2999-01-01T00:00:00Z")), "invalid_parameter");
    EXPECT_EQ(as_operator->get("/v1/wallets/wal_00000000000000000000000000/balances" + at(last)).status, 404);
}

TEST_F(payments_life, a_months_statement_adds_up) {
    const auto path = hold(700, "hold");
    (void)till->made(path + "/captures", {{"amount", 500}}, "capture");
    (void)till->made(path + "/refunds", {{"amount", 100}}, "refund");
    (void)hold(30, "open");
    const auto now = text_at(till->made("/v1/authorizations", payment(resident(), 9), "last"), "created_at");
    const auto month = ledger::to_date(ledger::jst_day::of(*ledger::parse_rfc3339(now))).substr(0, 7);
    struct row {
        std::string path;
        std::string on, held;
        std::int64_t on_sum, held_sum;
    };
    const row rows[] = {{"/v1/wallets/" + resident().id, "available", "held", 4561, 30},
                        {"/v1/merchants/" + town.merchant, "payable", "pending", 409, 30}};
    for (const auto& one : rows) {
        const auto told = as_operator->read(one.path + "/statements/" + month);
        std::int64_t on = 0;
        std::int64_t held = 0;
        for (const auto& line : told.at("data").as_array()) {
            on += line.at(one.on).as_int64();
            held += line.at(one.held).as_int64();
        }
        const auto& closing = told.at("closing").as_array().at(0);
        EXPECT_EQ(closing.at(one.on).as_int64(), one.on_sum);
        EXPECT_EQ(closing.at(one.held).as_int64(), one.held_sum);
        EXPECT_EQ(on, one.on_sum) << "opened within the month";
        EXPECT_EQ(held, one.held_sum);
        const auto csv = as_operator->get(one.path + "/statements/" + month + "?format=csv");
        EXPECT_EQ(csv.field("content-type"), "text/csv; charset=utf-8");
        EXPECT_TRUE(csv.body.starts_with("\xEF\xBB\xBFid,created_at,type,program," + one.on));
    }
}

TEST_F(payments_life, of_capture_void_and_reversal_at_once_one_wins) {
    for (int round = 0; round < 30; ++round) {
        const std::string key = "hold-" + std::to_string(round);
        const auto held = hold(100, key);
        std::array<std::string, 3> statuses;
        at_once(3, [&](api_client& mine, std::size_t client) {
            const std::string own = std::to_string(round) + '-' + std::to_string(client);
            const auto reply = client == 0 ? mine.post(held + "/captures", json::object{}, own)
                             : client == 1 ? mine.post(held + "/voids", json::object{}, own)
                                           : mine.post("/v1/reversals", {{"idempotency_key", key}}, own);
            if (reply.status == 201 && client < 2) statuses[client] = text_at(json::parse(reply.body), "status");
            if (reply.status != 201) {
                EXPECT_EQ(code_of(reply), "invalid_state");
            }
        });
        EXPECT_TRUE(statuses[0].empty() || statuses[1].empty()) << "captured and voided";
        const auto left = text_at(till->read(held), "status");
        EXPECT_EQ(left, statuses[1].empty() ? "reversed" : "voided");
    }
    EXPECT_EQ(available(resident().id), 5000);
}

TEST_F(payments_life, refunds_at_once_never_give_back_more_than_was_captured) {
    const auto paid = captured(1000, "paid");
    std::atomic<std::int64_t> given{0};
    at_once(16, [&](api_client& mine, std::size_t client) {
        for (int i = 0; i < 5; ++i) {
            const auto reply =
                mine.post(paid + "/refunds", {{"amount", 70}}, std::to_string(client) + '-' + std::to_string(i));
            if (reply.status == 201) given += 70;
        }
    });
    EXPECT_EQ(given, 980);
    EXPECT_EQ(available(resident().id), 4980);
    expect_merchant(0, 1000, 980);
}

// Whichever comes first: in the end nothing was paid, and the attempt's key says so.
TEST_F(payments_life, a_reversal_beside_its_attempt_leaves_nothing_paid) {
    std::array<int, 2> seen{};
    for (int round = 0; round < 50; ++round) {
        const std::string key = "attempt-" + std::to_string(round);
        at_once(2, [&](api_client& mine, std::size_t client) {
            const auto reply = client == 0 ? mine.post("/v1/authorizations", payment(resident(), 100), key)
                                           : mine.post("/v1/reversals", {{"idempotency_key", key}}, "of-" + key);
            EXPECT_EQ(reply.status, 201);
        });
        const auto repeated = till->made("/v1/authorizations", payment(resident(), 100), key);
        const auto status = text_at(repeated, "status");
        ++seen[status == "reversed"];
        if (status != "reversed") {
            EXPECT_EQ(text_at(repeated, "decline_code"), "reversed_before_arrival");
        }
    }
    EXPECT_EQ(available(resident().id), 5000);
    RecordProperty("reversed", seen[1]);
}

TEST_F(payments_life, two_tills_with_one_code_are_paid_once) {
    const auto other = as_operator->made("/v1/merchants/" + town.merchant + "/terminals", {{"name", "レジ2"}});
    const std::array keys{town.till_key, text_at(other, "key")};
    for (int round = 0; round < 20; ++round) {
        const auto code =
            text_at(as_operator->made("/v1/wallets/" + resident().id + "/codes", {{"kind", "once"}}), "value");
        std::atomic<int> paid{0};
        at_once(2, [&](api_client&, std::size_t client) {
            api_client mine{process->port(), keys[client]};
            const auto answer =
                mine.made("/v1/authorizations", payment({resident().id, code}, 10), "once-" + std::to_string(round));
            paid += text_at(answer, "status") == "captured";
        });
        EXPECT_EQ(paid, 1);
    }
    EXPECT_EQ(available(resident().id), 4800);
}

} // namespace
} // namespace meguri::test
