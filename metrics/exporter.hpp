// Renders Prometheus' text format for /metrics: asks every source for its samples and lets prometheus-cpp write them.
// Made at start-up by the composition root, which registers the sources; rendered on the operations thread. All names
// and what they mean: metrics/families.hpp. Nothing here knows who counts.
#pragma once

#include "metrics/sample.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::metrics {

// Appends the samples of one part of the switch. Called while it runs, on the thread that renders: reads atomics only,
// or takes a short lock of its own.
using source = std::function<void(samples& out)>;

class exporter {
public:
    // The content type that goes with render().
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    // Asks each source once and throws std::invalid_argument where a family breaks the rules of names, a label is not a
    // bounded one, a value does not fit its family's type, or the same series comes twice.
    explicit exporter(std::vector<source> sources);

    // Every family once, in the order in which the sources named them first. Any thread, as far as the sources allow.
    [[nodiscard]] std::string render() const;

private:
    std::vector<source> sources_;
};

} // namespace meguri::metrics
