#include "net/gateway_signature.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

// Computed by: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
constexpr const char* known = "t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686";
constexpr std::int64_t signed_at_ms = 1'700'000'000'000;

TEST(gateway_signature, is_what_openssl_computes) {
    EXPECT_EQ(gateway_signature(R"({"a":1})", "secret", 1'700'000'000), known);
}

TEST(gateway_signature, is_right_or_wrong) {
    struct row {
        const char* name;
        std::string header;
        const char* body;
        const char* secret;
        std::int64_t now_ms;
        bool right;
    };
    const std::string hex = std::string{known}.substr(std::string_view{"t=1700000000,"}.size());
    const row rows[] = {
        {"right", known, R"({"a":1})", "secret", signed_at_ms, true},
        {"old, not too old", known, R"({"a":1})", "secret", signed_at_ms + 300'000, true},
        {"ahead, not too far", known, R"({"a":1})", "secret", signed_at_ms - 300'000, true},
        {"too old", known, R"({"a":1})", "secret", signed_at_ms + 301'000, false},
        {"too far ahead", known, R"({"a":1})", "secret", signed_at_ms - 301'000, false},
        {"another body", known, R"({"a":2})", "secret", signed_at_ms, false},
        {"another secret", known, R"({"a":1})", "Secret", signed_at_ms, false},
        {"no secret", known, R"({"a":1})", "", signed_at_ms, false},
        {"nothing", "", R"({"a":1})", "secret", signed_at_ms, false},
        {"no time", hex, R"({"a":1})", "secret", signed_at_ms, false},
        {"another time", "t=1700000001," + hex, R"({"a":1})", "secret", signed_at_ms, false},
        {"a second time", std::string{known} + ",t=1700000001", R"({"a":1})", "secret", signed_at_ms, true},
        {"two keys, as while one is changed", "t=1700000000,v1=00," + hex, R"({"a":1})", "secret", signed_at_ms, true},
        {"an older scheme beside it", "t=1700000000,v0=00," + hex, R"({"a":1})", "secret", signed_at_ms, true},
        {"cut", std::string{known}.substr(0, 60), R"({"a":1})", "secret", signed_at_ms, false},
    };
    for (const auto& one : rows)
        EXPECT_EQ(is_signed_by_gateway(one.header, one.body, one.secret, one.now_ms), one.right) << one.name;
}

} // namespace
} // namespace meguri::net
