// Every problem code of the HTTP contract: one row each, in the order of the OpenAPI file, brought about on the real
// program over a real socket. A code without a row fails here. What no client can bring about in the time of a test
// names the unit test that does, and that one must be there.
#include "ledger/correction.hpp"
#include "ledger/key_chain.hpp"
#include "net/problem.hpp"
#include "tests/acceptance/linked_town.hpp"
#include "tests/acceptance/running_town.hpp"
#include "tests/acceptance/small_bank_table.hpp"
#include "tests/acceptance/tls_town.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/openapi_contract.hpp"
#include "tests/support/openapi_file.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr const char* payments_path = "/v1/authorizations";

// --- what the rows are made of ---

json::value paying(running_town& t, std::string_view member = {}, const json::value& value = {}) {
    auto asked = payment(t.resident(), 10);
    if (!member.empty()) asked.as_object()[member] = value;
    return asked;
}

json::value granting(running_town& t, std::string_view member, const json::value& value) {
    json::object asked{
        {"wallet", t.resident().id}, {"program", "042021"}, {"amount", 10}, {"source", "budget:042021:health"}};
    asked[member] = value;
    return asked;
}

json::value correcting(running_town& t) {
    return {{"wallet", t.resident().id},        {"program", "042021"}, {"kind", "debit"}, {"amount", 10},
            {"source", "budget:042021:health"}, {"reason", "試験"}};
}

json::value opening(const std::string& code) {
    return {{"code", code}, {"name", "ポイント"}, {"expiry_days", 90}, {"issuer_kind", "municipality"}};
}

std::string bearer(const std::string& key) { return "Bearer " + key; }

http_fields fields_of(const running_town& t, const std::string& idempotency_key) {
    return {{"Authorization", bearer(t.town.till_key)},
            {"Content-Type", "application/json"},
            {"Idempotency-Key", idempotency_key}};
}

std::string payment_text(running_town& t, const std::string& idempotency_key) {
    return http_request_text("POST", payments_path, fields_of(t, idempotency_key), json::serialize(paying(t)));
}

http_reply held_to_contract(std::string_view method, std::string_view target, http_reply reply) {
    EXPECT_EQ(contract_fault(method, target, reply), "");
    return reply;
}

// As many corrections as may wait in a wallet, and one more.
// Of 100 points, 50 at once at most. Its path.
std::string proposed_campaign(running_town& t) {
    const auto made = t.as_operator.made("/v1/programs/042021/campaigns", {{"name", "歩いて健康"},
                                                                           {"budget", 100},
                                                                           {"source", "budget:042021:health"},
                                                                           {"first_day", "2026-01-01"},
                                                                           {"last_day", "2099-12-31"},
                                                                           {"amount_rule", "up_to"},
                                                                           {"amount", 50}});
    return "/v1/campaigns/" + text_at(made, "id");
}

std::string approved_campaign(running_town& t) {
    const auto path = proposed_campaign(t);
    const auto checker = t.as_operator.made("/v1/operators", {{"name", "確認者"}});
    api_client{t.process.port(), text_at(checker, "key")}.made(path + "/approvals", json::object{});
    return path;
}

// An approved one of 50 points for each, with these terms. Its path.
std::string benefit_campaign(running_town& t, const json::object& terms) {
    json::object asked{{"name", "子育て応援"},
                       {"budget", 100},
                       {"source", "budget:042021:child"},
                       {"first_day", "2026-01-01"},
                       {"last_day", "2099-12-31"},
                       {"amount_rule", "fixed"},
                       {"amount", 50}};
    for (const auto& [name, value] : terms) asked[name] = value;
    const auto made = t.as_operator.made("/v1/programs/042021/campaigns", asked);
    const auto path = "/v1/campaigns/" + text_at(made, "id");
    const auto checker = t.as_operator.made("/v1/operators", {{"name", "確認者"}});
    api_client{t.process.port(), text_at(checker, "key")}.made(path + "/approvals", json::object{});
    return path;
}

http_reply granted_for_benefit(running_town& t, const json::object& terms, json::object asked) {
    asked["wallet"] = text_at(t.as_operator.made("/v1/wallets", json::object{}), "id"); // nobody's
    return t.as_operator.post(benefit_campaign(t, terms) + "/grants", asked,
                              "benefit" + json::serialize(terms).substr(2, 9));
}

http_reply buying(running_town& t, std::int64_t amount, const char* key = "bought-first") {
    const json::value asked{
        {"wallet", t.resident().id}, {"program", "042021"}, {"amount", amount}, {"method", "counter"}};
    return t.as_operator.post("/v1/purchases", asked, key);
}

