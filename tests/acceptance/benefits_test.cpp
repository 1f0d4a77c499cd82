// Policy benefits over real sockets against the real program: a list of ten thousand, accepted by one entry and whole
// whenever the process is killed; codes of events that one person redeems once; two persons for another list.
#include "ledger/calendar.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <atomic>
#include <chrono>
#include <span>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct cards_at_hand {
    temporary_folder card_folder;
    test_cards cards{card_folder.path()};
};

class benefits : private cards_at_hand, public payments_scene {
protected:
    benefits()
        : payments_scene{cards.settings() + "[login]\naudience = \"meguri.example.jp\"\n"},
          checker_key{text_at(as_operator->made("/v1/operators", {{"name", "検査"}}), "key")} {}

    api_client checker() { return {process->port(), checker_key}; }
    // An approved one. Its path.
    std::string approved(json::object more, std::int64_t budget = 1'000'000) {
        json::object asked{{"name", "子育て応援"},
                           {"budget", budget},
                           {"source", "budget:042021:child"},
                           {"first_day", "2026-01-01"},
                           {"last_day", "2099-12-31"}};
        for (auto& [name, value] : more) asked[name] = value;
        const auto made = as_operator->made("/v1/programs/042021/campaigns", asked);
        const auto path = "/v1/campaigns/" + text_at(made, "id");
        checker().made(path + "/approvals", json::object{});
        return path;
    }
    std::string listed_campaign() {
        return approved({{"amount_rule", "steps"},
                         {"steps", {{{"from", 1'000}, {"amount", 50}}, {{"from", 8'000}, {"amount", 100}}}},
                         {"eligible_only", true},
                         {"per_person", true}});
    }
    json::value logged_in(const issued_certificate& by) {
        api_client nobody{process->port(), {}};
        const auto challenge = text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
        return nobody.made("/v1/sessions", shown_card(by, challenge, "login", "meguri.example.jp"));
    }
    api_client as(const json::value& session) { return {process->port(), text_at(session, "token")}; }
    std::string digest_of(const std::string& campaign, const std::string& my_key) {
        const auto hex = text_at(as_operator->read(campaign + "/eligibility_key"), "key");
        std::string key;
        for (std::size_t i = 0; i < hex.size(); i += 2)
            key.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
        std::array<unsigned char, 32> digest{};
        unsigned size = 0;
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(my_key.data()), my_key.size(), digest.data(), &size);
        return hex_of(digest);
    }
    static std::string hex_of(std::span<const unsigned char> bytes) {
        std::string text;
        for (const auto byte : bytes) {
            text.push_back("0123456789abcdef"[byte >> 4]);
            text.push_back("0123456789abcdef"[byte & 15]);
        }
        return text;
    }
    // From an hour ago for two hours.
    static json::object event_now(json::object more) {
        const auto at = [](std::int64_t from_now_s) {
            return ledger::to_rfc3339(ledger::instant{signed_by_card::now_ms() + from_now_s * 1'000});
        };
        more["occasion"] = "健康ウォーク";
        more["begins_at"] = at(-3'600);
        more["ends_at"] = at(3'600);
        return more;
    }
    // So many lines of people whom nobody knows yet, and these.
    static std::string list_of(std::size_t strangers, const std::string& more) {
        std::string text = "mykey_id,digest,measured\r\n";
        for (std::size_t i = 0; i < strangers; ++i) {
            const auto number = std::to_string(i);
            text += "," + std::string(32 - number.size(), '0') + number + std::string(32, 'a') + ",8000\r\n";
        }
        return text + more;
    }

    std::string checker_key;
    using cards_at_hand::cards;
};

TEST_F(benefits, of_a_list_of_ten_thousand_go_to_who_is_on_it_once_whenever_the_process_ends) {
    const auto campaign = listed_campaign();
    const auto first_card = cards.issue();
    const auto second_card = cards.issue();
    const auto first = logged_in(first_card);
    const auto second = logged_in(second_card);
    const auto list = list_of(9'998, text_at(first, "mykey_id") + ",,1000\r\n," +
                                         digest_of(campaign, text_at(second, "mykey_id")) + ",8000\r\n");
    for (int i = 0; i < 3; ++i) { // killed somewhere on the way
        std::thread sender{[&, port = process->port()] {
            try {
                static_cast<void>(api_client{port, operator_key}.post_csv(campaign + "/eligibility", list, "k"));
            } catch (const std::exception&) { // that was the kill
            }
        }};
        std::this_thread::sleep_for(10ms + i * 40ms);
        kill_and_restart();
        sender.join();
    }
    const auto reply = as_operator->post_csv(campaign + "/eligibility", list, "k");
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(text_at(json::parse(reply.body), "status"), "accepted");
    EXPECT_EQ(as_operator->read(campaign).at("eligibility").at("rows").as_int64(), 10'000);
    EXPECT_EQ(code_of(as_operator->post_csv(campaign + "/eligibility", list, "k2")), "recipients_repeated");
    kill_and_restart();
    const auto one = logged_in(first_card);
    const auto other = logged_in(second_card);
    const auto granted = as(one).made(campaign + "/applications", json::object{}, "a");
    EXPECT_EQ(granted.at("amount").as_int64(), 50);
    EXPECT_EQ(granted.at("measured").as_int64(), 1'000);
    EXPECT_EQ(as(other).made(campaign + "/applications", json::object{}, "a").at("amount").as_int64(), 100);
    EXPECT_EQ(code_of(as(one).post(campaign + "/applications", json::object{}, "b")), "already_granted");
    EXPECT_EQ(code_of(as_operator->post(campaign + "/grants", {{"wallet", text_at(one, "wallet")}}, "c")),
              "already_granted");
    const auto third = logged_in(cards.issue());
    EXPECT_EQ(code_of(as(third).post(campaign + "/applications", json::object{}, "a")), "not_eligible");
    EXPECT_EQ(as(other).made(campaign + "/applications", json::object{}, "a").at("amount").as_int64(), 100);
    EXPECT_EQ(as_operator->read(campaign).at("granted").as_int64(), 150);
}

TEST_F(benefits, follow_another_list_by_two_persons) {
    const auto campaign = listed_campaign();
    const auto one = logged_in(cards.issue());
    EXPECT_EQ(code_of(as(one).post(campaign + "/applications", json::object{}, "a")), "eligibility_missing");
    ASSERT_EQ(as_operator->post_csv(campaign + "/eligibility", list_of(3, {}), "k").status, 201);
    const auto wrong = as_operator->post_csv(campaign + "/eligibility", "mykey_id\r\nABCDEFGH\r\n", "k2");
    EXPECT_EQ(code_of(wrong), "recipients_refused");
    const auto better = as_operator->post_csv(campaign + "/eligibility",
                                              "mykey_id,measured\r\n" + text_at(one, "mykey_id") + ",9000\r\n", "k3");
    ASSERT_EQ(better.status, 201) << better.body;
    EXPECT_EQ(text_at(json::parse(better.body), "status"), "proposed");
    EXPECT_EQ(code_of(as(one).post(campaign + "/applications", json::object{}, "a")), "not_eligible");
    EXPECT_EQ(code_of(as_operator->post(campaign + "/eligibility/approvals", json::object{})),
              "second_person_required");
    checker().made(campaign + "/eligibility/approvals", json::object{});
    EXPECT_EQ(as(one).made(campaign + "/applications", json::object{}, "a").at("amount").as_int64(), 100);
    as_operator->post_csv(campaign + "/eligibility", list_of(4, {}), "k4");
    checker().made(campaign + "/eligibility/rejections", {{"reason", "別の年度"}});
    EXPECT_TRUE(as_operator->read(campaign).at("open_eligibility").is_null());
}

TEST_F(benefits, of_an_event_are_one_for_a_person_of_64_at_once) {
    const auto campaign = approved({{"amount_rule", "fixed"}, {"amount", 100}}, 250);
    const auto event = as_operator->made(
        campaign + "/events",
        {{"occasion", "健康ウォーク"}, {"begins_at", "2026-01-01T00:00:00Z"}, {"ends_at", "2026-12-31T00:00:00Z"}});
    const auto shown = as_operator->read("/v1/events/" + text_at(event, "id") + "/code");
    const auto one = logged_in(cards.issue());
    std::atomic<int> granted{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> all;
    for (int i = 0; i < 64; ++i)
        all.emplace_back([&, i] {
            const auto reply =
                as(one).post("/v1/event_redemptions", {{"code", text_at(shown, "code")}}, "k" + std::to_string(i));
            granted += reply.status == 201;
            refused += code_of(reply) == "already_granted";
        });
    for (auto& thread : all) thread.join();
    EXPECT_EQ(granted, 1);
    EXPECT_EQ(refused, 63);
    EXPECT_EQ(available(text_at(one, "wallet")), 100);
    const json::object redeeming{{"code", text_at(shown, "code")}};
    EXPECT_EQ(as(logged_in(cards.issue())).made("/v1/event_redemptions", redeeming, "k").at("amount").as_int64(), 100);
    EXPECT_EQ(code_of(as(logged_in(cards.issue())).post("/v1/event_redemptions", redeeming, "k")), "budget_exceeded");
    EXPECT_EQ(code_of(as(one).post("/v1/event_redemptions", {{"code", "1W3Z6B7N2RKV7D2M9Q4X0C5E8T"}}, "x")),
              "event_code_unknown");
    EXPECT_EQ(as_operator->read(campaign).at("granted").as_int64(), 200);
    EXPECT_EQ(as_operator->read(campaign + "/events").at("data").as_array().size(), 1U);
    as_operator->made("/v1/events/" + text_at(event, "id") + "/closing", {{"reason", "終了"}});
    EXPECT_EQ(code_of(as(one).post("/v1/event_redemptions", redeeming, "y")), "already_granted");
    EXPECT_EQ(code_of(as(logged_in(cards.issue())).post("/v1/event_redemptions", redeeming, "y")), "event_not_open");
}

TEST_F(benefits, of_an_event_need_the_code_of_the_moment) {
    const auto campaign = approved({{"amount_rule", "fixed"}, {"amount", 100}});
    const auto event = as_operator->made(campaign + "/events", event_now({{"rotates_every_s", 5}}));
    const auto path = "/v1/events/" + text_at(event, "id") + "/code";
    const auto one = logged_in(cards.issue());
    const auto photograph = text_at(as_operator->read(path), "code");
    turn_clock(60);
    std::string fresh = photograph;
    for (int i = 0; i < 300 && fresh == photograph; ++i) { // the switch looks at its clock once a second
        std::this_thread::sleep_for(10ms);
        fresh = text_at(as_operator->read(path), "code");
    }
    EXPECT_EQ(code_of(as(one).post("/v1/event_redemptions", {{"code", photograph}}, "old")), "event_code_over");
    EXPECT_EQ(as(one).made("/v1/event_redemptions", {{"code", fresh}}, "new").at("amount").as_int64(), 100);
}

TEST_F(benefits, for_persons_within_the_budget_of_64_at_once) {
    const auto campaign =
        approved({{"amount_rule", "percentage"}, {"basis_points", 250}, {"amount", 300}, {"per_person", true}}, 1'050);
    std::vector<std::string> people;
    for (int i = 0; i < 64; ++i) {
        people.push_back(text_at(as_operator->made("/v1/wallets", json::object{}), "id"));
        as_operator->made("/v1/wallets/" + people.back() + "/mykey_id", json::object{});
    }
    std::atomic<int> granted{0};
    std::vector<std::thread> all;
    for (const auto& one : people)
        all.emplace_back([&] {
            const auto reply = api_client{process->port(), operator_key}.post(
                campaign + "/grants", {{"wallet", one}, {"occasion", "買い物"}, {"measured", 4'039}}, "k" + one);
            granted += reply.status == 201;
            EXPECT_EQ(code_of(reply), reply.status == 201 ? "" : "budget_exceeded");
        });
    for (auto& thread : all) thread.join();
    EXPECT_EQ(granted, 10); // of 100 each
    EXPECT_EQ(as_operator->read(campaign).at("granted").as_int64(), 1'000);
    const json::object nobody{{"wallet", town.wallets[0].id}, {"occasion", "買い物"}, {"measured", 40}};
    EXPECT_EQ(code_of(as_operator->post(campaign + "/grants", nobody, "n")), "person_required");
    EXPECT_EQ(code_of(as_operator->post(campaign + "/grants",
                                        {{"wallet", people[0]}, {"occasion", "別"}, {"measured", 39}}, "m")),
              "measure_too_small");
}

class clawbacks : public benefits {
protected:
    json::value finished(const std::string& path) {
        for (int i = 0; i < 3'000; ++i) {
            auto now = as_operator->read(path);
            if (text_at(now, "status") == "finished") return now;
            std::this_thread::sleep_for(10ms);
        }
        ADD_FAILURE() << path << " does not end";
        return as_operator->read(path);
    }
};

TEST_F(clawbacks, of_ten_thousand_grants_take_each_once_whenever_the_process_is_killed) {
    const auto campaign = approved({{"amount_rule", "up_to"}, {"amount", 100}});
    std::vector<std::string> wallets;
    for (int i = 0; i < 1'000; ++i) wallets.push_back(text_at(as_operator->made("/v1/wallets", json::object{}), "id"));
    std::string file = "wallet,occasion,amount\r\n";
    for (int turn = 0; turn < 10; ++turn)
        for (const auto& one : wallets) file += one + ",第" + std::to_string(turn) + "回,10\r\n";
    const auto accepted = as_operator->post_csv(campaign + "/recipients", file, "k");
    ASSERT_EQ(accepted.status, 201) << accepted.body;
    finished("/v1/recipients/" + text_at(json::parse(accepted.body), "id"));
    const auto proposed = as_operator->made(campaign + "/clawbacks", {{"reason", "事業の終了"}}, "p");
    EXPECT_EQ(proposed.at("rows").as_int64(), 10'000);
    const auto path = "/v1/clawbacks/" + text_at(proposed, "id");
    EXPECT_EQ(code_of(as_operator->post(path + "/approvals", json::object{}, "a")), "second_person_required");
    checker().made(path + "/approvals", json::object{}, "a");
    for (int i = 0; i < 3; ++i) {
        std::this_thread::sleep_for(20ms + i * 50ms);
        kill_and_restart();
    }
    const auto done = finished(path);
    EXPECT_EQ(done.at("taken").as_int64(), 10'000);
    EXPECT_EQ(done.at("taken_amount").as_int64(), 100'000);
    std::size_t others = 0;
    for (const auto& one : wallets) others += available(one) != 0;
    EXPECT_EQ(others, 0U);
    const auto after = as_operator->read(campaign);
    EXPECT_EQ(after.at("granted").as_int64(), 100'000);
    EXPECT_EQ(after.at("clawed_back").as_int64(), 100'000);
    EXPECT_EQ(after.at("remaining").as_int64(), 1'000'000);
    const auto books = as_operator->read("/v1/ledger/trial_balance");
    EXPECT_TRUE(books.at("balanced").as_bool());
    EXPECT_NE(json::serialize(books).find(R"({"name":"cancelled:budget","debits":0,"credits":100000})"),
              std::string::npos);
}

} // namespace
} // namespace meguri::test
