// The report: what is read, where it stands in the plots, and that nothing from a file becomes markup.
#include "bench/quantiles.hpp"
#include "bench/report/bars.hpp"
#include "bench/report/figures.hpp"
#include "bench/report/page.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/read_record.hpp"
#include "tests/bench/report_scene.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tool.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace meguri::bench {
namespace {

namespace json = boost::json;

std::string page_with(const std::vector<json::object>& all) {
    std::vector<record> records;
    for (const auto& one : all) records.push_back(parse_record(json::serialize(one), "some.json"));
    return page_of(records);
}

bool holds(const std::string& page, const std::string& text) { return page.find(text) != std::string::npos; }

json::object curve_record() {
    auto curve = record_of_kind("curve");
    curve["runs"] = {run_record("50 %", 10'000, 1'000), run_record("100 %", 20'000, 10'000),
                     run_record("150 %", 30'000, 100'000, true)};
    return curve;
}

std::vector<json::object> one_of_each() {
    auto restart = record_of_kind("restart");
    restart["points"] = {{{"payments", 9}, {"journal_entries", 1'000}, {"tail_entries", 10}, {"seconds", 0.25}}};
    auto growth = record_of_kind("growth");
    growth["points"] = {{{"wallets", 1'000}, {"answered_per_second", 50'000}, {"resident_bytes", 1 << 20}},
                        {{"wallets", 1'000'000}, {"answered_per_second", 40'000}}};
    auto peers = record_of_kind("peers");
    const json::object meguri{
        {"name", "Meguri"},   {"version", "1"},           {"status", "measured"}, {"detail", ""}, {"durability", "all"},
        {"work", "payments"}, {"rounds", {90, 100, 120}}, {"per_second", 100},    {"p50_us", 1},  {"p99_us", 2}};
    auto postgres = meguri;
    postgres["name"] = "PostgreSQL";
    postgres["per_second"] = 25;
    postgres["rounds"] = {20, 25, 30};
    auto absent = meguri;
    absent["name"] = "absent";
    absent["status"] = "missing";
    absent["detail"] = "not installed";
    peers["rows"] = {meguri, postgres, absent};
    auto micro = record_of_kind("micro");
    micro["benchmarks"] = {
        {{"name", "decide"}, {"run_type", "iteration"}, {"real_time", 1000}, {"cpu_time", 10}, {"time_unit", "ns"}},
        {{"name", "decide"}, {"run_type", "iteration"}, {"real_time", 1000}, {"cpu_time", 30}, {"time_unit", "ns"}},
        {{"name", "decide"}, {"run_type", "iteration"}, {"real_time", 1000}, {"cpu_time", 20}, {"time_unit", "ns"}},
        {{"name", "decide"}, {"run_type", "aggregate"}, {"real_time", 1000}, {"cpu_time", 99}, {"time_unit", "ns"}}};
    auto load = record_of_kind("load");
    load["runs"] = {run_record("load", 5'000, 900)};
    auto card = record_of_kind("card");
    card["runs"] = {run_record("by code", 5'000, 900), run_record("by card", 4'000, 1'100)};
    return {curve_record(), restart, growth, peers, micro, load, card};
}

// --- reading ---

struct bad_row {
    const char* named;
    void (*spoil)(json::object&);
};

TEST(read_record, names_the_file_and_the_field_of_what_is_wrong) {
    const std::vector<bad_row> rows{
        {"format: not 1", [](json::object& all) { all["format"] = 2; }},
        {"has no field \"kind\"", [](json::object& all) { all.erase("kind"); }},
        {"kind: an unknown kind, lode", [](json::object& all) { all["kind"] = "lode"; }},
        {"valid: neither true nor false", [](json::object& all) { all["valid"] = 1; }},
        {"environment: has no field \"commit\"",
         [](json::object& all) { all["environment"].as_object().erase("commit"); }},
        {"environment.disk_sync_us.p99: no number",
         [](json::object& all) { all["environment"].as_object()["disk_sync_us"].as_object()["p99"] = "x"; }},
        {"runs[1].latency_us.p50: below 0",
         [](json::object& all) { all["runs"].as_array()[1].as_object()["latency_us"].as_object()["p50"] = -1; }},
        {"runs[0].histogram[1]: not above the one before",
         [](json::object& all) {
             all["runs"].as_array()[0].as_object()["histogram"] = {{5, 1}, {5, 1}};
         }},
        {"runs[2].slot_s: 0", [](json::object& all) { all["runs"].as_array()[2].as_object()["slot_s"] = 0; }},
        {"knee_per_second", [](json::object& all) { all.erase("knee_per_second"); }},
    };
    for (const auto& row : rows) {
        auto spoiled = curve_record();
        row.spoil(spoiled);
        try {
            static_cast<void>(parse_record(json::serialize(spoiled), "some.json"));
            ADD_FAILURE() << row.named << ": was read";
        } catch (const bad_record& why) {
            EXPECT_TRUE(std::string{why.what()}.starts_with("some.json: ")) << why.what();
            EXPECT_TRUE(holds(why.what(), row.named)) << why.what() << " instead of " << row.named;
        }
    }
    EXPECT_THROW(static_cast<void>(parse_record("{", "some.json")), bad_record);
    EXPECT_THROW(static_cast<void>(read_record("/nowhere/some.json")), bad_record);
}

TEST(read_record, keeps_the_repetitions_of_a_benchmark_and_no_aggregates) {
    const auto read = parse_record(json::serialize(one_of_each()[4]), "micro.json");
    ASSERT_EQ(read.micro.size(), 1U);
    EXPECT_EQ(read.micro[0].ns, (std::vector<double>{10, 30, 20}));
}

TEST(read_record, takes_the_processor_s_time_but_of_what_waits_for_the_disk) {
    auto micro = one_of_each()[4];
    micro["benchmarks"] = {{{"name", "decide"}, {"real_time", 900}, {"cpu_time", 7}, {"time_unit", "ns"}},
                           {{"name", "append/64/real_time"}, {"real_time", 9}, {"cpu_time", 1}, {"time_unit", "us"}}};
    const auto read = parse_record(json::serialize(micro), "micro.json");
    EXPECT_EQ(read.micro.at(0).ns.at(0), 7);
    EXPECT_EQ(read.micro.at(1).ns.at(0), 9'000);
}

// --- drawing ---

TEST(scale, places_values_and_ends_at_round_numbers) {
    EXPECT_EQ(scale::linear(0, 47'000).ticks(), (std::vector<double>{0, 10'000, 20'000, 30'000, 40'000, 50'000}));
    EXPECT_EQ(scale::linear(0, 0.3).ticks().size(), 4U);
    EXPECT_EQ(scale::logarithmic(300, 40'000).ticks(), (std::vector<double>{100, 1'000, 10'000, 100'000}));
    EXPECT_DOUBLE_EQ(scale::linear(0, 50).place(25, 100, 200), 150);
    EXPECT_DOUBLE_EQ(scale::logarithmic(100, 10'000).place(1'000, 100, 200), 150);
    EXPECT_DOUBLE_EQ(scale::logarithmic(100, 10'000).place(1, 100, 200), 100) << "below the scale: at its end";
}

TEST(plot, puts_points_where_their_values_are) {
    markup out;
    draw(out, {.title = "a < b",
               .description = "d",
               .x = {"x", scale::linear(0, 10), tick_text},
               .y = {"y", scale::logarithmic(1, 100), tick_text},
               .series = {{"one", {{0, 1}, {5, 10}, {10, 100, true}}}}});
    const auto svg = out.finish();
    // Halfway between 66 and 504, and between 286 and 34.
    EXPECT_TRUE(holds(svg, R"(points="66,286 285,160 504,34")")) << svg;
    EXPECT_TRUE(holds(svg, R"(<circle cx="285" cy="160" r="3"/>)")) << svg;
    EXPECT_TRUE(holds(svg, R"(class="invalid" x1="500" y1="30" x2="508" y2="38")"))
        << "an invalid point is crossed out";
    EXPECT_FALSE(holds(svg, R"(<circle cx="504")")) << "and no dot";
    EXPECT_TRUE(holds(svg, "<title>a &lt; b</title>")) << svg;
}

TEST(bars, are_as_long_as_their_value_and_one_without_a_figure_has_none) {
    markup out;
    draw(out, {.title = "t",
               .description = "d",
               .bars = {{"most", 100, 90, 200, "100/s"},
                        {"half", 50, 50, 50, "50/s"},
                        {.name = "none", .words = "missing", .is_invalid = true}}});
    const auto svg = out.finish();
    EXPECT_TRUE(holds(svg, R"(<rect x="4" y="24" width="213" height="12"/>)")) << svg; // 100 of 200 of 426
    EXPECT_TRUE(holds(svg, R"(<rect x="4" y="68" width="106.5" height="12"/>)")) << svg;
    EXPECT_FALSE(holds(svg, R"(y="112" width)")) << svg;
    EXPECT_TRUE(holds(svg, R"(<g class="bar invalid">)")) << svg;
}

TEST(figures, are_written_as_one_reads_them) {
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'234.56, 1), "1,234.6");
    EXPECT_EQ(latency_text(31), "31 µs");
    EXPECT_EQ(latency_text(370), "0.37 ms");
    EXPECT_EQ(latency_text(1'200'000), "1.2 s");
    EXPECT_EQ(bytes_text(1'572'864), "1.5 MiB");
    EXPECT_EQ(minute_text("2026-11-26T13:36:47.249Z"), "2026-11-26 13:36 UTC");
    EXPECT_EQ(minute_text("yesterday"), "yesterday");
}

TEST(quantile, lies_between_the_nearest_two) {
    EXPECT_DOUBLE_EQ(quantile({3, 1, 2}, 0.5), 2);
    EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
    EXPECT_DOUBLE_EQ(quantile({1, 2, 3, 4, 5}, 0.25), 2);
    EXPECT_DOUBLE_EQ(quantile({7}, 0.9), 7);
}

// --- the page ---

TEST(page, shows_each_kind_its_figures_and_the_conditions) {
    const auto page = page_with(one_of_each());
    for (const auto* const text :
         {"How latency grows with the rate", "knee 20,000/s", "Until it serves again", "As the ledger grows",
          "By My Number card", "The same payments by others", "25/s, 0.25×", "missing, not installed",
          "The parts by themselves", "20.0 ns", "0123456789ab-dirty", "4.0 times",
          "64 connections with at most 1 under way on each", "10,000, by Zipf&#39;s law with exponent 0.99",
          "invalid: the load generator lagged", "wakes late by"})
        EXPECT_TRUE(holds(page, text)) << text;
    for (const auto* const outside : {"src=", "<link", "url(", "@import", "<script"})
        EXPECT_FALSE(holds(page, outside)) << outside << " would need something else";
}

TEST(page, tells_how_many_connections_a_record_with_several_loads_had) {
    auto overload = record_of_kind("overload");
    auto wide = run_record("overload", 40'000, 100'000, false);
    wide["connections"] = 1'024;
    wide["pipeline"] = 32;
    overload["runs"] = json::array{run_record("saturated", 20'000, 1'000, false), std::move(wide)};
    EXPECT_TRUE(holds(page_with({overload}), "64 to 1,024 connections with at most 32 under way on each"));
}

TEST(page, draws_growth_by_the_journal_with_a_line_for_each_distribution) {
    auto growth = record_of_kind("growth");
    for (const auto* const distribution : {"alike", "zipf"})
        for (const int entries : {1'000, 100'000})
            growth["points"].as_array().push_back({{"name", "some"},
                                                   {"distribution", distribution},
                                                   {"wallets", 300},
                                                   {"journal_entries", entries},
                                                   {"answered_per_second", 50},
                                                   {"rate_share_of_small", 0.915},
                                                   {"resident_bytes", 1 << 20},
                                                   {"anonymous_bytes", 3 << 20},
                                                   {"ready_after_kill_s", 0.125}});
    const auto page = page_with({growth});
    EXPECT_TRUE(holds(page, "Answered a second, by entries in the journal")) << page;
    // 50 of 50 a second, from the first to the last entry.
    EXPECT_TRUE(holds(page, R"(<g class="series s1"><polyline points="66,34 504,34"/>)")) << page;
    EXPECT_TRUE(holds(page, "zipf</text>"));
    EXPECT_TRUE(holds(page, "Rate beside the small ledger&#39;s, by entries in the journal")) << page;
    for (const auto* const figure : {">0.92</td>", ">3.0 MiB</td>", ">125 ms</td>"})
        EXPECT_TRUE(holds(page, figure)) << figure << " in\n" << page;
}

TEST(page, marks_a_record_that_is_not_valid_and_says_why) {
    EXPECT_FALSE(holds(page_with({record_of_kind("curve")}), "Not valid"));
    auto faulty = record_of_kind("curve");
    faulty["valid"] = false;
    faulty["faults"] = {"the audit failed"};
    const auto page = page_with({faulty});
    EXPECT_TRUE(holds(page, "Not valid as a whole"));
    EXPECT_TRUE(holds(page, "<li>the audit failed</li>"));
    EXPECT_TRUE(holds(page, "1 of the records is not valid"));
}

TEST(page, is_well_formed_and_takes_no_markup_from_files) {
    const std::string evil = "<script>alert('x')</script>&\"\x01";
    auto all = one_of_each();
    auto& curve = all.front();
    curve["faults"] = {evil};
    curve["valid"] = false;
    curve["mix"] = evil;
    curve["written_at"] = evil;
    curve["environment"].as_object()["commit"] = evil;
    curve["environment"].as_object()["configuration"].as_object()[evil] = evil;
    for (auto& run : curve["runs"].as_array()) run.as_object()["name"] = evil;
    for (auto& row : all[3]["rows"].as_array())
        for (const auto* const name : {"version", "detail", "work", "durability"}) row.as_object()[name] = evil;
    const auto page = page_with(all);
    EXPECT_FALSE(holds(page, "<script"));
    EXPECT_FALSE(holds(page, "\x01"));
    EXPECT_TRUE(holds(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"));
    const test::temporary_folder folder;
    const auto file = (folder / "report.html").string();
    std::ofstream{file} << page;
    const auto checked = test::run_tool("/usr/bin/xmllint", {"--noout", file});
    EXPECT_EQ(checked.status, 0) << checked.output;
}

} // namespace
} // namespace meguri::bench
