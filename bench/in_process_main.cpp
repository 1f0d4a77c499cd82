// How many durable payments a second the switch makes without HTTP: through the actors, checkpoints running. Prints the
// rate of every second, so that a stall of the checkpointer shows.
#include "bench/in_process.hpp"

#include "storage/checkpointer.hpp"
#include "storage/journal_writer.hpp"
#include "storage/key_ring.hpp"
#include "storage/steady_clock.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <random>
#include <stop_token>
#include <thread>

#include <sys/resource.h>

namespace {

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void print_every_second(meguri::storage::store& of, const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock{mutex};
    std::condition_variable_any never; // its wait ends by the token or the second
    auto before = of.writer().durable_position();
    while (!never.wait_for(lock, stop, std::chrono::seconds{1}, [&] { return stop.stop_requested(); })) {
        const auto now = of.writer().durable_position();
        std::printf("%6lu/s  not yet checkpointed %lu\n", static_cast<unsigned long>(now - before),
                    static_cast<unsigned long>(now - of.checkpoint_position()));
        std::fflush(stdout);
        before = now;
    }
}

} // namespace

int main(int argc, char** argv) {
    using namespace meguri;
    CLI::App app{"Durable payments in process, through the actors, checkpoints running"};
    std::string folder = (std::filesystem::temp_directory_path() / "meguri-bench-in-process").string();
    std::uint32_t wallets = 100'000;
    std::uint32_t merchants = 100;
    std::uint32_t window = 2048;
    std::uint32_t io_threads = 1;
    double seconds = 60;
    app.add_option("--data", folder, "a folder that is emptied first")->capture_default_str();
    app.add_option("--wallets", wallets)->capture_default_str();
    app.add_option("--merchants", merchants)->capture_default_str();
    app.add_option("--window", window, "payments under way at once, of each io thread")->capture_default_str();
    app.add_option("--io-threads", io_threads)->capture_default_str()->check(CLI::Range(1, 64));
    app.add_option("--seconds", seconds)->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    std::filesystem::remove_all(folder);
    bench::in_process_switch running{folder, io_threads};
    const auto tills = bench::open_tills(running, merchants);
    std::vector<ledger::digest128> cards;
    bench::move_in(running, wallets, bench::points_of_each,
                   [&](ledger::wallet_id, const ledger::digest128& card) { cards.push_back(card); });
    std::printf("furnished: %u merchants, %u wallets, %u io threads\n", merchants, wallets, io_threads);

    const auto until = storage::steady_ns() + static_cast<std::int64_t>(seconds * 1e9);
    std::vector<bench::in_process_switch::source> sources;
    for (std::uint32_t i = 0; i < io_threads; ++i)
        sources.emplace_back([&, random = std::mt19937_64{i + 1}, number = std::uint64_t{i}]() mutable {
            number += io_threads;
            if (number / io_threads % 256 == 0 && storage::steady_ns() >= until) return actors::operation_ptr{};
            return bench::payment_of(running.store().keys(), tills[random() % tills.size()],
                                     cards[random() % cards.size()], number);
        });
    const double cpu_before = cpu_seconds();
    bench::in_process_result result;
    {
        const std::jthread watching{[&](const std::stop_token& stop) { print_every_second(running.store(), stop); }};
        result = running.run(window, sources);
    }
    const auto& commits = running.store().writer().probes();
    std::printf("%.0f payments/s over %.1f s, %lu approved, %lu failed; p50 %.2f ms p99 %.2f ms max %.2f ms; CPU %.2f "
                "us a payment; "
                "entries a batch %.0f, longest commit %.2f ms, checkpoint rounds %lu\n",
                result.per_second(), result.seconds, static_cast<unsigned long>(result.approved),
                static_cast<unsigned long>(result.failed), static_cast<double>(result.latency.percentile_ns(0.5)) / 1e6,
                static_cast<double>(result.latency.percentile_ns(0.99)) / 1e6,
                static_cast<double>(result.latency.max_ns()) / 1e6,
                (cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(result.finished),
                static_cast<double>(commits.batches.sum.value()) / static_cast<double>(commits.batches.count()),
                static_cast<double>(commits.commit_ns.max.value()) / 1e6,
                static_cast<unsigned long>(running.store().checkpoints().probes().rounds.load()));
    std::filesystem::remove_all(folder);
    return result.failed == 0 ? 0 : 1;
}
