// TLS 1.3 as a filter between a socket's bytes and a connection's bytes. It owns no socket, so that connections have
// one read loop for TLS and plain HTTP. OpenSSL's types stay in tls.cpp.
#pragma once

#include "net/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace meguri::net {

// The certificate that new connections are served with. Shared by all fronts; reload() may come from any thread.
class tls_context {
public:
    // PEM files: the certificate with its chain, and the private key.
    [[nodiscard]] static tl::expected<std::shared_ptr<tls_context>, error> load(const std::string& certificate_file,
                                                                                const std::string& key_file);
    // Reads these files instead, or the same ones again; new connections get the new certificate. On an error the old
    // one stays.
    [[nodiscard]] tl::expected<void, error> reload(const std::string& certificate_file, const std::string& key_file);

    // When the certificate in use ends, Unix seconds. Any thread.
    [[nodiscard]] std::int64_t expires_s() const;

private:
    friend class tls_session;
    tls_context() = default;

    [[nodiscard]] std::shared_ptr<ssl_ctx_st> current() const;

    mutable std::mutex mutex_; // held for the copy of a pointer, once per new connection
    std::shared_ptr<ssl_ctx_st> context_;
};

// One connection's TLS state. On its io thread.
class tls_session {
public:
    explicit tls_session(const tls_context& context);
    ~tls_session();
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;

    enum class state { open, closed_by_peer, failed };

    // Takes bytes from the socket. Handshakes on its own.
    void received(std::string_view ciphertext);

    // Decrypts into `into`: the number of bytes, 0 when more must be received first or state() is no longer open.
    [[nodiscard]] std::size_t read(std::span<char> into);

    // Encrypts all of `plaintext`; the handshake is finished when there is something to answer.
    void write(std::string_view plaintext);

    // Says goodbye to the peer.
    void close();

    // Moves what the socket must send to the end of `out`.
    void take_outgoing(std::string& out);

    [[nodiscard]] state status() const noexcept { return state_; }
    [[nodiscard]] bool handshaken() const noexcept;

private:
    void note_failure(int returned);

    std::shared_ptr<ssl_ctx_st> context_; // kept: the session outlives a reload
    ssl_st* ssl_ = nullptr;
    state state_ = state::open;
};

} // namespace meguri::net
