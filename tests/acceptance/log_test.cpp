// What the log says of requests: one JSON object a line, with what an operator needs to find a request and nothing that
// opens a wallet or tells who paid; few lines however many requests there are.
#include "tests/acceptance/running_town.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr std::string_view as_json = "[log]\nlevel = \"debug\"\nformat = \"json\"\n";
const std::string trace = "0af7651916cd43dd8448eb211c80319c";
const std::string traceparent = "00-" + trace + "-b7ad6b7169203331-01";

// Every line that is complete so far.
std::vector<json::object> lines_of(const std::string& log) {
    static const std::regex time{R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"};
    static const std::regex snake_case{"[a-z]+(_[a-z]+)*"};
    std::vector<json::object> lines;
    std::istringstream in{log};
    for (std::string line; std::getline(in, line) && !in.eof();) {
        boost::system::error_code wrong;
        const auto parsed = json::parse(line, wrong);
        EXPECT_TRUE(!wrong && parsed.is_object()) << line;
        if (wrong || !parsed.is_object()) continue;
        const auto& one = lines.emplace_back(parsed.as_object());
        EXPECT_TRUE(std::regex_match(text_at(parsed, "time"), time)) << line;
        EXPECT_TRUE(std::regex_match(text_at(parsed, "event"), snake_case)) << line;
        EXPECT_TRUE(one.contains("level")) << line;
    }
    return lines;
}

std::vector<json::object> lines_of(const std::string& log, std::string_view event) {
    auto lines = lines_of(log);
    std::erase_if(lines, [&](const json::object& one) { return one.at("event").as_string() != event; });
    return lines;
}

std::string text_in(const json::object& line, std::string_view name) {
    const auto* const found = line.if_contains(name);
    return found != nullptr && found->is_string() ? std::string{found->as_string()} : "none";
}

// Waits until the log has the line about that request.
json::object await(const switch_process& process, const http_reply& answer) {
    const auto id = answer.field("request-id");
    for (int i = 0; i < 2000; ++i) {
        for (const auto& line : lines_of(process.log()))
            if (text_in(line, "request_id") == id) return line;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ADD_FAILURE() << "no line about " << id << " in " << process.log();
    return {};
}

// Waits until the log has that in it.
void await(const switch_process& process, std::string_view text) {
    for (int i = 0; i < 2000 && process.log().find(text) == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_NE(process.log().find(text), std::string::npos) << process.log();
}

struct expected_line {
    std::string event;
    std::string level;
    std::string method;
    std::string route;
    std::string code_key = "code";
    std::string code = "none";
};

// Of a request that came with `traceparent`.
void expect_line(const switch_process& process, const http_reply& answer, const expected_line& expected) {
    const auto line = await(process, answer);
    EXPECT_EQ(text_in(line, "event"), expected.event);
    EXPECT_EQ(text_in(line, "level"), expected.level);
    EXPECT_EQ(text_in(line, "method"), expected.method);
    EXPECT_EQ(text_in(line, "route"), expected.route);
    EXPECT_EQ(text_in(line, expected.code_key), expected.code);
    EXPECT_EQ(text_in(line, "trace_id"), trace);
    ASSERT_TRUE(line.contains("status") && line.contains("duration_us")) << json::serialize(line);
    EXPECT_EQ(line.at("status").as_int64(), answer.status);
    const bool waited_for_the_disk = answer.status == 201;
    EXPECT_GE(line.at("duration_us").as_int64(), waited_for_the_disk ? 1 : 0) << "a refusal may take less than one";
    EXPECT_LT(line.at("duration_us").as_int64(), 10'000'000);
}

TEST(request_log, names_each_request_by_its_route_and_ids) {
    running_town town{as_json};
    http_client http{town.process.port()};
    int number = 0;
    const auto ask = [&](std::string_view method, const std::string& target, const std::string& key,
                         const std::string& body = {}) {
        http_fields fields{{"traceparent", traceparent}};
        if (!key.empty()) fields.emplace_back("Authorization", "Bearer " + key);
        if (method == "POST") {
            fields.emplace_back("Content-Type", "application/json");
            fields.emplace_back("Idempotency-Key", "l" + std::to_string(number++));
        }
        return http.ask(method, target, fields, body);
    };
    const auto& till = town.town.till_key;
    const auto pays = serialize(payment(town.resident(), 7));
    const auto pays_too_much = serialize(payment(town.resident(), 90'000'000));
    const auto& log = town.process;
    expect_line(log, ask("POST", "/v1/authorizations", till, pays),
                {"request_answered", "info", "POST", "/v1/authorizations"});
    expect_line(log, ask("GET", "/v1/wallets/" + town.resident().id + "/balances", town.operator_key),
                {"request_answered", "info", "GET", "/v1/wallets/{id}/balances"});
    expect_line(log, ask("POST", "/v1/authorizations", till, pays_too_much),
                {"payment_declined", "info", "POST", "/v1/authorizations", "decline_code", "insufficient_points"});
    expect_line(log, ask("POST", "/v1/authorizations", till, "{"),
                {"request_refused", "info", "POST", "/v1/authorizations", "code", "malformed_request"});
    expect_line(log, ask("GET", "/v1/wallets/wa_nothing/balances", town.operator_key),
                {"request_refused", "info", "GET", "/v1/wallets/{id}/balances", "code", "not_found"});
    expect_line(log, ask("DELETE", "/v1/authorizations", till),
                {"request_refused", "info", "DELETE", "unrouted", "code", "method_not_allowed"});
    expect_line(log, ask("GET", "/v1/nowhere", till),
                {"request_refused", "info", "GET", "unrouted", "code", "not_found"});
    expect_line(log, ask("POST", "/v1/authorizations", "te_nobodysKeyNobodysKeyNobody", pays),
                {"authentication_refused", "warning", "POST", "/v1/authorizations", "code", "unauthenticated"});

    const auto without_trace =
        http.ask("GET", "/v1/ledger/trial_balance", {{"traceparent", "00-" + std::string(32, '0') + "-1-01"}});
    const auto missing = await(log, without_trace);
    EXPECT_EQ(text_in(missing, "key"), "missing");
    EXPECT_EQ(text_in(missing, "client"), "127.0.0.1");
    EXPECT_FALSE(missing.contains("trace_id")) << "a header that is not valid is ignored";

    const auto certificates = "/v1/terminals/" + town.town.terminal + "/certificates";
    const auto bind = [&](const std::string& to) {
        EXPECT_EQ(
            ask("POST", certificates, town.operator_key, R"({"certificates":[)" + to + R"(],"reason":"r"})").status,
            200);
    };
    bind('"' + std::string(64, 'a') + '"');
    const auto stolen = await(log, ask("POST", "/v1/authorizations", till, pays));
    EXPECT_EQ(text_in(stolen, "event"), "authentication_refused");
    EXPECT_EQ(text_in(stolen, "code"), "certificate_required");
    EXPECT_EQ(text_in(stolen, "key"), "valid") << "somebody has it who should not";
    bind("");

    std::optional<http_client> broken{std::in_place, town.process.port()};
    broken->send("POST /v1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    const auto malformed = await(log, broken->read_reply());
    EXPECT_EQ(text_in(malformed, "event"), "front_end_refused");
    EXPECT_EQ(text_in(malformed, "level"), "info");
    EXPECT_EQ(text_in(malformed, "code"), "malformed_http");
    broken.reset(); // or the end would wait until it has read its refusal

    std::ofstream{town.folder / "meguri.toml"} << as_json << "[limits]\nin_flight_max = 1\n";
    town.process.send(SIGHUP);
    await(town.process, "settings_reloaded");
    const auto piped = [&](int i) {
        return http_request_text("POST", "/v1/authorizations",
                                 {{"Authorization", "Bearer " + till},
                                  {"Content-Type", "application/json"},
                                  {"traceparent", traceparent},
                                  {"Idempotency-Key", "f" + std::to_string(i)}},
                                 pays);
    };
    http.send(piped(1) + piped(2));
    EXPECT_EQ(http.read_reply().status, 201);
    expect_line(log, http.read_reply(),
                {"request_failed", "warning", "POST", "/v1/authorizations", "code", "overloaded"});
    EXPECT_EQ(town.process.terminate(), 0);
    for (const char* once : {"ready", "draining", "stopped"})
        EXPECT_EQ(lines_of(town.process.log(), once).size(), 1U) << once;
}

// Every place of a request, right and wrong, with what is nobody's business; all of it told, and in both formats.
class secret_requests {
public:
    explicit secret_requests(const running_town& town) : town_{town} {}

    void send_all() {
        const auto& till = town_.town.till_key;
        const auto card = town_.resident().card;
        const auto pays = [&](const std::string& reference, std::int64_t amount) {
            auto asked = payment(town_.resident(), amount);
            asked.as_object()["reference"] = secret(reference);
            return serialize(asked);
        };
        // Where they belong.
        post("/v1/authorizations", till, pays("reference", 5));
        post("/v1/authorizations", till, pays("reference_of_a_decline", 90'000'000));
        post("/v1/wallets", town_.operator_key, R"({"name":")" + secret("person") + "\"}");
        // In paths, known to no route or to one.
        for (const auto& within : {till, card, secret("path")}) {
            get("/v1/" + within, till);
            get("/v1/wallets/" + within + "/balances", town_.operator_key);
            get("/v1/authorizations/" + within, till);
            get("/v1/authorizations?reference=" + within, till);
            get("/v1/authorizations?" + within + "=1&at=" + within, till);
            get("/v1/merchants/" + within + "/statements/2026-13?" + within, town_.operator_key);
        }
        // In headers, also as a method, a trace and a type.
        get("/v1/authorizations", secret("bearer"));
        ask("GET", "/v1/nowhere", {{"Authorization", "Basic " + secret("basic")}});
        ask("GET", "/v1/nowhere", {{secret("x-name"), "1"}, {"X-Note", secret("value")}, {"traceparent", card}});
        ask("POST", "/v1/authorizations",
            {{"Authorization", "Bearer " + till}, {"Content-Type", secret("type")}, {"Idempotency-Key", secret("k")}});
        ask("POST", "/v1/authorizations",
            {{"Authorization", "Bearer " + till},
             {"Content-Type", "application/json"},
             {"Idempotency-Key", secret("key with spaces and more than is admitted") + std::string(300, 'k')}},
            pays("unkeyed", 1));
        ask(secret("METHOD"), "/v1/authorizations", {{"Authorization", "Bearer " + till}});
        // In JSON that is none, or not what it should be.
        for (const auto& body :
             {"{\"code\":\"" + card + "\"", "{\"" + secret("member") + "\":1}", "\"" + secret("text") + "\"",
              R"({"credential":{"code":")" + secret("code") + R"("},"program":"042021","amount":")" + secret("amount") +
                  "\"}",
              R"({"credential":{"code":")" + card + R"("},"program":")" + secret("program") + R"(","amount":1})",
              "name=" + secret("form") + "\xff\xfe"})
            post("/v1/authorizations", till, body);
        // What is no HTTP.
        for (const auto& bytes : {secret("garbage") + "\r\n\r\n", "GET /" + card + " HTTP/9.9\r\n\r\n",
                                  "GET / HTTP/1.1\r\nHost: " + secret("a host") + "\r\nHost: b\r\n\r\n"}) {
            http_client once{town_.process.port()};
            once.send(bytes);
            EXPECT_GE(once.read_reply().status, 400);
        }
    }

    // Everything that no log may hold.
    [[nodiscard]] std::vector<std::string> secrets() const {
        auto all = secrets_;
        for (const auto& more : {town_.town.till_key, town_.operator_key, town_.resident().card, town_.resident().id,
                                 std::string{"Bearer"}, std::string{"secret"}, std::string{"SECRET"}})
            all.push_back(more);
        return all;
    }
    [[nodiscard]] std::size_t sent() const noexcept { return sent_; }

private:
    std::string secret(const std::string& where) {
        secrets_.push_back("secret-" + where);
        return secrets_.back();
    }
    void ask(const std::string& method, const std::string& target, const http_fields& fields,
             const std::string& body = {}) {
        http_client http{town_.process.port()};
        http.send(http_request_text(method, target, fields, body));
        (void)http.read_reply();
        ++sent_;
    }
    void get(const std::string& target, const std::string& key) {
        ask("GET", target, {{"Authorization", "Bearer " + key}});
    }
    void post(const std::string& target, const std::string& key, const std::string& body) {
        ask("POST", target,
            {{"Authorization", "Bearer " + key},
             {"Content-Type", "application/json"},
             {"Idempotency-Key", secret("key-" + std::to_string(sent_))}},
            body);
    }

    const running_town& town_;
    std::vector<std::string> secrets_;
    std::size_t sent_ = 0;
};

TEST(request_log, holds_no_secret_wherever_it_was_sent) {
    for (const std::string format : {"json", "text"}) {
        running_town town{"[log]\nlevel = \"debug\"\nformat = \"" + format +
                          "\"\nrequests_per_second = 100000\nrefusals_per_second = 100000\n"};
        secret_requests requests{town};
        requests.send_all();
        EXPECT_EQ(town.process.terminate(), 0);
        const auto log = town.process.log();
        EXPECT_GT(std::count(log.begin(), log.end(), '\n'), static_cast<std::ptrdiff_t>(requests.sent()))
            << "each request is told";
        for (const auto& secret : requests.secrets()) EXPECT_EQ(log.find(secret), std::string::npos) << secret;
    }
}

TEST(request_log, is_sampled_under_load) {
    running_town town{std::string{as_json} + "[limits]\nauth_failures_per_second = 0\n"};
    constexpr std::size_t requests = 3000;
    constexpr std::size_t at_once = 30;
    http_client stranger{town.process.port()};
    http_client reader{town.process.port()};
    const auto began = std::chrono::steady_clock::now();
    std::string refused;
    std::string answered;
    for (std::size_t i = 0; i < at_once; ++i) refused += http_request_text("GET", "/v1/ledger/trial_balance");
    for (std::size_t i = 0; i < at_once; ++i) answered += http_request_text("GET", "/openapi.yaml");
    for (std::size_t i = 0; i < requests / at_once; ++i) {
        stranger.send(refused);
        reader.send(answered);
        for (std::size_t j = 0; j < at_once; ++j) ASSERT_EQ(stranger.read_reply().status, 401);
        for (std::size_t j = 0; j < at_once; ++j) ASSERT_EQ(reader.read_reply().status, 200);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const auto most = 10 + took.count() * 10 + 1;
    await(town.process, "log_lines_suppressed");
    const auto metrics = http_client{town.process.ops_port()}.ask("GET", "/metrics").body;
    EXPECT_EQ(town.process.terminate(), 0);

    const auto told = lines_of(town.process.log(), "authentication_refused").size();
    EXPECT_GE(told, 10U);
    EXPECT_LE(static_cast<double>(told), most);
    std::int64_t suppressed = 0;
    for (const auto& line : lines_of(town.process.log(), "log_lines_suppressed")) {
        EXPECT_EQ(text_in(line, "code"), "unauthenticated");
        suppressed += line.at("lines").as_int64();
    }
    EXPECT_EQ(static_cast<std::size_t>(suppressed) + told, requests) << "what is not told is counted";
    const auto shown = [&](const std::string& series) {
        const auto at = metrics.find("\n" + series + " ");
        EXPECT_NE(at, std::string::npos) << series;
        return at == std::string::npos ? -1 : std::stoll(metrics.substr(at + series.size() + 2));
    };
    EXPECT_EQ(shown("meguri_log_suppressed_total{kind=\"refusal\"}"), suppressed);
    auto samples = lines_of(town.process.log(), "request_answered");
    EXPECT_GE(samples.size(), 10U);
    std::erase_if(samples, [](const json::object& one) { return text_in(one, "route") != "/openapi.yaml"; });
    EXPECT_LE(static_cast<double>(samples.size()), most);
    EXPECT_GE(shown("meguri_log_suppressed_total{kind=\"answer\"}"), static_cast<long long>(requests - samples.size()));
    EXPECT_GE(shown("meguri_log_lines_total{level=\"warning\"}"), static_cast<long long>(told));
    EXPECT_GE(shown("meguri_log_lines_total{level=\"info\"}"), 11) << "ready, and the samples";
    EXPECT_EQ(shown("meguri_log_dropped_total"), 0);
}

TEST(request_log, changes_on_reload) {
    running_town town{as_json};
    const auto reload = [&](std::string_view settings, std::string_view until) {
        std::ofstream{town.folder / "meguri.toml"} << settings;
        town.process.send(SIGHUP);
        await(town.process, until);
    };
    const auto ask_often = [&](int times) {
        http_client http{town.process.port()};
        for (int i = 0; i < times; ++i) EXPECT_EQ(http.ask("GET", "/openapi.yaml").status, 200);
        for (int i = 0; i < times; ++i) EXPECT_EQ(http.ask("GET", "/v1/nowhere").status, 404);
    };
    const auto lines_after = [&](std::size_t from, std::string_view event) {
        return lines_of(town.process.log().substr(from), event).size();
    };
    reload(std::string{as_json} + "requests_per_second = 0\nrefusals_per_second = 1\n",
           R"(log.requests_per_second: 10 -> 0, log.refusals_per_second: 10 -> 1)");
    auto before = town.process.log().size();
    const auto began = std::chrono::steady_clock::now();
    ask_often(50);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    reload(std::string{as_json} + "requests_per_second = 1000\nrefusals_per_second = 1000\n", "1 -> 1000");
    EXPECT_EQ(lines_after(before, "request_answered"), 0U);
    EXPECT_LE(static_cast<double>(lines_after(before, "request_refused")), 2 + took.count());
    before = town.process.log().size();
    ask_often(50);
    reload("", R"( info settings_reloaded changed="log.level: \"debug\" -> \"info\", log.format: )");
    const auto since = town.process.log().substr(before);
    EXPECT_EQ(lines_of(since.substr(0, since.rfind('\n', since.find(" info settings_reloaded")) + 1), "request_refused")
                  .size(),
              50U);
    reload("[log]\nlevel = \"error\"\n[x", "meguri.toml:3: ");
    reload("[log]\nlevel = \"error\"\nformat = \"xml\"\n",
           " error settings_not_reloaded message=\"nothing was changed\" why=\"");
    reload("[log]\nrefusals_per_second = 0\n", "meguri.toml:2: log.refusals_per_second: must be 1 to 100000");
    EXPECT_EQ(town.process.terminate(), 0);
}

} // namespace
} // namespace meguri::test
