// Passwords as the API takes them: who may set one, and what is learnt by trying.
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;

const std::string password_path = "/v1/wallets/" + test::wallet_id(3) + "/password";
const ledger::my_key_id known_id = *ledger::my_key_id::parse("7QX0M2KD");
constexpr std::string_view right_password = R"({"mykey_id": "7QX0M2KD", "password": "correct horse"})";
constexpr std::string_view wrong_password = R"({"mykey_id": "7QX0M2KD", "password": "wrong horse"})";

struct password_scene : api_scene {
    password_scene() {
        ledger.my_keys[known_id] = {ledger::wallet_id{3}, true};
        ledger.passwords[ledger::wallet_id{3}] =
            *people.passwords.hash(test::scene_keys().peppered_password(ledger::wallet_id{3}, "correct horse"));
    }
    http_response refused(std::string_view body) {
        const asking asked{.target = "/v1/checkout_sessions", .body = body, .key = ""};
        auto given = answer(asked);
        expect_contract(asked, given);
        return given;
    }
};

TEST(api, takes_a_password_from_who_showed_the_card) {
    api_scene scene;
    const asking asked{
        .target = password_path, .body = R"({"password": "海の見える町 2026"})", .key = "se", .idempotency = "k"};
    const auto first = scene.operation(asked);
    const auto second = scene.operation(asked);
    const auto& set = std::get<ledger::set_password>(*first->command());
    EXPECT_EQ(set.wallet, ledger::wallet_id{3});
    EXPECT_TRUE(set.hash.starts_with("$argon2id$"));
    EXPECT_EQ(set.hash.find("海"), std::string::npos);
    EXPECT_NE(set.hash, std::get<ledger::set_password>(*second->command()).hash);
    EXPECT_EQ(first->record.fingerprint, second->record.fingerprint) << "a repetition is one";
    const auto other = scene.operation(
        {.target = password_path, .body = R"({"password": "another one"})", .key = "se", .idempotency = "k"});
    EXPECT_NE(first->record.fingerprint, other->record.fingerprint);
    EXPECT_EQ(first->record.caller, (ledger::caller_ref{ledger::caller_kind::resident, 3}));
    const auto given = scene.decide(first, ledger::password_set{ledger::wallet_id{3}, set.hash});
    EXPECT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(given.body.find("argon2"), std::string::npos);
    expect_contract(asked, given);
    second->refusal = ledger::refusal::invalid_state;
    expect_contract(asked, scene.end(second, actors::ending::refused));
}

TEST(api, takes_no_password_from_others) {
    api_scene scene;
    const auto refused = [&scene](std::string_view body) {
        const asking asked{.target = password_path, .body = body, .key = "se"};
        auto given = scene.answer(asked);
        expect_contract(asked, given);
        return member(given.body, "code");
    };
    EXPECT_EQ(refused(R"({"password": "seven77"})"), "invalid_value");
    EXPECT_EQ(refused(R"({"password": ")" + std::string(65, 'x') + "\"}"), "invalid_value");
    EXPECT_EQ(refused("{}"), "malformed_request");
    scene.slow.full = true;
    EXPECT_EQ(refused(R"({"password": "correct horse"})"), "overloaded");
    scene.now_ms += 10 * 60'000;
    EXPECT_EQ(refused(R"({"password": "correct horse"})"), "card_required") << "shown too long ago";
    const auto by_password = scene.people.sessions.open(
        ledger::wallet_id{3}, {.origin = session_origin::password, .scopes = ledger::scope_set::unrestricted()},
        ledger::instant{scene.now_ms});
    scene.session = by_password->token;
    EXPECT_EQ(refused(R"({"password": "correct horse"})"), "card_required") << "not shown";
    scene.session = scene.people.sessions
                        .open(ledger::wallet_id{3}, {.origin = session_origin::password}, ledger::instant{scene.now_ms})
                        ->token;
    EXPECT_EQ(refused(R"({"password": "correct horse"})"), "scope_missing");
}

TEST(api, opens_a_checkout_by_the_right_password) {
    password_scene scene;
    const asking asked{.target = "/v1/checkout_sessions", .body = right_password, .key = ""};
    const auto op = scene.operation(asked);
    EXPECT_EQ(std::get<actors::read_wallet>(op->asked).wallet, ledger::wallet_id{3});
    op->wallet_seen.emplace();
    op->wallet_seen->id = ledger::wallet_id{3};
    op->wallet_seen->my_key = known_id;
    const auto given = scene.end(op, actors::ending::read);
    EXPECT_EQ(given.status, 201) << given.body;
    expect_contract(asked, given);
    EXPECT_EQ(member(given.body, "opened_by"), "password");
    scene.session = member(given.body, "token");
    const std::string wallet = "/v1/wallets/" + test::wallet_id(3);
    static_cast<void>(scene.operation({.method = "GET", .target = wallet + "/balances", .key = "se"}));
    EXPECT_EQ(scene.answer({.target = wallet + "/codes", .body = R"({"kind": "once"})", .key = "se"}).status, 403);
    EXPECT_EQ(scene.answer({.target = wallet + "/mykey_id", .body = "{}", .key = "se"}).status, 403);
    scene.now_ms += checkout_session_ms;
    EXPECT_EQ(scene.answer({.method = "GET", .target = wallet + "/balances", .key = "se"}).status, 401);
    const auto late = scene.operation(asked);
    late->wallet_seen.emplace();
    const auto revoked = scene.end(late, actors::ending::read);
    EXPECT_EQ(member(revoked.body, "code"), "password_not_accepted") << "the ID ended meanwhile";
}

