// How many durable payments a second the switch makes without HTTP: through the actors, checkpoints running. Prints the
// rate of every second, so that a stall of the checkpointer shows.
#include "bench/in_process.hpp"

#include "storage/checkpointer.hpp"
#include "storage/journal_writer.hpp"
#include "storage/key_ring.hpp"
#include "storage/steady_clock.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <random>

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

} // namespace

int main(int argc, char** argv) {
    using namespace meguri;
    CLI::App app{"Durable payments in process, through the actors, checkpoints running"};
    std::string folder = (std::filesystem::temp_directory_path() / "meguri-bench-in-process").string();
    std::uint32_t wallets = 100'000;
    std::uint32_t merchants = 100;
    std::uint32_t window = 2048;
    double seconds = 60;
    app.add_option("--data", folder, "a folder that is emptied first")->capture_default_str();
    app.add_option("--wallets", wallets)->capture_default_str();
    app.add_option("--merchants", merchants)->capture_default_str();
    app.add_option("--window", window, "payments under way at once")->capture_default_str();
    app.add_option("--seconds", seconds)->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    std::filesystem::remove_all(folder);
    bench::in_process_switch running{folder};
    const auto town = bench::furnish(running, merchants, wallets);
    std::printf("furnished: %u merchants, %u wallets\n", merchants, wallets);

    std::mt19937_64 random{1};
    std::uint64_t number = 0;
    std::uint64_t shown = 0;
    std::int64_t begun = storage::steady_ns();
    std::int64_t second_ends = begun + 1'000'000'000;
    const auto until = begun + static_cast<std::int64_t>(seconds * 1e9);
    const double cpu_before = cpu_seconds();
    const auto result = running.run(window, [&]() -> actors::operation_ptr {
        if (number % 256 == 0) {
            const auto now = storage::steady_ns();
            if (now >= until) return nullptr;
            if (now >= second_ends) {
                const auto tail = running.store().writer().durable_position() - running.store().checkpoint_position();
                std::printf("%6lu/s  not yet checkpointed %lu\n", static_cast<unsigned long>(number - shown),
                            static_cast<unsigned long>(tail));
                std::fflush(stdout);
                shown = number;
                second_ends += 1'000'000'000;
            }
        }
        ++number;
        return bench::payment_of(running.store().keys(), town.tills[random() % town.tills.size()],
                                 town.cards[random() % town.cards.size()], number);
    });
    const auto& commits = running.store().writer().probes();
    std::printf("%.0f payments/s over %.1f s, %lu approved, %lu failed; p50 %.2f ms p99 %.2f ms max %.2f ms; CPU %.2f "
                "us a payment; "
                "entries a batch %.0f, longest commit %.2f ms, checkpoint rounds %lu\n",
                result.per_second(), result.seconds, static_cast<unsigned long>(result.approved),
                static_cast<unsigned long>(result.failed), static_cast<double>(result.latency.percentile_ns(0.5)) / 1e6,
                static_cast<double>(result.latency.percentile_ns(0.99)) / 1e6,
                static_cast<double>(result.latency.max_ns()) / 1e6,
                (cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(result.finished),
                static_cast<double>(commits.entries.value()) / static_cast<double>(commits.batches.value()),
                static_cast<double>(commits.commit_max_ns.value()) / 1e6,
                static_cast<unsigned long>(running.store().checkpoints().probes().rounds.load()));
    std::filesystem::remove_all(folder);
    return result.failed == 0 ? 0 : 1;
}
