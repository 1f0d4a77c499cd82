// Holds every series that the rules, their tests and the runbooks name to metrics/families.hpp: a name that is wrong
// there makes an alert that never fires.
#include "tests/support/rule_files.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;

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

// The beginnings of names in a text: whole ones, and those in grep's meguri_(a|b.*"c").
std::vector<std::string> beginnings_in(const std::string& text) {
    static const std::regex alone{R"re([\^`( ](meguri_[a-z_]*[a-z]))re"};
    static const std::regex together{R"re(meguri_([a-z_]*)\(([^)]*)\))re"};
    static const std::regex one_of{R"re((?:^|\|)([a-z_]+))re"};
    std::vector<std::string> all;
    const std::sregex_iterator end;
    for (std::sregex_iterator at{text.begin(), text.end(), alone}; at != end; ++at) all.push_back((*at)[1]);
    for (std::sregex_iterator at{text.begin(), text.end(), together}; at != end; ++at) {
        const std::string choices = (*at)[2];
        for (std::sregex_iterator in{choices.begin(), choices.end(), one_of}; in != end; ++in)
            all.push_back("meguri_" + (*at)[1].str() + (*in)[1].str());
    }
    return all;
}

// Whoever follows a runbook at night must not grep for a metric that is gone.
TEST(rule_series, that_runbooks_name_are_exported) {
    EXPECT_EQ(beginnings_in("a `meguri_ready` '^meguri_x_(a_b|c.*\"d\")'"),
              (std::vector<std::string>{"meguri_ready", "meguri_x", "meguri_x_a_b", "meguri_x_c"}));
    const auto known = exported_series();
    for (const auto& one : fs::directory_iterator{monitoring_folder() / "runbooks"})
        for (const auto& begin : beginnings_in(text_of(one.path())))
            EXPECT_TRUE(
                std::any_of(known.begin(), known.end(), [&](const auto& name) { return name.starts_with(begin); }))
                << one.path() << " looks for " << begin;
}

} // namespace
} // namespace meguri::test
