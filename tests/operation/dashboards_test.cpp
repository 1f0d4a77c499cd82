// What people on call look at, asked of the real thing: a switch that is paid at, a Prometheus that scrapes it, and
// every expression of every panel. Each must parse, find series and give nothing but finite numbers; so a metric that
// is renamed or missing, a label that is misspelt and a quantile of nothing fail here. The same Prometheus evaluates
// the rules of metrics/prometheus.
#include "tests/acceptance/running_town.hpp"
#include "tests/operation/prometheus_process.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;
using std::chrono::system_clock;

constexpr auto paid_for = std::chrono::seconds{8};

// Nothing is measured of these while the switch is well and speaks plain HTTP.
struct silent_metric {
    std::string_view name;
    std::string_view why;
};
constexpr std::array silent{
    silent_metric{"meguri_tls_certificate_expiry_timestamp_seconds", "shown only where the switch does TLS itself"},
    silent_metric{"meguri_card_crl_fetched_timestamp_seconds", "shown only where cards can pay"},
    silent_metric{"meguri_card_crl_issued_timestamp_seconds", "shown only where cards can pay"},
    silent_metric{"meguri_card_crl_expiry_timestamp_seconds", "shown only where cards can pay"},
    silent_metric{"meguri_card_ocsp_duration_seconds", "measured only where a responder is asked"},
    silent_metric{"meguri_gateway_call_duration_seconds", "measured only where points are bought by card"},
    silent_metric{"meguri_tls_client_crl_expiry_timestamp_seconds", "shown only where it has a revocation list"},
};

// --- the load ---

json::value payment_of(const small_town::purse& from, std::int64_t amount, bool capture) {
    auto asked = payment(from, amount);
    asked.as_object()["capture"] = capture;
    return asked;
}

// A morning at one till: what is approved and declined, holds, what follows a payment, and what clients do wrong.
void pay(running_town& t, const std::string& number) {
    const std::string authorizations = "/v1/authorizations";
    const auto paid = t.till.made(authorizations, payment_of(t.resident(), 5, true), number);
    EXPECT_EQ(text_at(paid, "status"), "captured");
    EXPECT_TRUE(t.till.post(authorizations, payment_of(t.resident(), 5, true), number).has("idempotent-replayed"));
    const auto held = t.till.made(authorizations, payment_of(t.resident(), 7, false), number + "h");
    EXPECT_EQ(text_at(held, "status"), "authorized");
    t.till.made(authorizations + "/" + text_at(held, "id") + "/captures", {{"amount", 3}}, number + "c");
    t.till.made(authorizations + "/" + text_at(paid, "id") + "/refunds", {{"amount", 1}}, number + "r");
    const auto poor = t.till.made(authorizations, payment_of(t.resident(), 90'000'000, true), number + "p");
    EXPECT_EQ(text_at(poor, "decline_code"), "insufficient_points");
    const auto unknown = t.till.made(authorizations, payment_of({"", "no-such-code"}, 5, true), number + "u");
    EXPECT_EQ(text_at(unknown, "status"), "declined");
    EXPECT_EQ(t.till.get("/v1/nowhere").status, 404);
    api_client nobody{t.process.port(), "te_nobody"};
    const int refused = nobody.post(authorizations, payment_of(t.resident(), 5, true), number).status;
    EXPECT_TRUE(refused == 401 || refused == 429) << refused; // so many wrong keys that they are limited
}

