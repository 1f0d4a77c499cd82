// Terminals that activate themselves, and printed codes that are blocked and printed anew, over real sockets against
// the real program.
#include "ledger/numeric_code.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/openapi_contract.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr const char* activations_path = "/v1/terminals/activations";

class activation_codes : public payments_scene {
protected:
    explicit activation_codes(const std::string& settings = {}) : payments_scene{settings} {}

    [[nodiscard]] std::string codes_path() const { return "/v1/merchants/" + town.merchant + "/activation_codes"; }
    std::string new_code(int hours = 24) {
        return text_at(as_operator->made(codes_path(), {{"valid_hours", hours}}), "code");
    }
    // Without a key, as a new till is.
    http_reply activate(const std::string& code, const std::string& name = "レジ9", const std::string& key = {}) {
        http_fields fields{{"Content-Type", "application/json"}};
        if (!key.empty()) fields.emplace_back("Idempotency-Key", key);
        const json::value body{{"code", code}, {"name", name}};
        http_client mine{process->port()};
        auto reply = mine.ask("POST", activations_path, fields, json::serialize(body));
        EXPECT_EQ(contract_fault("POST", activations_path, reply), "");
        return reply;
    }
    std::string outcome(const std::string& code, const std::string& name = "レジ9", const std::string& key = {}) {
        const auto reply = activate(code, name, key);
        return reply.status == 201 ? "activated" : code_of(reply);
    }
};

TEST_F(activation_codes, give_a_new_till_its_key_once) {
    const auto code = new_code();
    const auto reply = activate(code);
    ASSERT_EQ(reply.status, 201) << reply.body;
    const auto made = json::parse(reply.body);
    EXPECT_EQ(text_at(made, "merchant"), town.merchant);
    EXPECT_EQ(text_at(made, "name"), "レジ9");
    api_client new_till{process->port(), text_at(made, "key")};
    EXPECT_EQ(text_at(new_till.made("/v1/authorizations", payment(town.wallets[0], 100), "k"), "status"), "captured");
    EXPECT_EQ(outcome(code), "activation_code_used");
    EXPECT_EQ(outcome(code, "レジ9", "late"), "activation_code_used") << "who brought no key has none to repeat";
    kill_and_restart();
    EXPECT_EQ(outcome(code), "activation_code_used");
    restart(); // from the state store by now
    EXPECT_EQ(outcome(code), "activation_code_used");
    api_client same_till{process->port(), text_at(made, "key")};
    EXPECT_EQ(text_at(same_till.made("/v1/authorizations", payment(town.wallets[0], 100), "k2"), "status"), "captured");
}

TEST_F(activation_codes, repeat_their_answer_to_the_same_key_until_they_are_over) {
    const auto code = new_code(2);
    const auto first = activate(code, "レジ9", "attempt-1");
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(activate(code, "レジ9", "attempt-1").body, first.body);
    kill_and_restart();
    const auto again = activate(code, "レジ9", "attempt-1");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(outcome(code, "他のレジ", "attempt-1"), "idempotency_key_reused");
    EXPECT_EQ(outcome(code, "レジ9", "attempt-2"), "activation_code_used");
    EXPECT_EQ(outcome(new_code(), "レジ10", "attempt-1"), "activated") << "a key is its code's own";
    turn_clock(2 * 3600);
    restart();
    EXPECT_EQ(outcome(code, "レジ9", "attempt-1"), "activation_code_expired");
}

TEST_F(activation_codes, give_one_key_however_many_tills_come_at_once) {
    const auto code = new_code();
    std::map<std::string, int> seen;
    std::mutex mutex;
    std::vector<std::thread> all;
    for (int i = 0; i < 16; ++i)
        all.emplace_back([&, i] {
            const auto one = outcome(code, "レジ", "till-" + std::to_string(i));
            const std::lock_guard lock{mutex};
            ++seen[one];
        });
    for (auto& one : all) one.join();
    EXPECT_EQ(seen, (std::map<std::string, int>{{"activated", 1}, {"activation_code_used", 15}}));
}

TEST_F(activation_codes, are_refused_by_what_is_wrong_with_them) {
    const auto code = new_code(1);
    auto mistyped = code;
    mistyped[0] = mistyped[0] == '2' ? '3' : '2';
    EXPECT_EQ(outcome(mistyped), "invalid_activation_code");
    EXPECT_EQ(outcome(code.substr(1)), "invalid_activation_code");
    EXPECT_EQ(outcome("0000-0000-0000"), "activation_code_unknown") << "rightly typed and nobody's";
    EXPECT_EQ(code_of(activate(code, "")), "invalid_value");
    turn_clock(3600);
    restart();
    EXPECT_EQ(outcome(code), "activation_code_expired");
    EXPECT_EQ(outcome(new_code()), "activated");
}

