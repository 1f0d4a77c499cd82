#include "net/tls.hpp"

#include "ledger/contract.hpp"
#include "net/asn1_time.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <climits>

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

// Clients are asked for a certificate of these authorities and need not have one.
tl::expected<void, error> ask_for_certificates(SSL_CTX& context, const tls_files& files) {
    const auto bad = [](error_kind kind, const std::string& file) {
        return tl::unexpected{error{kind, file + ": " + take_openssl_error()}};
    };
    STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(files.client_ca.c_str());
    if (names == nullptr) return bad(error_kind::bad_client_ca, files.client_ca);
    SSL_CTX_set_client_CA_list(&context, names);
    if (SSL_CTX_load_verify_file(&context, files.client_ca.c_str()) != 1)
        return bad(error_kind::bad_client_ca, files.client_ca);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    // A resumed session would bring its certificate along unchecked.
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(&context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(&context, 0);
    if (files.client_crl.empty()) return {};
    X509_STORE* const store = SSL_CTX_get_cert_store(&context);
    X509_LOOKUP* const from = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (from == nullptr || X509_load_crl_file(from, files.client_crl.c_str(), X509_FILETYPE_PEM) < 1)
        return bad(error_kind::bad_client_crl, files.client_crl);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    return {};
}

tl::expected<std::shared_ptr<SSL_CTX>, error> make_context(const tls_files& files) {
    const auto bad = [](const std::string& what) {
        return tl::unexpected{error{error_kind::bad_certificate, what + ": " + take_openssl_error()}};
    };
    ERR_clear_error();
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    if (context == nullptr) return bad("TLS cannot be set up");
    if (SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1) return bad("TLS 1.3 is not available");
    // A key with a passphrase is an error: OpenSSL would ask the terminal, in the middle of a reload too.
    SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return 0; });
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
        return bad(files.certificate);
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) return bad(files.key);
    if (SSL_CTX_check_private_key(context.get()) != 1) return bad(files.key + " does not fit " + files.certificate);
    // Idle connections give their record buffers back: 34 KB each.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    if (files.client_ca.empty()) return context;
    return ask_for_certificates(*context, files).map([&] { return context; });
}

std::int64_t end_of(const X509& certificate) { return unix_s(X509_get0_notAfter(&certificate)); }

// By the authorities and lists of `context`, now.
bool is_good(SSL_CTX& context, X509& certificate, STACK_OF(X509) * chain) {
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> check{X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free};
    const bool good = check != nullptr &&
                      X509_STORE_CTX_init(check.get(), SSL_CTX_get_cert_store(&context), &certificate, chain) == 1 &&
                      X509_STORE_CTX_set_default(check.get(), "ssl_client") == 1 && X509_verify_cert(check.get()) == 1;
    ERR_clear_error();
    return good;
}

int clamp_size(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

} // namespace

tl::expected<std::shared_ptr<tls_context>, error> tls_context::load(const tls_files& files) {
    std::shared_ptr<tls_context> loaded{new tls_context};
    if (auto read = loaded->reload(files); !read) return tl::unexpected{read.error()};
    return loaded;
}

tl::expected<void, error> tls_context::reload(const tls_files& files) {
    return make_context(files).map([this](std::shared_ptr<SSL_CTX> fresh) {
        const std::lock_guard lock{mutex_};
        context_.swap(fresh);
    });
}

std::int64_t tls_context::expires_s() const {
    const auto context = current();
    return end_of(*SSL_CTX_get0_certificate(context.get()));
}

std::optional<std::int64_t> tls_context::client_crl_expires_s() const {
    const auto context = current();
    X509_STORE* const store = SSL_CTX_get_cert_store(context.get());
    std::optional<std::int64_t> first;
    X509_STORE_lock(store);
    const STACK_OF(X509_OBJECT)* const all = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(all); ++i) {
        const X509_CRL* const list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(all, i));
        const ASN1_TIME* const end = list != nullptr ? X509_CRL_get0_nextUpdate(list) : nullptr;
        if (end != nullptr) first = std::min(unix_s(end), first.value_or(unix_s(end)));
    }
    X509_STORE_unlock(store);
    return first;
}

std::shared_ptr<ssl_ctx_st> tls_context::current() const {
    const std::lock_guard lock{mutex_};
    return context_;
}

tls_session::tls_session(const tls_context& context)
    : served_by_{context},
      context_{context.current()},
      ssl_{SSL_new(context_.get())} {
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
    default: break;
    }
    state_ = state::failed;
    const long verdict = SSL_get_verify_result(ssl_);
    why_failed_ = verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : take_openssl_error();
}

// The handshake has checked it by the context of then.
std::optional<shown_certificate> tls_session::certificate(std::int64_t now_ms) const {
    X509* const shown = SSL_get0_peer_certificate(ssl_);
    if (shown == nullptr || SSL_get_verify_result(ssl_) != X509_V_OK) return std::nullopt;
    shown_certificate found{{}, end_of(*shown) * 1'000};
    // A list that is out of date admits nobody, on open connections neither.
    if (const auto list_ends_s = served_by_.client_crl_expires_s())
        found.good_until_ms = std::min(found.good_until_ms, *list_ends_s * 1'000);
    if (now_ms > found.good_until_ms) return std::nullopt;
    const auto now = served_by_.current();
    if (now != context_ && !is_good(*now, *shown, SSL_get_peer_cert_chain(ssl_))) return std::nullopt;
    if (X509_digest(shown, EVP_sha256(), found.digest.bytes.data(), nullptr) != 1) return std::nullopt;
    return found;
}

} // namespace meguri::net
