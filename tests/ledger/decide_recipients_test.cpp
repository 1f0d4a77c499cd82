// Files of recipients by their rules: what may be accepted, what a row may take, and that what is reserved is given or
// freed to the last point.
#include "ledger/campaign.hpp"
#include "ledger/decide.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const instant upload_noon = noon("2026-10-18");
constexpr journal_position campaign_at = 10;

entry entry_told(fact what, journal_position position, person_ref who = first_operator) {
    entry one;
    one.position = position;
    one.caller = {who.kind, who.id};
    one.person = who.id;
    one.decided_at = upload_noon;
    one.what = std::move(what);
    return one;
}

campaign open_campaign(std::int64_t budget, amount_rule rule = amount_rule::up_to) {
    const campaign_terms terms{"歩いて健康",      source("budget:042021:health"),
                               yen(budget),       day("2026-10-01"),
                               day("2027-03-31"), rule,
                               yen(300),          {}};
    campaign one;
    apply(one, entry_told(campaign_proposed{ishinomaki, std::make_shared<const campaign_terms>(terms)}, campaign_at));
    apply(one, entry_told(*decide(decide_campaign{ishinomaki, campaign_at, true, {}}, second_operator, one), 11,
                          second_operator));
    return one;
}

file_digest digest_of(unsigned char byte) {
    file_digest digest{};
    digest.fill(std::byte{byte});
    return digest;
}

accept_recipients upload(unsigned char byte = 1) { return {ishinomaki, campaign_at, digest_of(byte), nullptr}; }

recipients_accepted file_accepted(std::uint32_t rows, std::int64_t sum, unsigned char byte = 1) {
    return {ishinomaki, campaign_at, digest_of(byte), rows, yen(sum), {5}};
}

recipient_granted row_granted(journal_position file, std::uint32_t row, std::int64_t amount) {
    auto lot = std::make_shared<const lot_terms>(
        lot_terms{1, ishinomaki, source("budget:042021:health"), day("2027-04-16"), upload_noon});
    return {resident, campaign_at, file, row, "健康ウォーク", {std::move(lot), yen(amount)}};
}

recipients_left_out rows_left_out(journal_position file, std::vector<std::uint32_t> rows, std::int64_t released,
                                  journal_position previous = 0) {
    recipients_left_out fact{ishinomaki, campaign_at, file, previous, yen(released), {}};
    for (const auto row : rows) fact.rows.push_back({row, row + 2, left_out_reason::wallet_frozen});
    return fact;
}

TEST(amount_by_rule, is_the_rule_s_where_none_is_asked_for) {
    struct row {
        amount_rule rule;
        std::optional<std::int64_t> asked;
        std::optional<std::int64_t> given;
    };
    const row rows[] = {
        {amount_rule::fixed, {}, 300}, {amount_rule::fixed, 300, 300}, {amount_rule::fixed, 299, {}},
        {amount_rule::up_to, {}, 300}, {amount_rule::up_to, 1, 1},     {amount_rule::up_to, 300, 300},
        {amount_rule::up_to, 301, {}}, {amount_rule::up_to, 0, {}},
    };
    for (const auto& one : rows) {
        const auto asked = one.asked ? std::optional{yen(*one.asked)} : std::nullopt;
        const auto given = one.given ? std::optional{yen(*one.given)} : std::nullopt;
        EXPECT_EQ(amount_by_rule(*open_campaign(1000, one.rule).terms, asked), given);
    }
}

TEST(accept_recipients, is_refused) {
    struct row {
        std::int64_t sum;
        std::int64_t reserved; // by what is under way
        const char* on;
        std::optional<refusal> why;
    };
    const row rows[] = {
        {1000, 0, "2026-10-18", {}},
        {1000, 0, "2027-03-31", {}},
        {1001, 0, "2026-10-18", refusal::budget_exceeded},
        {999, 2, "2026-10-18", refusal::budget_exceeded},
        {998, 2, "2026-10-18", {}},
        {1, 0, "2026-09-30", refusal::campaign_not_open},
        {1, 0, "2027-04-01", refusal::campaign_not_open},
    };
    const auto of = open_campaign(1000);
    for (const auto& one : rows) {
        const auto decided = decide(upload(), of, 5, yen(one.sum), yen(one.reserved), noon(one.on));
        EXPECT_EQ(decided ? std::nullopt : std::optional{decided.error()}, one.why) << one.sum << ' ' << one.on;
    }
}

TEST(accept_recipients, takes_the_same_file_once_and_not_more_than_it_may) {
    auto of = open_campaign(1'000'000);
    apply(of, entry_told(file_accepted(1, 10), 20));
    EXPECT_EQ(decide(upload(1), of, 1, yen(10), {}, upload_noon).error(), refusal::recipients_repeated);
    EXPECT_TRUE(decide(upload(2), of, 1, yen(10), {}, upload_noon).has_value());
    while (of.files.size() < recipient_files_max) of.files.emplace_back().position = 100 + of.files.size();
    EXPECT_EQ(decide(upload(2), of, 1, yen(10), {}, upload_noon).error(), refusal::recipients_exhausted);
}

