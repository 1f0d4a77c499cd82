// Linked accounts as the API takes and shows them: what a partner is asked, in which order, and what is made of its
// answers.
#include "net/link_book.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <string>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;

constexpr std::string_view tokens_body =
    R"({"access_token":"a-1","token_type":"Bearer","expires_in":60,"refresh_token":"r-1","more":[1]})";

std::string links_path(std::string_view rest) { return "/v1/wallets/" + test::wallet_id(3) + std::string{rest}; }

struct links_scene : api_scene {
    std::string partner = test::scene_keys().encode_id(storage::id_kind::partner, 3).str();

    // The value of a parameter of the address that the resident is sent to.
    std::string begun(std::string_view parameter) {
        const auto path = links_path("/link_requests");
        const auto body = R"({"partner": ")" + partner + "\"}";
        const asking asked{.target = path, .body = body, .key = "se"};
        const auto given = answer(asked);
        expect_contract(asked, given);
        EXPECT_EQ(given.status, 201) << given.body;
        const auto url = member(given.body, "authorization_url");
        EXPECT_TRUE(url.starts_with("https://partner.example.jp/authorize?response_type=code&client_id=meguri&"
                                    "redirect_uri=https%3A%2F%2Fsite.example.jp%2Flinks&state=li_"))
            << url;
        const auto at = url.find(std::string{parameter} + '=') + parameter.size() + 1;
        return url.substr(at, url.find('&', at) - at);
    }
    void finish(const std::string& state) {
        const auto body = R"({"state": ")" + state + R"(", "code": "c-1"})";
        ask({.target = links_path("/links"), .body = body, .key = "se"});
    }
    [[nodiscard]] std::string code() const { return member(answers.given.back().body, "code"); }
};

