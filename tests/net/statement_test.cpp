#include "net/statement.hpp"

#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using storage::id_kind;
using test::program;

ledger::instant at(std::string_view text) { return *ledger::parse_rfc3339(text); }

ledger::entry entry_of(ledger::journal_position position, std::string_view when, ledger::fact what) {
    ledger::entry one;
    one.position = position;
    one.decided_at = at(when);
    one.wallet = ledger::wallet_id{3};
    if (std::holds_alternative<ledger::payment_decided>(what) || std::holds_alternative<ledger::payment_changed>(what))
        one.merchant = ledger::merchant_id{7};
    one.what = std::move(what);
    return one;
}

// Two grants in October, in November a payment of 1,200 with a formula for a reference, a freeze, a refund of 300 of
// which 50 come too late, and an expiry of both programs.
std::vector<ledger::entry> sample_chain() {
    const ledger::wallet_id wallet{3};
    auto paid = test::sample_payment();
    paid.reference = "=1+1";
    auto refund = test::sample_step(ledger::payment_step::refund, ledger::payment_status::captured, 300);
    auto after = *refund.after;
    after.position = 13;
    after.reference = "=1+1";
    refund.after = std::make_shared<const ledger::payment_state>(after);
    return {
        entry_of(10, "2026-10-30T00:00:00Z", ledger::wallet_opened{wallet}),
        entry_of(11, "2026-10-31T14:59:59.999Z", ledger::points_granted{wallet, test::sample_lot("042021", 5000)}),
        entry_of(12, "2026-10-31T15:00:00Z", ledger::points_granted{wallet, test::sample_lot("432148", 70)}),
        entry_of(13, "2026-11-02T00:00:00Z", paid),
        entry_of(14, "2026-11-03T00:00:00Z",
                 ledger::freeze_changed{ledger::freeze_subject::wallet, wallet.value(), true, "x"}),
        entry_of(15, "2026-11-04T00:00:00Z", refund),
        entry_of(16, "2026-11-30T14:59:59.999Z",
                 ledger::points_expired{wallet, {test::sample_lot("042021", 7), test::sample_lot("432148", 70)}}),
    };
}

std::string told(bool csv, const statement_columns& columns, ledger::program_code only = {}, std::uint32_t part = 1) {
    statement made{*parse_month("2026-11"), columns, only, part};
    for (const auto& one : sample_chain()) made.add(one);
    id_texts ids{test::scene_keys()};
    std::string body;
    csv ? made.write_csv(body, ids) : made.write_json(body, ids);
    return body;
}

std::string id_text(id_kind kind, std::uint64_t value) { return test::scene_keys().encode_id(kind, value).str(); }

TEST(parse_month, takes_months_in_japan) {
    const auto month = parse_month("2026-12");
    ASSERT_TRUE(month.has_value());
    EXPECT_EQ(month->first, at("2026-11-30T15:00:00Z"));
    EXPECT_EQ(month->end, at("2026-12-31T15:00:00Z"));
    EXPECT_EQ(parse_month("2028-02")->end, at("2028-02-29T15:00:00Z"));
    EXPECT_EQ(parse_month("9999-12")->end, at("9999-12-31T15:00:00Z"));
    EXPECT_EQ(parse_month("1970-01")->first, ledger::instant{-9 * 3'600'000});
    for (const std::string_view wrong : {"", "2026", "2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "2026/11"})
        EXPECT_FALSE(parse_month(wrong).has_value()) << wrong;
}

TEST(statement, of_a_wallet_as_json) {
    const auto line = [](std::uint64_t position, std::string_view rest) {
        return R"({"id":")" + id_text(id_kind::entry, position) + R"(","created_at":)" + std::string{rest};
    };
    const std::string none = R"(,"authorization":null,"merchant":null,"reference":null})";
    const std::string of_payment = R"(,"authorization":")" + id_text(id_kind::authorization, 13) + R"(","merchant":")" +
                                   id_text(id_kind::merchant, 7) + R"(","reference":"=1+1"})";
    EXPECT_EQ(
        told(false, wallet_columns),
        R"({"month":"2026-11","part":1,"parts":1,"opening":[{"program":"042021","available":5000,"held":0}],"data":[)" +
            line(12, R"("2026-10-31T15:00:00.000Z","type":"grant","program":"432148","available":70,"held":0)") + none +
            "," +
            line(13, R"("2026-11-02T00:00:00.000Z","type":"payment","program":"042021","available":-1200,"held":0)") +
            of_payment + "," +
            line(15, R"("2026-11-04T00:00:00.000Z","type":"refund","program":"042021","available":250,"held":0)") +
            of_payment + "," +
            line(16, R"("2026-11-30T14:59:59.999Z","type":"expiry","program":"042021","available":-7,"held":0)") +
            none + "," +
            line(16, R"("2026-11-30T14:59:59.999Z","type":"expiry","program":"432148","available":-70,"held":0)") +
            none + R"(],"closing":[{"program":"042021","available":4043,"held":0},)" +
            R"({"program":"432148","available":0,"held":0}]})");
}

