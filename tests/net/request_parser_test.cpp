#include "net/request_parser.hpp"

#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace meguri::net {
namespace {

using progress = request_parser::progress;

constexpr std::string_view host = "Host: a\r\n";

struct parsed {
    progress end = progress::need_more;
    request_refusal refusal = request_refusal::none;
    std::string method, path, query, authorization, content_type, idempotency_key, traceparent, body;
    bool has_key = false;
    bool keep_alive = false;
    std::string rest; // after the message

    bool operator==(const parsed&) const = default;
};

// Feeds `bytes` in pieces that end at `cuts`, each time from memory of its own, as a growing buffer would.
parsed parse(std::string_view bytes, const http_limits& limits = {}, std::vector<std::size_t> cuts = {}) {
    request_parser parser{limits};
    cuts.push_back(bytes.size());
    parsed result;
    std::vector<char> message;
    std::size_t fed = 0;
    for (const std::size_t cut : cuts) {
        std::vector<char> moved;
        moved.reserve(message.size() + cut - fed);
        moved = message;
        moved.insert(moved.end(), bytes.begin() + static_cast<std::ptrdiff_t>(fed),
                     bytes.begin() + static_cast<std::ptrdiff_t>(cut));
        moved.shrink_to_fit();
        message.swap(moved);
        fed = cut;
        std::size_t size = message.size();
        if (result.end == progress::need_more) result.end = parser.parse(message.data(), size);
        message.resize(size);
    }
    result.refusal = parser.refusal();
    if (result.end != progress::complete) return result;
    http_request request;
    parser.describe(message.data(), request);
    result.method = request.method_name;
    result.path = request.path;
    result.query = request.query;
    result.authorization = request.authorization;
    result.content_type = request.content_type;
    result.idempotency_key = request.idempotency_key;
    result.traceparent = request.traceparent;
    result.body = request.body;
    result.has_key = request.has_idempotency_key;
    result.keep_alive = parser.keep_alive();
    result.rest.assign(message.begin() + static_cast<std::ptrdiff_t>(parser.message_bytes()), message.end());
    return result;
}

std::string post(std::string_view fields, std::string_view after = "") {
    return "POST /v1/x HTTP/1.1\r\n" + std::string{host} + std::string{fields} + "\r\n" + std::string{after};
}

const std::string whole = "POST /v1/x?limit=2&after=%20 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer te_1\r\n"
                          "Content-Type: application/json\r\nIdempotency-Key: k-1\r\ntraceparent: 00-1\r\n"
                          "Content-Length: 11\r\n\r\n{\"a\": true}GET ";
const std::string chunked =
    "POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4\r\nWiki\r\n6;name=\"v\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nTrailer: t\r\n\r\nGET ";
const std::string chunked_empty = "POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

TEST(request_parser, reads_every_part) {
    const parsed result = parse(whole);
    EXPECT_EQ(result.end, progress::complete);
    EXPECT_EQ(result.method, "POST");
    EXPECT_EQ(result.path, "/v1/x");
    EXPECT_EQ(result.query, "limit=2&after=%20");
    EXPECT_EQ(result.authorization, "Bearer te_1");
    EXPECT_EQ(result.content_type, "application/json");
    EXPECT_EQ(result.idempotency_key, "k-1");
    EXPECT_EQ(result.traceparent, "00-1");
    EXPECT_TRUE(result.has_key);
    EXPECT_EQ(result.body, "{\"a\": true}");
    EXPECT_TRUE(result.keep_alive);
    EXPECT_EQ(result.rest, "GET ");
}

TEST(request_parser, joins_chunks) {
    const parsed result = parse(chunked);
    EXPECT_EQ(result.end, progress::complete);
    EXPECT_EQ(result.body, "Wikipedia in \r\n\r\nchunks.");
    EXPECT_EQ(result.rest, "GET ");
    EXPECT_EQ(parse(chunked_empty).end, progress::complete);
    EXPECT_EQ(parse(chunked_empty).body, "");
}

TEST(request_parser, does_not_care_where_the_bytes_are_split) {
    for (const std::string& text : {whole, chunked, chunked_empty}) {
        const parsed expected = parse(text);
        ASSERT_EQ(expected.end, progress::complete);
        std::vector<std::size_t> every;
        for (std::size_t cut = 0; cut < text.size(); ++cut) {
            EXPECT_EQ(parse(text, {}, {cut}), expected) << "cut at " << cut << " of\n" << text;
            every.push_back(cut);
        }
        EXPECT_EQ(parse(text, {}, every), expected) << "byte by byte\n" << text;
    }
}

struct parse_refusal_row {
    std::string_view name;
    std::string text;
    request_refusal reason;
};

TEST(request_parser, refuses) {
    using enum request_refusal;
    const std::vector<parse_refusal_row> rows{
        {"no host", "GET / HTTP/1.1\r\n\r\n", request_refusal::host},
        {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", request_refusal::host},
        {"two hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", request_refusal::host},
        {"equal lengths", post("Content-Length: 1\r\nContent-Length: 1\r\n", "x"), content_length},
        {"other lengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "xx"), content_length},
        {"list of lengths", post("Content-Length: 1, 1\r\n", "x"), content_length},
        {"negative length", post("Content-Length: -1\r\n"), content_length},
        {"signed length", post("Content-Length: +1\r\n", "x"), content_length},
        {"hexadecimal length", post("Content-Length: 0x1\r\n", "x"), content_length},
        {"empty length", post("Content-Length:\r\n"), content_length},
        {"length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n"), content_length},
        {"length, then chunked", post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         transfer_encoding},
        {"chunked, then length", post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "0\r\n\r\n"),
         content_length},
        {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n"), transfer_encoding},
        {"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), transfer_encoding},
        {"chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n"), transfer_encoding},
        {"identity", post("Transfer-Encoding: identity\r\n"), transfer_encoding},
        {"chunked with a parameter", post("Transfer-Encoding: chunked;q=1\r\n"), transfer_encoding},
        {"empty coding", post("Transfer-Encoding:\r\n"), transfer_encoding},
        {"chunked in 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         transfer_encoding},
        {"two keys", post("Idempotency-Key: a\r\nidempotency-key: a\r\n"), repeated_field},
        {"two keys, one empty", post("Idempotency-Key:\r\nIdempotency-Key: a\r\n"), repeated_field},
        {"two authorizations", post("Authorization: a\r\nAuthorization: a\r\n"), repeated_field},
        {"two content types", post("Content-Type: a\r\nContent-Type: a\r\n"), repeated_field},
        {"other expectation", post("Expect: 200-maybe\r\n"), expectation},
        {"folded field", post("X: a\r\n b\r\n"), malformed},
        {"folded after nothing", post("X:\r\n b\r\n"), malformed},
        {"folded host", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", malformed},
        {"space before colon", post("X : a\r\n"), malformed},
        {"no colon", post("nonsense\r\n"), malformed},
        {"control character", post("X: a\x01\r\n"), malformed},
        {"bare line feed", "GET / HTTP/1.1\nHost: a\n\n", malformed},
        {"no version", "GET /\r\nHost: a\r\n\r\n", malformed},
        {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", malformed},
        {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", malformed},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
        {"relative target", "GET v1 HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
        {"authority target", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", malformed},
        {"TLS hello", std::string{"\x16\x03\x01\x02\x00\x01", 6}, malformed},
        {"chunk size not hexadecimal", post("Transfer-Encoding: chunked\r\n", "x\r\nabc\r\n0\r\n\r\n"), malformed},
        {"chunk without its end", post("Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n0\r\n\r\n"), malformed},
        {"negative chunk", post("Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n"), malformed},
        {"chunk size beyond 64 bits", post("Transfer-Encoding: chunked\r\n", "10000000000000000\r\nabc\r\n0\r\n\r\n"),
         malformed},
    };
    for (const parse_refusal_row& row : rows) {
        const parsed result = parse(row.text);
        EXPECT_EQ(result.end, progress::refused) << row.name;
        EXPECT_EQ(result.refusal, row.reason) << row.name;
        EXPECT_GE(text_of(result.refusal).status, 400) << row.name;
    }
}

TEST(request_parser, keeps_connections_as_the_version_says) {
    const std::string get = "GET / HTTP/1.";
    EXPECT_TRUE(parse(get + "1\r\nHost: a\r\n\r\n").keep_alive);
    EXPECT_FALSE(parse(get + "1\r\nHost: a\r\nConnection: close\r\n\r\n").keep_alive);
    EXPECT_FALSE(parse(get + "1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n").keep_alive);
    EXPECT_FALSE(parse(get + "0\r\n\r\n").keep_alive);
    EXPECT_TRUE(parse(get + "0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(request_parser, takes_the_absolute_form) {
    const parsed result = parse("GET HTTP://a:8080/v1/x?y HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(result.path, "/v1/x");
    EXPECT_EQ(result.query, "y");
}

TEST(request_parser, ignores_what_a_trailer_claims) {
    const parsed result = parse(post("Transfer-Encoding: chunked\r\nAuthorization: real\r\n",
                                     "1\r\nx\r\n0\r\nAuthorization: other\r\nIdempotency-Key: k\r\nHost: b\r\n\r\n"));
    EXPECT_EQ(result.end, progress::complete);
    EXPECT_EQ(result.authorization, "real");
    EXPECT_FALSE(result.has_key);
}

// It may be wrong in several ways, and which of them Beast meets first depends on the pieces.
TEST(request_parser, calls_a_wrong_trailer_malformed) {
    for (const std::string_view trailer : {"Transfer-Encoding: gzip\r\n", "Content-Length: x\r\n", "no colon\r\n"})
        EXPECT_EQ(parse(post("Transfer-Encoding: chunked\r\n", "0\r\n" + std::string{trailer} + "\r\n")).refusal,
                  request_refusal::malformed)
            << trailer;
}

// A chunk's header with the end of the line before it, and what ends a chunked message, are held to the header's limit.
TEST(request_parser, limits_the_framing_however_it_comes) {
    const http_limits limits{.header_bytes = 200, .body_bytes = 10};
    const auto filled = [](std::string_view before, std::string_view after, std::size_t bytes) {
        return std::string{before} + std::string(bytes - before.size() - after.size(), 'x') + std::string{after};
    };
    struct row {
        const char* what;
        std::string_view begins; // of the framing that is filled up
        std::string_view ends;
        std::string_view rest; // of the message
    };
    for (const auto& [what, begins, ends, rest] : {
             row{"first chunk's extension", "1;n=", "\r\n", "y\r\n0\r\n\r\n"},
             row{"last chunk's extension", "0;n=", "\r\n\r\n", ""},
             row{"trailer", "0\r\nT: ", "\r\n\r\n", ""},
             row{"folded trailer", "0\r\nT: ", "\r\n t\r\n\r\n", ""},
         })
        for (const std::size_t bytes : {200U, 201U}) {
            const std::string message =
                post("Transfer-Encoding: chunked\r\n", filled(begins, ends, bytes) + std::string{rest});
            std::vector<std::size_t> bytewise;
            for (std::size_t cut = 1; cut < message.size(); ++cut) bytewise.push_back(cut);
            const auto expected = bytes == 200 ? request_refusal::none : request_refusal::malformed;
            EXPECT_EQ(parse(message, limits).refusal, expected) << what << ", " << bytes;
            EXPECT_EQ(parse(message, limits, bytewise).refusal, expected) << what << ", bytewise, " << bytes;
        }
}

std::string header_of(std::size_t bytes) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
    text.insert(text.size() - 4, bytes - text.size(), 'x');
    return text;
}

TEST(request_parser, limits_the_header_however_it_comes) {
    const http_limits limits{.header_bytes = 1000};
    std::vector<std::size_t> bytewise;
    for (std::size_t cut = 1; cut < 1000; ++cut) bytewise.push_back(cut);
    EXPECT_EQ(parse(header_of(1000), limits).end, progress::complete);
    EXPECT_EQ(parse(header_of(1000), limits, bytewise).end, progress::complete);
    EXPECT_EQ(parse(header_of(1001), limits).refusal, request_refusal::header_too_large);
    EXPECT_EQ(parse(header_of(1001), limits, bytewise).refusal, request_refusal::header_too_large);
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    std::vector<std::size_t> linewise;
    for (int line = 0; line < 200; ++line) linewise.push_back((many += "X: 1234\r\n").size());
    EXPECT_EQ(parse(many, limits, linewise).refusal, request_refusal::header_too_large);
    EXPECT_EQ(parse("GET /" + std::string(1000, 'a'), limits).refusal, request_refusal::header_too_large);
}

TEST(request_parser, limits_the_body_by_path) {
    const http_limits limits{.body_bytes = 64 * 1024,
                             .bulk_body_bytes = 100 * 1024,
                             .bulk_paths = {"/v1/{x}/bulk"},
                             .file_body_bytes = 200 * 1024,
                             .file_paths = {"/v1/{x}/file"}};
    const auto with_length = [](std::string_view path, std::size_t bytes) {
        return "POST " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bytes) +
               "\r\n\r\n" + std::string(bytes, 'b');
    };
    EXPECT_EQ(parse(with_length("/v1/x", 65'536), limits).body.size(), 65'536u);
    EXPECT_EQ(parse(with_length("/v1/x", 65'537), limits).refusal, request_refusal::body_too_large);
    EXPECT_EQ(parse(with_length("/v1/x/bulk", 65'537), limits).end, progress::complete);
    EXPECT_EQ(parse(with_length("/v1/x/bulk", 102'401), limits).refusal, request_refusal::body_too_large);
    EXPECT_EQ(parse(with_length("/v1/x/file", 204'800), limits).end, progress::complete);
    EXPECT_EQ(parse(with_length("/v1/x/file", 204'801), limits).refusal, request_refusal::body_too_large);
    EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n", limits).refusal,
              request_refusal::body_too_large);
}

TEST(request_parser, limits_a_chunked_body) {
    const http_limits limits{.header_bytes = 1024, .body_bytes = 10};
    const auto of_chunks = [](std::string_view chunks) {
        return post("Transfer-Encoding: chunked\r\n", std::string{chunks} + "0\r\n\r\n");
    };
    EXPECT_EQ(parse(of_chunks("5\r\n12345\r\n5\r\n67890\r\n"), limits).body, "1234567890");
    EXPECT_EQ(parse(of_chunks("5\r\n12345\r\n6\r\n678901\r\n"), limits).refusal, request_refusal::body_too_large);
    EXPECT_EQ(parse(post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n12345"), limits).refusal,
              request_refusal::body_too_large);
    EXPECT_EQ(parse(post("Transfer-Encoding: chunked\r\n", "1;" + std::string(2'000, 'a')), limits).refusal,
              request_refusal::malformed);
    EXPECT_EQ(parse(post("Transfer-Encoding: chunked\r\n", "0\r\nX: " + std::string(2'000, 'a')), limits).refusal,
              request_refusal::malformed);
}

TEST(request_parser, waits_with_continue_only_while_the_body_is_missing) {
    const http_limits limits;
    request_parser parser{limits};
    std::string text = post("Expect: 100-continue\r\nContent-Length: 2\r\n");
    std::size_t size = text.size();
    EXPECT_EQ(parser.parse(text.data(), size), progress::need_more);
    EXPECT_TRUE(parser.header_complete());
    EXPECT_TRUE(parser.expects_continue());
    text += "ab";
    size = text.size();
    EXPECT_EQ(parser.parse(text.data(), size), progress::complete);
    EXPECT_FALSE(parser.expects_continue());
}

// Damaged requests, cut anywhere: in pieces they are never taken for anything else than as a whole. (In pieces a
// malformed one may be noticed later only: then it still waits for more.)
TEST(request_parser, property_pieces_and_whole_agree_on_damaged_requests) {
    const http_limits limits{.header_bytes = 400, .body_bytes = 64};
    const std::vector<std::string> samples{whole, chunked, chunked_empty, post("Content-Length: 3\r\n", "abc")};
    const std::string alphabet = "\r\n\t :;,0123456789abcfABCF/?x";
    for (const std::uint64_t seed : test::seeds(20'000)) {
        test::dice dice{seed};
        std::string text = dice.any_of(samples);
        for (std::size_t damage = dice.below(4); damage > 0; --damage) {
            const std::size_t at = dice.below(text.size());
            switch (dice.below(3)) {
            case 0: text[at] = dice.any_of(alphabet); break;
            case 1: text.erase(at, 1 + dice.below(4)); break;
            default: text.insert(at, 1, dice.any_of(alphabet)); break;
            }
        }
        std::vector<std::size_t> cuts;
        for (std::size_t cut = dice.below(6); cut > 0; --cut) cuts.push_back(dice.below(text.size() + 1));
        std::ranges::sort(cuts);
        const parsed pieces = parse(text, limits, cuts);
        const parsed at_once = parse(text, limits);
        if (pieces.end == progress::complete || at_once.end == progress::complete) {
            ASSERT_EQ(pieces, at_once) << "seed " << seed << '\n' << text;
        }
    }
}

} // namespace
} // namespace meguri::net