TEST_F(activation_codes, are_listed_and_revoked_and_told_in_the_audit_log_without_themselves) {
    const auto made = as_operator->made(codes_path(), json::object{}, "issue");
    EXPECT_EQ(as_operator->made(codes_path(), json::object{}, "issue"), made) << "shown again to the same key";
    const auto code = text_at(made, "code");
    auto listed = as_operator->read(codes_path()).at("data").as_array();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].at("valid_until"), made.at("valid_until"));
    const auto revoke = codes_path() + "/" + std::to_string(made.at("number").as_int64()) + "/revoke";
    const auto revoked = as_operator->post(revoke, {{"reason", "誤って発行"}});
    EXPECT_EQ(revoked.status, 200) << revoked.body;
    EXPECT_TRUE(as_operator->read(codes_path()).at("data").as_array().empty());
    EXPECT_EQ(outcome(code), "activation_code_used");
    EXPECT_EQ(code_of(as_operator->post(revoke, json::object{})), "invalid_state");
    EXPECT_EQ(code_of(as_operator->post(codes_path() + "/77/revoke", json::object{})), "not_found");
    EXPECT_EQ(outcome(new_code()), "activated");

    std::set<std::string> types;
    const auto acts = as_operator->read("/v1/audit?limit=100").at("data").as_array();
    for (const auto& one : acts) types.insert(text_at(one, "type"));
    EXPECT_TRUE(types.contains("activation_code") && types.contains("activation_code_revocation") &&
                types.contains("terminal_activated"));
    EXPECT_EQ(json::serialize(acts).find(code), std::string::npos);
    for (const auto& one : acts)
        if (text_at(one, "type") == "terminal_activated") {
            EXPECT_TRUE(one.at("by").is_null());
        }
}

TEST_F(activation_codes, are_for_their_own_municipality) {
    as_operator->made("/v1/programs", {{"code", "432148"}, {"name", "阿蘇"}, {"expiry_days", 90}});
    const auto added = as_operator->made("/v1/municipalities/432148/staff", {{"name", "係"}});
    api_client aso{process->port(), text_at(added, "key")};
    EXPECT_EQ(code_of(aso.post(codes_path(), json::object{})), "not_found");
    EXPECT_EQ(code_of(aso.get(codes_path())), "not_found");
    EXPECT_EQ(code_of(till->post(codes_path(), json::object{})), "forbidden");
}

class few_tries : public activation_codes {
protected:
    few_tries() : activation_codes{"[limits]\nauth_failures_per_second = 1\nauth_failures_burst = 5\n"} {}
};

TEST_F(few_tries, of_codes_come_from_one_address) {
    const auto code = new_code();
    std::map<std::string, int> seen;
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) ++seen[outcome("0000-0000-0000")];
    EXPECT_GE(seen["activation_code_unknown"], 5);
    EXPECT_GE(seen["too_many_failures"], 10);
    const auto right = outcome(code);
    if (std::chrono::steady_clock::now() - began < std::chrono::milliseconds{800}) { // another try a second
        EXPECT_EQ(right, "too_many_failures") << "a right one is not even looked up";
    }
    EXPECT_EQ(text_at(till->made("/v1/authorizations", payment(town.wallets[0], 100), "k"), "status"), "captured")
        << "whoever has a key goes on";
}

// --- printed codes ---

class printed_codes : public activation_codes {
protected:
    printed_codes() : activation_codes{"[codes]\nonce_prefix = \"28\"\nonce_length = 22\n"} {}

    // Of the wallet's card code, as its entries show it.
    std::string id_of_card() {
        const auto entries = as_operator->read("/v1/wallets/" + town.wallets[0].id + "/entries");
        for (const auto& one : entries.at("data").as_array())
            if (text_at(one, "type") == "code") return text_at(one, "id");
        return {};
    }
    std::string outcome_of_payment(const std::string& code, const std::string& key) {
        const auto made = till->made("/v1/authorizations", payment({{}, code}, 10), key);
        return made.at("decline_code").is_null() ? text_at(made, "status") : text_at(made, "decline_code");
    }
};