TEST(pkce, is_that_of_rfc_7636) {
    EXPECT_EQ(pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
              "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(link_book, keeps_a_request_for_one_session_once_and_ten_minutes) {
    link_book book;
    const ledger::wallet_id wallet{3};
    const auto open = [&](std::int64_t now) { return book.open(7, wallet, ledger::partner_id{3}, now)->state; };
    const auto first = open(0);
    EXPECT_EQ(book.take(first, 7, wallet, link_request_valid_ms - 1)->partner, ledger::partner_id{3});
    EXPECT_FALSE(book.take(first, 7, wallet, 1));
    EXPECT_FALSE(book.take(open(0), 7, wallet, link_request_valid_ms));
    const auto stolen = open(0);
    EXPECT_FALSE(book.take(stolen, 8, wallet, 1)) << "another session";
    EXPECT_FALSE(book.take(stolen, 7, wallet, 1)) << "and used up by it";
    EXPECT_FALSE(book.take(open(0), 7, ledger::wallet_id{4}, 1));
    const auto shown = book.open(7, wallet, ledger::partner_id{3}, 0);
    EXPECT_EQ(shown->challenge, pkce_challenge(book.take(shown->state, 7, wallet, 1)->verifier));
    while (book.open(7, wallet, ledger::partner_id{3}, 5)) {
    }
    EXPECT_TRUE(book.open(7, wallet, ledger::partner_id{3}, 5 + link_request_valid_ms)) << "those are over";
}

TEST(api_links, ask_for_tokens_then_for_the_account_then_the_switch) {
    links_scene scene;
    scene.finish(scene.begun("state"));
    ASSERT_EQ(scene.outside.sent.size(), 1U);
    const auto& first = scene.outside.sent[0].asked;
    EXPECT_EQ(first.url, "https://partner.example.jp/token");
    EXPECT_EQ(first.fields.back().value, "Basic bWVndXJpOmElMjBzZWNyZXQ=") << "meguri:a%20secret";
    EXPECT_TRUE(first.body.starts_with("grant_type=authorization_code&code=c-1&redirect_uri=https%3A%2F%2Fsite.example"
                                       ".jp%2Flinks&code_verifier="))
        << first.body;
    scene.outside.answer(200, std::string{tokens_body});
    ASSERT_EQ(scene.outside.sent.size(), 2U);
    EXPECT_EQ(scene.outside.sent[1].asked.url, "https://partner.example.jp/account");
    EXPECT_EQ(scene.outside.sent[1].asked.fields.back().value, "Bearer a-1");
    scene.outside.answer(200, R"({"sub":"m-1","points":5})");
    ASSERT_EQ(scene.operations.taken.size(), 1U);
    const auto op = scene.operations.taken.back();
    const auto& asked = std::get<ledger::link_account>(*op->command());
    EXPECT_EQ(asked.what->subject, "m-1");
    EXPECT_EQ(asked.what->wallet, ledger::wallet_id{3});
    const auto opened = test::scene_keys().open_tokens(asked.what->account, asked.what->tokens);
    ASSERT_TRUE(opened.has_value());
    const auto tokens = parse_tokens(opened->reveal());
    EXPECT_EQ(tokens->access, "a-1");
    EXPECT_EQ(tokens->refresh, "r-1");
    EXPECT_EQ(tokens->ends_at_ms, scene.now_ms + 60'000);
    const auto given =
        scene.decide(op, ledger::link_changed{ledger::partner_id{3}, ledger::link_step::linked, 0, asked.what, {}});
    EXPECT_EQ(given.status, 201);
    EXPECT_EQ(member(given.body, "account"), "m-1");
    EXPECT_EQ(given.body.find("a-1"), std::string::npos);
}

TEST(api_links, say_why_nothing_was_linked) {
    struct row {
        const char* name;
        unsigned token_status;
        std::string_view token;
        unsigned account_status;
        std::string_view account;
        const char* code;
    };
    const row rows[] = {
        {"the code is wrong", 400, R"({"error":"invalid_grant"})", 0, "", "partner_refused"},
        {"it fails", 500, "", 0, "", "partner_unavailable"},
        {"it has enough", 429, "", 0, "", "partner_unavailable"},
        {"no token", 200, R"({"token_type":"Bearer"})", 0, "", "partner_unavailable"},
        {"no bearer", 200, R"({"access_token":"a","token_type":"mac"})", 0, "", "partner_unavailable"},
        {"a token with a line end", 200, R"({"access_token":"a\r\nb","token_type":"Bearer"})", 0, "",
         "partner_unavailable"},
        {"no JSON", 200, "<html>", 0, "", "partner_unavailable"},
        {"no account", 200, tokens_body, 401, "{}", "partner_refused"},
        {"no name", 200, tokens_body, 200, "{}", "partner_unavailable"},
        {"a name with a space", 200, tokens_body, 200, R"({"sub":"a b"})", "partner_unavailable"},
    };
    for (const auto& one : rows) {
        SCOPED_TRACE(one.name);
        links_scene scene;
        scene.finish(scene.begun("state"));
        scene.outside.answer(one.token_status, std::string{one.token});
        if (one.account_status != 0) scene.outside.answer(one.account_status, std::string{one.account});
        EXPECT_EQ(scene.code(), one.code);
        EXPECT_TRUE(scene.operations.taken.empty());
    }
    links_scene scene;
    scene.finish("li_nobodys");
    EXPECT_EQ(scene.code(), "link_not_begun");
    scene.outside.full = true;
    scene.finish(scene.begun("state"));
    EXPECT_EQ(scene.code(), "overloaded");
    EXPECT_TRUE(scene.outside.sent.empty());
}

TEST(partner_tokens, are_read_as_they_were_written) {
    const partner_tokens tokens{"a-1", "r-1", 17};
    const auto again = parse_tokens(text_of(tokens));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->access, "a-1");
    EXPECT_EQ(again->refresh, "r-1");
    EXPECT_EQ(again->ends_at_ms, 17);
    EXPECT_FALSE(parse_tokens("{}"));
    EXPECT_FALSE(parse_tokens("nonsense"));
    const web_response without{200, {}, R"({"access_token":"a-2","token_type":"bearer"})"};
    EXPECT_EQ(tokens_in(without, 5, "r-1")->refresh, "r-1") << "it stays good";
    EXPECT_EQ(tokens_in(without, 5)->ends_at_ms, 0);
}

} // namespace
} // namespace meguri::net