TEST(statement, of_a_merchant_follows_what_it_is_owed) {
    const auto body = told(false, merchant_columns);
    EXPECT_NE(body.find(R"("type":"payment","program":"042021","payable":1200,"pending":0)"), std::string::npos);
    EXPECT_NE(body.find(R"("type":"refund","program":"042021","payable":-300,"pending":0)"), std::string::npos);
    EXPECT_EQ(body.find("grant"), std::string::npos);
    EXPECT_NE(body.find(R"("closing":[{"program":"042021","payable":900,"pending":0}])"), std::string::npos) << body;
}

TEST(statement, shows_staff_their_own_program_alone) {
    const auto body = told(false, wallet_columns, program("432148"));
    EXPECT_EQ(body.find("042021"), std::string::npos) << body;
    EXPECT_NE(body.find(R"("closing":[{"program":"432148","available":0,"held":0}])"), std::string::npos) << body;
}

TEST(statement, as_csv_disarms_formulas) {
    const auto csv = told(true, wallet_columns);
    const std::string authorization = id_text(id_kind::authorization, 13) + "," + id_text(id_kind::merchant, 7);
    EXPECT_TRUE(csv.starts_with("\xEF\xBB\xBFid,created_at,type,program,available,held,authorization,merchant,"
                                "reference\r\n,2026-10-31T15:00:00.000Z,opening_balance,042021,5000,0,,,\r\n"))
        << csv;
    EXPECT_NE(csv.find(id_text(id_kind::entry, 13) + ",2026-11-02T00:00:00.000Z,payment,042021,-1200,0," +
                       authorization + ",'=1+1\r\n"),
              std::string::npos)
        << csv;
    EXPECT_TRUE(csv.ends_with(",2026-11-30T15:00:00.000Z,closing_balance,042021,4043,0,,,\r\n"
                              ",2026-11-30T15:00:00.000Z,closing_balance,432148,0,0,,,\r\n"))
        << csv;
}

