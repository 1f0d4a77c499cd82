// What stands in metrics/prometheus: alerts, recorded names, the alerts' own tests, and which series an expression asks
// for. Read for the tests that hold them against the metrics, the runbooks and Alertmanager's routes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::test {

struct alert_rule {
    std::string name;
    std::string expression;
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> annotations;

    // Its name and labels, to tell those of one name apart.
    [[nodiscard]] std::string title() const;
};

struct recording_rule {
    std::string name;
    std::string expression;
};

// One moment of a test of promtool: what fires under this name then.
struct alert_moment {
    std::string alert;
    std::vector<std::map<std::string, std::string>> firing; // labels
};

// A series as an expression asks for it: name{label="value"}.
struct selector {
    struct matcher {
        std::string label;
        std::string comparison; // =, !=, =~, !~
        std::string value;
    };
    std::string name;
    std::vector<matcher> matchers;

    // Whether a series with these labels is meant; a regular expression meets the whole value.
    [[nodiscard]] bool matches(const std::map<std::string, std::string>& labels) const;
};

[[nodiscard]] std::filesystem::path monitoring_folder(); // metrics/ of the source tree
[[nodiscard]] std::vector<alert_rule> alert_rules();
[[nodiscard]] std::vector<recording_rule> recording_rules();
[[nodiscard]] std::vector<std::filesystem::path> rule_tests();
[[nodiscard]] std::vector<alert_moment> alert_moments();

// Every series that a PromQL expression asks for, as often as it does.
[[nodiscard]] std::vector<selector> selectors_of(std::string_view expression);

} // namespace meguri::test
