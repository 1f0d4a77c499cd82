#include "tests/bench/report_scene.hpp"

#include <boost/json.hpp>

namespace meguri::bench {
namespace {

namespace json = boost::json;

json::object a_machine() {
    return {{"at", "2026-11-26T10:00:00Z"},
            {"machine", "A processor"},
            {"cpus", 2},
            {"memory_bytes", 8'589'934'592},
            {"kernel", "Linux 6"},
            {"file_system", "ext4"},
            {"disk_sync_us", {{"p50", 90}, {"p99", 150.5}}},
            {"disk_direct_write_us", nullptr},
            {"wake_delay_us", {{"p50", 60}, {"p99", 114}}},
            {"build", {{"type", "Release"}, {"compiler", "GNU 12"}, {"flags", "-O2"}}},
            {"commit", "0123456789ab-dirty"},
            {"shared_cores", true},
            {"configuration", {{"settings", "[log]\n"}}}};
}

} // namespace

json::object run_record(const std::string& name, double offered, double p99_us, bool lagged) {
    json::array slots;
    for (int i = 0; i < 3; ++i)
        slots.push_back(json::object{
            {"at_s", i}, {"answered", 100}, {"shed", 0}, {"p50_us", 100}, {"p99_us", p99_us}, {"max_us", p99_us}});
    return {{"name", name},
            {"mode", "open"},
            {"offered_per_second", offered},
            {"answered_per_second", offered},
            {"seconds", 3},
            {"connections", 64},
            {"pipeline", 1},
            {"latency_us",
             {{"p50", 100}, {"p90", 200}, {"p99", p99_us}, {"p99_9", p99_us}, {"p99_99", p99_us}, {"max", p99_us}}},
            {"histogram", {{100, 900}, {1'000, 90}, {10'000, 10}}},
            {"over_time", std::move(slots)},
            {"outcomes", {{"answered", 300}, {"shed", 0}, {"unanswered", 0}, {"lost_connections", 0}}},
            {"client", {{"cpu_share", 0.5}, {"lag_us_p99", 10}, {"lagged", lagged}}}};
}

json::object record_of_kind(const std::string& kind) {
    json::object made{{"format", 1},
                      {"kind", kind},
                      {"written_at", "2026-11-26T10:00:00.000Z"},
                      {"valid", true},
                      {"faults", json::array{}},
                      {"environment", a_machine()},
                      {"wallets", {{"count", 10'000}, {"zipf", 0.99}}},
                      {"runs", json::array{}}};
    if (kind == "curve") {
        made["knee_per_second"] = 20'000;
        made["highest_within_objective_per_second"] = 10'000;
    }
    if (kind == "restart" || kind == "growth") made["points"] = json::array{};
    if (kind == "peers") made["rows"] = json::array{};
    if (kind == "micro") made["benchmarks"] = json::array{};
    return made;
}

} // namespace meguri::bench
