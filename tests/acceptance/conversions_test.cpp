// A partner's points over real sockets against the real program on two io threads: its terms, its references, the
// limits of a day, its coupons; 64 at once, a kill -9 in the middle of it, and restarts.
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

class conversions : public payments_scene {
protected:
    conversions() : payments_scene{"[server]\nio_threads = 2\n"} {}

    using counts = std::map<std::string, int>;

    static json::object miles() {
        return {{"unit", "マイル"}, {"rate", {{"points", 1}, {"units", 2}}}, {"minimum_units", 100}, {"step_units", 1}};
    }
    api_client second_operator() {
        return {process->port(), text_at(as_operator->made("/v1/operators", {{"name", "確認者"}}), "key")};
    }
    void open_partner(const json::object& terms) {
        const auto made = as_operator->made("/v1/partners", {{"name", "航空"}});
        partner = text_at(made, "id");
        key = text_at(made, "key");
        as_operator->made(path() + "/conversion_terms", terms);
        second_operator().made(path() + "/conversion_terms/1/approvals", json::object{});
    }
    [[nodiscard]] std::string path() const { return "/v1/partners/" + partner; }
    [[nodiscard]] api_client as_partner() const { return {process->port(), key}; }
    std::string my_key_of(const std::string& wallet) {
        return text_at(as_operator->made("/v1/wallets/" + wallet + "/mykey_id", json::object{}), "mykey_id");
    }
    std::vector<std::string> new_wallets(std::size_t count) {
        std::vector<std::string> made(count);
        for (auto& one : made) one = text_at(as_operator->made("/v1/wallets", json::object{}), "id");
        return made;
    }
    // 64 at once, each on a connection of its own; how often each status and code came. ask(client, i) -> reply
    template <class Ask>
    counts at_once(const std::string& bearer, Ask ask) {
        counts seen;
        std::mutex mutex;
        std::vector<std::thread> all;
        for (std::size_t i = 0; i < 64; ++i)
            all.emplace_back([&, i] {
                std::string what = "no answer";
                try {
                    api_client mine{process->port(), bearer};
                    const auto reply = ask(mine, i);
                    what =
                        reply.status == 201 ? reply.has("idempotent-replayed") ? "repeated" : "made" : code_of(reply);
                } catch (const std::exception&) { // its process was killed
                }
                const std::lock_guard lock{mutex};
                ++seen[what];
            });
        for (auto& one : all) one.join();
        return seen;
    }
    // Of all that came to it, wherever it lies.
    std::int64_t credited(const std::string& wallet) {
        std::int64_t sum = 0;
        const auto seen = as_operator->read("/v1/wallets/" + wallet + "/balances");
        for (const auto& row : seen.at("data").as_array()) sum += row.at("available").as_int64();
        for (const auto& row : seen.at("undecided").as_array()) sum += row.at("amount").as_int64();
        return sum;
    }
    json::value coupon(const std::string& reference, std::int64_t amount) {
        return as_partner().made("/v1/coupons",
                                 {{"reference", reference}, {"amount", amount}, {"last_day", "2035-12-31"}});
    }

    std::string partner;
    std::string key;
};

