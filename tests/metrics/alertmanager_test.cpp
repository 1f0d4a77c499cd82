// Holds metrics/alertmanager to Alertmanager's own checker and to the alerts. amtool is part of Debian's package
// `prometheus-alertmanager`.
#include "tests/support/rule_files.hpp"
#include "tests/support/tool.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <regex>
#include <sstream>

namespace meguri::test {
namespace {

const std::string amtool = "/usr/bin/amtool";

std::string config_file() { return (monitoring_folder() / "alertmanager/alertmanager.yml").string(); }

// amtool's exit status tells whether these labels go to this receiver and no other.
tool_result route(const std::string& receiver, const std::map<std::string, std::string>& labels) {
    std::vector<std::string> arguments{"config", "routes", "test", "--config.file=" + config_file(),
                                       "--verify.receivers=" + receiver};
    for (const auto& [name, value] : labels) arguments.push_back(name + '=' + value);
    return run_tool(amtool, arguments);
}

TEST(alertmanager, passes_amtool) {
    const auto checked = run_tool(amtool, {"check-config", config_file()});
    EXPECT_EQ(checked.status, 0) << checked.output;
    EXPECT_NE(checked.output.find("SUCCESS"), std::string::npos) << checked.output;
}

TEST(alertmanager, sends_every_alert_where_its_severity_says) {
    for (const auto& rule : alert_rules()) {
        auto labels = rule.labels;
        labels.emplace("alertname", rule.name);
        labels.emplace("job", "meguri");
        const std::string by_severity = labels.at("severity") == "page" ? "pager" : "tickets";
        const auto sent = route(rule.name == "MeguriLedgerImbalance" ? "ledger" : by_severity, labels);
        EXPECT_EQ(sent.status, 0) << rule.title() << '\n' << sent.output;
    }
}

TEST(alertmanager, loses_nothing_for_a_severity_that_it_does_not_know) {
    EXPECT_EQ(route("pager", {{"alertname", "New"}, {"severity", "pgae"}}).status, 0);
    EXPECT_EQ(route("pager", {{"alertname", "New"}}).status, 0);
    EXPECT_NE(route("tickets", {{"alertname", "New"}}).status, 0) << "the check itself must notice";
}

// Where a name in an inhibition is wrong, nothing is inhibited and nothing complains.
TEST(alertmanager, inhibits_alerts_that_there_are_within_one_switch) {
    const auto rules = alert_rules();
    static const std::regex named{R"re(alertname=~?"?([\w|]+)"?)re"};
    const auto inhibitions = YAML::LoadFile(config_file())["inhibit_rules"];
    ASSERT_GT(inhibitions.size(), 0u);
    for (const auto& one : inhibitions) {
        const auto equal = one["equal"].as<std::vector<std::string>>();
        for (const char* const label : {"job", "instance"})
            EXPECT_NE(std::find(equal.begin(), equal.end(), label), equal.end()) << "another switch would be silenced";
        for (const char* const side : {"source_matchers", "target_matchers"})
            for (const auto& matcher : one[side]) {
                std::smatch match;
                const std::string text = matcher.as<std::string>();
                if (!std::regex_search(text, match, named)) {
                    EXPECT_TRUE(text.starts_with("severity=")) << text;
                    continue;
                }
                std::string names = match[1];
                std::replace(names.begin(), names.end(), '|', ' ');
                std::istringstream each{names};
                for (std::string name; each >> name;)
                    EXPECT_TRUE(std::any_of(rules.begin(), rules.end(), [&](const auto& r) { return r.name == name; }))
                        << name << " is no alert";
            }
    }
}

} // namespace
} // namespace meguri::test
