#include "tests/support/exposition.hpp"

#include <cmath>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

namespace meguri::metrics {
namespace {

struct bucket {
    double bound;
    double count;
};
struct histogram_series {
    std::vector<bucket> buckets;
    std::optional<double> sum;
    std::optional<double> count;
};

class reader {
public:
    explicit reader(exposition& into) : into_{into} {}

    void line(const std::string& text) {
        ++number_;
        std::smatch found;
        static const std::regex help{R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))"};
        static const std::regex type{R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram))"};
        static const std::regex series{R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? ([^ ]+))"};
        if (std::regex_match(text, found, help)) return begin_family(found[1], found[2]);
        if (std::regex_match(text, found, type)) return set_type(found[1], found[2]);
        if (std::regex_match(text, found, series)) return add_series(found[1], found[2], found[3]);
        wrong("is neither HELP, TYPE nor a series: " + text);
    }

    void finish() {
        for (const auto& [key, one] : histograms_) check_histogram(key, one);
        for (const auto& [name, one] : into_.families)
            if (one.series.empty()) into_.errors.push_back(name + " has no series");
    }

private:
    void wrong(const std::string& why) { into_.errors.push_back("line " + std::to_string(number_) + " " + why); }

    void begin_family(const std::string& name, const std::string& text) {
        if (into_.families.contains(name)) wrong("is a second HELP of " + name);
        into_.families[name].help = text;
        current_ = name;
    }

    void set_type(const std::string& name, const std::string& type) {
        if (name != current_) return wrong("is a TYPE without its HELP before: " + name);
        auto& one = into_.families[name];
        if (!one.type.empty()) wrong("is a second TYPE of " + name);
        if (!one.series.empty()) wrong("is a TYPE after its series");
        one.type = type;
    }

    void add_series(const std::string& name, const std::string& labels, const std::string& number) {
        auto& one = into_.families[current_];
        if (one.type.empty()) return wrong("is a series without TYPE: " + name);
        char* end = nullptr;
        const double value = std::strtod(number.c_str(), &end);
        if (*end != '\0' || std::isnan(value)) return wrong("is no number: " + number);
        if (!seen_.insert(name + labels).second) wrong("shows a series again: " + name + labels);
        if (one.type != "gauge" && value < 0) wrong("is below zero");
        one.series.emplace_back(name + labels, value);
        check_labels(labels);
        if (one.type == "histogram") return add_to_histogram(name, labels, value);
        if (name != current_) wrong("is a series of another family: " + name);
    }

    void check_labels(const std::string& labels) {
        static const std::regex pairs{R"re(\{([a-zA-Z_][a-zA-Z0-9_]*="(\\["\\n]|[^"\\])*"(,(?!\})|(?=\})))+\})re"};
        if (!labels.empty() && !std::regex_match(labels, pairs)) wrong("has malformed labels: " + labels);
    }

    void add_to_histogram(const std::string& name, const std::string& labels, double value) {
        static const std::regex le{R"re(,?le="([^"]+)")re"};
        std::smatch found;
        const bool has_bound = std::regex_search(labels, found, le);
        std::string others = std::regex_replace(labels, le, "");
        if (others == "{}") others.clear();
        auto& one = histograms_[current_ + others];
        if (name == current_ + "_bucket" && has_bound)
            one.buckets.push_back({std::strtod(found[1].str().c_str(), nullptr), value});
        else if (name == current_ + "_sum" && !has_bound)
            one.sum = value;
        else if (name == current_ + "_count" && !has_bound)
            one.count = value;
        else
            wrong("is no part of a histogram: " + name + labels);
    }

    void check_histogram(const std::string& key, const histogram_series& one) {
        const auto complain = [&](const std::string& why) { into_.errors.push_back(key + " " + why); };
        if (!one.sum || !one.count) complain("lacks _sum or _count");
        if (one.buckets.empty() || !std::isinf(one.buckets.back().bound)) return complain("lacks its +Inf bucket");
        for (std::size_t i = 1; i < one.buckets.size(); ++i) {
            if (one.buckets[i].bound <= one.buckets[i - 1].bound) complain("has bounds that do not rise");
            if (one.buckets[i].count < one.buckets[i - 1].count) complain("has buckets that are not cumulative");
        }
        if (one.count && one.buckets.back().count != *one.count) complain("has a +Inf bucket that is not its count");
    }

    exposition& into_;
    int number_ = 0;
    std::string current_;
    std::set<std::string> seen_;
    std::map<std::string, histogram_series> histograms_;
};

} // namespace

std::optional<double> exposition::value(std::string_view series) const {
    for (const auto& [name, one] : families)
        for (const auto& [written, number] : one.series)
            if (written == series) return number;
    return std::nullopt;
}

exposition read_exposition(std::string_view text) {
    exposition read;
    if (!text.ends_with('\n')) read.errors.emplace_back("the last line has no end");
    reader lines{read};
    std::istringstream in{std::string{text}};
    for (std::string one; std::getline(in, one);) lines.line(one);
    lines.finish();
    return read;
}

} // namespace meguri::metrics
