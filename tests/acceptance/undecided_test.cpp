// Undecided points from a partner to a till, over real sockets against the real program: they cannot be spent, a
// program is chosen for them, or 14 days pass; and points that only an online shop takes.
#include "ledger/calendar.hpp"
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr long one_day_s = 86'400;
constexpr const char* aso = "432148";

class undecided : public payments_scene {
protected:
    undecided() {
        as_operator->made("/v1/programs", {{"code", aso}, {"name", "阿蘇市ポイント"}, {"expiry_days", 90}});
        partner = text_at(as_operator->made("/v1/partners", {{"name", "東北カード"}}), "id");
        const json::value antenna_shop{{"name", "店"}, {"programs", {"042021", aso}}};
        const auto merchant = text_at(as_operator->made("/v1/merchants", antenna_shop), "id");
        town.till_key = text_at(as_operator->made("/v1/merchants/" + merchant + "/terminals", {{"name", "1"}}), "key");
        till.emplace(process->port(), town.till_key);
        resident.id = text_at(as_operator->made("/v1/wallets", json::object{}), "id");
        resident.card = text_at(as_operator->made(path() + "/codes", {{"kind", "card"}}), "value");
    }

    [[nodiscard]] std::string path() const { return "/v1/wallets/" + resident.id; }

    json::value convert(std::int64_t amount, const std::string& key) {
        return as_operator->made("/v1/conversions", {{"wallet", resident.id}, {"partner", partner}, {"amount", amount}},
                                 key);
    }
    void choose_home(const char* municipality) {
        as_operator->made(path() + "/home_municipality", {{"municipality", municipality}});
    }
    http_reply transfer(const json::value& asked, const std::string& key) {
        return as_operator->post(path() + "/transfers", asked, key);
    }
    [[nodiscard]] json::value paying(const char* program, std::int64_t amount) const {
        auto asked = payment(resident, amount);
        asked.as_object()["program"] = program;
        return asked;
    }

