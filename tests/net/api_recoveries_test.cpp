// A renewed card where the one before is gone: the steps that lead to a session, and what stands in their way.
#include "net/card_login_text.hpp"
#include "net/wallet_cards.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/card_scene.hpp"
#include "tests/net/expect_contract.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;
using test::to_base64;

constexpr std::string_view recovery_path = "/v1/card_recoveries";
constexpr ledger::wallet_id of_resident{3};
constexpr ledger::digest128 old_card{1, 2};

struct recovery_scene : api_scene {
    recovery_scene() {
        cards->use(issued.files, *card_trust::load_authorities(issued.files.authorities));
        EXPECT_TRUE(cards->refresh().has_value());
        now_ms = test::card_scene::now().unix_ms();
        ledger.my_keys[id] = {of_resident, true};
        ledger.passwords[of_resident] =
            *people.passwords.hash(test::scene_keys().peppered_password(of_resident, "correct horse"));
        tell(ledger::person_enrolled{of_resident, {}, old_card, id});
        EXPECT_TRUE(people.sessions.open(of_resident, {.card = 1}, ledger::instant{now_ms}).has_value());
    }
    // One more entry of the wallet.
    void tell(ledger::fact what) {
        ledger::entry one;
        one.position = past.chain.size() + 10;
        one.what = std::move(what);
        past.chain.push_back(one);
    }
    [[nodiscard]] ledger::digest128 digest() const {
        return test::scene_keys().digest_of_card(cards->read(card.der())->identity);
    }
    std::string body(std::string_view password = "correct horse", std::string_view purpose = "recover",
                     std::string_view mykey_id = "7QX0M2KD") {
        const std::string wanted = R"({"purpose": ")" + std::string{purpose} + "\"}";
        const auto challenge =
            member(answer({.target = "/v1/challenges", .body = wanted, .key = ""}).body, "challenge");
        const auto signature = sign_as_card(card, text_to_sign({"meguri", purpose, challenge}));
        return R"({"mykey_id": ")" + std::string{mykey_id} + R"(", "password": ")" + std::string{password} +
               R"(", "challenge": ")" + challenge + R"(", "certificate": ")" + to_base64(card.der()) +
               R"(", "signature": ")" + to_base64(signature) + "\"}";
    }
    http_response refused(const std::string& with) {
        const asking asked{.target = recovery_path, .body = with, .key = ""};
        auto given = answer(asked);
        expect_contract(asked, given);
        return given;
    }
    // The wallet as it is read once the password was right.
    actors::operation_ptr read_wallet() {
        const auto with = body();
        auto op = operation({.target = recovery_path, .body = with, .key = ""});
        EXPECT_EQ(std::get<actors::read_wallet>(op->asked).wallet, of_resident);
        op->wallet_seen.emplace();
        op->wallet_seen->id = of_resident;
        op->wallet_seen->my_key = id;
        op->record.previous_of_wallet = 77;
        return op;
    }
    // Ends a step; the next one.
    actors::operation_ptr after(const actors::operation_ptr& op, actors::ending how) {
        operations.taken.clear();
        answers.given.clear();
        op->end = how;
        op->answer();
        if (operations.taken.size() == 1) return std::move(operations.taken.front());
        ADD_FAILURE() << (answers.given.empty() ? "nothing" : answers.given.front().body);
        return actors::make_operation();
    }
    actors::operation_ptr after_decided(const actors::operation_ptr& op, ledger::fact what) {
        op->record.what = std::move(what);
        return after(op, actors::ending::decided);
    }
    void expect_session(const actors::operation_ptr& op) {
        const auto& asked = std::get<actors::log_in>(op->asked);
        EXPECT_EQ(asked.with.card, digest());
        EXPECT_FALSE(asked.may_enroll);
        EXPECT_EQ(op->by.caller, ledger::caller_ref{});
        EXPECT_TRUE(people.sessions.all_of(of_resident, ledger::instant{now_ms}).empty()) << "all have ended";
        op->wallet_seen.emplace();
        op->wallet_seen->id = of_resident;
        op->wallet_seen->my_key = id;
        const auto given = end(op, actors::ending::read);
        EXPECT_EQ(given.status, 201) << given.body;
        expect_contract({.target = recovery_path}, given);
        EXPECT_EQ(member(given.body, "opened_by"), "card");
        EXPECT_EQ(member(given.body, "enrolled"), "false");
        EXPECT_EQ(people.sessions.all_of(of_resident, ledger::instant{now_ms}).size(), 1U);
    }

    const ledger::my_key_id id = *ledger::my_key_id::parse("7QX0M2KD");
    test::card_scene issued;
    test::issued_certificate card = issued.first.issue();
};

