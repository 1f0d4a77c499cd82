#include "tests/support/rule_files.hpp"

#include "tests/support/source_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <regex>
#include <set>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> texts(const YAML::Node& mapping) {
    std::map<std::string, std::string> all;
    for (const auto& pair : mapping) all.emplace(pair.first.Scalar(), pair.second.Scalar());
    return all;
}

template <class See>
void for_each_rule(const char* file, See see) {
    for (const auto& group : YAML::LoadFile((monitoring_folder() / "prometheus" / file).string())["groups"])
        for (const auto& rule : group["rules"]) see(rule);
}

// What is no series: operators, and aggregations that stand before `by` instead of a parenthesis.
bool is_keyword(const std::string& word) {
    static const std::set<std::string> words{"and", "or",  "unless", "bool",  "offset", "sum",
                                             "min", "max", "avg",    "count", "topk",   "bottomk"};
    return words.contains(word);
}

} // namespace

std::string alert_rule::title() const {
    std::string all = name;
    for (const auto& [label, value] : labels) all += ' ' + label + '=' + value;
    return all;
}

bool selector::matches(const std::map<std::string, std::string>& labels) const {
    return std::all_of(matchers.begin(), matchers.end(), [&labels](const matcher& one) {
        const auto found = labels.find(one.label);
        const std::string value = found == labels.end() ? std::string{} : found->second;
        const bool same =
            one.comparison.ends_with('~') ? std::regex_match(value, std::regex{one.value}) : value == one.value;
        return same != one.comparison.starts_with('!');
    });
}

fs::path monitoring_folder() { return source_folder() / "metrics"; }

std::vector<alert_rule> alert_rules() {
    std::vector<alert_rule> all;
    for_each_rule("alerts.yml", [&all](const YAML::Node& rule) {
        all.push_back({rule["alert"].as<std::string>(), rule["expr"].as<std::string>(), texts(rule["labels"]),
                       texts(rule["annotations"])});
    });
    return all;
}

std::vector<recording_rule> recording_rules() {
    std::vector<recording_rule> all;
    for_each_rule("recording.yml", [&all](const YAML::Node& rule) {
        all.push_back({rule["record"].as<std::string>(), rule["expr"].as<std::string>()});
    });
    return all;
}

std::vector<fs::path> rule_tests() {
    std::vector<fs::path> all;
    for (const auto& file : fs::directory_iterator{monitoring_folder() / "prometheus/tests"})
        all.push_back(file.path());
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<alert_moment> alert_moments() {
    std::vector<alert_moment> all;
    for (const auto& file : rule_tests())
        for (const auto& group : YAML::LoadFile(file.string())["tests"])
            for (const auto& moment : group["alert_rule_test"]) {
                alert_moment one{moment["alertname"].as<std::string>(), {}};
                for (const auto& alert : moment["exp_alerts"]) one.firing.push_back(texts(alert["exp_labels"]));
                all.push_back(std::move(one));
            }
    return all;
}

std::vector<selector> selectors_of(std::string_view expression) {
    static const std::regex label_lists{R"(\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\))"};
    static const std::regex words{R"re(([a-zA-Z_:][\w:]*)\s*(\(|\{[^}]*\})?|"[^"]*"|[0-9][\w.]*)re"};
    static const std::regex comparisons{R"re((\w+)\s*(=~|!~|!=|=)\s*"([^"]*)")re"};
    const std::string text = std::regex_replace(std::string{expression}, label_lists, " ");
    std::vector<selector> found;
    for (std::sregex_iterator at{text.begin(), text.end(), words}, end; at != end; ++at) {
        const std::string name = (*at)[1];
        const std::string next = (*at)[2];
        if (name.empty() || next == "(" || is_keyword(name)) continue;
        selector one{name, {}};
        for (std::sregex_iterator in{next.begin(), next.end(), comparisons}; in != end; ++in)
            one.matchers.push_back({(*in)[1], (*in)[2], (*in)[3]});
        found.push_back(std::move(one));
    }
    return found;
}

} // namespace meguri::test
