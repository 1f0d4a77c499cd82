// What an entry costs on its way into the journal: encoding, decoding, ids and digests, and a durable batch beside the
// disk's own fdatasync of as many bytes. The folder is MEGURI_BENCH_FOLDER, or the system's for temporary files.
#include "ledger/contract.hpp"
#include "storage/crc32c.hpp"
#include "storage/journal.hpp"
#include "storage/journal_writer.hpp"
#include "storage/key_ring.hpp"
#include "storage/open_file.hpp"
#include "storage/steady_clock.hpp"
#include "storage/zeroed_room.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace meguri;

class bench_folder {
public:
    bench_folder() {
        const char* const given = std::getenv("MEGURI_BENCH_FOLDER");
        std::string name = (given != nullptr ? std::filesystem::path{given} : std::filesystem::temp_directory_path()) /
                           "meguri-journal-XXXXXX";
        EXPECTS(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    bench_folder(const bench_folder&) = delete;
    bench_folder& operator=(const bench_folder&) = delete;
    ~bench_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
};

// A captured payment of one lot, with an idempotency key and a reference, in a ledger of some age.
ledger::entry payment() {
    const auto ishinomaki = *ledger::program_code::parse("042021");
    const ledger::outlet_id till{ledger::merchant_id{4'711}, 1};
    ledger::entry one;
    one.position = 80'000'001;
    one.decided_at = ledger::instant{1'795'000'000'000};
    one.caller = {ledger::caller_kind::terminal, till.value()};
    one.idempotency_key = "0b9cc7b4-5b0e-4b0a-9d5e-7a1e2f3c4d5e";
    one.fingerprint = {0x0123456789abcdef, 0xfedcba9876543210};
    one.wallet = ledger::wallet_id{654'321};
    one.wallet_sequence = 321;
    one.previous_of_wallet = 79'000'000;
    one.merchant = till.merchant();
    one.previous_of_merchant = 79'999'000;
    one.terms_version = 3;
    ledger::payment_decided paid;
    paid.merchant = till.merchant();
    paid.outlet = till;
    paid.wallet = one.wallet;
    paid.code_ordinal = 1;
    paid.program = ishinomaki;
    paid.amount = *ledger::points::from(1200);
    paid.reference = "R-000123";
    paid.status = ledger::payment_status::captured;
    paid.balance = ledger::points::from(3800);
    paid.lots = {{std::make_shared<const ledger::lot_terms>(
                      ledger::lot_terms{1, ishinomaki, *ledger::funding_source::parse("budget:042021:health"),
                                        ledger::jst_day{20'900}, ledger::instant{1'790'000'000'000}}),
                  paid.amount}};
    one.what = std::move(paid);
    return one;
}

storage::key_ring some_ring() {
    std::array<std::byte, storage::key_ring::key_bytes> key{};
    key.fill(std::byte{7});
    return storage::key_ring{storage::secret{key}};
}

void encode(benchmark::State& state) {
    const auto one = payment();
    std::vector<std::byte> buffer;
    for ([[maybe_unused]] auto _ : state) {
        buffer.clear();
        storage::encode(one, buffer);
        storage::set_checksum(buffer);
        benchmark::DoNotOptimize(buffer.data());
    }
    state.counters["record_bytes"] = static_cast<double>(buffer.size());
}

void decode(benchmark::State& state) {
    std::vector<std::byte> buffer;
    storage::encode(payment(), buffer);
    storage::set_checksum(buffer);
    for ([[maybe_unused]] auto _ : state) {
        auto decoded = storage::decode(buffer);
        EXPECTS(decoded.has_value());
        benchmark::DoNotOptimize(decoded);
    }
}

void crc32c_of_200_bytes(benchmark::State& state) {
    const std::vector<std::byte> some(200, std::byte{3});
    for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(storage::crc32c(some));
}

void encode_id(benchmark::State& state) {
    const auto ring = some_ring();
    std::uint64_t value = 0;
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(ring.encode_id(storage::id_kind::authorization, ++value));
}

void decode_id(benchmark::State& state) {
    const auto ring = some_ring();
    const auto text = ring.encode_id(storage::id_kind::authorization, 80'000'001);
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(ring.decode_id(storage::id_kind::authorization, text.view()));
}

void digest_of_idempotency(benchmark::State& state) {
    const auto ring = some_ring();
    const auto one = payment();
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(ring.digest_of_idempotency(one.caller, one.idempotency_key));
}

void bearer_key(benchmark::State& state) {
    const auto ring = some_ring();
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(ring.bearer_key(ledger::caller_kind::terminal, 5, {}).reveal());
}

// Latencies of one kind of commit, in microseconds.
void report(benchmark::State& state, std::vector<std::int64_t>& took_ns, std::size_t entries) {
    std::sort(took_ns.begin(), took_ns.end());
    const auto at = [&took_ns](double part) {
        const auto index = static_cast<std::size_t>(part * static_cast<double>(took_ns.size() - 1));
        return static_cast<double>(took_ns[index]) / 1000.0;
    };
    state.counters["p50_us"] = at(0.5);
    state.counters["p99_us"] = at(0.99);
    state.counters["max_us"] = at(1.0);
    state.SetItemsProcessed(static_cast<std::int64_t>(took_ns.size() * entries));
}

// Encoded, chained, committed and synced, at LMDB's default durability.
void durable_batch(benchmark::State& state) {
    const bench_folder folder;
    auto journal = storage::journal::open({.folder = folder.path});
    EXPECTS(journal.has_value());
    const auto size = static_cast<std::size_t>(state.range(0));
    auto one = payment();
    storage::journal_batch batch;
    std::vector<std::int64_t> took_ns;
    for ([[maybe_unused]] auto _ : state) {
        const auto began = storage::steady_ns();
        batch.clear();
        for (std::size_t i = 0; i < size; ++i) {
            one.position = journal->end().last + i + 1;
            batch.add(one);
        }
        EXPECTS(journal->append(batch, ledger::instant{1'795'000'000'000}).has_value());
        took_ns.push_back(storage::steady_ns() - began);
    }
    report(state, took_ns, size);
}

// As many bytes written behind each other into a plain file and synced, what the disk itself takes: into room that was
// zeroed before, as the journal does, or into a file that grows by each.
void plain_fdatasync(benchmark::State& state) {
    const bench_folder folder;
    const auto path = folder.path / "plain";
    const auto file = storage::open_file::open(path, O_WRONLY | O_CREAT, 0600);
    EXPECTS(file.has_value());
    auto room = storage::zeroed_room::of(path);
    EXPECTS(room.has_value());
    const auto size = static_cast<std::size_t>(state.range(0));
    const bool is_zeroed = state.range(1) != 0;
    std::vector<std::byte> one;
    storage::encode(payment(), one);
    const std::vector<std::byte> all(one.size() * size, std::byte{1});
    std::vector<std::int64_t> took_ns;
    std::size_t used = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto began = storage::steady_ns();
        if (is_zeroed) room->ahead_of(used, all.size());
        const auto put = ::pwrite(file->descriptor(), all.data(), all.size(), static_cast<off_t>(used));
        EXPECTS(put == static_cast<ssize_t>(all.size()) && ::fdatasync(file->descriptor()) == 0);
        used += all.size();
        took_ns.push_back(storage::steady_ns() - began);
    }
    report(state, took_ns, size);
}

class nobody final : public storage::durable_observer, public storage::completion_sink {
public:
    void durable(std::span<storage::append_request* const>) noexcept override {}
    void completed(std::span<storage::append_request* const>) noexcept override {}
};

// The writer around it: numbering, chains, books; stepped on this thread.
void writer_step(benchmark::State& state) {
    const bench_folder folder;
    auto journal = storage::journal::open({.folder = folder.path});
    EXPECTS(journal.has_value());
    const auto size = static_cast<std::size_t>(state.range(0));
    // So many points granted that the payments do not run out of them.
    const auto paid = payment();
    ledger::books books;
    auto granted = paid;
    granted.what = ledger::points_granted{
        paid.wallet,
        {std::get<ledger::payment_decided>(paid.what).lots[0].lot, *ledger::points::from(std::int64_t{1} << 60)}};
    ledger::apply(books, granted);
    nobody listener;
    storage::journal_writer writer{*journal, books, listener};
    writer.connect(listener);
    storage::chain_tail wallet_tail;
    storage::chain_tail merchant_tail;
    std::vector<storage::append_request> requests(size);
    std::vector<storage::append_request*> all;
    for (auto& one : requests) {
        one.record = paid;
        one.wallet_tail = &wallet_tail;
        one.merchant_tail = &merchant_tail;
        all.push_back(&one);
    }
    std::vector<std::int64_t> took_ns;
    for ([[maybe_unused]] auto _ : state) {
        const auto began = storage::steady_ns();
        writer.submit(all);
        while (writer.step()) {
        }
        took_ns.push_back(storage::steady_ns() - began);
    }
    EXPECTS(!writer.failed());
    report(state, took_ns, size);
}

BENCHMARK(encode);
BENCHMARK(decode);
BENCHMARK(crc32c_of_200_bytes);
BENCHMARK(encode_id);
BENCHMARK(decode_id);
BENCHMARK(digest_of_idempotency);
BENCHMARK(bearer_key);
BENCHMARK(plain_fdatasync)
    ->ArgNames({"entries", "zeroed"})
    ->ArgsProduct({{1, 64, 1024}, {0, 1}})
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK(durable_batch)->Arg(1)->Arg(64)->Arg(1024)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(writer_step)->Arg(1)->Arg(64)->Arg(1024)->Arg(4096)->MeasureProcessCPUTime()->UseRealTime();

} // namespace