TEST(card_recovery, renews_the_card_and_logs_in_by_it) {
    recovery_scene scene;
    const auto renewing = scene.after(scene.read_wallet(), actors::ending::read);
    EXPECT_EQ(scene.past.newest, 77U);
    const auto& renewal = std::get<ledger::renew_card>(*renewing->command());
    EXPECT_EQ(renewal.wallet, of_resident);
    EXPECT_EQ(renewal.retired, 1U);
    EXPECT_EQ(renewal.card, scene.digest());
    EXPECT_EQ(renewing->record.caller, (ledger::caller_ref{ledger::caller_kind::resident, 3}));
    EXPECT_FALSE(renewing->has_key());
    scene.expect_session(scene.after_decided(renewing, ledger::card_renewed{of_resident, 1, 2, {}, scene.digest()}));
}

TEST(card_recovery, retires_every_other_card) {
    recovery_scene scene;
    scene.tell(ledger::card_bound{of_resident, 4, {}, {3, 4}});
    scene.tell(ledger::card_bound{of_resident, 6, {}, {5, 6}});
    scene.tell(ledger::card_retired{of_resident, 6, 12, "lost"});
    scene.tell(ledger::card_renewed{of_resident, 4, 7, {}, {7, 8}});
    scene.tell(ledger::card_bound{of_resident, 9, {}, {9, 9}});
    const auto renewing = scene.after(scene.read_wallet(), actors::ending::read);
    EXPECT_EQ(std::get<ledger::renew_card>(*renewing->command()).retired, 9U) << "the newest of them";
    auto op = scene.after_decided(renewing, ledger::card_renewed{of_resident, 9, 10, {}, scene.digest()});
    for (const auto& [ordinal, bound_at] : {std::pair{1U, 10U}, std::pair{7U, 14U}}) {
        const auto& retiring = std::get<ledger::retire_card>(*op->command());
        EXPECT_EQ(retiring.ordinal, ordinal);
        EXPECT_EQ(retiring.bound_at, bound_at);
        EXPECT_EQ(op->record.caller, (ledger::caller_ref{ledger::caller_kind::resident, 3}));
        op = scene.after_decided(op, ledger::card_retired{of_resident, ordinal, bound_at, "x"});
    }
    scene.expect_session(op);
}

TEST(card_recovery, binds_the_card_where_all_were_retired) {
    recovery_scene scene;
    scene.tell(ledger::card_retired{of_resident, 1, 10, "回収"});
    const auto binding = scene.after(scene.read_wallet(), actors::ending::read);
    const auto& bound = std::get<ledger::bind_card>(*binding->command());
    EXPECT_EQ(bound.card, scene.digest());
    EXPECT_TRUE(bound.evidence->judge(ledger::instant{scene.now_ms})->is_good_at(ledger::instant{scene.now_ms}));
    scene.expect_session(scene.after_decided(binding, ledger::card_bound{of_resident, 2, {}, scene.digest()}));
}

