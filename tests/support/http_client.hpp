// A small blocking HTTP/1.1 client on a raw socket, so that tests see exactly the bytes that travel. Every wait has a
// limit; what goes wrong is thrown as std::runtime_error. One thread per client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meguri::test {

struct http_reply {
    int status = 0;
    std::map<std::string, std::string> fields; // names in lower case; a repeated one is joined with ", "
    std::string head;                          // status line and fields as received
    std::string body;

    [[nodiscard]] std::string field(const std::string& lower_case_name) const; // empty when absent
    [[nodiscard]] bool has(const std::string& lower_case_name) const { return fields.contains(lower_case_name); }
};

// ASCII; field names are compared so (RFC 9110, 5.1).
[[nodiscard]] std::string lower_case(std::string_view text);

// Status line and fields, each with its line end; the body is still to come.
[[nodiscard]] http_reply parse_head(std::string_view head);

using http_fields = std::vector<std::pair<std::string, std::string>>;

// A request as bytes, with Host, and with Content-Length where there is a body or the method is POST.
[[nodiscard]] std::string http_request_text(std::string_view method, std::string_view target,
                                            const http_fields& fields = {}, std::string_view body = {});

class http_client {
public:
    explicit http_client(std::uint16_t port, std::string_view address = "127.0.0.1", int timeout_ms = 10'000);
    ~http_client();
    http_client(http_client&& other) noexcept;
    http_client& operator=(http_client&&) = delete;

    // Sends all of `bytes`, blocking while the server does not take them.
    void send(std::string_view bytes);
    // Sends without waiting; returns how many bytes the kernel took. Throws when the connection is broken.
    [[nodiscard]] std::size_t send_some(std::string_view bytes);
    // Ends our side; the answers can still be read.
    void shut_sending();

    // The next final response; interim ones (100) are skipped unless asked for. `to_head`: it has no body.
    [[nodiscard]] http_reply read_reply(bool to_head = false, bool interim = false);

    // True when the server ended the connection and nothing is left to read; false when bytes came instead.
    [[nodiscard]] bool at_end();

    // What has arrived within `wait_ms`, at least one byte; empty when nothing came.
    [[nodiscard]] std::string read_available(int wait_ms);

    [[nodiscard]] http_reply ask(std::string_view method, std::string_view target, const http_fields& fields = {},
                                 std::string_view body = {});

    [[nodiscard]] int descriptor() const noexcept { return socket_; }

private:
    // Appends to unread_; false at the end of the stream.
    bool receive();
    void wait_for(short events, int timeout_ms) const;

    int socket_ = -1;
    int timeout_ms_;
    std::string unread_;
};

} // namespace meguri::test
