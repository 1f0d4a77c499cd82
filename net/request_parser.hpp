// One request out of a buffer, by Beast's parser with our own strictness on top. It needs no socket: the connection,
// the tests and the fuzzer feed it alike. Beast stays in request_parser.cpp.
//
// The caller keeps the bytes of a message together, from its first byte on, and calls parse() with all of them again
// whenever there are more; the message may move in memory between two calls.
#pragma once

#include "net/http_limits.hpp"
#include "net/http_types.hpp"
#include "net/request_refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace meguri::net {

class request_parser {
public:
    // `limits` outlives the parser.
    explicit request_parser(const http_limits& limits);
    ~request_parser();

    enum class progress { need_more, complete, refused };

    // Parses on in message[0, size). The framing of a chunked body is cut out in place, which makes `size` smaller.
    [[nodiscard]] progress parse(char* message, std::size_t& size);

    // Begins the next message.
    void reset();

    // Once complete: how long the message is; what follows belongs to the next one.
    [[nodiscard]] std::size_t message_bytes() const noexcept;

    // Once complete: fills the parts of `request` that the bytes tell, as views into `message`.
    void describe(const char* message, http_request& request) const;

    // Once refused: why.
    [[nodiscard]] request_refusal refusal() const noexcept;

    // The bytes that parse() should see at least before it is worth calling again; for sizing a buffer.
    [[nodiscard]] std::size_t bytes_expected() const noexcept;

    [[nodiscard]] bool header_complete() const noexcept;
    [[nodiscard]] bool expects_continue() const noexcept; // once the header is complete: waits for our 100
    [[nodiscard]] bool keep_alive() const noexcept;       // once the header is complete
    [[nodiscard]] bool is_http_1_0() const noexcept;      // once the request line is there

private:
    class message_parser;
    std::unique_ptr<message_parser> parser_;
};

} // namespace meguri::net