// Cut off between its steps, or its answer lost.
TEST(card_recovery, goes_on_where_it_was_cut_off) {
    recovery_scene scene;
    scene.tell(ledger::card_bound{of_resident, 2, {}, {3, 4}});
    scene.tell(ledger::card_renewed{of_resident, 2, 3, {}, scene.digest()});
    const auto retiring = scene.after(scene.read_wallet(), actors::ending::read);
    EXPECT_EQ(std::get<ledger::retire_card>(*retiring->command()).ordinal, 1U);
    scene.expect_session(scene.after_decided(retiring, ledger::card_retired{of_resident, 1, 10, "x"}));
    scene.tell(ledger::card_retired{of_resident, 1, 10, "x"});
    scene.people.sessions.end_all(of_resident, 0, ledger::instant{scene.now_ms});
    scene.expect_session(scene.after(scene.read_wallet(), actors::ending::read));
    scene.tell(ledger::card_retired{of_resident, 3, 12, "x"});
    const auto again = scene.read_wallet();
    const auto given = scene.end(again, actors::ending::read);
    EXPECT_EQ(member(given.body, "code"), "card_not_accepted") << "this one was retired too";
    expect_contract({.target = recovery_path}, given);
}

TEST(card_recovery, changes_nothing_where_a_step_is_refused) {
    recovery_scene scene;
    const auto renewing = scene.after(scene.read_wallet(), actors::ending::read);
    renewing->refusal = ledger::refusal::card_already_bound;
    scene.operations.taken.clear();
    const auto given = scene.end(renewing, actors::ending::refused);
    EXPECT_EQ(given.status, 409) << given.body;
    expect_contract({.target = recovery_path}, given);
    EXPECT_TRUE(scene.operations.taken.empty());
    EXPECT_EQ(scene.people.sessions.all_of(of_resident, ledger::instant{scene.now_ms}).size(), 1U) << "none has ended";

    const auto revoked = scene.read_wallet();
    revoked->wallet_seen->my_key = *ledger::my_key_id::parse("ABCD1234");
    EXPECT_EQ(member(scene.end(revoked, actors::ending::read).body, "code"), "password_not_accepted");
    scene.past.broken = true;
    EXPECT_EQ(member(scene.end(scene.read_wallet(), actors::ending::read).body, "code"), "read_failed");
    scene.past.full = true;
    EXPECT_EQ(member(scene.end(scene.read_wallet(), actors::ending::read).body, "code"), "overloaded");
}

