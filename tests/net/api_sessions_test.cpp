// Log-in by card and residents' sessions as the API takes and shows them.
#include "net/card_login_text.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/card_scene.hpp"
#include "tests/net/expect_contract.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;
using test::to_base64;

const ledger::my_key_id enrolled_id = *ledger::my_key_id::parse("7QX0M2KD");

struct login_scene : api_scene {
    explicit login_scene(bool with_lists = true) {
        if (!with_lists) std::filesystem::remove(issued.files.crl);
        cards->use(issued.files, *card_trust::load_authorities(issued.files.authorities));
        EXPECT_EQ(cards->refresh().has_value(), with_lists);
        now_ms = test::card_scene::now().unix_ms();
    }
    std::string challenge(std::string_view purpose = "login") {
        const std::string body = R"({"purpose": ")" + std::string{purpose} + "\"}";
        const asking asked{.target = "/v1/challenges", .body = body, .key = ""};
        const auto given = answer(asked);
        expect_contract(asked, given);
        EXPECT_EQ(given.status, 201) << given.body;
        return member(given.body, "challenge");
    }
    static std::string shown(const test::issued_certificate& card, const std::string& challenge,
                             const std::string& signature, std::string_view more = {}) {
        return R"({"challenge": ")" + challenge + R"(", "certificate": ")" + to_base64(card.der()) +
               R"(", "signature": ")" + to_base64(signature) + '"' + std::string{more} + '}';
    }
    // The body of a log-in by the card.
    static std::string shown(const test::issued_certificate& card, const std::string& challenge) {
        return shown(card, challenge, sign_as_card(card, text_to_sign({"meguri", "login", challenge})));
    }
    http_response refused(const std::string& body) {
        const asking asked{.target = "/v1/sessions", .body = body, .key = ""};
        auto given = answer(asked);
        expect_contract(asked, given);
        return given;
    }
    actors::operation_ptr taken(const std::string& body) {
        return operation({.target = "/v1/sessions", .body = body, .key = ""});
    }

    test::card_scene issued;
};

TEST(api, asks_whose_card_it_is) {
    for (const auto kind : {test::card_key::rsa_2048, test::card_key::p_384}) {
        login_scene scene;
        const auto card = scene.issued.first.issue({.key = kind});
        const auto op = scene.taken(login_scene::shown(card, scene.challenge()));
        const auto& asked = std::get<actors::log_in>(op->asked);
        EXPECT_TRUE(asked.may_enroll);
        EXPECT_TRUE(asked.with.facts.is_good_at(ledger::instant{scene.now_ms}));
        EXPECT_EQ(asked.with.card, test::scene_keys().digest_of_card(scene.cards->read(card.der())->identity));
        EXPECT_EQ(op->by.caller, ledger::caller_ref{});
        EXPECT_FALSE(op->has_key());
    }
    login_scene scene;
    const auto card = scene.issued.second.issue();
    const auto challenge = scene.challenge();
    const auto signature = sign_as_card(card, text_to_sign({"meguri", "login", challenge}));
    const auto op = scene.taken(login_scene::shown(card, challenge, signature, R"(, "enroll": false)"));
    EXPECT_FALSE(std::get<actors::log_in>(op->asked).may_enroll);
}

TEST(api, opens_a_session_for_whoever_shows_their_card) {
    login_scene scene;
    const auto card = scene.issued.first.issue();
    const auto expect_session = [&](const http_response& given, std::string_view enrolled, std::string_view my_key) {
        EXPECT_EQ(given.status, 201) << given.body;
        expect_contract({.target = "/v1/sessions"}, given);
        EXPECT_EQ(member(given.body, "enrolled"), enrolled);
        EXPECT_EQ(member(given.body, "mykey_id"), my_key);
        EXPECT_EQ(member(given.body, "wallet"), test::wallet_id(17));
        scene.session = member(given.body, "token");
        const asking own{.method = "GET", .target = "/v1/sessions", .key = "se"};
        const auto listed = scene.answer(own);
        expect_contract(own, listed);
        EXPECT_NE(listed.body.find(member(given.body, "id")), std::string::npos);
        EXPECT_NE(listed.body.find("\"current\":true"), std::string::npos) << listed.body;
    };
    const auto first = scene.taken(login_scene::shown(card, scene.challenge()));
    first->at = ledger::instant{scene.now_ms};
    expect_session(scene.decide(first, ledger::person_enrolled{ledger::wallet_id{17}, {}, {}, enrolled_id}), "true",
                   "7QX0M2KD");
    const auto later = scene.taken(login_scene::shown(card, scene.challenge()));
    later->wallet_seen.emplace();
    later->wallet_seen->id = ledger::wallet_id{17};
    expect_session(scene.end(later, actors::ending::read), "false", "null");
    for (const auto why : {ledger::refusal::card_unknown, ledger::refusal::card_retired,
                           ledger::refusal::card_already_bound, ledger::refusal::card_not_accepted}) {
        const auto op = scene.taken(login_scene::shown(card, scene.challenge()));
        op->refusal = why;
        const auto refused = scene.end(op, actors::ending::refused);
        EXPECT_EQ(refused.status, why == ledger::refusal::card_already_bound ? 409 : 422);
        EXPECT_EQ(member(refused.body, "pointer"), "/certificate");
        expect_contract({.target = "/v1/sessions"}, refused);
    }
}