    struct purse {
        std::int64_t undecided = 0;
        std::int64_t available = 0; // in the program
        friend bool operator==(const purse&, const purse&) = default;
    };
    purse balance(const char* program, const std::string& at = {}) {
        const auto seen = as_operator->read(path() + "/balances" + at);
        purse found;
        for (const auto& one : seen.at("undecided").as_array()) found.undecided += one.at("amount").as_int64();
        for (const auto& one : seen.at("data").as_array())
            if (text_at(one, "program") == program) found.available += one.at("available").as_int64();
        return found;
    }
    // Waits until the turned clock was read again, which it is each second.
    void wait_for(const char* program, const purse& expected) {
        for (int i = 0; balance(program) != expected && i < 500; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        EXPECT_EQ(balance(program).undecided, expected.undecided);
        EXPECT_EQ(balance(program).available, expected.available);
    }
    std::vector<json::value> entries_of_type(std::string_view type) {
        std::vector<json::value> found;
        const auto page = as_operator->read(path() + "/entries?limit=100");
        for (const auto& one : page.at("data").as_array())
            if (text_at(one, "type") == type) found.push_back(one);
        return found;
    }
    // Of one account of one program, debits less credits.
    std::int64_t net_of(const std::string& program, std::string_view account) {
        const auto books = as_operator->read("/v1/ledger/trial_balance");
        EXPECT_TRUE(books.at("balanced").as_bool()) << json::serialize(books);
        for (const auto& one : books.at("data").as_array()) {
            if (text_at(one, "program") != program) continue;
            for (const auto& sums : one.at("accounts").as_array())
                if (text_at(sums, "name") == account)
                    return sums.at("debits").as_int64() - sums.at("credits").as_int64();
        }
        return 0;
    }

    std::string partner;
    small_town::purse resident;
};

TEST_F(undecided, cannot_be_spent_until_a_program_is_chosen) {
    const auto converted = convert(800, "c");
    const auto today = ledger::jst_day::of(*ledger::parse_rfc3339(text_at(converted, "created_at")));
    EXPECT_EQ(text_at(converted, "undecided_until"), ledger::to_rfc3339(today.plus_days(14).end()));
    EXPECT_EQ(balance("042021"), (purse{800, 0}));
    EXPECT_EQ(declined(paying("042021", 10), "p1"), "insufficient_points");
    for (const std::string& program : {"undecided:" + partner, std::string{"1000001"}}) // as it is called, and stored
        EXPECT_EQ(code_of(till->post("/v1/authorizations", paying(program.c_str(), 10), "p")), "invalid_value");
    const auto first = transfer({{"program", "042021"}, {"amount", 500}}, "t");
    EXPECT_EQ(first.status, 201) << first.body;
    const auto moved = json::parse(first.body);
    EXPECT_EQ(text_at(moved, "expires_on"), ledger::to_date(today.plus_days(180))) << "counted from the transfer";
    EXPECT_EQ(text_at(moved.at("lots").at(0), "source"), "partner:" + partner);
    EXPECT_EQ(balance("042021"), (purse{300, 500}));
    const auto paid = till->made("/v1/authorizations", paying("042021", 450), "p2");
    EXPECT_EQ(text_at(paid, "status"), "captured");
    EXPECT_EQ(paid.at("balance").as_int64(), 50);
    EXPECT_EQ(declined(paying("042021", 51), "p3"), "insufficient_points");
    EXPECT_EQ(declined(paying(aso, 1), "p4"), "insufficient_points") << "A's points never pay at B";

    const auto again = transfer({{"program", "042021"}, {"amount", 500}}, "t");
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(code_of(transfer({{"program", aso}, {"amount", 500}}, "t")), "idempotency_key_reused");
    EXPECT_EQ(code_of(transfer({{"program", aso}, {"amount", 301}}, "rest")), "amount_exceeds_remaining");
    EXPECT_EQ(code_of(transfer({{"program", "040002"}}, "rest")), "program_unknown");
    EXPECT_EQ(transfer({{"program", aso}}, "rest").status, 201);
    EXPECT_EQ(code_of(transfer({{"program", aso}}, "more")), "nothing_undecided");
    EXPECT_EQ(balance(aso), (purse{0, 300}));
    EXPECT_EQ(net_of("undecided:" + partner, "wallets:available"), 0);
    EXPECT_EQ(net_of("undecided:" + partner, "funding:partner"), 800);
    EXPECT_EQ(net_of("undecided:" + partner, "clearing:out"), -800);
    EXPECT_EQ(net_of("042021", "clearing:in"), 500);
    EXPECT_EQ(net_of(aso, "clearing:in"), 300);
}

TEST_F(undecided, go_home_once_when_14_days_are_over) {
    choose_home(aso);
    const auto converted = convert(800, "c");
    EXPECT_EQ(transfer({{"program", "042021"}, {"amount", 100}}, "t").status, 201);
    const auto created = *ledger::parse_rfc3339(text_at(converted, "created_at"));
    const auto until = *ledger::parse_rfc3339(text_at(converted, "undecided_until"));
    const long seconds_left = static_cast<long>((until.unix_ms() - created.unix_ms()) / 1000);
    turn_clock(seconds_left - 3'600);
    restart(); // which reads the clock at once
    EXPECT_EQ(balance(aso), (purse{700, 0})) << "an hour before the 14th day is over";
    turn_clock(seconds_left + 3'600);
    wait_for(aso, {0, 700});
    const auto transfers = entries_of_type("transfer");
    ASSERT_EQ(transfers.size(), 2U);
    EXPECT_EQ(text_at(transfers[0], "program"), aso);
    EXPECT_TRUE(transfers[0].at("by_default").as_bool());
    EXPECT_FALSE(transfers[1].at("by_default").as_bool());
    const auto today = ledger::jst_day::of(*ledger::parse_rfc3339(text_at(transfers[0], "created_at")));
    EXPECT_EQ(text_at(transfers[0].at("lots").at(0), "expires_on"), ledger::to_date(today.plus_days(90)));
    EXPECT_EQ(net_of(aso, "clearing:in"), 700);

    const auto before = "?at=" + ledger::to_rfc3339(until.plus_ms(-1));
    const auto after = "?at=" + text_at(transfers[0], "created_at");
    EXPECT_EQ(balance(aso, before), (purse{700, 0}));
    EXPECT_EQ(balance(aso, after), (purse{0, 700}));
    for (int i = 0; i < 2; ++i) {
        restart();
        EXPECT_EQ(balance(aso), (purse{0, 700}));
        EXPECT_EQ(entries_of_type("transfer"), transfers);
        EXPECT_EQ(net_of(aso, "clearing:in"), 700);
    }
    EXPECT_EQ(text_at(till->made("/v1/authorizations", paying(aso, 700), "p"), "status"), "captured");
}

TEST_F(undecided, go_home_with_nobody_asking) {
    choose_home(aso);
    convert(800, "c");
    turn_clock(16 * one_day_s);
    // Nothing touches the wallet: what moved is seen in the books alone.
    for (int i = 0; net_of(aso, "wallets:available") == 0 && i < 1500; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    EXPECT_EQ(net_of(aso, "wallets:available"), -800);
    EXPECT_EQ(entries_of_type("transfer").size(), 1U);
}

TEST_F(undecided, that_fell_due_while_the_switch_was_down_go_home_at_its_start) {
    choose_home(aso);
    convert(800, "c");
    turn_clock(200 * one_day_s);
    restart();
    wait_for(aso, {0, 800});
    EXPECT_EQ(entries_of_type("transfer").size(), 1U);
    EXPECT_TRUE(entries_of_type("expiry").empty()) << "their 90 days have just begun";
}

TEST_F(undecided, stay_until_there_is_a_home) {
    convert(800, "c");
    turn_clock(400 * one_day_s);
    restart();
    EXPECT_EQ(balance(aso), (purse{800, 0}));
    EXPECT_TRUE(entries_of_type("expiry").empty());
    EXPECT_EQ(code_of(as_operator->post(path() + "/home_municipality", {{"municipality", "131016"}})),
              "program_unknown");
    EXPECT_EQ(code_of(as_operator->post(path() + "/home_municipality", {{"municipality", "040002"}})), "invalid_value");
    choose_home("042021");
    choose_home(aso);
    wait_for("042021", {0, 800});
    EXPECT_EQ(balance(aso), (purse{0, 0})) << "the first home had them at once";
    EXPECT_EQ(text_at(as_operator->read(path() + "/balances"), "home_municipality"), aso);
}

// A prefecture's points are spent online only.
TEST_F(undecided, can_become_points_for_online_shops_alone) {
    constexpr const char* miyagi = "040002";
    as_operator->made("/v1/programs", {{"code", miyagi},
                                       {"name", "宮城県ポイント"},
                                       {"expiry_days", 180},
                                       {"online_only", true},
                                       {"issuer_kind", "prefecture"}});
    convert(800, "c");
    EXPECT_EQ(transfer({{"program", miyagi}}, "t").status, 201);
    const auto seller = as_operator->made("/v1/merchants", {{"name", "通販"}, {"programs", {miyagi}}});
    const std::string merchant = "/v1/merchants/" + text_at(seller, "id");
    const auto add = [&](const char* kind) {
        return api_client{process->port(), text_at(as_operator->made(merchant + kind, {{"name", "1"}}), "key")};
    };
    auto terminal = add("/terminals");
    auto shop = add("/shops");
    const auto at_a_till = terminal.made("/v1/authorizations", paying(miyagi, 100), "p");
    EXPECT_EQ(text_at(at_a_till, "decline_code"), "program_not_accepted");
    const auto online = shop.made("/v1/authorizations", paying(miyagi, 100), "p");
    EXPECT_EQ(text_at(online, "status"), "captured");
    EXPECT_EQ(online.at("balance").as_int64(), 700);
    EXPECT_EQ(balance(miyagi), (purse{0, 700}));
}

TEST_F(undecided, are_hidden_from_every_municipalitys_staff) {
    choose_home(aso);
    convert(800, "c");
    for (const std::string municipality : {"042021", aso}) {
        const auto added = as_operator->made("/v1/municipalities/" + municipality + "/staff", {{"name", "係"}});
        api_client staff{process->port(), text_at(added, "key")};
        const auto seen = staff.read(path() + "/balances").as_object();
        EXPECT_FALSE(seen.contains("undecided") || seen.contains("home_municipality")) << json::serialize(seen);
        EXPECT_TRUE(staff.read(path() + "/entries").at("data").as_array().empty());
        EXPECT_EQ(staff.post(path() + "/transfers", {{"program", municipality}}, "t").status, 403);
        EXPECT_EQ(staff.post(path() + "/home_municipality", {{"municipality", municipality}}).status, 403);
        const auto books = staff.read("/v1/ledger/trial_balance");
        EXPECT_TRUE(books.at("balanced").as_bool());
        for (const auto& one : books.at("data").as_array()) EXPECT_EQ(text_at(one, "program"), municipality);
    }
}

} // namespace
} // namespace meguri::test
