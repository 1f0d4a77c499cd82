// A ledger of many wallets: how long the switch takes to start on it, how much memory it holds while idle, and how much
// more for each wallet that pays.
#include "bench/http_load.hpp"
#include "bench/in_process.hpp"
#include "bench/payment_source.hpp"
#include "bench/served_program.hpp"
#include "storage/key_ring.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>

namespace {

using namespace meguri;

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

// Makes the ledger without HTTP; the load's payments are prepared from its keys.
void furnish(const std::string& folder, std::uint32_t wallets, std::uint32_t live, bench::payment_source& source) {
    bench::in_process_switch making{folder};
    const auto& keys = making.store().keys();
    for (const auto& till : bench::open_tills(making, 10))
        source.add_till(keys.bearer_key(ledger::caller_kind::terminal, till.outlet.value(), {}).reveal());
    std::uint64_t seen = 0;
    const auto one_in = wallets / live;
    bench::move_in(making, wallets, bench::points_of_each, [&](ledger::wallet_id wallet, const ledger::digest128&) {
        if (seen++ % one_in == 0 && seen <= std::uint64_t{one_in} * live)
            source.add_code("042021", keys.code_text(wallet, 1, ledger::code_kind::card, {}).reveal());
    });
}

} // namespace

int main(int argc, char** argv) try {
    CLI::App options{"Start-up and memory with many wallets"};
    std::string binary = (std::filesystem::path{argv[0]}.parent_path() / ".." / "meguri").string();
    std::string folder = (std::filesystem::temp_directory_path() / "meguri-bench-many-wallets").string();
    std::uint32_t wallets = 1'000'000;
    std::uint32_t live = 500'000;
    options.add_option("--meguri", binary, "the switch")->capture_default_str();
    options.add_option("--data", folder, "a folder that is emptied first")->capture_default_str();
    options.add_option("--wallets", wallets)->capture_default_str();
    options.add_option("--live", live, "wallets that pay, at most all")->capture_default_str();
    CLI11_PARSE(options, argc, argv);
    live = std::min(live, wallets);

    std::filesystem::remove_all(folder);
    bench::payment_source source{"many"};
    source.in_turn();
    furnish(folder, wallets, live, source);
    const auto serve = bench::serving(folder);
    for (int start = 0; start < 2; ++start) {
        const bench::served_program idle{binary, serve};
        std::printf("%u wallets: ready after %.3f s, RssAnon %.1f MB\n", wallets, idle.ready_after_s(),
                    megabytes(idle.anonymous_bytes()));
    }
    const bench::served_program paying{binary, serve};
    const auto before = paying.anonymous_bytes();
    bench::load_settings with;
    with.port = paying.port();
    with.warm_up_s = 0;
    with.duration_s = 1;
    // Until each has paid. The growth includes what the payments themselves left in memory: recent keys, buffers.
    while (source.answers() < live) (void)bench::run_http_load(with, source);
    const auto after = paying.anonymous_bytes();
    std::printf("%u live wallets: RssAnon %.1f MB, %.0f bytes a wallet\n", live, megabytes(after),
                static_cast<double>(after - before) / live);
    std::filesystem::remove_all(folder);
    return source.unexpected() == 0 && source.declined() == 0 ? 0 : 1;
} catch (const std::exception& why) {
    std::fprintf(stderr, "many_wallets: %s\n", why.what());
    return 1;
}
