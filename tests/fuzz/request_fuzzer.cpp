// HTTP as it comes off a socket: wherever the bytes are split, the same requests come out of them, and what is refused
// as a whole is never taken in pieces.
#include "ledger/contract.hpp"
#include "net/request_parser.hpp"
#include "net/router.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include "tests/support/seeds.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace meguri::fuzz {
namespace {

using progress = net::request_parser::progress;

constexpr std::size_t bytewise_max = 1024; // longer inputs would take too long byte by byte

struct request {
    net::http_method method = net::http_method::other;
    std::string method_name, path, query, authorization, content_type, traceparent, idempotency_key, body;
    bool has_key = false;
    bool keep_alive = false;
    bool is_http_1_0 = false;

    bool operator==(const request&) const = default;
};

struct outcome {
    std::vector<request> requests;
    net::request_refusal refusal = net::request_refusal::none;
};

const net::http_limits& limits() {
    static const net::http_limits small{
        .header_bytes = 256, .body_bytes = 24, .bulk_body_bytes = 40, .bulk_paths = {"/v1/{id}/bulk"}};
    return small;
}

// The bytes of one connection in memory that ends where they end, so that the sanitizer sees every byte too far.
class exact_buffer {
public:
    void append(std::string_view piece) {
        std::vector<char> grown;
        grown.reserve(bytes_.size() + piece.size());
        grown.assign(bytes_.begin(), bytes_.end());
        grown.insert(grown.end(), piece.begin(), piece.end());
        bytes_ = std::move(grown);
    }
    void keep(std::size_t begin, std::size_t end) {
        bytes_ = std::vector<char>(bytes_.begin() + static_cast<std::ptrdiff_t>(begin),
                                   bytes_.begin() + static_cast<std::ptrdiff_t>(end));
    }
    [[nodiscard]] char* data() noexcept { return bytes_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

private:
    std::vector<char> bytes_;
};

request taken(const net::request_parser& parser, const char* message) {
    net::http_request seen;
    parser.describe(message, seen);
    ENSURES(seen.path.starts_with('/') && !seen.method_name.empty());
    const bool is_bulk = net::path_matches(limits().bulk_paths.front(), seen.path);
    ENSURES(seen.body.size() <= (is_bulk ? limits().bulk_body_bytes : limits().body_bytes));
    ENSURES(parser.header_complete() && parser.message_bytes() >= seen.body.size());
    return {.method = seen.method,
            .method_name = std::string{seen.method_name},
            .path = std::string{seen.path},
            .query = std::string{seen.query},
            .authorization = std::string{seen.authorization},
            .content_type = std::string{seen.content_type},
            .traceparent = std::string{seen.traceparent},
            .idempotency_key = std::string{seen.idempotency_key},
            .body = std::string{seen.body},
            .has_key = seen.has_idempotency_key,
            .keep_alive = parser.keep_alive(),
            .is_http_1_0 = parser.is_http_1_0()};
}

// As a connection does it: pieces end at `cuts`, the last one at the end.
outcome feed(std::string_view bytes, std::vector<std::size_t> cuts) {
    net::request_parser parser{limits()};
    outcome seen;
    exact_buffer buffer;
    std::size_t fed = 0;
    cuts.push_back(bytes.size());
    for (const std::size_t cut : cuts) {
        buffer.append(bytes.substr(fed, cut - fed));
        fed = cut;
        while (buffer.size() > 0) {
            std::size_t size = buffer.size();
            const auto now = parser.parse(buffer.data(), size);
            ENSURES(size <= buffer.size());
            buffer.keep(0, size);
            ENSURES((now == progress::refused) == (parser.refusal() != net::request_refusal::none));
            if (now == progress::need_more) break;
            seen.refusal = parser.refusal();
            if (now == progress::refused) return seen;
            seen.requests.push_back(taken(parser, buffer.data()));
            if (!seen.requests.back().keep_alive) return seen;
            buffer.keep(parser.message_bytes(), buffer.size());
            parser.reset();
        }
    }
    return seen;
}

// Of a header in pieces Beast looks at the first one and then at the whole, so it may still wait for the header's end
// where the same bytes at once are refused; what is malformed and too large may be refused for either; and a header
// that fills the limit without an end may be refused a byte earlier.
void compare(const outcome& whole, const outcome& pieces) {
    using enum net::request_refusal;
    ENSURES(whole.requests == pieces.requests);
    if (pieces.refusal == none) return ENSURES(whole.refusal != header_too_large);
    if (whole.refusal != header_too_large && pieces.refusal != header_too_large)
        ENSURES(pieces.refusal == whole.refusal);
}

} // namespace

void try_input(input bytes) {
    const std::string_view text = text_of(bytes);
    const outcome whole = feed(text, {});
    test::dice dice{std::hash<std::string_view>{}(text)};
    std::vector<std::size_t> cuts;
    for (std::size_t left = dice.below(6); left > 0; --left) cuts.push_back(dice.below(text.size() + 1));
    std::ranges::sort(cuts);
    compare(whole, feed(text, cuts));
    if (text.size() > bytewise_max) return;
    cuts.clear();
    for (std::size_t cut = 1; cut < text.size(); ++cut) cuts.push_back(cut);
    compare(whole, feed(text, cuts));
}

} // namespace meguri::fuzz
