// What the state store costs: checkpoints over a million wallets, index runs, look-ups in the lag window, start-up.
// The ledger lies under $TMPDIR (or /tmp): put that on the disk that is to be measured. MEGURI_BENCH_WALLETS sets the
// number of wallets, 1,000,000 by default.
#include "ledger/contract.hpp"
#include "storage/checkpointer.hpp"
#include "storage/index_run_lookup.hpp"
#include "storage/journal.hpp"
#include "storage/key_ring.hpp"
#include "storage/new_ledger.hpp"
#include "storage/recent_index.hpp"
#include "storage/state_reader.hpp"
#include "storage/state_store.hpp"
#include "storage/steady_clock.hpp"
#include "storage/store.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <unistd.h>
#include <utility>

namespace {

using namespace meguri;
using namespace meguri::ledger;
using namespace meguri::storage;

constexpr std::int64_t bench_time = 1'790'000'000'000;
const program_code ishinomaki = *program_code::parse("042021");

class scratch_folder {
public:
    explicit scratch_folder(const std::string& name)
        : path_{std::filesystem::temp_directory_path() / ("meguri-bench-" + name + "-" + std::to_string(::getpid()))} {
        std::filesystem::create_directories(path_);
    }
    ~scratch_folder() { std::filesystem::remove_all(path_); }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

// A ledger of many wallets with one lot each, one merchant, and payments of one point at random wallets.
class many_wallets {
public:
    many_wallets() : keys_{load_keys()} {
        open();
        add(program_opened{program{ishinomaki, "石巻市アイポイント", 180, false, issuer_kind::municipality, false}});
        add(merchant_joined{merchant_id{1}, "石巻鮮魚", {ishinomaki}});
        add(outlet_added{outlet_kind::terminal, outlet_id{merchant_id{1}, 1}, "レジ1", {1, 1}});
        last_.resize(count_ + 1);
        sequence_.resize(count_ + 1);
        for (std::uint64_t id = 1; id <= count_; ++id) add(wallet_opened{wallet_id{id}});
        for (std::uint64_t id = 1; id <= count_; ++id)
            add(points_granted{wallet_id{id}, {terms_, *points::from(1'000'000)}});
        flush();
    }
    void pay(std::size_t entries) {
        payment_decided paid;
        paid.merchant = merchant_id{1};
        paid.outlet = outlet_id{merchant_id{1}, 1};
        paid.program = ishinomaki;
        paid.amount = *points::from(1);
        paid.status = payment_status::captured;
        paid.balance = points{};
        paid.lots = {{terms_, *points::from(1)}};
        for (std::size_t i = 0; i < entries; ++i) {
            paid.wallet = wallet_id{1 + random_() % count_};
            paid.reference = "R-" + std::to_string(next_);
            add(paid);
        }
        flush();
    }
    void open() { journal_.emplace(storage::journal::open({path() / "journal"}).value()); }
    void close() { journal_.reset(); }
    [[nodiscard]] storage::journal& journal() { return *journal_; }
    [[nodiscard]] const key_ring& keys() const { return keys_; }
    [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "ledger"; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::mt19937_64& random() { return random_; }

private:
    [[nodiscard]] key_ring load_keys() {
        EXPECTS(make_new_ledger(path(), true, instant{bench_time}).has_value());
        return key_ring::load(path() / "key").value();
    }
    void add(fact what) {
        entry one;
        one.position = next_++;
        one.decided_at = instant{bench_time};
        one.caller = {caller_kind::terminal, 1};
        one.fingerprint = {one.position, one.position};
        std::uint64_t wallet = 0;
        if (const auto* opened = std::get_if<wallet_opened>(&what)) wallet = opened->id.value();
        if (const auto* granted = std::get_if<points_granted>(&what)) wallet = granted->wallet.value();
        if (const auto* paid = std::get_if<payment_decided>(&what)) {
            wallet = paid->wallet.value();
            one.idempotency_key = "a1b2c3d4-" + std::to_string(one.position);
        }
        const bool of_merchant = std::holds_alternative<payment_decided>(what) ||
                                 std::holds_alternative<merchant_joined>(what) ||
                                 std::holds_alternative<outlet_added>(what);
        if (of_merchant) one.merchant = merchant_id{1};
        if (wallet != 0) {
            one.wallet = wallet_id{wallet};
            one.wallet_sequence = ++sequence_[wallet];
            one.previous_of_wallet = std::exchange(last_[wallet], one.position);
        }
        one.what = std::move(what);
        batch_.add(one);
        if (batch_.size() == 1024) flush();
    }
    void flush() {
        if (batch_.empty()) return;
        EXPECTS(journal_->append(batch_, instant{bench_time}).has_value());
        batch_.clear();
    }

    static std::uint64_t wallets_wanted() {
        const char* const wanted = std::getenv("MEGURI_BENCH_WALLETS");
        return wanted != nullptr ? std::stoull(wanted) : 1'000'000;
    }

    scratch_folder folder_{"state"};
    std::uint64_t count_ = wallets_wanted();
    lot_terms_ptr terms_ = std::make_shared<const lot_terms>(
        lot_terms{1, ishinomaki, *funding_source::parse("budget:042021:health"), jst_day{21'000}, instant{bench_time}});
    key_ring keys_;
    std::optional<storage::journal> journal_;
    journal_batch batch_;
    journal_position next_ = 3; // after what a new ledger begins with
    std::vector<journal_position> last_;
    std::vector<std::uint64_t> sequence_;
    std::mt19937_64 random_{42};
};

many_wallets& wallets() {
    static many_wallets one;
    return one;
}

struct followed {
    std::unique_ptr<state_store> state = state_store::open(wallets().path() / "state").value();
    std::unique_ptr<checkpointer> checkpoints =
        checkpointer::open(*state, wallets().journal(), wallets().keys(), nullptr).value();
};

double per_second(std::uint64_t count, std::int64_t ns) {
    return static_cast<double>(count) * 1e9 / static_cast<double>(ns);
}

double resident_anonymous_mb() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) * 1.024e-3;
    return 0;
}

// Opens and grants of every wallet, from an empty store: one put a wallet, in order.
void rebuild_from_the_journal(benchmark::State& bench) {
    for (auto _ : bench) {
        const std::int64_t began = steady_ns();
        followed store;
        EXPECTS(store.checkpoints->catch_up().has_value());
        const auto took = steady_ns() - began;
        const auto& probes = store.checkpoints->probes();
        bench.counters["entries/s"] = per_second(probes.entries, took);
        bench.counters["s/million_entries"] = 1e6 / per_second(probes.entries, took);
        bench.counters["puts/s"] = per_second(probes.puts, took);
        bench.counters["store_bytes/wallet"] =
            static_cast<double>(store.state->usage().used_bytes) / static_cast<double>(wallets().count());
    }
}

// One round over random wallets, as under load: state records, both index runs, books, checkpoint; without pauses.
void checkpoint_random_payments(benchmark::State& bench) {
    const auto entries = static_cast<std::size_t>(bench.range(0));
    followed store;
    EXPECTS(store.checkpoints->catch_up().has_value());
    std::uint64_t puts = 0;
    std::int64_t took = 0;
    std::int64_t slowest_step = 0;
    std::uint64_t done = 0;
    for (auto _ : bench) {
        wallets().pay(entries);
        const auto puts_before = store.checkpoints->probes().puts.load();
        std::int64_t round = 0;
        while (store.checkpoints->position() < wallets().journal().end().last) {
            const std::int64_t began = steady_ns();
            EXPECTS(store.checkpoints->step().value());
            const auto step = steady_ns() - began;
            round += step;
            slowest_step = std::max(slowest_step, step);
        }
        puts += store.checkpoints->probes().puts.load() - puts_before;
        took += round;
        done += entries;
        bench.SetIterationTime(static_cast<double>(round) * 1e-9);
    }
    bench.counters["us/entry"] = static_cast<double>(took) / 1e3 / static_cast<double>(done);
    bench.counters["puts/s"] = per_second(puts, took);
    bench.counters["slowest_step_ms"] = static_cast<double>(slowest_step) / 1e6;
}

// What the rounds before have left to merge and to delete.
void upkeep_of_runs(benchmark::State& bench) {
    followed store;
    for (auto _ : bench) {
        const std::int64_t began = steady_ns();
        std::uint64_t steps = 0;
        while (store.checkpoints->step().value()) ++steps;
        bench.counters["steps"] = static_cast<double>(steps);
        bench.counters["ms"] = static_cast<double>(steady_ns() - began) / 1e6;
        bench.counters["runs_left"] = static_cast<double>(store.checkpoints->probes().runs.load());
    }
}

// --- index runs by themselves ---

struct run_bench {
    scratch_folder folder{"runs"};
    std::unique_ptr<state_store> state = state_store::open(folder.path()).value();
    std::mt19937_64 random{7};
    journal_position position = 0;

    std::vector<run_key> keys(std::size_t count) {
        std::vector<run_key> made(count);
        for (auto& key : made) key = {{random(), random()}, ++position};
        return made;
    }
    void append(std::vector<run_key> some) {
        auto& runs = state->idempotency();
        give_way way;
        runs.begin(std::move(some), way);
        for (bool whole = false; !whole;) {
            auto within = state->begin_write().value();
            slice_budget budget{4'000};
            whole = runs.write_some(within, budget).value();
            if (whole) EXPECTS(runs.record(within).has_value());
            EXPECTS(std::move(within).commit().has_value());
        }
        runs.publish();
    }
    void upkeep() {
        auto& runs = state->idempotency();
        while (runs.upkeep_due()) {
            auto within = state->begin_write().value();
            slice_budget budget{1'000};
            EXPECTS(runs.upkeep(within, budget).has_value());
            EXPECTS(std::move(within).commit().has_value());
            runs.upkeep_committed();
        }
    }
};

void append_runs_of_100_000(benchmark::State& bench) {
    run_bench scene;
    for (auto _ : bench) {
        bench.PauseTiming();
        auto keys = scene.keys(100'000);
        bench.ResumeTiming();
        scene.append(std::move(keys));
    }
    bench.counters["ns/key"] = benchmark::Counter(static_cast<double>(bench.iterations()) * 1e5 * 1e-9,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void merge_8_runs_of_100_000(benchmark::State& bench) {
    run_bench scene;
    for (auto _ : bench) {
        bench.PauseTiming();
        for (std::size_t i = 0; i < run_fan_in; ++i) scene.append(scene.keys(100'000));
        bench.ResumeTiming();
        scene.upkeep(); // the merge and the deletion of its sources
    }
    bench.counters["ns/key"] = benchmark::Counter(static_cast<double>(bench.iterations()) * 8e5 * 1e-9,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// 20 runs: 10 of 100,000 keys, 10 of 10,000, none merged.
void look_up_in_20_runs(benchmark::State& bench) {
    const bool present = bench.range(0) != 0;
    run_bench scene;
    std::vector<run_key> asked;
    for (std::size_t i = 0; i < 20; ++i) {
        auto keys = scene.keys(i % 2 == 0 ? 100'000 : 10'000);
        asked.insert(asked.end(), keys.begin(), keys.begin() + 5'000);
        scene.append(std::move(keys));
    }
    if (!present) asked = scene.keys(100'000);
    std::shuffle(asked.begin(), asked.end(), scene.random);
    state_reader reader{*scene.state};
    std::size_t next = 0;
    for (auto _ : bench) {
        benchmark::DoNotOptimize(reader.find_idempotency(asked[next].digest, 1));
        next = (next + 1) % asked.size();
    }
}

// --- the lag window and loading ---

void recent_index_insert(benchmark::State& bench) {
    recent_index index{wallets().keys()};
    std::mt19937_64 random{3};
    journal_position position = 0;
    for (auto _ : bench) {
        index.insert({index_kind::idempotency, {random(), random()}}, ++position);
        if (position % 200'000 == 0) index.forget_through(position);
    }
}

void recent_index_miss_among_200_000(benchmark::State& bench) {
    recent_index index{wallets().keys()};
    std::mt19937_64 random{3};
    for (journal_position position = 1; position <= 200'000; ++position)
        index.insert({index_kind::idempotency, {random(), random()}}, position);
    for (auto _ : bench) benchmark::DoNotOptimize(index.find_last({index_kind::idempotency, {random(), random()}}));
}

void load_a_random_wallet(benchmark::State& bench) {
    followed store;
    state_reader reader{*store.state};
    for (auto _ : bench)
        benchmark::DoNotOptimize(reader.load_wallet(wallet_id{1 + wallets().random()() % wallets().count()}));
}

// Folder, keys, journal's end, state store, filters, the chain after the checkpoint, the synced commit.
void start_up(benchmark::State& bench) {
    {
        followed store;
        EXPECTS(store.checkpoints->catch_up().has_value());
    }
    wallets().close();
    for (auto _ : bench) {
        const double before = resident_anonymous_mb();
        const auto opened = store::open(wallets().path(), {});
        EXPECTS(opened.has_value());
        bench.counters["RssAnon_MB_more"] = (resident_anonymous_mb() - before);
    }
    wallets().open();
}

BENCHMARK(append_runs_of_100_000)->Unit(benchmark::kMillisecond)->Iterations(20);
BENCHMARK(merge_8_runs_of_100_000)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK(look_up_in_20_runs)->ArgName("present")->Arg(0)->Arg(1);
BENCHMARK(recent_index_insert);
BENCHMARK(recent_index_miss_among_200_000);
BENCHMARK(rebuild_from_the_journal)->Unit(benchmark::kSecond)->Iterations(1);
BENCHMARK(checkpoint_random_payments)
    ->Unit(benchmark::kMillisecond)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Iterations(8)
    ->UseManualTime();
BENCHMARK(upkeep_of_runs)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(load_a_random_wallet);
BENCHMARK(start_up)->Unit(benchmark::kMillisecond)->Iterations(3);

} // namespace
