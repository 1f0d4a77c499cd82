#include "net/router.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace meguri::net {
namespace {

enum : std::uint16_t { authorize = 1, list, one, capture, codes, special, freeze_wallet };

constexpr route table[] = {
    {http_method::post, "/v1/authorizations", authorize},
    {http_method::get, "/v1/authorizations", list},
    {http_method::get, "/v1/authorizations/{id}", one},
    {http_method::post, "/v1/authorizations/{id}/captures", capture},
    {http_method::post, "/v1/wallets/{id}/codes", codes},
    {http_method::get, "/v1/wallets/special", special},
    {http_method::post, "/v1/wallets/{id}/freeze", freeze_wallet},
};

struct row {
    http_method method;
    std::string_view path;
    routing result;
    std::uint16_t id = 0;
    std::string_view captured = {};
    std::string_view allow = {};
};

TEST(router, matches) {
    const std::vector<row> rows{
        {http_method::post, "/v1/authorizations", routing::found, authorize},
        {http_method::get, "/v1/authorizations", routing::found, list},
        {http_method::get, "/v1/authorizations/au_1", routing::found, one, "au_1"},
        {http_method::head, "/v1/authorizations/au_1", routing::found, one, "au_1"},
        {http_method::post, "/v1/authorizations/au_%2F/captures", routing::found, capture, "au_%2F"},
        {http_method::post, "/v1/wallets/wal_9/codes", routing::found, codes, "wal_9"},
        {http_method::get, "/v1/wallets/special", routing::found, special},
        {http_method::post, "/v1/wallets/wal_9/freeze", routing::found, freeze_wallet, "wal_9"},
        {http_method::put, "/v1/authorizations", routing::wrong_method, 0, "", "GET, HEAD, POST"},
        {http_method::other, "/v1/authorizations", routing::wrong_method, 0, "", "GET, HEAD, POST"},
        {http_method::get, "/v1/wallets/wal_9/codes", routing::wrong_method, 0, "", "POST"},
        {http_method::post, "/v1/authorizations/au_1", routing::wrong_method, 0, "", "GET, HEAD"},
        {http_method::get, "", routing::unknown_path},
        {http_method::get, "/", routing::unknown_path},
        {http_method::get, "/v1", routing::unknown_path},
        {http_method::get, "/v2/authorizations", routing::unknown_path},
        {http_method::get, "v1/authorizations", routing::unknown_path},
        {http_method::get, "/v1/authorizations/", routing::unknown_path},
        {http_method::get, "/v1//authorizations", routing::unknown_path},
        {http_method::get, "/v1/Authorizations", routing::unknown_path},
        {http_method::get, "/v1/authorization", routing::unknown_path},
        {http_method::get, "/v1/authorizations2", routing::unknown_path},
        {http_method::post, "/v1/authorizations//captures", routing::unknown_path},
        {http_method::post, "/v1/authorizations/au_1/captures/x", routing::unknown_path},
    };
    const router routes{table};
    for (const row& expected : rows) {
        const route_match match = routes.match(expected.method, expected.path);
        EXPECT_EQ(match.result, expected.result) << expected.path;
        EXPECT_EQ(match.id, expected.id) << expected.path;
        EXPECT_EQ(match.allow, expected.allow) << expected.path;
        if (expected.result == routing::found) {
            EXPECT_EQ(match.captured[0], expected.captured) << expected.path;
        }
    }
}

TEST(router, captures_in_order) {
    constexpr route several[] = {{http_method::get, "/{a}/x/{b}/{c}", 1}};
    const router routes{several};
    const route_match match = routes.match(http_method::get, "/1/x/2/3");
    EXPECT_EQ(match.result, routing::found);
    EXPECT_EQ(match.captured[0], "1");
    EXPECT_EQ(match.captured[1], "2");
    EXPECT_EQ(match.captured[2], "3");
}

TEST(router, path_matches_its_pattern_alone) {
    EXPECT_TRUE(path_matches("/v1/campaigns/{id}/recipients", "/v1/campaigns/ca_1/recipients"));
    EXPECT_TRUE(path_matches("/v1/import", "/v1/import"));
    EXPECT_FALSE(path_matches("/v1/campaigns/{id}/recipients", "/v1/campaigns//recipients"));
    EXPECT_FALSE(path_matches("/v1/campaigns/{id}/recipients", "/v1/campaigns/ca_1"));
    EXPECT_FALSE(path_matches("/v1/campaigns/{id}/recipients", "/v1/campaigns/ca_1/recipients/2"));
    EXPECT_FALSE(path_matches("/v1/import", "/v1/export"));
}

} // namespace
} // namespace meguri::net
