// A partner's file of a day over real sockets against the real program: differences out, bad lines named, the same
// result for the same file, and what came of it in the journal.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/openapi_contract.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

namespace json = boost::json;

class reconciliations : public payments_scene {
protected:
    void SetUp() override {
        const auto made = as_operator->made("/v1/partners", {{"name", "航空"}});
        path = "/v1/partners/" + text_at(made, "id");
        key = text_at(made, "key");
        as_operator->made(
            path + "/conversion_terms",
            {{"unit", "マイル"}, {"rate", {{"points", 1}, {"units", 2}}}, {"minimum_units", 10}, {"step_units", 1}});
        const auto checker = as_operator->made("/v1/operators", {{"name", "確認者"}});
        api_client{process->port(), text_at(checker, "key")}.made(path + "/conversion_terms/1/approvals",
                                                                  json::object{});
    }
    json::value converted(const std::string& reference, std::int64_t units) {
        return api_client{process->port(), key}.made(
            "/v1/conversions", {{"reference", reference}, {"units", units}, {"wallet", town.wallets[0].id}}, reference);
    }
    http_reply sent(const std::string& date, const std::string& file, const std::string& more = {}) {
        http_client mine{process->port()};
        return mine.ask("POST", path + "/reconciliations?date=" + date + more,
                        {{"Authorization", "Bearer " + key}, {"Content-Type", "text/csv"}}, file);
    }

    std::string path;
    std::string key;
};

TEST_F(reconciliations, tell_what_is_missing_on_either_side_and_what_is_other) {
    const auto today = text_at(converted("M-1", 100), "counted_on");
    converted("M-2", 200);
    converted("M-3", 300);
    const std::string file = "reference,units,amount\r\n"
                             "M-1,100,50\r\n"
                             "M-2,200,101\r\n"
                             "M-9,100,50\r\n"
                             "M-4,zehn,5\r\n";
    EXPECT_EQ(code_of(sent(today, file)), "invalid_parameter") << "the day is not over";
    turn_clock(86'400 + 60);
    restart();
    const auto reply = sent(today, file);
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(contract_fault("POST", path + "/reconciliations", reply), "");
    const auto found = json::parse(reply.body);
    EXPECT_EQ(found.at("lines").as_int64(), 4);
    EXPECT_EQ(found.at("faulty").as_int64(), 1);
    EXPECT_EQ(found.at("matched").as_int64(), 1);
    EXPECT_EQ(found.at("theirs").as_int64(), 201);
    EXPECT_EQ(found.at("ours").as_int64(), 300);
    const auto& differences = found.at("differences").as_array();
    ASSERT_EQ(differences.size(), 3U);
    EXPECT_EQ(differences[0], (json::value{{"kind", "other_amount"},
                                           {"reference", "M-2"},
                                           {"line", 3},
                                           {"theirs", {{"units", 200}, {"amount", 101}}},
                                           {"ours", {{"units", 200}, {"amount", 100}}}}));
    EXPECT_EQ(text_at(differences[1], "kind"), "missing_here");
    EXPECT_EQ(text_at(differences[2], "kind"), "missing_there");
    EXPECT_EQ(text_at(differences[2], "reference"), "M-3");
    const auto& faults = found.at("faults").as_array();
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0].at("line").as_int64(), 5);
    EXPECT_EQ(text_at(faults[0], "column"), "units");

    kill_and_restart();
    const auto again = sent(today, file);
    EXPECT_EQ(again.body, reply.body) << "the same file, the same result";
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    const auto listed = as_operator->read(path + "/reconciliations").at("data").as_array();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].at("id"), found.at("id"));
    EXPECT_EQ(listed[0].at("sha256"), found.at("sha256"));

    const auto csv = sent(today, file, "&format=csv&report=all");
    EXPECT_EQ(csv.field("content-type"), "text/csv; charset=utf-8");
    EXPECT_EQ(csv.body, "\xEF\xBB\xBF"
                        "line,reference,result,column,their_units,their_amount,our_units,our_amount,what\r\n"
                        "3,M-2,other_amount,,200,101,200,100,\r\n"
                        "4,M-9,missing_here,,100,50,,,\r\n"
                        ",M-3,missing_there,,,,300,150,\r\n"
                        "5,,faulty,units,,,,,\"must be 1 to 1000000000000 in digits alone, or empty\"\r\n"
                        "2,M-1,matched,,100,50,100,50,\r\n");
    const auto corrected = sent(today, "reference,units,amount\nM-1,100,50\nM-2,200,100\nM-3,300,150\n");
    EXPECT_EQ(json::parse(corrected.body).at("matched").as_int64(), 3);
    EXPECT_TRUE(json::parse(corrected.body).at("differences").as_array().empty());
    EXPECT_EQ(as_operator->read(path + "/reconciliations").at("data").as_array().size(), 2U);
}

TEST_F(reconciliations, refuse_what_is_no_such_file_or_not_theirs) {
    EXPECT_EQ(code_of(sent("2026-01-01", "ref,points\nM-1,50\n")), "malformed_request");
    EXPECT_EQ(code_of(sent("2026-02-30", "reference,units,amount\n")), "invalid_parameter");
    EXPECT_EQ(code_of(sent("2026-01-01", "reference,units,amount\n" + std::string(2'200'000, '1'))), "body_too_large");
    http_client mine{process->port()};
    const auto as_json = mine.ask("POST", path + "/reconciliations?date=2026-01-01",
                                  {{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}}, "{}");
    EXPECT_EQ(code_of(as_json), "unsupported_media_type");
    const auto other = as_operator->made("/v1/partners", {{"name", "電鉄"}});
    api_client stranger{process->port(), text_at(other, "key")};
    EXPECT_EQ(stranger.get(path + "/reconciliations").status, 404);
    const auto empty = sent("2026-01-01", "reference,units,amount\n");
    EXPECT_EQ(empty.status, 201) << empty.body;
}

} // namespace
} // namespace meguri::test
