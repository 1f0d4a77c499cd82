// What one io thread measures of the payments that it asked for: written by that thread alone, without locks, when the
// answer leaves; read by any thread that collects metrics.
#pragma once

#include "metrics/counter.hpp"
#include "metrics/histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace meguri::metrics {

// Steady-clock nanoseconds on a payment's way; 0 where it did not come by.
struct payment_times {
    std::int64_t received_ns = 0; // the request's last byte
    std::int64_t parsed_ns = 0;
    std::int64_t caller_ns = 0;  // the merchant's actor handed it on
    std::int64_t decided_ns = 0; // the wallet's actor decided
    std::int64_t batch_ns = 0;   // its batch was closed
    std::int64_t durable_ns = 0; // the commit returned
    std::int64_t answered_ns = 0;
};

enum class payment_stage : std::uint8_t { parse, merchant, wallet, wait_for_batch, commit, answer };
inline constexpr std::size_t payment_stages = 6;

class payment_probes {
public:
    // Room for the ledger's decline codes (and 0 for approved) and the switch's endings; their names come with
    // payment_samples(). A number beyond is a bug and ends the process.
    static constexpr std::size_t outcomes_max = 32;
    static constexpr std::size_t endings_max = 16;

    void admitted() noexcept { in_flight_.add(); }
    void shed() noexcept { shed_.add(); }

    // An admitted payment's answer leaves. `outcome`: 0 approved, else the decline code; none where nothing new was
    // decided, as for a repetition. A stage that was not passed takes no time and is not counted; the next one begins
    // where the last that was passed ended, so the stages add up to the whole.
    void record(const payment_times& times, std::size_t ending, std::optional<std::size_t> outcome) noexcept {
        in_flight_.subtract();
        endings_.at(ending).add();
        if (outcome) outcomes_.at(*outcome).add();
        if (times.received_ns == 0 || times.answered_ns == 0) return;
        const std::array<std::int64_t, payment_stages> ends{times.parsed_ns, times.caller_ns,  times.decided_ns,
                                                            times.batch_ns,  times.durable_ns, times.answered_ns};
        std::int64_t begin = times.received_ns;
        for (std::size_t i = 0; i < payment_stages; ++i) {
            if (ends[i] == 0) continue;
            stages_[i].record(ends[i] - begin);
            begin = ends[i];
        }
        whole_.record(times.answered_ns - times.received_ns);
    }

    // Any thread.
    [[nodiscard]] histogram_view whole() const noexcept { return whole_.view(); }
    [[nodiscard]] histogram_view stage(payment_stage one) const noexcept {
        return stages_[static_cast<std::size_t>(one)].view();
    }
    [[nodiscard]] std::uint64_t outcomes(std::size_t outcome) const noexcept { return outcomes_.at(outcome).value(); }
    [[nodiscard]] std::uint64_t endings(std::size_t ending) const noexcept { return endings_.at(ending).value(); }
    [[nodiscard]] std::uint64_t sheds() const noexcept { return shed_.value(); }
    [[nodiscard]] std::uint64_t in_flight() const noexcept { return in_flight_.value(); }

private:
    latency_histogram whole_;
    std::array<latency_histogram, payment_stages> stages_;
    std::array<counter, outcomes_max> outcomes_;
    std::array<counter, endings_max> endings_;
    counter shed_;
    counter in_flight_;
};

} // namespace meguri::metrics