http_reply buying_on_offer(running_town& t, std::int64_t amount) {
    t.as_operator.made("/v1/programs/042021/purchase_settings", {{"minimum", 1'000},
                                                                 {"maximum", 10'000},
                                                                 {"per_day", 15'000},
                                                                 {"per_month", 20'000},
                                                                 {"days_to_pay", 7},
                                                                 {"reason", "発売"}});
    return buying(t, amount);
}

std::string unmatched_transfer(running_town& t) {
    const auto told = t.as_operator.post_as("text/csv", "/v1/bank_statements?program=042021",
                                            "date,amount,remitter,reference,line_number\n2026-01-05,500,,,1\n");
    const auto line = json::parse(told.body).at("data").as_array().at(0);
    return "/v1/unmatched_transfers/" + text_at(line, "transfer");
}

http_reply granted_from(running_town& t, const std::string& campaign, const char* occasion,
                        std::optional<std::int64_t> amount, const std::string& key) {
    json::object asked{{"wallet", t.resident().id}, {"occasion", occasion}};
    if (amount) asked["amount"] = *amount;
    return t.as_operator.post(campaign + "/grants", asked, key);
}

// A partner of its own: 1 point for 2 units, 100 at least, in steps of 10, 1,000 points a day and person.
api_client new_partner(running_town& t, bool with_terms = true) {
    const auto made = t.as_operator.made("/v1/partners", {{"name", "航空"}});
    const auto terms = "/v1/partners/" + text_at(made, "id") + "/conversion_terms";
    if (with_terms) {
        t.as_operator.made(terms, {{"unit", "マイル"},
                                   {"rate", {{"points", 1}, {"units", 2}}},
                                   {"minimum_units", 100},
                                   {"step_units", 10},
                                   {"per_person_day", 1'000}});
        const auto checker = t.as_operator.made("/v1/operators", {{"name", "確認者"}});
        api_client{t.process.port(), text_at(checker, "key")}.made(terms + "/1/approvals", json::object{});
    }
    return {t.process.port(), text_at(made, "key")};
}

http_reply converting(running_town& t, api_client&& partner, const char* member, const json::value& value) {
    json::object asked{{"reference", "R"}, {"units", 100}, {"wallet", t.resident().id}};
    if (std::string_view{member} == "mykey_id") asked.erase("wallet");
    asked[member] = value;
    return partner.post("/v1/conversions", asked, "x");
}

http_reply redeeming(running_town& t, const json::value& code, const std::string& key) {
    return t.as_operator.post("/v1/coupons/redemptions", {{"code", code}, {"wallet", t.resident().id}}, key);
}

json::value new_coupon(api_client& partner) {
    return partner.made("/v1/coupons", {{"reference", "C"}, {"amount", 10}, {"last_day", "2035-12-31"}});
}

http_reply sent_to(running_town& t, const std::string& campaign, const std::string& wallet, const char* key) {
    return t.as_operator.post_csv(campaign + "/recipients", "wallet,occasion\n" + wallet + ",x\n", key);
}

json::value account(const std::string& bank, const std::string& branch, const std::string& number) {
    return {{"bank", bank}, {"branch", branch}, {"type", "ordinary"}, {"number", number}, {"holder", "ｱﾍﾞ"}};
}

json::value applying(const std::string& bank, const std::string& branch) {
    return {{"name", "石巻鮮魚"},
            {"programs", {"042021"}},
            {"categories", {"food"}},
            {"account", account(bank, branch, "1234567")},
            {"contact", {{"name", "阿部"}, {"phone", "0225-00-0000"}}}};
}

http_reply account_changed(running_town& t, const std::string& number, const std::string& from) {
    return t.as_operator.post(
        "/v1/merchants/" + t.town.merchant + "/account_changes",
        {{"account", account("0125", "404", number)}, {"effective_from", from}, {"reason", "変更"}});
}

std::string activation_codes_of(const running_town& t) {
    return "/v1/merchants/" + t.town.merchant + "/activation_codes";
}

// Without a key, on a connection of its own.
http_reply activated_by(running_town& t, const std::string& code) {
    const json::value body{{"code", code}, {"name", "レジ"}};
    http_client mine{t.process.port()};
    return held_to_contract(
        "POST", "/v1/terminals/activations",
        mine.ask("POST", "/v1/terminals/activations", {{"Content-Type", "application/json"}}, json::serialize(body)));
}

http_reply one_correction_too_many(running_town& t) {
    for (std::size_t i = 0; i < ledger::corrections_max; ++i) {
        auto reply = t.as_operator.post("/v1/corrections", correcting(t));
        if (reply.status != 201) return reply;
    }
    return t.as_operator.post("/v1/corrections", correcting(t));
}

std::string till_keys(const running_town& t) { return "/v1/terminals/" + t.town.terminal + "/keys"; }

http_reply with_a_key_for_less(running_town& t) {
    const auto made = t.as_operator.made(till_keys(t), {{"scopes", {"payments:read"}}});
    return api_client{t.process.port(), text_at(made, "key")}.post(payments_path, paying(t), "x");
}

// On a ledger of its own: others have a second operator.
http_reply no_operator_left(running_town&) {
    running_town lonely;
    const auto acts = lonely.as_operator.read("/v1/audit").at("data").as_array();
    const auto first = text_at(acts.back().at("what"), "id");
    return lonely.as_operator.post("/v1/operators/" + first + "/keys/1/revoke", json::object{});
}

http_reply one_key_too_many(running_town& t) {
    const auto till = t.as_operator.made("/v1/merchants/" + t.town.merchant + "/terminals", {{"name", "予備"}});
    const std::string path = "/v1/terminals/" + text_at(till, "id") + "/keys";
    for (std::size_t i = 1; i < ledger::key_chain::known_max; ++i) t.as_operator.made(path, json::object{});
    return t.as_operator.post(path, json::object{});
}

http_reply binding(running_town& t, const issued_certificate& card) {
    return t.as_operator.post("/v1/wallets/" + t.resident().id + "/cards", {{"certificate", to_base64(card.der())}});
}

http_reply bound_twice(running_town&) {
    const temporary_folder folder;
    test_cards cards{folder.path()};
    running_town with_cards{cards.settings()};
    const auto card = cards.issue();
    EXPECT_EQ(binding(with_cards, card).status, 201);
    return binding(with_cards, card);
}

http_reply with_the_certificate_for_signing(running_town&) {
    const temporary_folder folder;
    test_cards cards{folder.path()};
    running_town with_cards{cards.settings()};
    return binding(with_cards, cards.issue(signing_wish()));
}

http_reply recovering_beside_a_good_card(running_town&) {
    const temporary_folder folder;
    test_cards cards{folder.path()};
    running_town with_cards{cards.settings()};
    api_client nobody{with_cards.process.port(), {}};
    const auto challenge = [&](const char* purpose) {
        return text_at(nobody.made("/v1/challenges", {{"purpose", purpose}}), "challenge");
    };
    const auto session = nobody.made("/v1/sessions", shown_card(cards.issue(), challenge("login")));
    api_client{with_cards.process.port(), text_at(session, "token")}.made(
        "/v1/wallets/" + text_at(session, "wallet") + "/password", {{"password", "correct horse"}});
    auto recovery = shown_card(cards.issue(), challenge("recover"), "recover");
    recovery["mykey_id"] = text_at(session, "mykey_id");
    recovery["password"] = "correct horse";
    return nobody.post("/v1/card_recoveries", recovery);
}

http_reply without_authorities(running_town& t) { return binding(t, card_authority{}.issue()); }

http_reply showing(running_town& t, const issued_certificate& card, const char* altered, const json::value& value) {
    api_client nobody{t.process.port(), {}};
    const auto opened = nobody.made("/v1/challenges", {{"purpose", "login"}});
    auto shown = shown_card(card, text_at(opened, "challenge"));
    shown[altered] = value;
    return nobody.post("/v1/sessions", shown);
}

http_reply with_cards(const char* altered, const json::value& value) {
    const temporary_folder folder;
    test_cards cards{folder.path()};
    running_town town{cards.settings()};
    return showing(town, cards.issue(), altered, value);
}

http_reply trying_a_password(running_town& t, int times, const char* id) {
    api_client nobody{t.process.port(), {}};
    const json::value body{{"mykey_id", id}, {"password", "wrong horse"}};
    for (int i = 1; i < times; ++i) static_cast<void>(nobody.post("/v1/checkout_sessions", body));
    return nobody.post("/v1/checkout_sessions", body);
}

// By who logged in longer ago than that.
http_reply setting_a_password_late(running_town&) {
    const temporary_folder folder;
    test_cards cards{folder.path()};
    const auto clock = folder / "clock";
    std::ofstream{clock} << "0\n";
    std::ofstream{folder / "meguri.toml"} << cards.settings();
    static_cast<void>(init_ledger(folder / "ledger", true));
    switch_process process{folder / "ledger",
                           {"--test-clock", clock.string(), "--config", (folder / "meguri.toml").string()}};
    api_client nobody{process.port(), {}};
    const auto opened = nobody.made("/v1/challenges", {{"purpose", "login"}});
    const auto session = nobody.made("/v1/sessions", shown_card(cards.issue(), text_at(opened, "challenge")));
    std::ofstream{clock} << "601\n";
    api_client resident{process.port(), text_at(session, "token")};
    for (int tries = 0;; ++tries) { // the clock's file is read once a second
        auto reply =
            resident.post("/v1/wallets/" + text_at(session, "wallet") + "/password", {{"password", "correct horse"}});
        if (reply.status != 200 || tries == 100) return reply;
    }
}

http_reply redeeming_no_code(running_town&) {
    const temporary_folder folder;
    test_cards cards{folder.path()};
    std::ofstream{folder / "meguri.toml"} << cards.settings();
    static_cast<void>(init_ledger(folder / "ledger", true));
    switch_process process{folder / "ledger", {"--config", (folder / "meguri.toml").string()}};
    api_client nobody{process.port(), {}};
    const auto opened = nobody.made("/v1/challenges", {{"purpose", "login"}});
    const auto session = nobody.made("/v1/sessions", shown_card(cards.issue(), text_at(opened, "challenge")));
    api_client resident{process.port(), text_at(session, "token")};
    return resident.post("/v1/event_redemptions", {{"code", "1W3Z6B7N2RKV7D2M9Q4X0C5E8T"}}, "no-code");
}

// The answer to bytes that are no request that would be answered: the last one of its connection.
http_reply last_reply(http_client& to, std::string_view method, std::string_view target) {
    auto reply = held_to_contract(method, target, to.read_reply());
    EXPECT_EQ(reply.field("connection"), "close");
    EXPECT_TRUE(to.at_end());
    return reply;
}

http_reply refused(running_town& t, const std::string& bytes) {
    http_client mine{t.process.port()};
    mine.send(bytes);
    return last_reply(mine, "POST", payments_path);
}

// --- the states of the switch that a row needs, each on a switch of its own ---

http_reply too_slow(running_town&) {
    running_town impatient{"[limits]\nheader_timeout_ms = 100\n"};
    return refused(impatient, "POST /v1/authorizations HTTP/1.1\r\nHost: t");
}

// Two strangers' keys on one connection, one after the other.
http_reply guessing(running_town&) {
    running_town strict{"[limits]\nauth_failures_per_second = 1\nauth_failures_burst = 1\n"};
    api_client stranger{strict.process.port(), "te_nobody"};
    EXPECT_EQ(stranger.post(payments_path, paying(strict), "x").status, 401);
    return stranger.post(payments_path, paying(strict), "x");
}

// A till that is bound to a certificate, and pays over plain HTTP.
http_reply without_certificate(running_town& t) {
    const std::string certificates = "/v1/terminals/" + t.town.terminal + "/certificates";
    t.as_operator.made(certificates, {{"certificates", {std::string(64, 'a')}}, {"reason", "試験"}});
    auto reply = t.till.post(payments_path, paying(t), "x");
    t.as_operator.made(certificates, {{"certificates", json::array{}}, {"reason", "試験"}});
    return reply;
}

// Over TLS, with a neighbour's certificate.
http_reply with_another_certificate(running_town&) {
    tls_town secure;
    const auto shown = secure.chain.issue("neighbour");
    secure.bind({secure.chain.issue("till").digest()});
    tls_client till{secure.process().port(), shown};
    return held_to_contract("POST", payments_path,
                            till.ask("POST", payments_path,
                                     {{"Authorization", bearer(secure.till_key)},
                                      {"Content-Type", "application/json"},
                                      {"Idempotency-Key", "x"}},
                                     "{}"));
}

// Two payments that arrive together: the second finds the first under way.
http_reply one_too_many(running_town&) {
    running_town small{"[limits]\nin_flight_max = 1\n"};
    http_client mine{small.process.port()};
    mine.send(payment_text(small, "first") + payment_text(small, "second"));
    EXPECT_EQ(held_to_contract("POST", payments_path, mine.read_reply()).status, 201);
    auto reply = held_to_contract("POST", payments_path, mine.read_reply());
    mine.send(payment_text(small, "second"));
    const auto again = mine.read_reply();
    EXPECT_TRUE(again.status == 201 && !again.has("idempotent-replayed")) << "nothing had happened";
    return reply;
}

// A payment that is half there when the switch is asked to end. It came in one piece with a whole one, so whoever has
// the answer to that knows that the half was read.
http_reply draining(running_town&) {
    running_town ending;
    http_client mine{ending.process.port()};
    const std::string half = payment_text(ending, "second").substr(0, 100);
    mine.send(payment_text(ending, "first") + half);
    EXPECT_EQ(mine.read_reply().status, 201);
    ending.process.send(SIGTERM);
    auto reply = last_reply(mine, "POST", payments_path);
    EXPECT_EQ(ending.process.wait(), 0);
    return reply;
}

// A town whose disk fails under the first payment; what that payment and what a read after it were answered.
struct failed_disk {
    http_reply payment;
    http_reply read;

    static failed_disk seen() {
        const temporary_folder folder;
        const preloaded_shim preload{"failing_sync"};
        const environment_variable fails{"MEGURI_SYNC_FAILS", (folder / "sync-fails").string()};
        running_town town;
        std::ofstream{folder / "sync-fails"}.flush();
        auto paid = town.till.post(payments_path, paying(town), "first");
        return {std::move(paid), town.till.get("/v1/authorizations?reference=none")};
    }
};

bool holds(const std::filesystem::path& file, const std::string& text) {
    std::ifstream opened{file, std::ios::binary};
    const std::string all{std::istreambuf_iterator<char>{opened}, {}};
    return all.find(text) != std::string::npos;
}

// Turns the byte before each such text, in a file that the switch has mapped, into another; or back.
void damage(const std::filesystem::path& file, const std::string& text) {
    std::fstream opened{file, std::ios::binary | std::ios::in | std::ios::out};
    const std::string all{std::istreambuf_iterator<char>{opened}, {}};
    opened.clear();
    for (auto at = all.find(text, 1); at != std::string::npos; at = all.find(text, at + 1)) {
        opened.seekp(static_cast<std::streamoff>(at - 1));
        opened.put(static_cast<char>(all[at - 1] ^ 1));
    }
}

http_reply damaged_journal(running_town&) {
    running_town town{"[checkpoint]\ninterval_ms = 3600000\n"}; // the checkpointer is not to find it first
    const char* const reference = "R-DAMAGED-1";
    const auto paid = town.till.made(payments_path, paying(town, "reference", reference), "first");
    const auto journal = town.folder / "ledger/journal/data.mdb";
    const std::string path = "/v1/authorizations/" + text_at(paid, "id");
    // Until the commit log was filed it is read from memory.
    while (!holds(journal, reference)) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    damage(journal, reference);
    auto reply = town.till.get(path);
    damage(journal, reference);
    EXPECT_EQ(town.till.read(path), paid) << "it could be read again";
    return reply;
}

// --- the table ---

// A partner and two residents, of whom one has linked an account there: for the rows that follow each other.
struct linked_rows final : linked_town {
    linked_rows() { link(me, "alice"); }
    void TestBody() override {}
    static linked_rows& all() {
        static linked_rows one;
        return one;
    }
    http_reply link_again(const person& who, const std::string& account) {
        return finish(who, company.approve(text_at(begin(who), "authorization_url"), account));
    }
    http_reply finish_by(const std::string& state, const std::string& code) { return finish(neighbour, {state, code}); }
    std::string new_state() { return company.approve(text_at(begin(neighbour), "authorization_url"), "bob").state; }
    http_reply convert_unlinked() { return convert(neighbour, 1'000, "k-1"); }
    http_reply begin_elsewhere() {
        return as(me).post("/v1/wallets/" + me.wallet + "/link_requests", {{"partner", "par_none"}});
    }
    void end_partner() { company.kill(); }

    person me = new_resident();
    person neighbour = new_resident();
};

struct row {
    std::string_view code;
    int status;
    bool retryable;
    std::string_view where;  // the `pointer` into the body, or the `parameter`: a query parameter or a header
    std::string_view header; // the one that comes with this problem
    http_reply (*meet)(running_town&);
    std::string_view unit_test = {}; // suite.name, where no client can meet it
};

constexpr bool lasting = false;
constexpr bool passing = true;

constexpr std::array table{
    row{"malformed_http", 400, lasting, "", "",
        [](running_town& t) { return refused(t, "POST /v1/authorizations HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n"); }},
    row{"malformed_request", 400, lasting, "/tip", "",
        [](running_town& t) { return t.till.post(payments_path, paying(t, "tip", 5), "x"); }},
    row{"invalid_value", 400, lasting, "/credential/type", "",
        [](running_town& t) {
            return t.till.post(payments_path, paying(t, "credential", {{"type", "face"}, {"value", "x"}}), "x");
        }},
    row{"amount_out_of_range", 400, lasting, "/amount", "",
        [](running_town& t) { return t.till.post(payments_path, paying(t, "amount", 100'000'001), "x"); }},
    row{"invalid_local_gov_code", 400, lasting, "/code", "",
        [](running_town& t) { return t.as_operator.post("/v1/programs", opening("042022")); }},
    row{"invalid_activation_code", 400, lasting, "/code", "",
        [](running_town& t) { return activated_by(t, "0000-0000-0001"); }},
    row{"invalid_parameter", 400, lasting, "limit", "",
        [](running_town& t) { return t.as_operator.get("/v1/wallets/" + t.resident().id + "/entries?limit=101"); }},
    row{"idempotency_key_missing", 400, lasting, "Idempotency-Key", "",
        [](running_town& t) { return t.till.post(payments_path, paying(t)); }},
    row{"idempotency_key_invalid", 400, lasting, "Idempotency-Key", "",
        [](running_town& t) { return t.till.post(payments_path, paying(t), std::string(65, 'k')); }},
    row{"program_required", 400, lasting, "/program", "",
        [](running_town& t) {
            t.as_operator.made("/v1/programs", opening("432148"));
            const auto market =
                t.as_operator.made("/v1/merchants", {{"name", "市場"}, {"programs", {"042021", "432148"}}});
            const auto made =
                t.as_operator.made("/v1/merchants/" + text_at(market, "id") + "/terminals", {{"name", "レジ"}});
            auto unnamed = paying(t);
            unnamed.as_object().erase("program");
            return api_client{t.process.port(), text_at(made, "key")}.post(payments_path, unnamed, "x");
        }},
    row{"expires_in_the_past", 400, lasting, "/expires_on", "",
        [](running_town& t) { return t.as_operator.post("/v1/grants", granting(t, "expires_on", "2020-03-31"), "x"); }},
    row{"expires_too_far", 400, lasting, "/expires_on", "",
        [](running_town& t) { return t.as_operator.post("/v1/grants", granting(t, "expires_on", "9999-12-31"), "x"); }},
    row{"effective_in_the_past", 400, lasting, "/effective_from", "",
        [](running_town& t) { return account_changed(t, "1234567", "2020-01-01"); }},
    row{"unauthenticated", 401, lasting, "", "WWW-Authenticate: Bearer",
        [](running_town& t) {
            return api_client{t.process.port(), "te_nobody"}.post(payments_path, paying(t), "x");
        }},
    row{"certificate_required", 401, lasting, "", "WWW-Authenticate: Bearer", without_certificate},
    row{"certificate_mismatch", 401, lasting, "", "WWW-Authenticate: Bearer", with_another_certificate},
    row{"forbidden", 403, lasting, "", "", [](running_town& t) { return t.till.post("/v1/wallets", json::object{}); }},
    row{"scope_missing", 403, lasting, "", "", with_a_key_for_less},
    row{"terminal_inactive", 403, lasting, "", "",
        [](running_town& t) {
            const auto paid = t.till.made(payments_path, paying(t), "inactive");
            const std::string terminal = "/v1/terminals/" + t.town.terminal;
            t.as_operator.made(terminal + "/freeze", {{"reason", "試験"}});
            auto reply = t.till.post("/v1/authorizations/" + text_at(paid, "id") + "/refunds", json::object{}, "x");
            t.as_operator.made(terminal + "/unfreeze", {{"reason", "試験"}});
            return reply;
        }},
    row{"second_person_required", 403, lasting, "", "",
        [](running_town& t) {
            const auto proposed = t.as_operator.made("/v1/corrections", correcting(t));
            const std::string path = "/v1/corrections/" + text_at(proposed, "id");
            auto reply = t.as_operator.post(path + "/approvals", json::object{}, "x");
            const auto other = t.as_operator.made("/v1/operators", {{"name", "別の担当者"}});
            api_client{t.process.port(), text_at(other, "key")}.made(path + "/rejections", {{"reason", "試験"}});
            return reply;
        }},
    row{"card_required", 403, lasting, "", "", setting_a_password_late},
    row{"not_found", 404, lasting, "", "", [](running_town& t) { return t.till.get("/v1/nowhere"); }},
    row{"method_not_allowed", 405, lasting, "", "Allow: POST",
        [](running_town& t) {
            http_client mine{t.process.port()};
            return held_to_contract("DELETE", "/v1/wallets", mine.ask("DELETE", "/v1/wallets"));
        }},
    row{"request_timeout", 408, passing, "", "", too_slow},
    row{"program_exists", 409, lasting, "/code", "",
        [](running_town& t) { return t.as_operator.post("/v1/programs", opening("042021")); }},
    row{"invalid_state", 409, lasting, "", "",
        [](running_town& t) {
            const auto paid = t.till.made(payments_path, paying(t), "captured");
            return t.till.post("/v1/authorizations/" + text_at(paid, "id") + "/voids", json::object{}, "x");
        }},
    row{"nothing_undecided", 409, lasting, "", "",
        [](running_town& t) {
            return t.as_operator.post("/v1/wallets/" + t.resident().id + "/transfers", {{"program", "042021"}}, "x");
        }},
    row{"last_operator_key", 409, lasting, "", "", no_operator_left},
    row{"card_already_bound", 409, lasting, "/certificate", "", bound_twice},
    row{"campaign_not_open", 409, lasting, "", "",
        [](running_town& t) { return granted_from(t, proposed_campaign(t), "x", {}, "x"); }},
    row{"already_granted", 409, lasting, "/occasion", "",
        [](running_town& t) {
            const auto campaign = approved_campaign(t);
            static_cast<void>(granted_from(t, campaign, "x", {}, "first"));
            return granted_from(t, campaign, "x", {}, "second");
        }},
    row{"challenge_not_open", 409, lasting, "/challenge", "",
        [](running_town& t) { return showing(t, card_authority{}.issue(), "challenge", "ch_nobodys"); }},
    row{"conversion_terms_missing", 409, lasting, "", "",
        [](running_town& t) { return converting(t, new_partner(t, false), "units", 100); }},
    row{"reference_reused", 409, lasting, "/reference", "",
        [](running_town& t) {
            auto partner = new_partner(t);
            partner.made("/v1/conversions", {{"reference", "R"}, {"units", 100}, {"wallet", t.resident().id}}, "first");
            return converting(t, std::move(partner), "units", 110);
        }},
    row{"coupon_redeemed", 409, lasting, "", "",
        [](running_town& t) {
            auto partner = new_partner(t);
            const auto coupon = new_coupon(partner);
            static_cast<void>(redeeming(t, coupon.at("code"), "redeemed-1"));
            return redeeming(t, coupon.at("code"), "redeemed-2");
        }},
    row{"coupon_blocked", 409, lasting, "", "",
        [](running_town& t) {
            auto partner = new_partner(t);
            const auto coupon = new_coupon(partner);
            partner.made("/v1/coupons/" + text_at(coupon, "id") + "/blocks", {{"reason", "誤発行"}});
            return redeeming(t, coupon.at("code"), "blocked");
        }},
    row{"coupon_expired", 409, lasting, "", "", nullptr, "conversions.refuse_coupons_that_are_over_blocked_or_none"},
    row{"recipients_repeated", 409, lasting, "", "",
        [](running_town& t) {
            const auto campaign = approved_campaign(t);
            const auto wallet = t.resident().id;
            static_cast<void>(sent_to(t, campaign, wallet, "sent-first"));
            return sent_to(t, campaign, wallet, "sent-second");
        }},
    row{"purchase_not_offered", 409, lasting, "/program", "", [](running_town& t) { return buying(t, 1'000); }},
    row{"refund_not_allowed", 409, lasting, "", "", nullptr,
        "refunds.are_an_exception_that_the_program_makes_for_some_days"},
    row{"nothing_unspent", 409, lasting, "", "", nullptr, "refunds.take_what_is_unspent_and_two_persons"},
    row{"activation_code_used", 409, lasting, "/code", "",
        [](running_town& t) {
            const auto code = text_at(t.as_operator.made(activation_codes_of(t), json::object{}), "code");
            activated_by(t, code);
            return activated_by(t, code);
        }},
    row{"activation_code_expired", 409, lasting, "/code", "", nullptr, "activations.end_with_their_hour"},
    row{"application_exists", 409, lasting, "", "",
        [](running_town& t) {
            t.as_operator.made("/v1/applications/merchants", applying("0125", "404"));
            return t.as_operator.post("/v1/applications/merchants", applying("0125", "404"));
        }},
    row{"account_unchanged", 409, lasting, "/account", "",
        [](running_town& t) {
            const auto proposed = account_changed(t, "7654321", "2099-01-01");
            const auto id = text_at(json::parse(proposed.body), "id");
            const auto checker = t.as_operator.made("/v1/operators", {{"name", "確認者"}});
            api_client{t.process.port(), text_at(checker, "key")}.made("/v1/account_changes/" + id + "/approvals",
                                                                       json::object{});
            return account_changed(t, "7654321", "2099-01-02");
        }},
    row{"link_not_begun", 409, lasting, "/state", "",
        [](running_town&) { return linked_rows::all().finish_by("li_none", "c-1"); }},
    row{"already_linked", 409, lasting, "", "",
        [](running_town&) { return linked_rows::all().link_again(linked_rows::all().me, "bob"); }},
    row{"account_linked_elsewhere", 409, lasting, "", "",
        [](running_town&) { return linked_rows::all().link_again(linked_rows::all().neighbour, "alice"); }},
    row{"not_linked", 409, lasting, "", "", [](running_town&) { return linked_rows::all().convert_unlinked(); }},
    row{"mandate_exists", 409, lasting, "", "", nullptr, "request_mandate.is_refused"},
    row{"mandate_missing", 409, lasting, "/method", "", nullptr,
        "request_purchase.by_account_transfer_needs_a_mandate_and_is_for_a_debit_day"},
    row{"nothing_to_debit", 409, lasting, "/debit_day", "", nullptr, "order_debits.is_refused"},
    row{"collection_account_missing", 409, lasting, "", "", nullptr, "order_debits.is_refused"},
    row{"debit_result_differs", 409, lasting, "", "", nullptr, "problem.maps_every_refusal"}, // within a report
    row{"card_payment_differs", 409, lasting, "", "", nullptr,
        "note_card_payment.is_refused_where_it_is_another_payment_or_amount"},
    row{"person_required", 409, lasting, "", "",
        [](running_town& t) { return granted_for_benefit(t, {{"per_person", true}}, {{"occasion", "x"}}); }},
    row{"eligibility_missing", 409, lasting, "", "",
        [](running_town& t) { return granted_for_benefit(t, {{"eligible_only", true}}, {}); }},
    row{"not_eligible", 409, lasting, "", "",
        [](running_town& t) {
            const auto campaign = benefit_campaign(t, {{"eligible_only", true}});
            const auto list = "digest\n" + std::string(64, 'a') + '\n';
            EXPECT_EQ(t.as_operator.post_csv(campaign + "/eligibility", list, "listed").status, 201);
            return t.as_operator.post(campaign + "/grants", {{"wallet", t.resident().id}}, "not-listed");
        }},
    row{"event_not_open", 409, lasting, "", "",
        [](running_town& t) {
            const auto event = t.as_operator.made(
                approved_campaign(t) + "/events",
                {{"occasion", "x"}, {"begins_at", "2026-01-01T00:00:00Z"}, {"ends_at", "2026-01-02T00:00:00Z"}});
            return t.as_operator.get("/v1/events/" + text_at(event, "id") + "/code");
        }},
    row{"event_code_over", 409, lasting, "/code", "", nullptr, "benefits.of_an_event_need_the_code_that_is_shown"},
    row{"nothing_granted", 409, lasting, "", "",
        [](running_town& t) {
            return t.as_operator.post(approved_campaign(t) + "/clawbacks", {{"reason", "終了"}}, "nothing");
        }},
    row{"card_still_good", 409, lasting, "", "", recovering_beside_a_good_card},
    row{"body_too_large", 413, lasting, "", "",
        [](running_town& t) {
            return refused(t, http_request_text("POST", payments_path, fields_of(t, "x"), std::string(65'537, ' ')));
        }},
    row{"unsupported_media_type", 415, lasting, "", "",
        [](running_town& t) {
            http_client mine{t.process.port()};
            const http_fields as_text{{"Authorization", bearer(t.town.till_key)}, {"Content-Type", "text/plain"}};
            return held_to_contract("POST", payments_path, mine.ask("POST", payments_path, as_text, "{}"));
        }},
    row{"expectation_failed", 417, lasting, "", "",
        [](running_town& t) {
            auto fields = fields_of(t, "x");
            fields.emplace_back("Expect", "a-miracle");
            return refused(t, http_request_text("POST", payments_path, fields, json::serialize(paying(t))));
        }},
    row{"idempotency_key_reused", 422, lasting, "", "",
        [](running_town& t) {
            t.till.made(payments_path, paying(t), "reused");
            return t.till.post(payments_path, paying(t, "amount", 11), "reused");
        }},
    row{"program_unknown", 422, lasting, "/program", "",
        [](running_town& t) { return t.as_operator.post("/v1/grants", granting(t, "program", "131016"), "x"); }},
    row{"wallet_unknown", 422, lasting, "/wallet", "",
        [](running_town& t) { return t.as_operator.post("/v1/grants", granting(t, "wallet", "wal_nobodys"), "x"); }},
    // 65,535 terminals take the API most of a minute; a balance beyond 2^62 takes 46 thousand million grants.
    row{"outlets_exhausted", 422, lasting, "", "", nullptr, "add_outlet.stops_at_the_last_number"},
    row{"keys_exhausted", 422, lasting, "", "", one_key_too_many},
    row{"balance_too_large", 422, lasting, "", "", nullptr, "grant.that_would_pass_the_limit_of_points_is_refused"},
    row{"amount_exceeds_remaining", 422, lasting, "/amount", "",
        [](running_town& t) {
            const auto paid = t.till.made(payments_path, paying(t), "ten");
            return t.till.post("/v1/authorizations/" + text_at(paid, "id") + "/refunds", {{"amount", 11}}, "x");
        }},
    row{"not_reversible", 422, lasting, "/idempotency_key", "",
        [](running_town& t) {
            const auto paid = t.till.made(payments_path, paying(t), "refunded");
            t.till.made("/v1/authorizations/" + text_at(paid, "id") + "/refunds", json::object{}, "refund");
            return t.till.post("/v1/reversals", {{"idempotency_key", "refund"}}, "x");
        }},
    row{"corrections_exhausted", 422, lasting, "", "", one_correction_too_many},
    row{"card_not_accepted", 422, lasting, "/certificate", "", with_the_certificate_for_signing},
    row{"card_unknown", 422, lasting, "/certificate", "", [](running_town&) { return with_cards("enroll", false); }},
    row{"signature_not_accepted", 422, lasting, "/signature", "",
        [](running_town&) { return with_cards("signature", "AAAA"); }},
    row{"password_not_accepted", 422, lasting, "", "",
        [](running_town& t) { return trying_a_password(t, 1, "NOBODYS0"); }},
    row{"amount_not_allowed", 422, lasting, "/amount", "",
        [](running_town& t) { return granted_from(t, approved_campaign(t), "x", 51, "x"); }},
    row{"budget_exceeded", 422, lasting, "", "",
        [](running_town& t) {
            const auto campaign = approved_campaign(t);
            static_cast<void>(granted_from(t, campaign, "x", 50, "b-1"));
            static_cast<void>(granted_from(t, campaign, "y", 50, "b-2"));
            return granted_from(t, campaign, "z", 1, "b-3");
        }},
    row{"campaigns_exhausted", 422, lasting, "", "", nullptr, "propose_campaign.is_refused"},
    row{"units_below_minimum", 422, lasting, "/units", "",
        [](running_town& t) { return converting(t, new_partner(t), "units", 90); }},
    row{"units_off_step", 422, lasting, "/units", "",
        [](running_town& t) { return converting(t, new_partner(t), "units", 105); }},
    row{"conversion_limit_reached", 422, lasting, "", "",
        [](running_town& t) { return converting(t, new_partner(t), "units", 2'010); }},
    row{"mykey_id_unknown", 422, lasting, "/mykey_id", "",
        [](running_town& t) { return converting(t, new_partner(t), "mykey_id", "ZZZZ9999"); }},
    row{"wallet_unavailable", 422, lasting, "/wallet", "",
        [](running_town& t) {
            const auto wallet = "/v1/wallets/" + t.resident().id;
            t.as_operator.made(wallet + "/freeze", {{"reason", "試験"}});
            auto reply = converting(t, new_partner(t), "units", 100);
            t.as_operator.made(wallet + "/unfreeze", {{"reason", "試験"}});
            return reply;
        }},
    row{"coupon_unknown", 422, lasting, "/code", "", [](running_town& t) { return redeeming(t, "none", "unknown"); }},
    row{"recipients_refused", 422, lasting, "", "",
        [](running_town& t) { return sent_to(t, approved_campaign(t), "wal_nobodys", "x"); }},
    row{"recipients_exhausted", 422, lasting, "", "", nullptr,
        "accept_recipients.takes_the_same_file_once_and_not_more_than_it_may"},
    row{"purchase_amount_not_allowed", 422, lasting, "/amount", "",
        [](running_town& t) { return buying_on_offer(t, 999); }},
    row{"purchase_limit_reached", 422, lasting, "/amount", "",
        [](running_town& t) {
            EXPECT_EQ(buying_on_offer(t, 10'000).status, 201);
            return buying(t, 10'000, "bought-second");
        }},
    row{"purchase_unknown", 422, lasting, "/purchase", "",
        [](running_town& t) {
            const json::value asked{{"purchase", "pur_00000000000000000000000000"}, {"reason", "照会"}};
            return t.as_operator.post(unmatched_transfer(t) + "/assignment", asked);
        }},
    row{"transfer_differs", 422, lasting, "", "", nullptr, "purchases.take_each_line_once"},
    row{"activation_code_unknown", 422, lasting, "/code", "",
        [](running_town& t) { return activated_by(t, "0000-0000-0000"); }},
    row{"activation_codes_exhausted", 422, lasting, "", "",
        [](running_town& t) {
            http_reply last;
            for (int i = 0; i < 101; ++i) last = t.as_operator.post(activation_codes_of(t), json::object{});
            return last;
        }},
    row{"bank_unknown", 422, lasting, "/account/bank", "",
        [](running_town& t) { return t.as_operator.post("/v1/applications/merchants", applying("9998", "404")); }},
    row{"branch_unknown", 422, lasting, "/account/branch", "",
        [](running_town& t) { return t.as_operator.post("/v1/applications/merchants", applying("0125", "999")); }},
    row{"partner_not_linkable", 422, lasting, "/partner", "",
        [](running_town&) { return linked_rows::all().begin_elsewhere(); }},
    row{"partner_refused", 422, lasting, "", "",
        [](running_town&) { return linked_rows::all().finish_by(linked_rows::all().new_state(), "another"); }},
    row{"measure_too_small", 422, lasting, "/measured", "",
        [](running_town& t) {
            return granted_for_benefit(t, {{"amount_rule", "percentage"}, {"basis_points", 100}},
                                       {{"occasion", "x"}, {"measured", 99}});
        }},
    row{"event_code_unknown", 422, lasting, "/code", "", redeeming_no_code},
    row{"events_exhausted", 422, lasting, "", "", nullptr, "event.stops_at_the_last_one"},
    row{"clawbacks_exhausted", 422, lasting, "", "", nullptr, "clawback.stops_at_the_last_one"},
    row{"too_many_failures", 429, passing, "", "Retry-After: 1", guessing},
    row{"password_locked", 429, passing, "", "Retry-After: 900",
        [](running_town& t) { return trying_a_password(t, 6, "NOBODYS1"); }},
    row{"too_many_tries", 429, passing, "", "Retry-After: 600",
        [](running_town& t) {
            for (int i = 0; i < 10; ++i) static_cast<void>(redeeming(t, "none", "guess-" + std::to_string(i)));
            return redeeming(t, "none", "guess");
        }},
    row{"header_too_large", 431, lasting, "", "",
        [](running_town& t) {
            auto fields = fields_of(t, "x");
            fields.emplace_back("X-Filler", std::string(9'000, 'x'));
            return refused(t, http_request_text("POST", payments_path, fields, json::serialize(paying(t))));
        }},
    row{"overloaded", 503, passing, "", "Retry-After: 1", one_too_many},
    row{"not_ready", 503, passing, "", "Retry-After: 5", draining},
    row{"ledger_stopped", 503, passing, "", "", [](running_town&) { return failed_disk::seen().read; }},
    row{"outcome_unknown", 503, passing, "", "", [](running_town&) { return failed_disk::seen().payment; }},
    row{"read_failed", 503, passing, "", "", damaged_journal},
    row{"verification_unavailable", 503, passing, "", "Retry-After: 5", without_authorities},
    row{"bank_table_missing", 503, passing, "", "",
        [](running_town&) {
            running_town without;
            return without.as_operator.post("/v1/applications/merchants", applying("0125", "404"));
        }},
    row{"partner_unavailable", 503, passing, "", "Retry-After: 30",
        [](running_town&) {
            const auto state = linked_rows::all().new_state();
            linked_rows::all().end_partner();
            return linked_rows::all().finish_by(state, "c-1");
        }},
};

// --- the tests ---

std::string text_or_none(const json::value& problem, std::string_view member) {
    return problem.as_object().contains(member) ? text_at(problem, member) : std::string{};
}

void expect_as_told(const row& expected, const http_reply& reply) {
    EXPECT_EQ(reply.status, expected.status) << reply.body;
    ASSERT_EQ(reply.field("content-type"), "application/problem+json") << reply.body;
    const auto problem = json::parse(reply.body);
    EXPECT_EQ(text_at(problem, "code"), expected.code);
    EXPECT_EQ(problem.at("retryable").as_bool(), expected.retryable);
    EXPECT_EQ(text_at(problem, "request_id"), reply.field("request-id"));
    EXPECT_EQ(text_or_none(problem, "pointer") + text_or_none(problem, "parameter"), expected.where);
    EXPECT_EQ(problem.as_object().contains("pointer"), expected.where.starts_with('/'));
    std::string headers;
    for (const auto& [field, name] : std::array<std::pair<const char*, const char*>, 3>{
             {{"retry-after", "Retry-After: "}, {"www-authenticate", "WWW-Authenticate: "}, {"allow", "Allow: "}}})
        if (reply.has(field)) headers += name + reply.field(field);
    EXPECT_EQ(headers, expected.header);
}

// The text of TEST(suite, name) wherever it stands under tests/; empty where it does not.
std::string text_of_test(std::string_view suite_and_name) {
    const auto dot = suite_and_name.find('.');
    const std::string head =
        "(" + std::string{suite_and_name.substr(0, dot)} + ", " + std::string{suite_and_name.substr(dot + 1)} + ") {";
    for (const auto& file : source_files("tests"))
        for (const std::string macro : {"\nTEST", "\nTEST_F"})
            if (const auto at = file.text.find(macro + head); at != std::string::npos)
                return file.text.substr(at, file.text.find("\n}\n", at) - at);
    return {};
}

TEST(problem_codes, have_a_row_each_in_their_order) {
    json::array with_row;
    for (const auto& one : table) with_row.emplace_back(one.code);
    json::array known;
    for (const auto& one : net::all_problems()) known.emplace_back(one.name);
    EXPECT_EQ(with_row, known);
    EXPECT_EQ(with_row, openapi_file().at_pointer("/components/schemas/ProblemCode/enum").as_array());
}

TEST(problem_codes, are_met_by_clients) {
    const small_bank_table banks;
    running_town town{banks.settings()};
    for (const auto& one : table) {
        if (one.meet == nullptr) continue;
        SCOPED_TRACE(one.code);
        try {
            expect_as_told(one, one.meet(town));
        } catch (const std::exception& thrown) {
            ADD_FAILURE() << thrown.what();
        }
    }
    EXPECT_EQ(text_at(town.till.made(payments_path, paying(town), "x"), "status"), "captured")
        << "no problem used the key up";
    EXPECT_EQ(town.process.terminate(), 0);
    const auto verified = run_meguri({"verify", "--data", (town.folder / "ledger").string()});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
}

TEST(problem_codes, that_no_client_can_meet_have_a_unit_test) {
    for (const auto& one : table) {
        EXPECT_EQ(one.meet == nullptr, !one.unit_test.empty()) << one.code;
        if (one.unit_test.empty()) continue;
        EXPECT_NE(text_of_test(one.unit_test).find("refusal::" + std::string{one.code}), std::string::npos)
            << one.unit_test << " is to bring " << one.code << " about";
        const std::string mapped = "refusal::" + std::string{one.code} + ", ";
        EXPECT_NE(text_of_test("problem.maps_every_refusal").find(mapped), std::string::npos) << one.code;
    }
}

} // namespace
} // namespace meguri::test
