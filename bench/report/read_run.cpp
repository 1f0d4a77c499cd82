#include "bench/report/read_run.hpp"

#include "bench/report/figures.hpp"

#include <boost/json.hpp>

namespace meguri::bench {
namespace {

std::string sync_text(const field& disk) {
    return "p50 " + latency_text(disk.at("p50").number()) + ", p99 " + latency_text(disk.at("p99").number());
}

// Settings go over several lines.
std::string value_text(const boost::json::value& value) {
    if (!value.is_string()) return boost::json::serialize(value);
    std::string text{value.get_string().data(), value.get_string().size()};
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

std::vector<measured_slot> slots_of(const field& run) {
    std::vector<measured_slot> all;
    for (const auto& one : run.at("over_time").items())
        all.push_back({one.at("at_s").number(), one.at("answered").number(), one.at("shed").number(),
                       one.at("p50_us").number(), one.at("p99_us").number(), one.at("max_us").number()});
    return all;
}

std::vector<std::pair<double, double>> histogram_of(const field& run) {
    std::vector<std::pair<double, double>> all;
    for (const auto& bucket : run.at("histogram").items()) {
        const auto pair = bucket.items();
        if (pair.size() != 2) bucket.fail("no pair of a latency and a count");
        all.emplace_back(pair[0].number(), pair[1].number());
        if (all.size() > 1 && all[all.size() - 2].first >= all.back().first) bucket.fail("not above the one before");
    }
    return all;
}

} // namespace

std::optional<double> number_if_any(const field& in, std::string_view name) {
    const auto found = in.find(name);
    return found ? std::optional{found->number()} : std::nullopt;
}

measured_run read_run(const field& from) {
    const auto latency = from.at("latency_us");
    const auto outcomes = from.at("outcomes");
    const auto slot_s = number_if_any(from, "slot_s").value_or(1);
    if (slot_s == 0) from.at("slot_s").fail("0");
    return {.name = from.at("name").text(),
            .offered_per_second = number_if_any(from, "offered_per_second"),
            .answered_per_second = from.at("answered_per_second").number(),
            .seconds = from.at("seconds").number(),
            .connections = from.at("connections").number(),
            .pipeline = from.at("pipeline").number(),
            .latency_us = {latency.at("p50").number(), latency.at("p90").number(), latency.at("p99").number(),
                           latency.at("p99_9").number(), latency.at("max").number()},
            .histogram = histogram_of(from),
            .over_time = slots_of(from),
            .slot_s = slot_s,
            .shed = outcomes.at("shed").number(),
            .unanswered = outcomes.at("unanswered").number(),
            .generator_lagged = from.at("client").at("lagged").boolean()};
}

conditions conditions_of(const field& environment) {
    const auto build = environment.at("build");
    const auto direct = environment.find("disk_direct_write_us");
    conditions all{
        {"machine", environment.at("machine").text() + ", " + grouped(environment.at("cpus").number()) + " cores, " +
                        bytes_text(environment.at("memory_bytes").number())},
        {"kernel", environment.at("kernel").text()},
        {"file system", environment.at("file_system").text()},
        {"disk, 4 KiB appended and synced", sync_text(environment.at("disk_sync_us"))},
        {"disk, 4 KiB written directly in place", direct ? sync_text(*direct) : "not possible there"},
        {"commit", environment.at("commit").text()},
        {"build", build.at("type").text() + ", " + build.at("compiler").text() + ", " + build.at("flags").text()},
        {"client and server", environment.at("shared_cores").boolean() ? "share the cores" : "on cores of their own"}};
    // Not in records from before it was measured.
    if (const auto late = environment.find("wake_delay_us"))
        all.push_back({"a thread of the idle machine wakes late by", sync_text(*late)});
    const auto configuration = environment.at("configuration");
    if (!configuration.value().is_object()) configuration.fail("no object");
    for (const auto& [name, value] : configuration.value().get_object())
        all.emplace_back("configuration: " + std::string{name.data(), name.size()}, value_text(value));
    return all;
}

} // namespace meguri::bench
