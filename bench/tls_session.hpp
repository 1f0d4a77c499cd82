// The client's side of TLS on one connection, apart from its socket: bytes to send and bytes that came go through it.
// Used by the load generator, which must not wait for one connection.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace meguri::bench {

// What all sessions of a load have in common: TLS 1.3, and the one certificate that the server must show.
class tls_trust {
public:
    // `certificate`: a PEM file. Throws std::runtime_error where it cannot be read.
    explicit tls_trust(const std::string& certificate);
    [[nodiscard]] SSL_CTX* context() const noexcept { return context_.get(); }

private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

class tls_session {
public:
    // Shakes hands on a connected, blocking socket. Throws std::runtime_error where that fails.
    tls_session(const tls_trust& trust, int socket);

    // Appends what is to be sent for `plain`.
    void seal(std::string_view plain, std::string& out);
    // Appends what `sealed` said; false where it is not what the server can have sent.
    [[nodiscard]] bool open(std::string_view sealed, std::string& out);

private:
    void take_outgoing(std::string& out);

    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

} // namespace meguri::bench