TEST(card_recovery, is_not_for_who_has_a_card_that_is_good) {
    recovery_scene scene;
    const auto another = scene.issued.second.issue();
    const auto digest = test::scene_keys().digest_of_card(scene.cards->read(another.der())->identity);
    const ledger::instant now{scene.now_ms};
    const auto outcome = [&] {
        scene.operations.taken.clear(); // one that is dropped is answered
        scene.answers.given.clear();
        const auto op = scene.read_wallet();
        scene.operations.taken.clear();
        scene.answers.given.clear();
        op->end = actors::ending::read;
        op->answer();
        return scene.answers.given.empty() ? "goes on" : member(scene.answers.given.front().body, "code");
    };
    scene.tell(ledger::card_bound{of_resident, 2, now, digest});
    EXPECT_EQ(outcome(), "card_still_good") << "its last moment";
    scene.past.chain.back().what = ledger::card_bound{of_resident, 2, now.plus_ms(-1), digest};
    EXPECT_EQ(outcome(), "goes on") << "over";
    scene.past.chain.back().what = ledger::card_bound{of_resident, 2, now.plus_ms(60'000), digest};
    EXPECT_EQ(outcome(), "card_still_good");
    test::card_scene::write(scene.issued.files.crl,
                            scene.issued.first.revoked({}) + scene.issued.second.revoked({another}));
    ASSERT_TRUE(scene.cards->refresh().has_value());
    EXPECT_EQ(outcome(), "goes on") << "revoked";
    scene.tell(ledger::card_bound{of_resident, 3, now.plus_ms(60'000), {3, 4}});
    EXPECT_EQ(outcome(), "card_still_good") << "the other one";
    scene.tell(ledger::card_retired{of_resident, 3, 12, "回収"});
    EXPECT_EQ(outcome(), "goes on") << "retired";
}

TEST(card_recovery, needs_the_new_card_and_id_and_password) {
    recovery_scene scene;
    scene.ledger.my_keys[*ledger::my_key_id::parse("ENDED000")] = {of_resident, false};
    scene.ledger.my_keys[*ledger::my_key_id::parse("WITHOUT0")] = {ledger::wallet_id{4}, true};
    std::string first;
    for (const auto& [password, mykey_id] :
         {std::pair{"wrong horse", "7QX0M2KD"}, std::pair{"correct horse", "NOBODYS0"},
          std::pair{"correct horse", "ENDED000"}, std::pair{"correct horse", "WITHOUT0"}}) {
        const int before = scene.slow.done;
        const auto given = scene.refused(scene.body(password, "recover", mykey_id));
        EXPECT_EQ(given.status, 422);
        EXPECT_EQ(scene.slow.done, before + 1) << "it costs as much";
        if (first.empty()) first = given.body;
        EXPECT_EQ(given.body, first) << mykey_id;
    }
    const int before = scene.slow.done;
    for (const std::string_view purpose : {"login", "rebind", "support"})
        EXPECT_EQ(member(scene.refused(scene.body("correct horse", purpose)).body, "code"), "challenge_not_open");
    const auto once = scene.body("wrong horse");
    EXPECT_EQ(member(scene.refused(once).body, "code"), "password_not_accepted");
    EXPECT_EQ(member(scene.refused(once).body, "code"), "challenge_not_open") << "played back";
    scene.card = scene.issued.first.issue(test::signing_wish());
    EXPECT_EQ(member(scene.refused(scene.body()).body, "code"), "card_not_accepted");
    EXPECT_EQ(scene.slow.done, before + 1) << "no password is tried without a card";
    EXPECT_EQ(member(scene.refused(R"({"mykey_id": "7QX0M2KD", "password": "correct horse"})").body, "pointer"),
              "/challenge");
}

// One count with the tries at checkouts, of an ID that is anybody's or nobody's.
TEST(card_recovery, counts_wrong_passwords) {
    for (const std::string_view mykey_id : {"7QX0M2KD", "NOBODYS0"}) {
        recovery_scene scene;
        const std::string checkout = R"({"mykey_id": ")" + std::string{mykey_id} + R"(", "password": "wrong horse"})";
        for (int i = 0; i < 2; ++i)
            static_cast<void>(scene.answer({.target = "/v1/checkout_sessions", .body = checkout, .key = ""}));
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(member(scene.refused(scene.body("wrong horse", "recover", mykey_id)).body, "code"),
                      "password_not_accepted");
        const auto locked = scene.refused(scene.body("correct horse", "recover", mykey_id));
        EXPECT_EQ(member(locked.body, "code"), "password_locked");
        EXPECT_EQ(locked.status, 429);
    }
    recovery_scene scene;
    scene.people.set(
        {.passwords = {.memory_kib = 8, .passes = 1}, .tries_of_a_network = {.per_second = 1, .burst = 1}});
    EXPECT_EQ(member(scene.refused(scene.body("wrong horse")).body, "code"), "password_not_accepted");
    EXPECT_EQ(member(scene.refused(scene.body("correct horse")).body, "code"), "too_many_failures");
}

TEST(card_recovery, waits_until_the_card_was_asked_about) {
    recovery_scene scene;
    scene.issued.files.crl.clear();
    scene.issued.files.asks_responder = true;
    scene.cards->use(scene.issued.files, *card_trust::load_authorities(scene.issued.files.authorities));
    const auto with = scene.body();
    scene.answers.given.clear();
    scene.ask({.target = recovery_path, .body = with, .key = ""});
    EXPECT_EQ(scene.slow.done, 0);
    ASSERT_EQ(scene.statuses.asked.size(), 1U);
    const ledger::instant now{scene.now_ms};
    scene.cards->learn(*scene.cards->read(scene.card.der()), {false, now, now.plus_ms(60'000)}, now);
    scene.statuses.end_all();
    EXPECT_EQ(scene.slow.done, 1);
    EXPECT_EQ(scene.operations.taken.size(), 1U);
}

} // namespace
} // namespace meguri::net
