// Codes as pictures, from the real program, read back by a scanner's library: what was printed is what pays.
#include "ledger/calendar.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/openapi_contract.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/tool.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace meguri::test {
namespace {

namespace json = boost::json;

class code_pictures : public payments_scene {
protected:
    // What a scanner finds: the symbology and the text.
    std::string scanned(const http_reply& reply) {
        EXPECT_EQ(reply.field("content-type"), "image/svg+xml") << reply.body;
        const auto file = folder / "picture.svg";
        std::ofstream{file} << reply.body;
        const auto script = source_folder() / "tests/picture_reader/read_picture.mjs";
        const auto seen = run_tool("/usr/bin/env", {"node", script.string(), file.string()});
        EXPECT_EQ(seen.status, 0) << seen.output << reply.body;
        return seen.output.substr(0, seen.output.find('\n'));
    }
    http_reply posted(const std::string& path, const std::string& query, const json::value& body,
                      const std::string& key) {
        auto reply = as_operator->post(path + query, body, key);
        EXPECT_EQ(contract_fault("POST", path, reply), "");
        return reply;
    }
    std::string outcome_of_payment(const std::string& code, const std::string& key) {
        const auto made = till->made("/v1/authorizations", payment({{}, code}, 10), key);
        return made.at("decline_code").is_null() ? text_at(made, "status") : text_at(made, "decline_code");
    }
    [[nodiscard]] std::string codes_path() const { return "/v1/wallets/" + town.wallets[0].id + "/codes"; }
    std::string begun_event() {
        const auto campaign = as_operator->made("/v1/programs/042021/campaigns", {{"name", "健康ウォーク"},
                                                                                  {"budget", 1000},
                                                                                  {"source", "budget:042021:health"},
                                                                                  {"first_day", "2026-01-01"},
                                                                                  {"last_day", "2099-12-31"},
                                                                                  {"amount_rule", "fixed"},
                                                                                  {"amount", 100}});
        const auto path = "/v1/campaigns/" + text_at(campaign, "id");
        const auto second = text_at(as_operator->made("/v1/operators", {{"name", "検査"}}), "key");
        api_client{process->port(), second}.made(path + "/approvals", json::object{});
        const auto now = ledger::instant{
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
        const auto event =
            as_operator->made(path + "/events", {{"occasion", "2026-10-18 健康ウォーク"},
                                                 {"begins_at", ledger::to_rfc3339(now.plus_ms(-3'600'000))},
                                                 {"ends_at", ledger::to_rfc3339(now.plus_ms(3'600'000))}});
        return "/v1/events/" + text_at(event, "id") + "/code";
    }
};

TEST_F(code_pictures, of_a_printed_card_pay) {
    const auto card = posted(codes_path(), "?picture=qr", {{"kind", "card"}}, "card");
    EXPECT_EQ(card.status, 201);
    const auto seen = scanned(card);
    ASSERT_TRUE(seen.starts_with("QR_CODE ")) << seen;
    const auto value = seen.substr(8);
    EXPECT_EQ(outcome_of_payment(value, "a"), "captured");
    const auto again = as_operator->made(codes_path(), {{"kind", "card"}}, "card");
    EXPECT_EQ(text_at(again, "value"), value) << "the same code, told as JSON";
    EXPECT_EQ(posted(codes_path(), "?picture=qr", {{"kind", "card"}}, "card").body, card.body);

    std::string issue;
    const auto entries = as_operator->read("/v1/wallets/" + town.wallets[0].id + "/entries");
    for (const auto& one : entries.at("data").as_array())
        if (issue.empty() && text_at(one, "type") == "code") issue = text_at(one, "id");
    const auto path = "/v1/codes/" + issue + "/reissue";
    const auto anew = scanned(posted(path, "?picture=qr", {{"reason", "汚損"}}, "anew")).substr(8);
    EXPECT_NE(anew, value);
    EXPECT_EQ(outcome_of_payment(value, "b"), "credential_blocked");
    EXPECT_EQ(outcome_of_payment(anew, "c"), "captured");
}

TEST_F(code_pictures, of_a_one_time_code_are_the_same_in_either_symbology) {
    const auto bars = scanned(posted(codes_path(), "?picture=code128", {{"kind", "once"}}, "once"));
    const auto square = scanned(posted(codes_path(), "?picture=qr", {{"kind", "once"}}, "once"));
    ASSERT_TRUE(bars.starts_with("CODE_128 ")) << bars;
    EXPECT_EQ(square, "QR_CODE " + bars.substr(9));
    EXPECT_EQ(outcome_of_payment(bars.substr(9), "a"), "captured");
    EXPECT_EQ(outcome_of_payment(bars.substr(9), "b"), "credential_used");
}

TEST_F(code_pictures, of_an_event_show_its_code) {
    const auto path = begun_event();
    const auto told = text_at(as_operator->read(path), "code");
    EXPECT_EQ(scanned(as_operator->get(path + "?picture=qr")), "QR_CODE " + told);
    EXPECT_EQ(scanned(as_operator->get(path + "?picture=code128")), "CODE_128 " + told);
}

TEST_F(code_pictures, of_another_kind_are_refused_and_nothing_is_issued) {
    const auto refused = posted(codes_path(), "?picture=png", {{"kind", "once"}}, "k");
    EXPECT_EQ(code_of(refused), "invalid_parameter");
    EXPECT_NE(refused.body.find("\"picture\""), std::string::npos) << refused.body;
    EXPECT_EQ(posted(codes_path(), "", {{"kind", "card"}}, "k").status, 201) << "the key stayed free";
    const auto path = begun_event();
    EXPECT_EQ(code_of(as_operator->get(path + "?picture=")), "invalid_parameter");
}

} // namespace
} // namespace meguri::test