// The same answer, and the same work, whatever is wrong.
TEST(api, tells_nobody_what_is_wrong_with_a_password) {
    password_scene scene;
    const auto ended = *ledger::my_key_id::parse("ENDED000");
    const auto without = *ledger::my_key_id::parse("WITHOUT0");
    scene.ledger.my_keys[ended] = {ledger::wallet_id{3}, false};
    scene.ledger.my_keys[without] = {ledger::wallet_id{4}, true};
    std::string first;
    for (const std::string_view body :
         {wrong_password, std::string_view{R"({"mykey_id": "NOBODYS0", "password": "correct horse"})"},
          std::string_view{R"({"mykey_id": "ENDED000", "password": "correct horse"})"},
          std::string_view{R"({"mykey_id": "WITHOUT0", "password": "correct horse"})"}}) {
        const int before = scene.slow.done;
        const auto given = scene.refused(body);
        EXPECT_EQ(given.status, 422);
        EXPECT_EQ(scene.slow.done, before + 1) << "it costs as much";
        if (first.empty()) first = given.body;
        EXPECT_EQ(given.body, first);
    }
}

TEST(api, lets_passwords_be_tried_five_times) {
    for (const std::string_view id : {"7QX0M2KD", "NOBODYS0"}) {
        password_scene scene;
        const std::string body = R"({"mykey_id": ")" + std::string{id} + R"(", "password": "wrong horse"})";
        for (int i = 0; i < 5; ++i) EXPECT_EQ(member(scene.refused(body).body, "code"), "password_not_accepted");
        const auto locked = scene.refused(id == "7QX0M2KD" ? right_password : std::string_view{body});
        EXPECT_EQ(member(locked.body, "code"), "password_locked") << "right or wrong, somebody's or nobody's";
        EXPECT_EQ(scene.slow.done, 5);
        scene.now_ms += password_tries::first_pause_ms;
        if (id == "7QX0M2KD")
            static_cast<void>(scene.operation({.target = "/v1/checkout_sessions", .body = right_password, .key = ""}));
    }
}

TEST(api, limits_tries_of_an_address) {
    password_scene scene;
    scene.people.set(
        {.passwords = {.memory_kib = 8, .passes = 1}, .tries_of_a_network = {.per_second = 1, .burst = 2}});
    const auto try_once = [&scene](int number) {
        const std::string body =
            R"({"mykey_id": "NOBODYS)" + std::to_string(number) + R"(", "password": "correct horse"})";
        return member(scene.refused(body).body, "code");
    };
    EXPECT_EQ(try_once(1), "password_not_accepted");
    EXPECT_EQ(try_once(2), "password_not_accepted");
    EXPECT_EQ(try_once(3), "too_many_failures");
    scene.people.set({.passwords = {.memory_kib = 8, .passes = 1}});
    scene.slow.full = true;
    EXPECT_EQ(try_once(4), "overloaded");
    EXPECT_EQ(member(scene.refused(R"({"mykey_id": "abcd1234", "password": "correct horse"})").body, "pointer"),
              "/mykey_id");
}

TEST(api, ends_sessions_with_what_opened_them) {
    api_scene scene;
    const ledger::instant now{scene.now_ms};
    const auto count = [&] { return scene.people.sessions.all_of(ledger::wallet_id{3}, now).size(); };
    ASSERT_TRUE(
        scene.people.sessions.open(ledger::wallet_id{3}, {.origin = session_origin::password}, now).has_value());
    EXPECT_EQ(count(), 2U);
    const asking asked{.target = password_path, .body = R"({"password": "correct horse"})", .key = "se"};
    static_cast<void>(scene.decide(scene.operation(asked), ledger::password_set{ledger::wallet_id{3}, "x"}));
    EXPECT_EQ(count(), 1U) << "another password";
    ASSERT_TRUE(
        scene.people.sessions.open(ledger::wallet_id{3}, {.origin = session_origin::password}, now).has_value());
    const std::string revoke = "/v1/wallets/" + test::wallet_id(3) + "/mykey_id/revoke";
    static_cast<void>(scene.decide(
        scene.operation({.target = revoke, .body = R"({"reason": "x"})", .key = "se"}),
        ledger::my_key_changed{ledger::wallet_id{3}, ledger::my_key_step::revoked, known_id, {}, {}, 0, "x"}));
    EXPECT_EQ(count(), 1U) << "the ID ended";
    ledger::entry bound;
    bound.what = ledger::card_bound{ledger::wallet_id{3}, 1, {}, {}};
    const auto bound_at = scene.ledger.add(bound);
    const std::string retire =
        "/v1/cards/" + test::scene_keys().encode_id(storage::id_kind::card, bound_at).str() + "/retire";
    static_cast<void>(scene.decide(scene.operation({.target = retire, .body = R"({"reason": "x"})", .key = "op"}),
                                   ledger::card_retired{ledger::wallet_id{3}, 1, 1, "x"}));
    EXPECT_EQ(count(), 0U) << "the card was retired";
}

} // namespace
} // namespace meguri::net
