// Holds metrics/prometheus and metrics/runbooks to Prometheus' own checker and to each other. promtool is part of
// Debian's package `prometheus`.
#include "tests/support/rule_files.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/tool.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;

const std::string promtool = "/usr/bin/promtool";

bool names_rule(const std::map<std::string, std::string>& labels, const alert_rule& rule) {
    return std::all_of(rule.labels.begin(), rule.labels.end(), [&labels](const auto& one) {
        const auto found = labels.find(one.first);
        return found != labels.end() && found->second == one.second;
    });
}

TEST(rules, pass_promtool) {
    const auto folder = (monitoring_folder() / "prometheus").string();
    const auto rules = run_tool(promtool, {"check", "rules", folder + "/recording.yml", folder + "/alerts.yml"});
    EXPECT_EQ(rules.status, 0) << rules.output;
    const auto config = run_tool(promtool, {"check", "config", folder + "/prometheus.yml"});
    EXPECT_EQ(config.status, 0) << config.output;
    EXPECT_NE(config.output.find("2 rule files found"), std::string::npos) << config.output;
}

// Of nine ratios over five windows one is easily wrong, and what waits for two windows hides it.
TEST(recording_rules, look_at_the_window_that_they_name) {
    static const std::regex named{R"re(_rate(\d+[smhd])$|:rate(\d+[smhd])$)re"};
    static const std::regex window{R"re(\[(\w+)\]|:(?:ratio_)?rate(\d+[smhd])\b)re"};
    std::size_t seen = 0;
    for (const auto& rule : recording_rules()) {
        std::smatch name;
        if (!std::regex_search(rule.name, name, named)) continue;
        const std::string wanted = name[1].matched ? name[1] : name[2];
        for (std::sregex_iterator at{rule.expression.begin(), rule.expression.end(), window}, end; at != end; ++at) {
            EXPECT_EQ((*at)[1].matched ? (*at)[1] : (*at)[2], wanted) << rule.name;
            ++seen;
        }
    }
    EXPECT_GT(seen, 20u);
}

TEST(rules, fire_and_are_silent_as_their_own_tests_say) {
    ASSERT_FALSE(rule_tests().empty());
    std::vector<std::string> arguments{"test", "rules"};
    for (const auto& file : rule_tests()) arguments.push_back(file.string());
    const auto tested = run_tool(promtool, arguments);
    EXPECT_EQ(tested.status, 0) << tested.output;
}

TEST(rules, are_each_seen_firing_and_silent) {
    const auto rules = alert_rules();
    const auto moments = alert_moments();
    ASSERT_FALSE(rules.empty());
    for (const auto& rule : rules) {
        const auto seen = [&](bool firing) {
            return std::any_of(moments.begin(), moments.end(), [&](const alert_moment& one) {
                const bool fires = std::any_of(one.firing.begin(), one.firing.end(),
                                               [&](const auto& labels) { return names_rule(labels, rule); });
                return one.alert == rule.name && fires == firing;
            });
        };
        EXPECT_TRUE(seen(true)) << rule.title() << " fires in no test of metrics/prometheus/tests";
        EXPECT_TRUE(seen(false)) << rule.title() << " is silent in no test of metrics/prometheus/tests";
    }
    for (const auto& moment : moments)
        EXPECT_TRUE(
            std::any_of(rules.begin(), rules.end(), [&](const auto& rule) { return rule.name == moment.alert; }))
            << moment.alert << " is tested and is no alert: nothing would ever fire";
}

TEST(rules, say_how_bad_it_is_with_the_value) {
    for (const auto& rule : alert_rules()) {
        const std::set<std::string> severities{"page", "ticket"};
        EXPECT_TRUE(rule.labels.contains("severity") && severities.contains(rule.labels.at("severity")))
            << rule.title();
        for (const char* const annotation : {"summary", "description"}) {
            ASSERT_TRUE(rule.annotations.contains(annotation)) << rule.title() << ": " << annotation;
            EXPECT_FALSE(rule.annotations.at(annotation).empty()) << rule.title();
        }
        EXPECT_NE(rule.annotations.at("description").find("$value"), std::string::npos) << rule.title();
    }
}

