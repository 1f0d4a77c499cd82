// TLS 1.3 as a filter between a socket's bytes and a connection's bytes. It owns no socket, so that connections have
// one read loop for TLS and plain HTTP. OpenSSL's types stay in tls.cpp.
//
// Where authorities of client certificates are given, clients are asked for a certificate and may have none. One that
// is not good ends the handshake: chain, purpose, dates, and the revocation list where there is one (a list that is out
// of date admits nobody with a certificate). Sessions are then never resumed, so each connection is checked anew.
#pragma once

#include "net/client_identity.hpp"
#include "net/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace meguri::net {

// PEM files.
struct tls_files {
    std::string certificate; // with its chain
    std::string key;
    std::string client_ca = {};  // those that sign clients' certificates; empty: none is asked for
    std::string client_crl = {}; // their revocation lists; empty: revocation is not looked at
};

// The certificate that new connections are served with. Shared by all fronts; reload() may come from any thread.
class tls_context {
public:
    // Errors: bad_certificate, bad_client_ca, bad_client_crl.
    [[nodiscard]] static tl::expected<std::shared_ptr<tls_context>, error> load(const tls_files& files);
    // Reads these files instead, or the same ones again; new connections get the new certificate, and certificates of
    // clients are judged by the new authorities and lists, those of open connections too. On an error all stays.
    [[nodiscard]] tl::expected<void, error> reload(const tls_files& files);

    // When the certificate in use ends, Unix seconds. Any thread.
    [[nodiscard]] std::int64_t expires_s() const;
    // When the first of the revocation lists in use ends; none: there is no list, or none that ends. Any thread.
    [[nodiscard]] std::optional<std::int64_t> client_crl_expires_s() const;

private:
    friend class tls_session;
    tls_context() = default;

    [[nodiscard]] std::shared_ptr<ssl_ctx_st> current() const;

    mutable std::mutex mutex_; // held for the copy of a pointer, once per new connection
    std::shared_ptr<ssl_ctx_st> context_;
};

// One connection's TLS state. On its io thread; the context outlives it.
class tls_session final : public client_identity {
public:
    explicit tls_session(const tls_context& context);
    ~tls_session() override;
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
    // OpenSSL's words for it; empty unless failed.
    [[nodiscard]] const std::string& why_failed() const noexcept { return why_failed_; }

    [[nodiscard]] std::optional<shown_certificate> certificate(std::int64_t now_ms) const override;

private:
    void note_failure(int returned);

    const tls_context& served_by_;
    std::shared_ptr<ssl_ctx_st> context_; // kept: the session outlives a reload
    std::string why_failed_;
    ssl_st* ssl_ = nullptr;
    state state_ = state::open;
};

} // namespace meguri::net
