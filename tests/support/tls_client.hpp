// TLS as a client of the switch sees it: certificates to serve with, and a small blocking client over the raw one.
#pragma once

#include "tests/support/http_client.hpp"
#include "tests/support/test_authority.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace meguri::test {

// A key and a certificate that it signs itself, named `name`, valid for an hour, as PEM files.
void write_certificate(const std::filesystem::path& certificate_file, const std::filesystem::path& key_file,
                       const std::string& name);

class tls_client {
public:
    // Connects and shakes hands; `connected` says whether the server took it.
    explicit tls_client(std::uint16_t port, int highest_version = TLS1_3_VERSION, const char* protocol = "\x08http/1.1",
                        const issued_certificate* showing = nullptr);
    // With a client certificate. TLS 1.3 lets a client believe that it was taken until it reads.
    tls_client(std::uint16_t port, const issued_certificate& showing)
        : tls_client{port, TLS1_3_VERSION, "\x08http/1.1", &showing} {}

    void send(std::string_view text);
    // That many bytes, or fewer at the end of the connection.
    [[nodiscard]] std::string read(std::size_t bytes);
    // The next answer; throws std::runtime_error where the connection ends before.
    [[nodiscard]] http_reply read_reply();
    http_reply ask(std::string_view method, std::string_view target, const http_fields& fields = {},
                   std::string_view body = {});
    // Up to and with `end`; throws std::runtime_error where the connection ends before.
    std::string read_until(std::string_view end);
    // 0 while data comes; SSL_ERROR_ZERO_RETURN after the server's goodbye.
    [[nodiscard]] int error_at_end();
    // Of its certificate.
    [[nodiscard]] std::string server_name() const;
    // Whether the server gave it what it needs to resume this session.
    [[nodiscard]] bool may_resume() const;
    [[nodiscard]] std::string version() const { return SSL_get_version(ssl_.get()); }

    bool connected = false;

private:
    http_client socket_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

} // namespace meguri::test
