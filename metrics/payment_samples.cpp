#include "metrics/payment_samples.hpp"

#include "metrics/families.hpp"

#include <array>
#include <string>

namespace meguri::metrics {
namespace {

constexpr std::array<std::string_view, payment_stages> stage_names{"parse",          "merchant", "wallet",
                                                                   "wait_for_batch", "commit",   "answer"};

template <class Sum, class Get>
Sum over_all(std::span<const payment_probes* const> threads, Get get) {
    Sum sum{};
    for (const auto* const one : threads) sum += get(*one);
    return sum;
}

} // namespace

void add_payment_samples(samples& out, std::span<const payment_probes* const> threads, const payment_names& names) {
    const auto view_of_all = [threads](auto get) { return over_all<histogram_view>(threads, get); };
    const auto count_of_all = [threads](auto get) { return over_all<std::uint64_t>(threads, get); };

    out.push_back(latency(families::payment_duration, view_of_all([](const auto& one) { return one.whole(); })));
    for (std::size_t i = 0; i < payment_stages; ++i) {
        const auto view = view_of_all([i](const auto& one) { return one.stage(static_cast<payment_stage>(i)); });
        out.push_back(latency(families::payment_stage_duration, view, {{"stage", std::string{stage_names[i]}}}));
    }
    const auto add_named = [&](const family& of, std::string_view label_name, auto known, auto get) {
        for (std::size_t i = 0; i < known.size(); ++i) {
            if (known[i].empty()) continue;
            const auto count = count_of_all([i, get](const auto& one) { return get(one, i); });
            out.push_back(number(of, count, {{label_name, std::string{known[i]}}}));
        }
    };
    add_named(families::payments, "outcome", names.outcomes,
              [](const payment_probes& one, std::size_t i) { return one.outcomes(i); });
    add_named(families::payment_answers, "ending", names.endings,
              [](const payment_probes& one, std::size_t i) { return one.endings(i); });
    out.push_back(number(families::payments_shed, count_of_all([](const auto& one) { return one.sheds(); })));
    out.push_back(number(families::payments_in_flight, count_of_all([](const auto& one) { return one.in_flight(); })));
}

} // namespace meguri::metrics