TEST_F(printed_codes, that_are_blocked_never_pay_again) {
    const auto& card = town.wallets[0].card;
    EXPECT_EQ(outcome_of_payment(card, "a"), "captured");
    const auto path = "/v1/codes/" + id_of_card();
    const auto blocked = as_operator->post(path + "/block", {{"reason", "紛失の届出"}}, "block");
    EXPECT_EQ(blocked.status, 200) << blocked.body;
    EXPECT_EQ(outcome_of_payment(card, "b"), "credential_blocked");
    EXPECT_EQ(code_of(as_operator->post(path + "/block", {{"reason", "また"}})), "invalid_state");
    EXPECT_EQ(code_of(as_operator->post(path + "/reissue", {{"reason", "また"}})), "invalid_state");
    EXPECT_EQ(as_operator->post(path + "/block", {{"reason", "紛失の届出"}}, "block").body, blocked.body);
    kill_and_restart();
    EXPECT_EQ(outcome_of_payment(card, "c"), "credential_blocked");
    restart();
    EXPECT_EQ(outcome_of_payment(card, "d"), "credential_blocked");
    EXPECT_EQ(available(town.wallets[0].id), 4990) << "the points stay";
}

TEST_F(printed_codes, are_replaced_by_one_that_pays_at_once) {
    const auto& card = town.wallets[0].card;
    const auto first = id_of_card();
    const auto made = as_operator->made("/v1/codes/" + first + "/reissue", {{"reason", "汚損"}}, "again");
    EXPECT_EQ(text_at(made, "replaces"), first);
    const auto second = text_at(made, "value");
    EXPECT_NE(second, card);
    EXPECT_EQ(outcome_of_payment(card, "a"), "credential_blocked");
    EXPECT_EQ(outcome_of_payment(second, "b"), "captured");
    kill_and_restart();
    EXPECT_EQ(as_operator->made("/v1/codes/" + first + "/reissue", {{"reason", "汚損"}}, "again"), made);
    const auto third = as_operator->made("/v1/codes/" + text_at(made, "id") + "/reissue", {{"reason", "紛失"}});
    EXPECT_EQ(outcome_of_payment(second, "c"), "credential_blocked");
    EXPECT_EQ(outcome_of_payment(text_at(third, "value"), "d"), "captured");
    const auto acts = json::serialize(as_operator->read("/v1/audit?limit=100"));
    EXPECT_NE(acts.find("code_reissue"), std::string::npos);
    EXPECT_EQ(acts.find(second), std::string::npos);
}

TEST_F(printed_codes, are_known_by_the_entry_of_their_issue_alone) {
    const auto block = [this](const std::string& id) {
        return code_of(as_operator->post("/v1/codes/" + id + "/block", {{"reason", "r"}}));
    };
    EXPECT_EQ(block("en_00000000000000000000000000"), "not_found");
    const auto entries = as_operator->read("/v1/wallets/" + town.wallets[0].id + "/entries").at("data").as_array();
    for (const auto& one : entries)
        if (text_at(one, "type") == "opening" || text_at(one, "type") == "grant") {
            EXPECT_EQ(block(text_at(one, "id")), "not_found");
        }
}

TEST_F(printed_codes, of_one_time_are_digits_in_the_form_that_is_set) {
    const auto path = "/v1/wallets/" + town.wallets[0].id + "/codes";
    const auto made = as_operator->made(path, {{"kind", "once"}}, "once");
    const auto value = text_at(made, "value");
    EXPECT_EQ(value.size(), 22U);
    EXPECT_TRUE(value.starts_with("28"));
    EXPECT_TRUE(ledger::has_luhn_digit(value)) << value;
    EXPECT_EQ(outcome_of_payment(value, "a"), "captured");
    EXPECT_EQ(outcome_of_payment(value, "b"), "credential_used");
    std::ofstream{folder / "meguri.toml"} << "[codes]\nonce_length = 16\n";
    restart();
    EXPECT_EQ(as_operator->made(path, {{"kind", "once"}}, "once"), made) << "as it was given out";
    const auto shorter = text_at(as_operator->made(path, {{"kind", "once"}}), "value");
    EXPECT_EQ(shorter.size(), 16U);
    EXPECT_EQ(outcome_of_payment(shorter, "c"), "captured");
    std::string id;
    const auto entries = as_operator->read("/v1/wallets/" + town.wallets[0].id + "/entries");
    for (const auto& one : entries.at("data").as_array())
        if (id.empty() && text_at(one, "type") == "code") id = text_at(one, "id");
    EXPECT_EQ(code_of(as_operator->post("/v1/codes/" + id + "/block", {{"reason", "r"}})), "invalid_state")
        << "a one-time code ends by itself";
}

} // namespace
} // namespace meguri::test
