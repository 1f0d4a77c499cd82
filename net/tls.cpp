#include "net/tls.hpp"

#include "ledger/contract.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <climits>
#include <ctime>

namespace meguri::net {
namespace {

// What OpenSSL has to say about the last failed call on this thread.
std::string take_openssl_error() {
    std::array<char, 256> text{};
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return "no reason given";
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

// ALPN: http/1.1 if it is offered; a client that offers only other protocols is told so instead of being misread.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    static constexpr std::array<unsigned char, 9> http11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* selected = nullptr;
    if (SSL_select_next_proto(&selected, chosen_size, http11.data(), http11.size(), offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = selected;
    return SSL_TLSEXT_ERR_OK;
}

tl::expected<std::shared_ptr<SSL_CTX>, error> make_context(const std::string& certificate_file,
                                                           const std::string& key_file) {
    const auto bad = [](const std::string& what) {
        return tl::unexpected{error{error_kind::bad_certificate, what + ": " + take_openssl_error()}};
    };
    ERR_clear_error();
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    if (context == nullptr) return bad("TLS cannot be set up");
    if (SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1) return bad("TLS 1.3 is not available");
    // A key with a passphrase is an error: OpenSSL would ask the terminal, in the middle of a reload too.
    SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return 0; });
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) return bad(certificate_file);
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) return bad(key_file);
    if (SSL_CTX_check_private_key(context.get()) != 1) return bad(key_file + " does not fit " + certificate_file);
    // Idle connections give their record buffers back: 34 KB each.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    return context;
}

int clamp_size(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

} // namespace

tl::expected<std::shared_ptr<tls_context>, error> tls_context::load(const std::string& certificate_file,
                                                                    const std::string& key_file) {
    std::shared_ptr<tls_context> loaded{new tls_context};
    if (auto read = loaded->reload(certificate_file, key_file); !read) return tl::unexpected{read.error()};
    return loaded;
}

tl::expected<void, error> tls_context::reload(const std::string& certificate_file, const std::string& key_file) {
    return make_context(certificate_file, key_file).map([this](std::shared_ptr<SSL_CTX> fresh) {
        const std::lock_guard lock{mutex_};
        context_.swap(fresh);
    });
}

std::int64_t tls_context::expires_s() const {
    const auto context = current();
    std::tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context.get())), &end) != 1) return 0;
    return ::timegm(&end);
}

std::shared_ptr<ssl_ctx_st> tls_context::current() const {
    const std::lock_guard lock{mutex_};
    return context_;
}

tls_session::tls_session(const tls_context& context) : context_{context.current()}, ssl_{SSL_new(context_.get())} {
    BIO* const incoming = BIO_new(BIO_s_mem());
    BIO* const outgoing = BIO_new(BIO_s_mem());
    EXPECTS(ssl_ != nullptr && incoming != nullptr && outgoing != nullptr);
    // An empty memory BIO otherwise reads as the end of the stream.
    BIO_set_mem_eof_return(incoming, -1);
    SSL_set_bio(ssl_, incoming, outgoing);
    SSL_set_accept_state(ssl_);
}

tls_session::~tls_session() { SSL_free(ssl_); }

void tls_session::received(std::string_view ciphertext) {
    while (!ciphertext.empty()) {
        const int taken = BIO_write(SSL_get_rbio(ssl_), ciphertext.data(), clamp_size(ciphertext.size()));
        EXPECTS(taken > 0);
        ciphertext.remove_prefix(static_cast<std::size_t>(taken));
    }
}

std::size_t tls_session::read(std::span<char> into) {
    if (state_ != state::open || into.empty()) return 0;
    ERR_clear_error();
    const int read = SSL_read(ssl_, into.data(), clamp_size(into.size()));
    if (read > 0) return static_cast<std::size_t>(read);
    note_failure(read);
    return 0;
}

void tls_session::write(std::string_view plaintext) {
    while (!plaintext.empty() && state_ != state::failed) {
        ERR_clear_error();
        const int written = SSL_write(ssl_, plaintext.data(), clamp_size(plaintext.size()));
        if (written <= 0) {
            // Memory takes everything, so this is no lack of room: a key update that waits for the peer, at worst.
            state_ = state::failed;
            return;
        }
        plaintext.remove_prefix(static_cast<std::size_t>(written));
    }
}

void tls_session::close() {
    ERR_clear_error();
    if (state_ != state::failed && handshaken()) SSL_shutdown(ssl_);
}

void tls_session::take_outgoing(std::string& out) {
    BIO* const outgoing = SSL_get_wbio(ssl_);
    const std::size_t waiting = BIO_ctrl_pending(outgoing);
    if (waiting == 0) return;
    const std::size_t before = out.size();
    out.resize(before + waiting);
    const int taken = BIO_read(outgoing, out.data() + before, clamp_size(waiting));
    EXPECTS(taken == static_cast<int>(waiting));
}

bool tls_session::handshaken() const noexcept { return SSL_is_init_finished(ssl_) == 1; }

void tls_session::note_failure(int returned) {
    switch (SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return;
    case SSL_ERROR_ZERO_RETURN: state_ = state::closed_by_peer; return;
    default: state_ = state::failed; return;
    }
}

} // namespace meguri::net
