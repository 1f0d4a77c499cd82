// Reads Prometheus' text format (version 0.0.4) strictly: what a lenient scraper would forgive is an error here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::metrics {

struct shown_family {
    std::string help;
    std::string type;
    // Series as written: name{labels}; with _bucket, _sum and _count for histograms.
    std::vector<std::pair<std::string, double>> series;
};

struct exposition {
    std::map<std::string, shown_family> families;
    std::vector<std::string> errors; // what is wrong, with the line's number

    [[nodiscard]] std::optional<double> value(std::string_view series) const;
};

[[nodiscard]] exposition read_exposition(std::string_view text);

} // namespace meguri::metrics
