// Turns the payment probes of all io threads into samples, summed.
#pragma once

#include "metrics/payment_probes.hpp"
#include "metrics/sample.hpp"

#include <span>
#include <string_view>

namespace meguri::metrics {

// What the numbers mean: the names of outcomes (0 approved, then by decline code) and of endings, each in the order of
// its numbers; an empty name is not shown.
struct payment_names {
    std::span<const std::string_view> outcomes;
    std::span<const std::string_view> endings;
};

void add_payment_samples(samples& out, std::span<const payment_probes* const> threads, const payment_names& names);

} // namespace meguri::metrics
