// What measuring costs a payment: recording its times, against reading the clock once.
#include "metrics/payment_probes.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <random>

namespace {

using meguri::metrics::payment_probes;
using meguri::metrics::payment_times;

// Times as payments have them, so that the branches are as hard to predict as in life.
std::array<payment_times, 1024> some_payments() {
    std::mt19937_64 random{20261123};
    const auto around = [&random](double ns) {
        return static_cast<std::int64_t>(std::lognormal_distribution{0.0, 0.8}(random)*ns);
    };
    std::array<payment_times, 1024> all;
    for (auto& one : all) {
        one.received_ns = 1'000'000'000;
        one.parsed_ns = one.received_ns + around(3'000);
        one.caller_ns = one.parsed_ns + around(15'000);
        one.decided_ns = one.caller_ns + around(15'000);
        one.batch_ns = one.decided_ns + around(300'000);
        one.durable_ns = one.batch_ns + around(400'000);
        one.answered_ns = one.durable_ns + around(50'000);
    }
    return all;
}

void record_a_payment(benchmark::State& state) {
    const auto payments = some_payments();
    payment_probes probes;
    std::size_t i = 0;
    for (auto _ : state) {
        probes.admitted();
        probes.record(payments[i], 1, 0);
        i = (i + 1) % payments.size();
    }
    benchmark::DoNotOptimize(probes.whole());
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(record_a_payment);

void read_the_clock(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(std::chrono::steady_clock::now());
}
BENCHMARK(read_the_clock);

} // namespace