TEST(accept_recipients, is_refused_by_a_closed_campaign_whose_accepted_rows_still_follow) {
    auto of = open_campaign(1000);
    apply(of, entry_told(file_accepted(2, 300), 20));
    apply(of, entry_told(*decide(close_campaign{ishinomaki, campaign_at, "終了"}, first_operator, of), 21));
    EXPECT_EQ(decide(upload(2), of, 1, yen(10), {}, upload_noon).error(), refusal::campaign_not_open);
    EXPECT_TRUE(follows(of, entry_told(row_granted(20, 0, 200), 22)));
}

TEST(accepted_recipients, reserve_the_budget_until_each_row_has_come) {
    auto of = open_campaign(1000);
    apply(of, entry_told(file_accepted(3, 700), 20));
    EXPECT_EQ(of.reserved, yen(700));
    const grant_from_campaign asked{ishinomaki, campaign_at, resident, "x", yen(300)};
    EXPECT_TRUE(decide(asked, of, {}, upload_noon).has_value());
    EXPECT_EQ(decide(asked, of, yen(1), upload_noon).error(), refusal::budget_exceeded);
    apply(of, entry_told(row_granted(20, 0, 300), 21));
    EXPECT_EQ(of.reserved, yen(400));
    EXPECT_EQ(of.granted, yen(300));
    EXPECT_EQ(of.grants, 1U);
    apply(of, entry_told(rows_left_out(20, {1}, 300), 22));
    EXPECT_EQ(of.reserved, yen(100));
    EXPECT_FALSE(of.file(20)->is_finished());
    apply(of, entry_told(row_granted(20, 2, 100), 23));
    EXPECT_EQ(of.reserved, points{});
    EXPECT_EQ(of.granted, yen(400));
    EXPECT_TRUE(of.file(20)->is_finished());
    EXPECT_EQ(of.file(20)->last_left_out, 22U);
    EXPECT_EQ(of.file(19), nullptr);
}

TEST(accepted_recipients, follow_only_as_they_may) {
    auto of = open_campaign(1000);
    EXPECT_FALSE(follows(of, entry_told(file_accepted(1, 1001), 20))) << "more than the budget";
    EXPECT_FALSE(follows(of, entry_told(file_accepted(0, 10), 20)));
    EXPECT_FALSE(follows(of, entry_told(file_accepted(1, 0), 20)));
    EXPECT_FALSE(follows(of, entry_told(file_accepted(recipients_max + 1, 10), 20)));
    EXPECT_FALSE(follows(of, entry_told(file_accepted(1, 10), 20, {}))) << "nobody's";
    EXPECT_TRUE(follows(of, entry_told(file_accepted(3, 700), 20)));
    apply(of, entry_told(file_accepted(3, 700), 20));
    EXPECT_FALSE(follows(of, entry_told(file_accepted(1, 10), 21))) << "the same file";
    EXPECT_FALSE(follows(of, entry_told(file_accepted(1, 301, 2), 21))) << "the rest is reserved";
    EXPECT_TRUE(follows(of, entry_told(file_accepted(1, 300, 2), 21)));
    EXPECT_FALSE(follows(of, entry_told(row_granted(19, 0, 100), 21))) << "no such file";
    EXPECT_FALSE(follows(of, entry_told(row_granted(20, 3, 100), 21))) << "no such row";
    EXPECT_FALSE(follows(of, entry_told(row_granted(20, 0, 301), 21))) << "not by the rule";
    EXPECT_TRUE(follows(of, entry_told(row_granted(20, 0, 300), 21)));
    EXPECT_FALSE(follows(of, entry_told(rows_left_out(20, {}, 100), 21)));
    EXPECT_FALSE(follows(of, entry_told(rows_left_out(20, {0, 1, 2, 3}, 100), 21)));
    EXPECT_FALSE(follows(of, entry_told(rows_left_out(20, {0}, 701), 21)));
    EXPECT_FALSE(follows(of, entry_told(rows_left_out(20, {0}, 100, 5), 21))) << "another one before it";
    apply(of, entry_told(rows_left_out(20, {0, 1}, 500), 21));
    EXPECT_FALSE(follows(of, entry_told(rows_left_out(20, {2}, 200), 22)));
    EXPECT_TRUE(follows(of, entry_told(rows_left_out(20, {2}, 200, 21), 22)));
    EXPECT_FALSE(follows(of, entry_told(row_granted(20, 2, 201), 22))) << "more than is left of the file";
    apply(of, entry_told(row_granted(20, 2, 200), 22));
    EXPECT_FALSE(follows(of, entry_told(row_granted(20, 2, 1), 23))) << "it is finished";
}

} // namespace
} // namespace meguri::ledger
