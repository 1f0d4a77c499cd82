#include "config/listen_address.hpp"

#include <gtest/gtest.h>

namespace meguri::config {
namespace {

TEST(listen_address, parses_numeric_addresses_and_ports) {
    EXPECT_EQ(parse_listen_address("127.0.0.1:8080"), (listen_address{"127.0.0.1", 8080}));
    EXPECT_EQ(parse_listen_address("0.0.0.0:0"), (listen_address{"0.0.0.0", 0}));
    EXPECT_EQ(parse_listen_address("[::1]:65535"), (listen_address{"::1", 65535}));
}

TEST(listen_address, prints_what_it_parsed) {
    for (const auto* text : {"127.0.0.1:8080", "[::]:1", "[fe80::1]:65535"})
        EXPECT_EQ(to_string(parse_listen_address(text).value()), text);
}

TEST(listen_address, refuses_everything_else) {
    using namespace std::string_view_literals;
    for (const auto text : {""sv,
                            ":"sv,
                            "8080"sv,
                            ":8080"sv,
                            "127.0.0.1"sv,
                            "127.0.0.1:"sv,
                            "127.0.0.1:65536"sv,
                            "127.0.0.1:-1"sv,
                            "127.0.0.1:+1"sv,
                            "127.0.0.1: 1"sv,
                            "127.0.0.1:80a"sv,
                            "127.0.1:80"sv,
                            "256.0.0.1:80"sv,
                            "localhost:80"sv,
                            "::1:80"sv,
                            "[127.0.0.1]:80"sv,
                            "[::1:80"sv,
                            "::1]:80"sv,
                            "[]:80"sv,
                            " 127.0.0.1:80"sv,
                            "127.0.0.1\0:80"sv}) {
        const auto parsed = parse_listen_address(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().kind, error_kind::bad_value) << text;
        EXPECT_NE(parsed.error().detail.find("must be ADDR:PORT"), std::string::npos) << text;
    }
}

} // namespace
} // namespace meguri::config
