#include "net/json_document.hpp"

#include "tests/support/seeds.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <string>

namespace meguri::net {
namespace {

using namespace std::string_literals;

TEST(json_document, refuses_what_is_not_one_value) {
    const std::string bodies[] = {
        "",
        " ",
        "{",
        "}",
        "{}x",
        "{} {}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{'a':1}",
        "[1,]",
        "tru",
        "01",
        "+1",
        "1.",
        ".5",
        "NaN",
        "\"a",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "{\"\\udfff\":1}",
        "\"\xff\"",
        "\"\xc0\xaf\"",
        "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xe3\x81\"",
        "{}\0"s,
        "{\"a\":1}\n//x",
        "99999999999999999999999",
        "[[[[[[[[[[1]]]]]]]]]]",
        "\xef\xbb\xbf{}",
    };
    json_document document;
    for (const auto& body : bodies) {
        EXPECT_TRUE(document.parse(body).empty()) << body;
        EXPECT_FALSE(document.fault().empty()) << body;
    }
}

TEST(json_document, lays_nodes_out_in_the_order_of_the_text) {
    json_document document;
    const auto nodes = document.parse(" {\"a\": {\"b\": [true, null]}, \"c\": -7, \"d\": 1.5, \"e\": \"\\u3042\\n\"} ");
    ASSERT_EQ(nodes.size(), 8U);
    EXPECT_EQ(nodes[0].kind, json_kind::object);
    EXPECT_EQ(nodes[0].end, 8U);
    EXPECT_EQ(nodes[1].key, "a");
    EXPECT_EQ(nodes[1].end, 5U);
    EXPECT_EQ(nodes[2].kind, json_kind::array);
    EXPECT_TRUE(nodes[3].boolean);
    EXPECT_EQ(nodes[4].kind, json_kind::null);
    EXPECT_EQ(nodes[5].integer, -7);
    EXPECT_EQ(nodes[6].kind, json_kind::fraction);
    EXPECT_EQ(nodes[7].text, "あ\n");
}

TEST(json_document, takes_integers_beyond_64_signed_bits_for_the_largest) {
    json_document document;
    const auto nodes = document.parse("18446744073709551615");
    ASSERT_EQ(nodes.size(), 1U);
    EXPECT_EQ(nodes[0].kind, json_kind::integer);
    EXPECT_EQ(nodes[0].integer, INT64_MAX);
    for (const char* const fraction : {"1e3", "1.0", "1200.0", "-0.0", "12E0"}) {
        const auto one = document.parse(fraction);
        ASSERT_EQ(one.size(), 1U) << fraction;
        EXPECT_EQ(one[0].kind, json_kind::fraction) << fraction;
    }
}

TEST(json_document, keeps_its_limit_of_depth_when_its_buffers_grow) {
    json_document document;
    const std::string large = "\"" + std::string(60'000, 'x') + "\"";
    ASSERT_EQ(document.parse(large).size(), 1U);
    EXPECT_TRUE(document.parse("[[[[[[[[[[1]]]]]]]]]]").empty());
    EXPECT_FALSE(document.parse("[[[[[[1]]]]]]").empty());
}

// The one node as Boost.JSON sees it. Both say the same of every text, but for what we refuse beyond JSON.
bool agrees(std::span<const json_node> nodes, std::size_t at, const boost::json::value& other) {
    const json_node& one = nodes[at];
    switch (one.kind) {
    case json_kind::null: return other.is_null();
    case json_kind::boolean: return other.is_bool() && other.get_bool() == one.boolean;
    case json_kind::integer: return other.is_uint64() || (other.is_int64() && other.get_int64() == one.integer);
    case json_kind::fraction: return other.is_double();
    case json_kind::text: return other.is_string() && other.get_string() == one.text;
    case json_kind::array: {
        if (!other.is_array()) return false;
        std::size_t index = 0;
        for (std::size_t i = at + 1; i < one.end; i = nodes[i].end, ++index)
            if (index >= other.get_array().size() || !agrees(nodes, i, other.get_array()[index])) return false;
        return index == other.get_array().size();
    }
    case json_kind::object: break;
    }
    // Members that come twice are refused by json_fields; Boost.JSON keeps the last.
    return other.is_object();
}

TEST(json_document, agrees_with_another_parser_on_mutated_bodies) {
    const std::string seed_body =
        R"({"amount": 1200, "program": "042021", "credential": {"type": "code", "value": "4B7Kあ\u3042"}, "capture": true})";
    boost::json::parse_options options;
    options.max_depth = json_document::depth_max;
    json_document document;
    int accepted = 0;
    for (const auto seed : test::seeds(4)) {
        test::dice dice{seed};
        for (int round = 0; round < 5'000; ++round) {
            std::string body = seed_body;
            for (std::size_t edits = 1 + dice.below(4); edits > 0; --edits) {
                const std::size_t at = dice.below(body.size());
                const char byte =
                    dice.one_in(3) ? static_cast<char>(dice.below(256)) : "{}[]\",:0189eE.-+\\utfn "[dice.below(22)];
                if (dice.one_in(3))
                    body.erase(at, 1 + dice.below(3));
                else if (dice.one_in(2))
                    body.insert(at, 1, byte);
                else
                    body[at] = byte;
                if (body.empty()) body = "{}";
            }
            const auto nodes = document.parse(body);
            boost::system::error_code failed;
            const auto other = boost::json::parse(body, failed, {}, options);
            if (nodes.empty()) continue;
            ++accepted;
            ASSERT_FALSE(failed) << "MEGURI_SEED=" << seed << ' ' << body;
            ASSERT_TRUE(agrees(nodes, 0, other)) << "MEGURI_SEED=" << seed << ' ' << body;
        }
    }
    EXPECT_GT(accepted, 100);
}

TEST(json_document, knows_utf8) {
    for (const std::string_view good : {"", "abc", "石巻市", "😀", "\u0080"}) EXPECT_TRUE(is_utf8(good));
    for (const std::string_view bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xe3\x81", "a\x80"})
        EXPECT_FALSE(is_utf8(bad));
}

} // namespace
} // namespace meguri::net
