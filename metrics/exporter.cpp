#include "metrics/exporter.hpp"

#include <prometheus/check_names.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <functional>
#include <set>
#include <stdexcept>
#include <utility>

namespace meguri::metrics {
namespace {

prometheus::MetricType type_of(family_type type) {
    switch (type) {
    case family_type::counter: return prometheus::MetricType::Counter;
    case family_type::gauge: return prometheus::MetricType::Gauge;
    case family_type::histogram: return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram histogram_of(const distribution& shown) {
    prometheus::ClientMetric::Histogram histogram;
    histogram.sample_sum = shown.sum;
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < shown.upper_bounds.size(); ++i) {
        cumulative += shown.counts[i];
        histogram.bucket.push_back({cumulative, shown.upper_bounds[i]});
    }
    histogram.sample_count = cumulative + shown.counts.back(); // the +Inf bucket, which the serializer adds
    return histogram;
}

prometheus::ClientMetric metric_of(const sample& one) {
    prometheus::ClientMetric metric;
    for (const auto& [name, value] : one.labels) metric.label.push_back({std::string{name}, value});
    if (const auto* const shown = std::get_if<distribution>(&one.value)) {
        metric.histogram = histogram_of(*shown);
    } else {
        metric.counter.value = metric.gauge.value = std::get<double>(one.value);
    }
    return metric;
}

samples samples_of(const std::vector<source>& sources) {
    samples all;
    for (const auto& one : sources) one(all);
    return all;
}

class collector final : public prometheus::Collectable {
public:
    explicit collector(const std::vector<source>& sources) : sources_{sources} {}

    std::vector<prometheus::MetricFamily> Collect() const override {
        std::vector<prometheus::MetricFamily> families;
        for (const auto& one : samples_of(sources_)) {
            auto at =
                std::find_if(families.begin(), families.end(), [&](const auto& f) { return f.name == one.of.name; });
            if (at == families.end())
                at =
                    families.insert(at, {std::string{one.of.name}, std::string{one.of.help}, type_of(one.of.type), {}});
            at->metric.push_back(metric_of(one));
        }
        return families;
    }

private:
    const std::vector<source>& sources_;
};

[[noreturn]] void refuse(const sample& one, std::string_view why) {
    throw std::invalid_argument{"metric " + std::string{one.of.name} + ": " + std::string{why}};
}

void check(const sample& one) {
    if (!follows_name_rules(one.of) || !prometheus::CheckMetricName(std::string{one.of.name}))
        refuse(one, "breaks the rules of names");
    for (const auto& [name, value] : one.labels)
        if (!is_bounded_label(name) || !prometheus::CheckLabelName(std::string{name}))
            refuse(one, "has a label `" + std::string{name} + "`, which is none of the bounded ones");
    const auto* const shown = std::get_if<distribution>(&one.value);
    if ((shown != nullptr) != (one.of.type == family_type::histogram)) refuse(one, "has a value of another type");
    if (shown == nullptr) return;
    if (shown->counts.size() != shown->upper_bounds.size() + 1) refuse(one, "needs one count more than bounds");
    const auto rising =
        std::adjacent_find(shown->upper_bounds.begin(), shown->upper_bounds.end(), std::greater_equal{});
    if (rising != shown->upper_bounds.end()) refuse(one, "has bounds that do not rise");
}

std::string series_of(const sample& one) {
    std::vector<std::string> parts;
    for (const auto& [name, value] : one.labels) parts.push_back(std::string{name} + '=' + value);
    std::sort(parts.begin(), parts.end());
    std::string series{one.of.name};
    for (const auto& part : parts) series += '\n' + part;
    return series;
}

} // namespace

exporter::exporter(std::vector<source> sources) : sources_{std::move(sources)} {
    std::set<std::string> seen;
    for (const auto& one : samples_of(sources_)) {
        check(one);
        if (!seen.insert(series_of(one)).second) refuse(one, "shows the same series twice");
    }
}

std::string exporter::render() const { return prometheus::TextSerializer{}.Serialize(collector{sources_}.Collect()); }

} // namespace meguri::metrics
