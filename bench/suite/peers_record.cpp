#include "bench/suite/peers_record.hpp"

#include "bench/quantiles.hpp"
#include "bench/suite/environment.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>

namespace meguri::bench {
namespace {

namespace json = boost::json;
namespace files = std::filesystem;

struct contestant {
    explicit contestant(const peer_kind& of) : kind{&of} {}

    const peer_kind* kind;
    std::string status = "measured";
    std::string detail;
    std::string version;
    std::unique_ptr<peer> running;
    std::vector<double> rounds;
    latency_histogram latency;

    void fail(const char* how, const std::string& why) {
        status = how;
        detail = why;
        running.reset();
    }
};

std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

void start(contestant& one, const std::string& folder) try {
    one.version = one_line(one.kind->version());
    files::create_directories(folder);
    // Servers that refuse to be root reach their folder through it.
    files::permissions(files::path{folder}.parent_path(), files::perms::others_exec, files::perm_options::add);
    one.running = one.kind->start(folder);
} catch (const missing_peer& why) {
    one.fail("missing", why.what());
} catch (const std::exception& why) {
    one.fail("failed", why.what());
}

void measure(contestant& one, double seconds) try {
    const auto round = one.running->measure(seconds);
    one.rounds.push_back(round.per_second);
    one.latency.merge(round.latency);
    std::printf("%-18s %10.0f/s\n", one.kind->name.c_str(), round.per_second);
    std::fflush(stdout);
} catch (const std::exception& why) {
    one.fail("failed", why.what());
}

// Its answers count in its books, its time nowhere.
void warm_up(contestant& one) try {
    [[maybe_unused]] const auto uncounted = one.running->measure(1);
} catch (const std::exception& why) {
    one.fail("failed", why.what());
}

void check_books(contestant& one) try {
    std::string found;
    for (const auto& fault : one.running->faults()) found += (found.empty() ? "" : "; ") + fault;
    if (!found.empty()) one.fail("failed", found);
} catch (const std::exception& why) {
    one.fail("failed", why.what());
}

json::object row_of(const contestant& one) {
    json::object row{{"name", one.kind->name},
                     {"version", one.version},
                     {"status", one.status},
                     {"detail", one.detail},
                     {"rounds", json::value_from(one.rounds)},
                     {"durability", one.kind->durability},
                     {"work", one.kind->work}};
    const bool measured = one.status == "measured";
    const auto us = [&](double fraction) { return static_cast<double>(one.latency.percentile_ns(fraction)) / 1e3; };
    row["per_second"] = measured ? json::value(quantile(one.rounds, 0.5)) : json::value(nullptr);
    row["p50_us"] = measured ? json::value(us(0.5)) : json::value(nullptr);
    row["p99_us"] = measured ? json::value(us(0.99)) : json::value(nullptr);
    return row;
}

// The peers' own versions stand in their rows.
json::object configuration_of(const peers_options& options) {
    auto configuration = options.meguri.empty() ? json::object{} : configuration_of_switch(options.meguri);
    configuration["rounds"] = options.rounds;
    configuration["seconds_a_round"] = options.seconds;
    return configuration;
}

} // namespace

json::object measure_peers(const std::vector<peer_kind>& kinds, const peers_options& options) {
    const auto begun = std::chrono::steady_clock::now();
    json::object record{{"format", 1}, {"kind", "peers"}, {"name", "peers"}, {"written_at", time_now()}};
    files::remove_all(options.folder);
    std::vector<contestant> all;
    for (const auto& kind : kinds) {
        all.emplace_back(kind);
        start(all.back(), options.folder + "/" + std::to_string(all.size()));
        if (all.back().running) warm_up(all.back());
    }
    for (int round = 0; round < options.rounds; ++round)
        for (auto& one : all)
            if (one.running) measure(one, options.seconds);
    json::array rows;
    json::array faults;
    for (auto& one : all) {
        if (one.running) check_books(one);
        one.running.reset();
        if (one.status != "measured") faults.emplace_back(one.kind->name + " " + one.status + ": " + one.detail);
        rows.emplace_back(row_of(one));
    }
    files::remove_all(options.folder);
    record["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    record["valid"] = faults.empty();
    record["faults"] = std::move(faults);
    record["environment"] = environment_of(options.folder, configuration_of(options));
    record["runs"] = json::array{};
    record["rows"] = std::move(rows);
    return record;
}

} // namespace meguri::bench
