// Every series that a rule asks for is one that the released program shows, labels and all: a route, code or reason
// that is misspelt makes an alert that never fires, and nothing else would say so.
#include "tests/support/exposition.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/rule_files.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

namespace meguri::test {
namespace {

// Not shown by a fresh switch that speaks plain HTTP.
const std::set<std::string> not_shown{
    "meguri_tls_certificate_expiry_timestamp_seconds", // where there is TLS
    "meguri_tls_client_crl_expiry_timestamp_seconds",  // and a revocation list
    "meguri_card_crl_fetched_timestamp_seconds",       // where cards can pay
    "meguri_card_crl_expiry_timestamp_seconds",
};

struct series {
    std::string name;
    std::map<std::string, std::string> labels;
};

std::vector<series> shown_by_a_switch() {
    const temporary_folder folder;
    (void)init_ledger(folder / "ledger");
    const switch_process process{folder / "ledger"};
    const auto read = metrics::read_exposition(http_client{process.ops_port()}.ask("GET", "/metrics").body);
    EXPECT_TRUE(read.errors.empty()) << read.errors.front();
    std::vector<series> all;
    static const std::regex label{R"re((\w+)="((?:[^"\\]|\\.)*)")re"};
    for (const auto& [family, shown] : read.families)
        for (const auto& [written, value] : shown.series) {
            series one{written.substr(0, written.find('{')), {{"job", "meguri"}}}; // which Prometheus adds
            for (std::sregex_iterator at{written.begin(), written.end(), label}, end; at != end; ++at)
                one.labels.emplace((*at)[1], (*at)[2]);
            all.push_back(std::move(one));
        }
    return all;
}

TEST(alert_series, are_shown_by_the_program_with_their_labels) {
    const auto shown = shown_by_a_switch();
    std::size_t asked = 0;
    const auto check = [&](const std::string& where, const std::string& expression) {
        for (const auto& one : selectors_of(expression)) {
            if (one.name == "up" || one.name.find(':') != std::string::npos || not_shown.contains(one.name)) continue;
            ++asked;
            EXPECT_TRUE(std::any_of(
                shown.begin(), shown.end(),
                [&one](const series& there) { return there.name == one.name && one.matches(there.labels); }))
                << where << " asks for " << one.name << " with labels that the program does not show";
        }
    };
    for (const auto& rule : recording_rules()) check(rule.name, rule.expression);
    for (const auto& rule : alert_rules()) check(rule.title(), rule.expression);
    EXPECT_GT(asked, 40u);
}

// A regular expression of alternatives would match although one of them is misspelt.
TEST(alert_series, are_shown_for_each_alternative) {
    const auto shown = shown_by_a_switch();
    const auto there = [&shown](const std::string& name, const std::string& label, const std::string& value) {
        return std::any_of(shown.begin(), shown.end(), [&](const series& one) {
            const auto found = one.labels.find(label);
            return one.name == name && found != one.labels.end() && found->second == value;
        });
    };
    std::size_t seen = 0;
    for (const auto& rule : recording_rules())
        for (const auto& one : selectors_of(rule.expression))
            for (const auto& matcher : one.matchers) {
                if (matcher.comparison != "=~") continue;
                std::istringstream alternatives{matcher.value};
                for (std::string value; std::getline(alternatives, value, '|'); ++seen)
                    EXPECT_TRUE(there(one.name, matcher.label, value)) << rule.name << " asks for " << value;
            }
    EXPECT_GE(seen, 10u);
}

} // namespace
} // namespace meguri::test