TEST_F(conversions, credit_the_floor_and_say_the_remainder) {
    open_partner(miles());
    const auto wallet = new_wallets(1)[0];
    const auto id = my_key_of(wallet);
    auto mine = as_partner();
    const auto made = mine.made("/v1/conversions", {{"reference", "M-1"}, {"units", 1'001}, {"mykey_id", id}}, "k");
    EXPECT_EQ(made.at("amount").as_int64(), 500);
    EXPECT_EQ(made.at("remainder_units").as_int64(), 1);
    EXPECT_TRUE(made.at("program").is_null());
    EXPECT_FALSE(made.as_object().contains("wallet")) << "whose the MyKey ID is, the partner does not learn";
    EXPECT_EQ(credited(wallet), 500);
    const auto chosen = mine.made(
        "/v1/conversions", {{"reference", "M-2"}, {"units", 200}, {"wallet", wallet}, {"program", "042021"}}, "l");
    EXPECT_EQ(text_at(chosen, "program"), "042021");
    kill_and_restart();
    auto again = as_partner();
    EXPECT_EQ(again.read("/v1/conversions/" + text_at(made, "id")), made);
    EXPECT_EQ(again.read("/v1/conversions?reference=M-1"), made);
    EXPECT_EQ(as_operator->read("/v1/conversions?reference=M-1&partner=" + partner), made);
    const auto repeated =
        again.post("/v1/conversions", {{"reference", "M-1"}, {"units", 1'001}, {"mykey_id", id}}, "another-key");
    EXPECT_EQ(json::parse(repeated.body), made);
    EXPECT_EQ(repeated.field("idempotent-replayed"), "true");
    const auto terms = again.read("/v1/conversion_terms");
    EXPECT_EQ(terms.at("conversions").as_int64(), 2);
    EXPECT_EQ(terms.at("converted").as_int64(), 600);
    EXPECT_TRUE(as_operator->read("/v1/ledger/trial_balance").at("balanced").as_bool());
}

TEST_F(conversions, are_refused_for_a_reason_and_for_no_more) {
    const auto added = as_operator->made("/v1/partners", {{"name", "航空"}});
    partner = text_at(added, "id");
    key = text_at(added, "key");
    const auto wallet = new_wallets(1)[0];
    const auto id = my_key_of(wallet);
    auto mine = as_partner();
    const auto refused = [&](json::object asked) {
        asked.emplace("reference", "M-1");
        return code_of(mine.post("/v1/conversions", asked, "k"));
    };
    EXPECT_EQ(refused({{"units", 100}, {"mykey_id", id}}), "conversion_terms_missing");
    auto terms = miles();
    terms["step_units"] = 50;
    as_operator->made(path() + "/conversion_terms", terms);
    EXPECT_EQ(code_of(as_operator->post(path() + "/conversion_terms/1/approvals", json::object{})),
              "second_person_required");
    second_operator().made(path() + "/conversion_terms/1/approvals", json::object{});
    EXPECT_EQ(refused({{"units", 50}, {"mykey_id", id}}), "units_below_minimum");
    EXPECT_EQ(refused({{"units", 101}, {"mykey_id", id}}), "units_off_step");
    EXPECT_EQ(refused({{"units", 100}, {"mykey_id", "ZZZZ9999"}}), "mykey_id_unknown");
    EXPECT_EQ(refused({{"units", 100}, {"mykey_id", id}, {"wallet", wallet}}), "invalid_value");
    EXPECT_EQ(refused({{"units", 100}, {"mykey_id", id}, {"program", "131016"}}), "program_unknown");
    as_operator->made("/v1/wallets/" + wallet + "/freeze", {{"reason", "調査"}});
    EXPECT_EQ(refused({{"units", 100}, {"mykey_id", id}}), "wallet_unavailable");
    as_operator->made("/v1/wallets/" + wallet + "/mykey_id/revoke", {{"reason", "紛失"}});
    EXPECT_EQ(refused({{"units", 100}, {"mykey_id", id}}), "mykey_id_unknown") << "as one that never was";
    EXPECT_EQ(credited(wallet), 0);
    const auto other = as_operator->made("/v1/partners", {{"name", "電鉄"}});
    api_client stranger{process->port(), text_at(other, "key")};
    as_operator->made("/v1/wallets/" + wallet + "/unfreeze", {{"reason", "調査済"}});
    const auto made = mine.made("/v1/conversions", {{"reference", "M-1"}, {"units", 100}, {"wallet", wallet}}, "k");
    EXPECT_EQ(stranger.get("/v1/conversions/" + text_at(made, "id")).status, 404);
    EXPECT_EQ(stranger.get("/v1/conversions?reference=M-1").status, 404);
    EXPECT_EQ(refused({{"units", 150}, {"wallet", wallet}}), "idempotency_key_reused");
    EXPECT_EQ(code_of(mine.post("/v1/conversions", {{"reference", "M-1"}, {"units", 150}, {"wallet", wallet}}, "m")),
              "reference_reused");
}

TEST_F(conversions, never_pass_the_limits_of_a_day_however_many_come_at_once) {
    auto terms = miles();
    terms["per_person_day"] = 500;
    terms["per_partner_day"] = 1'000;
    open_partner(terms);
    const auto wallets = new_wallets(64);
    const auto convert = [&](const char* prefix, std::size_t people) {
        return at_once(key, [&, prefix, people](api_client& mine, std::size_t i) {
            const auto reference = prefix + std::to_string(i);
            return mine.post("/v1/conversions",
                             {{"reference", reference}, {"units", 200}, {"wallet", wallets[i % people]}}, reference);
        });
    };
    EXPECT_EQ(convert("one-", 1), (counts{{"made", 5}, {"conversion_limit_reached", 59}}));
    EXPECT_EQ(credited(wallets[0]), 500);
    EXPECT_EQ(convert("all-", 64), (counts{{"made", 5}, {"conversion_limit_reached", 59}}));
    kill_and_restart();
    EXPECT_EQ(convert("more-", 64), (counts{{"conversion_limit_reached", 64}}));
    turn_clock(86'400);
    restart();
    EXPECT_EQ(convert("next-", 64), (counts{{"made", 10}, {"conversion_limit_reached", 54}}));
}

TEST_F(conversions, count_a_reference_once_for_ever) {
    open_partner(miles());
    const auto wallet = new_wallets(1)[0];
    const auto same = [&](api_client& mine, std::size_t i) {
        return mine.post("/v1/conversions", {{"reference", "M-1"}, {"units", 200}, {"wallet", wallet}},
                         "k" + std::to_string(i));
    };
    EXPECT_EQ(at_once(key, same), (counts{{"made", 1}, {"repeated", 63}}));
    EXPECT_EQ(credited(wallet), 100);
    restart();
    EXPECT_EQ(at_once(key, same), (counts{{"repeated", 64}}));
    EXPECT_EQ(credited(wallet), 100);
}

TEST_F(conversions, take_a_coupon_once_also_across_a_kill) {
    open_partner(miles());
    const auto wallets = new_wallets(64);
    const auto redeem_with = [&](const std::string& code) {
        return [&, code](api_client& mine, std::size_t i) {
            return mine.post("/v1/coupons/redemptions", {{"code", code}, {"wallet", wallets[i]}},
                             code + std::to_string(i));
        };
    };
    const auto all = [&] {
        std::int64_t sum = 0;
        for (const auto& one : wallets) sum += credited(one);
        return sum;
    };
    const auto first = coupon("C-1", 30);
    EXPECT_EQ(at_once(operator_key, redeem_with(text_at(first, "code"))),
              (counts{{"made", 1}, {"coupon_redeemed", 63}}));
    EXPECT_EQ(all(), 30);
    for (int round = 0; round < 3; ++round) {
        const auto code = text_at(coupon("K-" + std::to_string(round), 7), "code");
        std::thread killer{[&] {
            std::this_thread::sleep_for(std::chrono::milliseconds{1 + 2 * round});
            process->kill();
        }};
        at_once(operator_key, redeem_with(code));
        killer.join();
        kill_and_restart();
        const auto after = at_once(operator_key, redeem_with(code));
        EXPECT_EQ(after.at("coupon_redeemed"), 63) << "one has its answer, now or again";
        EXPECT_EQ(all(), 30 + 7 * (round + 1));
    }
    restart();
    EXPECT_EQ(at_once(operator_key, redeem_with(text_at(first, "code"))).at("coupon_redeemed"), 63);
}

TEST_F(conversions, list_coupons_without_their_codes_and_block_them) {
    open_partner(miles());
    auto mine = as_partner();
    const auto wallet = new_wallets(1)[0];
    const auto first = coupon("C-1", 30);
    const auto second =
        mine.made("/v1/coupons",
                  {{"reference", "C-2"}, {"units", 101}, {"program", "042021"}, {"last_day", "2035-12-31"}}, "second");
    EXPECT_EQ(second.at("amount").as_int64(), 50);
    EXPECT_EQ(second.at("remainder_units").as_int64(), 1);
    EXPECT_EQ(code_of(mine.post("/v1/coupons", {{"reference", "C-2"}, {"amount", 5}, {"last_day", "2035-12-31"}})),
              "reference_reused");
    const auto made = as_operator->made("/v1/coupons/redemptions",
                                        {{"code", text_at(second, "code")}, {"mykey_id", my_key_of(wallet)}}, "r");
    EXPECT_EQ(text_at(made, "program"), "042021");
    EXPECT_EQ(text_at(made, "coupon"), text_at(second, "id"));
    EXPECT_EQ(mine.read("/v1/conversions?reference=C-2"), made);
    EXPECT_EQ(mine.get("/v1/conversions?reference=C-1").status, 404) << "not redeemed yet";
    const auto path = "/v1/coupons/" + text_at(first, "id");
    mine.made(path + "/blocks", {{"reason", "誤発行"}});
    EXPECT_EQ(code_of(mine.post(path + "/blocks", {{"reason", "誤発行"}})), "coupon_blocked");
    EXPECT_EQ(code_of(as_operator->post("/v1/coupons/redemptions",
                                        {{"code", text_at(first, "code")}, {"wallet", wallet}}, "s")),
              "coupon_blocked");
    restart();
    auto again = as_partner();
    const auto listed = again.read("/v1/coupons?limit=1");
    const auto& row = listed.at("data").as_array().at(0);
    EXPECT_EQ(text_at(row, "reference"), "C-2");
    EXPECT_EQ(text_at(row, "status"), "redeemed");
    EXPECT_FALSE(row.as_object().contains("code"));
    const auto rest = again.read("/v1/coupons?after=" + text_at(listed, "next"));
    EXPECT_EQ(text_at(rest.at("data").as_array().at(0), "status"), "blocked");
    EXPECT_TRUE(rest.at("next").is_null());
    const auto repeated =
        again.post("/v1/coupons",
                   {{"reference", "C-2"}, {"units", 101}, {"program", "042021"}, {"last_day", "2035-12-31"}}, "second");
    EXPECT_EQ(json::parse(repeated.body), second) << "the same bytes again, its code among them";
    EXPECT_EQ(code_of(again.post("/v1/coupons/redemptions", {{"code", "x"}, {"wallet", wallet}}, "t")), "forbidden");
}

} // namespace
} // namespace meguri::test
