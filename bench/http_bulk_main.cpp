// Payments over HTTP in bulk requests: a fresh switch, a few connections with one request under way each. Afterwards
// the merchants' books must have exactly what was acknowledged.
#include "bench/bulk_source.hpp"
#include "bench/demo_town.hpp"
#include "bench/served_program.hpp"

#include <boost/json.hpp>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <set>

namespace {

using namespace meguri::bench;

// Captured so far at all merchants, from the trial balance: what is owed to them.
std::int64_t owed_to_merchants(api_session& api) {
    std::int64_t owed = 0;
    const auto balance = api.get("/v1/ledger/trial_balance");
    for (const auto& program : balance.at("data").as_array())
        for (const auto& account : program.at("accounts").as_array())
            if (account.at("name") == "merchants:payable")
                owed += account.at("credits").as_int64() - account.at("debits").as_int64();
    return owed;
}

} // namespace

int main(int argc, char** argv) try {
    CLI::App options{"Payments over HTTP, many in a request"};
    const auto here = std::filesystem::path{argv[0]}.parent_path();
    std::string binary = (here / ".." / "meguri").string();
    std::string folder = (std::filesystem::temp_directory_path() / "meguri-bench-http-bulk").string();
    std::uint32_t lines = 1'000;
    std::uint32_t residents = 3'000;
    load_settings with;
    with.connections = 4;
    options.add_option("--meguri", binary, "the switch")->capture_default_str();
    options.add_option("--data", folder, "a folder that is emptied first")->capture_default_str();
    options.add_option("--lines", lines, "of a request")->check(CLI::Range(1, 1'000))->capture_default_str();
    options.add_option("--residents", residents)->capture_default_str();
    options.add_option("--connections", with.connections)->capture_default_str();
    options.add_option("--seconds", with.duration_s, "after 1 s of warm-up")->capture_default_str();
    CLI11_PARSE(options, argc, argv);

    std::filesystem::remove_all(folder);
    const auto key = output_of(binary, {"init", "--data", folder});
    const served_program server{binary, serving(folder)};
    api_session api{server.port(), key};
    const auto town = make_demo_town(api, residents, "bulk");
    bulk_source source{"bulk", lines};
    for (const auto& till : town.tills)
        if (std::ranges::find(till.programs, "042021") != till.programs.end()) source.add_till(till.key);
    for (const auto& one : town.residents)
        if (one.program == "042021") source.add_code(one.program, one.code);

    const auto owed_before = owed_to_merchants(api);
    const double cpu_before = server.cpu_seconds();
    with.port = server.port();
    const auto result = run_http_load(with, source);
    const auto answered = static_cast<double>(source.captured());
    api_session afterwards{server.port(), key}; // the first has been idle for as long as the load took
    const bool agrees = owed_to_merchants(afterwards) - owed_before == static_cast<std::int64_t>(source.captured());
    std::printf("%u lines a request, %u connections: %.0f authorizations/s; a request: %s; server CPU %.2f us an "
                "authorization; not captured: %lu; the books %s\n",
                lines, with.connections, result.per_second() * lines, describe(result).c_str(),
                (server.cpu_seconds() - cpu_before) * 1e6 / answered, static_cast<unsigned long>(source.unexpected()),
                agrees ? "agree" : "DISAGREE");
    std::filesystem::remove_all(folder);
    return agrees && source.unexpected() == 0 && source.captured() > 0 ? 0 : 1;
} catch (const std::exception& why) {
    std::fprintf(stderr, "http_bulk: %s\n", why.what());
    return 1;
}
