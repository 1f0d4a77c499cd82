// Keys that are not valid, on the real program: so many are answered 401, the others 429, and no right key at the same
// address is turned away.
#include "tests/acceptance/running_town.hpp"
#include "tests/support/exposition.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

namespace meguri::test {
namespace {

constexpr std::string_view strict = "[limits]\nauth_failures_per_second = 1\nauth_failures_burst = 5\n";
const std::string failures = "meguri_authentication_failures_total{reason=";

double metric(const running_town& town, const std::string& sample) {
    const auto page = http_client{town.process.ops_port()}.ask("GET", "/metrics").body;
    return metrics::read_exposition(page).value(sample).value_or(-1);
}

TEST(failed_authentication, is_limited_per_address_and_right_keys_go_on) {
    running_town town{strict};
    api_client guessing{town.process.port(), "te_nobodysKey"};
    const auto pays = payment(town.resident(), 10);
    int refused = 0;
    int limited = 0;
    for (int i = 0; i < 100; ++i) {
        const auto answer = guessing.post("/v1/authorizations", pays, "guess");
        const bool beyond = answer.status == 429;
        EXPECT_EQ(code_of(answer), beyond ? "too_many_failures" : "unauthenticated");
        EXPECT_EQ(answer.field("retry-after"), beyond ? "1" : "");
        EXPECT_EQ(answer.has("www-authenticate"), !beyond);
        (beyond ? limited : refused) += 1;
    }
    EXPECT_GE(refused, 5);
    EXPECT_GE(limited, 85) << "a hundred took far less than ten seconds";
    EXPECT_EQ(metric(town, failures + "\"unknown\"}"), refused);
    EXPECT_EQ(metric(town, failures + "\"not_looked_up\"}"), limited);

    EXPECT_EQ(town.till.post("/v1/authorizations", pays, "open").status, 201) << "a connection that was there before";
    api_client fresh{town.process.port(), town.town.till_key};
    EXPECT_EQ(fresh.post("/v1/authorizations", pays, "fresh").status, 201) << "a new one";
    EXPECT_EQ(http_client{town.process.port()}.ask("GET", "/openapi.yaml").status, 200) << "what needs no key";

    std::this_thread::sleep_for(std::chrono::milliseconds{1'100}); // Retry-After, and the answer is 401 again
    EXPECT_EQ(guessing.get("/v1/authorizations?reference=x").status, 401);
}

TEST(failed_authentication, limit_changes_on_reload) {
    running_town town{strict};
    api_client guessing{town.process.port(), "te_nobodysKey"};
    while (guessing.get("/v1/authorizations?reference=x").status == 401) {
    }
    std::ofstream{town.folder / "meguri.toml"} << "[limits]\nauth_failures_per_second = 0\n";
    town.process.send(SIGHUP);
    for (int i = 0; i < 2'000 && town.process.log().find("settings_reloaded") == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_NE(town.process.log().find("limits.auth_failures_per_second: 1 -> 0"), std::string::npos)
        << town.process.log();
    for (int i = 0; i < 50; ++i) EXPECT_EQ(guessing.get("/v1/authorizations?reference=x").status, 401);
}

} // namespace
} // namespace meguri::test