TEST(api, refuses_cards_that_do_not_show_who_holds_them) {
    struct row {
        std::string name;
        std::function<std::string(login_scene&)> body;
        std::string_view code;
        std::string_view pointer;
    };
    const auto other_text = [](login_scene& scene, std::string_view audience, std::string_view purpose) {
        const auto card = scene.issued.first.issue();
        const auto challenge = scene.challenge();
        return login_scene::shown(card, challenge, sign_as_card(card, text_to_sign({audience, purpose, challenge})));
    };
    const row rows[] = {
        {"the certificate for signing",
         [](login_scene& s) { return s.shown(s.issued.first.issue(test::signing_wish()), s.challenge()); },
         "card_not_accepted", "/certificate"},
        {"another authority",
         [](login_scene& s) { return s.shown(test::card_authority{"Elsewhere"}.issue(), s.challenge()); },
         "card_not_accepted", "/certificate"},
        {"an authority of the same name with another key",
         [](login_scene& s) { return s.shown(test::card_authority{}.issue(), s.challenge()); }, "card_not_accepted",
         "/certificate"},
        {"revoked",
         [](login_scene& s) {
             const auto card = s.issued.first.issue();
             test::card_scene::write(s.issued.files.crl, s.issued.first.revoked({card}) + s.issued.second.revoked({}));
             s.cards->use(s.issued.files, *card_trust::load_authorities(s.issued.files.authorities));
             EXPECT_TRUE(s.cards->refresh().has_value());
             return s.shown(card, s.challenge());
         },
         "card_not_accepted", "/certificate"},
        {"over",
         [](login_scene& s) {
             return s.shown(s.issued.first.issue({.begins_s = -7'200, .ends_s = -60}), s.challenge());
         },
         "card_not_accepted", "/certificate"},
        {"not begun",
         [](login_scene& s) {
             return s.shown(s.issued.first.issue({.begins_s = 3'600, .ends_s = 7'200}), s.challenge());
         },
         "card_not_accepted", "/certificate"},
        {"another card's signature",
         [](login_scene& s) {
             const auto challenge = s.challenge();
             const auto text = text_to_sign({"meguri", "login", challenge});
             return s.shown(s.issued.first.issue(), challenge, sign_as_card(s.issued.first.issue(), text));
         },
         "signature_not_accepted", "/signature"},
        {"meant for another switch", [&](login_scene& s) { return other_text(s, "elsewhere", "login"); },
         "signature_not_accepted", "/signature"},
        {"signed for another purpose", [&](login_scene& s) { return other_text(s, "meguri", "rebind"); },
         "signature_not_accepted", "/signature"},
        {"a challenge of another purpose",
         [](login_scene& s) { return s.shown(s.issued.first.issue(), s.challenge("rebind")); }, "challenge_not_open",
         "/challenge"},
        {"a challenge that nobody gave",
         [](login_scene& s) { return s.shown(s.issued.first.issue(), "ch_" + std::string(32, 'A')); },
         "challenge_not_open", "/challenge"},
        {"a challenge that is over",
         [](login_scene& s) {
             auto body = s.shown(s.issued.first.issue(), s.challenge());
             s.now_ms += 60'000;
             return body;
         },
         "challenge_not_open", "/challenge"},
        {"no certificate",
         [](login_scene& s) {
             return R"({"certificate": "AAAA", "signature": "AAAA", "challenge": ")" + s.challenge() + "\"}";
         },
         "invalid_value", "/certificate"},
        {"no challenge", [](login_scene&) { return std::string{R"({"certificate": "AAAA", "signature": "AAAA"})"}; },
         "malformed_request", "/challenge"},
    };
    for (const auto& one : rows) {
        SCOPED_TRACE(one.name);
        login_scene scene;
        const auto refused = scene.refused(one.body(scene));
        EXPECT_EQ(member(refused.body, "code"), one.code) << refused.body;
        EXPECT_EQ(member(refused.body, "pointer"), one.pointer);
    }
    login_scene without_lists{false};
    const auto unknown =
        without_lists.refused(login_scene::shown(without_lists.issued.first.issue(), without_lists.challenge()));
    EXPECT_EQ(member(unknown.body, "code"), "verification_unavailable");
}

// Whatever comes of the request that names it.
TEST(api, uses_a_challenge_up_before_it_verifies) {
    login_scene scene;
    const auto card = scene.issued.first.issue();
    const auto challenge = scene.challenge();
    const auto wrong = scene.refused(login_scene::shown(card, challenge, "no signature"));
    EXPECT_EQ(member(wrong.body, "code"), "signature_not_accepted");
    const auto late = scene.refused(login_scene::shown(card, challenge));
    EXPECT_EQ(member(late.body, "code"), "challenge_not_open");
    const auto once = login_scene::shown(card, scene.challenge());
    static_cast<void>(scene.taken(once));
    EXPECT_EQ(member(scene.refused(once).body, "code"), "challenge_not_open") << "replayed";
}

TEST(api, begins_a_session_at_a_support_desk) {
    login_scene scene;
    const auto card = scene.issued.first.issue();
    const auto shown_for = [&](const char* purpose) {
        const auto challenge = scene.challenge(purpose);
        return login_scene::shown(card, challenge, sign_as_card(card, text_to_sign({"meguri", purpose, challenge})));
    };
    const auto begin = [&](const std::string& body) {
        return asking{.target = "/v1/support_sessions", .body = body, .key = "mu", .idempotency = "k"};
    };
    const auto wrong = shown_for("login");
    const auto refused = scene.answer(begin(wrong));
    EXPECT_EQ(member(refused.body, "code"), "challenge_not_open") << "signed for another purpose";
    expect_contract(begin(wrong), refused);
    const auto body = shown_for("support");
    const auto op = scene.operation(begin(body));
    EXPECT_FALSE(op->has_key());
    EXPECT_EQ(op->by.person, 2U);
    EXPECT_EQ(op->record.origin.request, 77U);
    op->at = ledger::instant{scene.now_ms};
    op->wallet_seen.emplace();
    op->wallet_seen->id = ledger::wallet_id{17};
    op->wallet_seen->my_key = enrolled_id;
    const auto given = scene.decide(op, ledger::support_session_opened{ledger::wallet_id{17}});
    EXPECT_EQ(given.status, 201) << given.body;
    EXPECT_EQ(member(given.body, "opened_by"), "desk");
    expect_contract(begin(body), given);

    // What is done in it is the attendant's act; codes and passwords are not among it.
    scene.session = member(given.body, "token");
    const std::string wallet = "/v1/wallets/" + test::wallet_id(17);
    const auto act = scene.operation({.target = wallet + "/mykey_id", .body = R"({"wish": "ABCD1234"})", .key = "se"});
    EXPECT_EQ(act->record.caller, (ledger::caller_ref{ledger::caller_kind::resident, 17}));
    EXPECT_EQ(act->record.person, 2U);
    EXPECT_EQ(act->record.origin.request, 77U);
    EXPECT_EQ(scene.answer({.target = wallet + "/codes", .body = R"({"kind": "once"})", .key = "se"}).status, 403);
    const auto password =
        scene.answer({.target = wallet + "/password", .body = R"({"password": "correct horse"})", .key = "se"});
    EXPECT_EQ(member(password.body, "code"), "card_required");
    ledger::entry done;
    done.wallet = ledger::wallet_id{17};
    done.caller = act->record.caller;
    done.person = 2;
    done.decided_at = ledger::instant{scene.now_ms};
    for (const ledger::fact& what :
         {ledger::fact{ledger::support_session_opened{done.wallet}},
          ledger::fact{ledger::person_enrolled{done.wallet, {}, {}, enrolled_id}},
          ledger::fact{ledger::my_key_changed{done.wallet, ledger::my_key_step::issued, {}, enrolled_id, {}, 3, {}}},
          ledger::fact{ledger::home_chosen{done.wallet, test::program(test::ishinomaki)}},
          ledger::fact{test::sample_transfer()}}) {
        done.what = what;
        scene.ledger.add(done);
    }
    const asking log{.method = "GET", .target = "/v1/audit", .key = "op"};
    const auto told = scene.answer(log);
    expect_contract(log, told);
    EXPECT_NE(told.body.find(test::scene_keys().encode_id(storage::id_kind::staff, 2).str()), std::string::npos);
    scene.now_ms += desk_session_ms;
    EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1/sessions", .key = "se"}).status, 401);
}

TEST(api, limits_challenges) {
    api_scene scene;
    scene.people.challenges.set({.open_max = 3, .of_a_network = {.per_second = 1, .burst = 2}});
    const asking asked{.target = "/v1/challenges", .body = R"({"purpose": "login"})", .key = ""};
    for (const int status : {201, 201, 429}) {
        const auto given = scene.answer(asked);
        EXPECT_EQ(given.status, status) << given.body;
        expect_contract(asked, given);
    }
    scene.people.challenges.set({.open_max = 2});
    const auto full = scene.answer(asked);
    EXPECT_EQ(member(full.body, "code"), "overloaded");
    expect_contract(asked, full);
    const auto unknown = scene.answer({.target = "/v1/challenges", .body = R"({"purpose": "pay"})", .key = ""});
    EXPECT_EQ(member(unknown.body, "code"), "invalid_value");
}

TEST(api, ends_sessions_at_once) {
    api_scene scene;
    const auto ask = [&scene](std::string_view method, const std::string& target, std::string_view body = "{}") {
        const asking asked{.method = method, .target = target, .body = body, .key = "se"};
        const auto given = scene.answer(asked);
        expect_contract(asked, given);
        return given;
    };
    const ledger::instant now{scene.now_ms};
    const auto others = scene.people.sessions.open(ledger::wallet_id{4}, {.card = 1}, now)->session.number;
    const auto second = scene.people.sessions.open(ledger::wallet_id{3}, {.card = 1}, now)->session.number;
    const auto path = [](std::uint64_t number) {
        return "/v1/sessions/" + test::scene_keys().encode_id(storage::id_kind::session, number).str() + "/revoke";
    };
    EXPECT_EQ(ask("POST", path(others)).status, 404) << "somebody else's";
    EXPECT_EQ(ask("POST", path(second)).status, 200);
    EXPECT_EQ(ask("POST", path(second)).status, 404);
    EXPECT_EQ(ask("POST", "/v1/sessions/ses_0/revoke").status, 404);
    EXPECT_EQ(ask("POST", "/v1/sessions/revoke", R"({"keep_current": true})").status, 200);
    EXPECT_EQ(ask("GET", "/v1/sessions").status, 200);
    EXPECT_EQ(member(ask("POST", "/v1/sessions/revoke").body, "revoked"), "1");
    EXPECT_EQ(ask("GET", "/v1/sessions").status, 401);
    EXPECT_EQ(scene.people.sessions.all_of(ledger::wallet_id{4}, now).size(), 1U);
}

// Only who showed the card before may bring another one in its place: no attendant, and no session by a password.
TEST(api, takes_a_renewed_card_from_a_session_by_card_alone) {
    for (const auto origin : {session_origin::desk, session_origin::password}) {
        login_scene scene;
        const new_session wanted{
            .origin = origin, .card = 1, .attendant = 2, .scopes = ledger::scope_set::unrestricted()};
        scene.session = scene.people.sessions.open(ledger::wallet_id{3}, wanted, ledger::instant{scene.now_ms})->token;
        const auto card = scene.issued.first.issue();
        const auto challenge = scene.challenge("rebind");
        const auto body =
            login_scene::shown(card, challenge, sign_as_card(card, text_to_sign({"meguri", "rebind", challenge})));
        const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/card_renewals";
        const asking asked{.target = target, .body = body, .key = "se"};
        const auto refused = scene.answer(asked);
        EXPECT_EQ(member(refused.body, "code"), "card_required");
        expect_contract(asked, refused);
    }
}

TEST(api, gives_residents_codes_for_once_alone) {
    api_scene scene;
    const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/codes";
    const auto op = scene.operation({.target = target, .body = R"({"kind": "once"})", .key = "se"});
    EXPECT_EQ(std::get<ledger::issue_code>(*op->command()).kind, ledger::code_kind::once);
    EXPECT_EQ(op->record.caller, (ledger::caller_ref{ledger::caller_kind::resident, 3}));
    const asking lasting{.target = target, .body = R"({"kind": "card"})", .key = "se"};
    const auto refused = scene.answer(lasting);
    EXPECT_EQ(member(refused.body, "pointer"), "/kind");
    expect_contract(lasting, refused);
}

} // namespace
} // namespace meguri::net