void pay_for_some_seconds(running_town& t) {
    const auto end = std::chrono::steady_clock::now() + paid_for;
    for (int i = 0; std::chrono::steady_clock::now() < end; ++i) {
        pay(t, "n" + std::to_string(i));
        // Steady over the scrapes, and no load for whoever else uses this machine.
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

// --- the dashboards ---

struct panel_query {
    std::string where;
    std::string expression;
    bool instant = false;
};

json::value json_file(const std::filesystem::path& file) {
    std::ifstream in{file};
    return json::parse(std::string{std::istreambuf_iterator<char>{in}, {}});
}

std::vector<json::value> dashboards() {
    std::vector<json::value> all;
    for (const auto& file : std::filesystem::directory_iterator{source_folder() / "metrics/grafana/dashboards"})
        all.push_back(json_file(file.path()));
    return all;
}

// As Grafana fills them in for Prometheus scraped each second, with all switches and programs chosen.
std::string with_variables(std::string text) {
    constexpr std::array<std::pair<const char*, const char*>, 5> values{{{"$__rate_interval", "4s"},
                                                                         {"$__interval", "1s"},
                                                                         {"$__range", "8s"},
                                                                         {"$instance", ".+"},
                                                                         {"$program", ".+"}}};
    for (const auto& [name, value] : values)
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
            text.replace(at, std::string_view{name}.size(), value);
    EXPECT_EQ(text.find('$'), std::string::npos) << "a variable that this test does not know: " << text;
    return text;
}

std::vector<panel_query> queries_of(const json::value& dashboard) {
    std::vector<panel_query> all;
    for (const auto& panel : dashboard.at("panels").as_array()) {
        if (text_at(panel, "type") == "row") continue;
        for (const auto& target : panel.at("targets").as_array())
            all.push_back(
                {text_at(dashboard, "title") + " / " + text_at(panel, "title") + ": " + text_at(target, "expr"),
                 with_variables(text_at(target, "expr")), target.at("instant").as_bool()});
    }
    return all;
}

// --- what came back ---

bool may_be_silent(const std::string& expression) {
    return std::ranges::any_of(
        silent, [&](const silent_metric& one) { return expression.find(one.name) != std::string::npos; });
}

bool finite(const json::value& time_and_value) {
    return std::isfinite(std::stod(std::string{time_and_value.as_array().at(1).as_string()}));
}

std::string fault_in(const json::value& series) {
    const auto& one = series.as_object();
    if (const auto* const value = one.if_contains("value"); value != nullptr && !finite(*value))
        return "a value is " + json::serialize(*value);
    if (const auto* const values = one.if_contains("values"))
        for (const auto& value : values->as_array())
            if (!finite(value)) return "a value is " + json::serialize(value);
    return {};
}

// Empty where the answer is good.
std::string fault_in_answer(const json::value& answer, bool may_be_empty) {
    if (text_at(answer, "status") != "success") return text_at(answer, "error");
    const auto& found = answer.at("data").at("result").as_array();
    if (found.empty() && !may_be_empty) return "no series";
    for (const auto& series : found)
        if (auto fault = fault_in(series); !fault.empty()) return fault + " in " + json::serialize(series.at("metric"));
    return {};
}

void expect_values(const prometheus_process& prometheus, const panel_query& asked, system_clock::time_point from,
                   system_clock::time_point until) {
    const auto answer = asked.instant ? prometheus.query(asked.expression, until)
                                      : prometheus.query_range(asked.expression, from, until);
    const auto fault = fault_in_answer(answer, may_be_silent(asked.expression));
    EXPECT_TRUE(fault.empty()) << asked.where << "\n  " << fault;
}

// A variable that is chosen from a label's values has some.
void expect_choices(const prometheus_process& prometheus, const json::value& dashboard, system_clock::time_point at) {
    static const std::regex label_values{R"(label_values\((\w+), (\w+)\))"};
    for (const auto& variable : dashboard.at("templating").at("list").as_array()) {
        if (text_at(variable, "type") != "query") continue;
        const auto query = text_at(variable.at("query"), "query");
        std::smatch parts;
        ASSERT_TRUE(std::regex_match(query, parts, label_values)) << query;
        const auto answer = prometheus.query("count by (" + parts[2].str() + ") (" + parts[1].str() + ")", at);
        EXPECT_EQ(fault_in_answer(answer, false), "") << text_at(dashboard, "title") << ": " << query;
    }
}

// --- the rules ---

std::vector<std::filesystem::path> rule_files() {
    std::vector<std::filesystem::path> found;
    for (const auto* const name : {"alerts.yml", "recording.yml"})
        if (auto file = source_folder() / "metrics/prometheus" / name; std::filesystem::exists(file))
            found.push_back(std::move(file));
    return found;
}

// Each rule must work; what one that reads the switch's own metrics (without a colon in their names) records must be
// finite by now. One that reads what others record waits for their group's interval, and what they recorded before
// anybody paid makes a share of nothing; alerts are to be silent.
void expect_rules(const prometheus_process& prometheus, system_clock::time_point at) {
    std::size_t seen = 0;
    const auto rules = prometheus.ask("/api/v1/rules");
    for (const auto& group : rules.at("data").at("groups").as_array())
        for (const auto& rule : group.at("rules").as_array()) {
            ++seen;
            const auto name = text_at(rule, "name");
            const auto expression = text_at(rule, "query");
            EXPECT_NE(text_at(rule, "health"), "err") << name << ": " << json::serialize(rule.at("lastError"));
            const auto answer = prometheus.query(expression, at);
            if (expression.find(':') == std::string::npos)
                EXPECT_EQ(fault_in_answer(answer, text_at(rule, "type") == "alerting"), "")
                    << name << ": " << expression;
            else
                EXPECT_EQ(text_at(answer, "status"), "success") << name << ": " << json::serialize(answer);
        }
    EXPECT_EQ(seen == 0, rule_files().empty());
}

void wait_for_the_first_scrape(const prometheus_process& prometheus) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!fault_in_answer(prometheus.query("meguri_ready", system_clock::now()), false).empty()) {
        ASSERT_LT(std::chrono::steady_clock::now(), end) << prometheus.ask("/api/v1/targets");
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
}

TEST(dashboards, show_what_a_busy_switch_measures) {
    running_town town{"[checkpoint]\ninterval_ms = 1000\n"};
    const prometheus_process prometheus{town.process.ops_port(), rule_files()};
    ASSERT_NO_FATAL_FAILURE(wait_for_the_first_scrape(prometheus));
    const auto from = system_clock::now();
    pay_for_some_seconds(town);
    const auto until = system_clock::now();

    std::size_t asked = 0;
    const auto shown = dashboards();
    EXPECT_EQ(shown.size(), 4U);
    for (const auto& dashboard : shown) {
        expect_choices(prometheus, dashboard, until);
        for (const auto& query : queries_of(dashboard)) {
            expect_values(prometheus, query, from, until);
            ++asked;
        }
    }
    EXPECT_GT(asked, 100U);
    expect_rules(prometheus, until);
    EXPECT_EQ(town.process.terminate(), 0);
}

} // namespace
} // namespace meguri::test