// What is undecided has a program of its own name, and a transfer is told in both; proposals and rejections move
// nothing.
TEST(statement, of_undecided_points_and_corrections) {
    using enum ledger::correction_kind;
    statement made{*parse_month("2026-11"), wallet_columns, {}, 1};
    made.add(entry_of(10, "2026-10-31T00:00:00Z", test::sample_conversion()));
    made.add(entry_of(11, "2026-11-01T00:00:00Z", test::sample_transfer()));
    made.add(entry_of(12, "2026-11-02T00:00:00Z", ledger::home_chosen{ledger::wallet_id{3}, program("042021")}));
    made.add(entry_of(13, "2026-11-03T00:00:00Z", test::sample_correction(debit)));
    made.add(entry_of(14, "2026-11-04T00:00:00Z", test::sample_decision(debit, true)));
    made.add(entry_of(15, "2026-11-05T00:00:00Z", test::sample_decision(credit, true)));
    made.add(entry_of(16, "2026-11-06T00:00:00Z", test::sample_decision(credit, false)));
    id_texts ids{test::scene_keys()};
    std::string json;
    made.write_json(json, ids);
    const std::string undecided = "undecided:" + id_text(id_kind::partner, 3);
    const auto line = [](std::uint64_t position, std::string_view day, std::string_view type,
                         const std::string& of_program, std::string_view available) {
        return R"({"id":")" + id_text(id_kind::entry, position) + R"(","created_at":"2026-11-)" + std::string{day} +
               R"(T00:00:00.000Z","type":")" + std::string{type} + R"(","program":")" + of_program +
               R"(","available":)" + std::string{available} +
               R"(,"held":0,"authorization":null,"merchant":null,"reference":null})";
    };
    EXPECT_EQ(json, R"({"month":"2026-11","part":1,"parts":1,"opening":[{"program":")" + undecided +
                        R"(","available":800,"held":0}],"data":[)" + line(11, "01", "transfer", "042021", "500") + "," +
                        line(11, "01", "transfer", undecided, "-500") + "," +
                        line(14, "04", "correction", "042021", "-300") + "," +
                        line(15, "05", "correction", "042021", "300") +
                        R"(],"closing":[{"program":"042021","available":500,"held":0},{"program":")" + undecided +
                        R"(","available":300,"held":0}]})");
    std::string csv;
    made.write_csv(csv, ids);
    EXPECT_NE(csv.find(",opening_balance," + undecided + ",800,0,,,\r\n"), std::string::npos) << csv;
    EXPECT_NE(csv.find(",transfer," + undecided + ",-500,0,,,\r\n"), std::string::npos) << csv;
    EXPECT_NE(csv.find(",closing_balance," + undecided + ",300,0,,,\r\n"), std::string::npos) << csv;
}

// Wallets decide for one merchant, each by its own time.
TEST(statement, does_not_mind_times_that_go_back) {
    statement made{*parse_month("2026-11"), merchant_columns, {}, 1};
    made.add(entry_of(1, "2026-11-01T00:00:00Z", test::sample_payment()));
    made.add(entry_of(2, "2026-10-31T00:00:00Z", test::sample_payment()));
    id_texts ids{test::scene_keys()};
    std::string json;
    made.write_json(json, ids);
    EXPECT_NE(json.find(R"("opening":[{"program":"042021","payable":1200,"pending":0}])"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("closing":[{"program":"042021","payable":2400,"pending":0}])"), std::string::npos) << json;
}

TEST(statement, comes_in_parts) {
    const auto lines = statement::part_lines * 2 + 1;
    for (std::uint32_t part = 1; part <= 4; ++part) {
        statement made{*parse_month("2026-11"), wallet_columns, {}, part};
        for (std::size_t i = 0; i < lines; ++i)
            made.add(entry_of(i + 1, "2026-11-02T00:00:00Z",
                              ledger::points_granted{ledger::wallet_id{3}, test::sample_lot("042021", 1)}));
        id_texts ids{test::scene_keys()};
        std::string json;
        made.write_json(json, ids);
        EXPECT_EQ(test::member(json, "parts"), "3");
        EXPECT_NE(json.find(R"("closing":[{"program":"042021","available":)" + std::to_string(lines)),
                  std::string::npos);
        std::string csv;
        made.write_csv(csv, ids);
        const auto rows = static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n'));
        const std::size_t expected[] = {statement::part_lines, statement::part_lines, 1 + 1, 0};
        EXPECT_EQ(rows, 1 + expected[part - 1]) << "part " << part; // the last one has the closing balance too
    }
}

} // namespace
} // namespace meguri::net