// The reader itself must see every name, or tests that use it say nothing.
TEST(rule_files, selectors_are_found_wherever_they_stand) {
    const auto names = [](std::string_view expression) {
        std::vector<std::string> all;
        for (const auto& one : selectors_of(expression)) all.push_back(one.name);
        return all;
    };
    using texts = std::vector<std::string>;
    EXPECT_EQ(names("sum by (job, instance) (rate(a_total{route=~\"b|c\",class=\"5xx\"}[5m]))"), texts{"a_total"});
    EXPECT_EQ(names("a:b:c > 14.4 * 0.0005 and on (job) d{} unless e offset 1h"), (texts{"a:b:c", "d", "e"}));
    EXPECT_EQ(names("max(a) by (le) or count_values(\"b\", c)"), (texts{"a", "c"}));
    EXPECT_EQ(names("time() - a > 3 * 86400"), texts{"a"});
    EXPECT_EQ(names("predict_linear(a[1h], 4 * 3600) < 1e9"), texts{"a"});
    const auto one = selectors_of("a{b=\"c\",d!~\"e|f\"}").at(0);
    EXPECT_TRUE(one.matches({{"b", "c"}, {"d", "g"}}));
    EXPECT_TRUE(one.matches({{"b", "c"}}));
    EXPECT_FALSE(one.matches({{"b", "c"}, {"d", "e"}}));
    EXPECT_FALSE(one.matches({{"b", "cc"}}));
}

TEST(prometheus_config, scrapes_the_job_that_alerts_ask_for) {
    std::set<std::string> jobs;
    for (const auto& job :
         YAML::LoadFile((monitoring_folder() / "prometheus/prometheus.yml").string())["scrape_configs"])
        jobs.insert(job["job_name"].as<std::string>());
    for (const auto& rule : alert_rules())
        for (const auto& one : selectors_of(rule.expression))
            for (const auto& [label, comparison, value] : one.matchers)
                EXPECT_TRUE(label != "job" || jobs.contains(value)) << rule.title() << " asks for the job " << value;
}

TEST(runbooks, are_there_for_every_alert_and_for_nothing_else) {
    const fs::path folder = monitoring_folder() / "runbooks";
    const std::string index = text_of(folder / "README.md");
    std::set<std::string> wanted;
    std::set<std::string> places;
    for (const auto& rule : alert_rules()) {
        const std::string file = rule.name + ".md";
        const std::string ending = "/metrics/runbooks/" + file;
        ASSERT_TRUE(rule.annotations.contains("runbook_url")) << rule.title();
        const std::string& url = rule.annotations.at("runbook_url");
        ASSERT_TRUE(url.starts_with("https://") && url.ends_with(ending)) << rule.title() << ": " << url;
        places.insert(url.substr(0, url.size() - ending.size()));
        EXPECT_TRUE(text_of(folder / file).starts_with("# " + rule.name + "\n")) << file;
        EXPECT_NE(index.find("](" + file + ")"), std::string::npos) << file << " is not in the index";
        wanted.insert(file);
    }
    EXPECT_EQ(places.size(), 1u) << "one sed is to set the place of all";
    for (const auto& one : fs::directory_iterator{folder}) {
        const std::string file = one.path().filename().string();
        EXPECT_TRUE(file == "README.md" || wanted.contains(file)) << file << " is no alert's";
    }
}

TEST(runbooks, lead_to_pages_that_there_are) {
    const fs::path folder = monitoring_folder() / "runbooks";
    static const std::regex link{R"re(\]\(([^)]+)\))re"};
    for (const auto& one : fs::directory_iterator{folder}) {
        const std::string text = text_of(one.path());
        for (std::sregex_iterator at{text.begin(), text.end(), link}, end; at != end; ++at)
            EXPECT_TRUE(fs::exists(folder / (*at)[1].str())) << one.path() << " leads to " << (*at)[1];
    }
}

} // namespace
} // namespace meguri::test
