// Holds every series that the rules, their tests and the runbooks name to metrics/families.hpp: a name that is wrong
// there makes an alert that never fires.
#include "tests/support/rule_files.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;

// Alerts that wait for their metric: settings are not read again yet.
const std::set<std::string> announced{"meguri_settings_last_reload_successful"};

// The series of every family in metrics/families.hpp: a histogram has three.
std::set<std::string> exported_series() {
    const std::string header = text_of(monitoring_folder() / "families.hpp");
    static const std::regex family{R"re((counter|gauge|histogram)_family\(\s*"(\w+)")re"};
    std::set<std::string> all;
    for (std::sregex_iterator at{header.begin(), header.end(), family}, end; at != end; ++at) {
        if ((*at)[1] != "histogram")
            all.insert((*at)[2]);
        else
            for (const char* const part : {"_bucket", "_sum", "_count"}) all.insert((*at)[2].str() + part);
    }
    all.insert(announced.begin(), announced.end());
    return all;
}

TEST(rule_series, are_exported_or_recorded) {
    auto known = exported_series();
    ASSERT_TRUE(known.contains("meguri_ready") && known.contains("meguri_payment_duration_seconds_bucket"));
    known.insert({"up", "ALERTS"}); // Prometheus makes them itself
    const auto recorded = recording_rules();
    for (const auto& rule : recorded) {
        EXPECT_NE(rule.name.find(':'), std::string::npos) << rule.name << " is not level:metric:operations";
        EXPECT_TRUE(known.insert(rule.name).second) << rule.name << " is recorded twice";
    }
    const auto check = [&known](const std::string& where, const std::string& expression) {
        const auto asked = selectors_of(expression);
        EXPECT_FALSE(asked.empty()) << where;
        for (const auto& one : asked) EXPECT_TRUE(known.contains(one.name)) << where << " asks for " << one.name;
    };
    for (const auto& rule : recorded) check(rule.name, rule.expression);
    for (const auto& rule : alert_rules()) check(rule.title(), rule.expression);
}

// Whoever follows a runbook at night must not grep for a metric that is gone.
TEST(rule_series, that_runbooks_name_are_exported) {
    static const std::regex name_or_beginning{R"re([\^`( ](meguri_[a-z_]*[a-z]))re"};
    const auto known = exported_series();
    for (const auto& one : fs::directory_iterator{monitoring_folder() / "runbooks"}) {
        const std::string text = text_of(one.path());
        for (std::sregex_iterator at{text.begin(), text.end(), name_or_beginning}, end; at != end; ++at) {
            const std::string begin = (*at)[1];
            EXPECT_TRUE(
                std::any_of(known.begin(), known.end(), [&](const auto& name) { return name.starts_with(begin); }))
                << one.path() << " looks for " << begin;
        }
    }
}

} // namespace
} // namespace meguri::test
