#include "bench/report/read_record.hpp"

#include "bench/report/figures.hpp"
#include "bench/report/read_run.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace meguri::bench {
namespace {

constexpr double format_known = 1;
constexpr std::array kinds{"load",   "curve",   "overload", "checkpoint", "card",
                           "growth", "restart", "soak",     "peers",      "micro"};

void read_restarts(const field& from, record& into) {
    for (const auto& one : from.at("points").items())
        into.restarts.push_back(
            {one.at("journal_entries").number(), one.at("tail_entries").number(), one.at("seconds").number()});
}

std::string text_if_any(const field& in, std::string_view name) {
    const auto found = in.find(name);
    return found ? found->text() : std::string{};
}

void read_growth(const field& from, record& into) {
    for (const auto& one : from.at("points").items()) {
        into.growth.push_back({.name = text_if_any(one, "name"),
                               .distribution = text_if_any(one, "distribution"),
                               .wallets = one.at("wallets").number(),
                               .answered_per_second = one.at("answered_per_second").number(),
                               .rate_share_of_small = number_if_any(one, "rate_share_of_small"),
                               .p99_us = number_if_any(one, "p99_us"),
                               .journal_entries = number_if_any(one, "journal_entries"),
                               .resident_bytes = number_if_any(one, "resident_bytes"),
                               .anonymous_bytes = number_if_any(one, "anonymous_bytes"),
                               .ready_after_kill_s = number_if_any(one, "ready_after_kill_s")});
        if (into.growth.back().wallets == 0) one.at("wallets").fail("0");
    }
}

void read_peers(const field& from, record& into) {
    for (const auto& one : from.at("rows").items()) {
        peer_row row{.name = one.at("name").text(),
                     .version = one.at("version").text(),
                     .status = one.at("status").text(),
                     .detail = one.at("detail").text(),
                     .durability = one.at("durability").text(),
                     .work = one.at("work").text(),
                     .rounds = {}};
        for (const auto& round : one.at("rounds").items()) row.rounds.push_back(round.number());
        if (row.status == "measured") {
            if (row.rounds.empty()) one.at("rounds").fail("empty, though it was measured");
            row.per_second = one.at("per_second").number();
            row.p50_us = one.at("p50_us").number();
            row.p99_us = one.at("p99_us").number();
        }
        into.peers.push_back(std::move(row));
    }
}

// Time of the processor, so that who else runs on the machine counts less; but for those that wait for the disk, which
// Google Benchmark names so.
const char* time_that_counts(const std::string& name) {
    const bool is_waiting =
        name.find("/real_time") != std::string::npos || name.find("/manual_time") != std::string::npos;
    return is_waiting ? "real_time" : "cpu_time";
}

// Google Benchmark's: a figure for each repetition stands in an entry of its own.
void read_micro(const field& from, record& into) {
    const std::map<std::string, double> ns_of{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    for (const auto& one : from.at("benchmarks").items()) {
        if (const auto type = one.find("run_type"); type && type->text() != "iteration") continue;
        if (const auto error = one.find("error_message")) one.fail("failed: " + error->text());
        const auto unit = ns_of.find(one.at("time_unit").text());
        if (unit == ns_of.end()) one.at("time_unit").fail("an unknown unit");
        const auto name = one.find("run_name").value_or(one.at("name")).text();
        auto row = std::ranges::find(into.micro, name, &micro_row::name);
        if (row == into.micro.end()) row = into.micro.insert(row, {name, {}});
        row->ns.push_back(one.at(time_that_counts(name)).number() * unit->second);
    }
}

void read_kind(const field& from, record& into) {
    if (into.kind == "curve") {
        into.knee_per_second = from.at("knee_per_second").number();
        into.within_objective_per_second = from.at("highest_within_objective_per_second").number();
    }
    if (into.kind == "restart") read_restarts(from, into);
    if (into.kind == "growth") read_growth(from, into);
    if (into.kind == "peers") read_peers(from, into);
    if (into.kind == "micro") read_micro(from, into);
}

std::string wallets_in_words(const field& wallets) {
    const auto zipf = number_if_any(wallets, "zipf").value_or(0);
    const auto count = grouped(wallets.at("count").number());
    if (zipf == 0) return count + ", all alike";
    std::string exponent = std::to_string(zipf);
    exponent.erase(exponent.find_last_not_of('0') + 1);
    return count + ", by Zipf's law with exponent " + exponent;
}

} // namespace

record parse_record(std::string_view text, const std::string& file) {
    boost::json::error_code why;
    const auto parsed = boost::json::parse(text, why);
    if (why) throw bad_record{file + ": no JSON: " + why.message()};
    const field all{parsed, file};
    if (all.at("format").number() != format_known) all.at("format").fail("not 1, which this program knows");
    record made;
    made.file = file;
    made.kind = all.at("kind").text();
    made.written_at = all.at("written_at").text();
    if (std::ranges::find(kinds, made.kind) == kinds.end()) all.at("kind").fail("an unknown kind, " + made.kind);
    made.valid = all.at("valid").boolean();
    for (const auto& fault : all.at("faults").items()) made.faults.push_back(fault.text());
    made.environment = conditions_of(all.at("environment"));
    if (const auto wallets = all.find("wallets")) made.wallets = wallets_in_words(*wallets);
    if (const auto mix = all.find("mix")) made.mix = mix->text();
    for (const auto& run : all.at("runs").items()) made.runs.push_back(read_run(run));
    read_kind(all, made);
    return made;
}

record read_record(const std::string& path) {
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) throw bad_record{path + ": cannot be read"};
    return parse_record(text, std::filesystem::path{path}.filename().string());
}

} // namespace meguri::bench
