#include "bench/tls_session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace meguri::bench {
namespace {

void send_all(int socket, std::string_view rest) {
    while (!rest.empty()) {
        const ssize_t sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0) throw std::runtime_error{"the connection broke in the TLS handshake"};
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

} // namespace

tls_trust::tls_trust(const std::string& certificate) : context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free} {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_3_VERSION);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context_.get(), certificate.c_str(), nullptr) != 1)
        throw std::runtime_error{"no certificate in " + certificate};
}

tls_session::tls_session(const tls_trust& trust, int socket) : ssl_{SSL_new(trust.context()), SSL_free} {
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem())); // the session owns both
    SSL_set_connect_state(ssl_.get());
    std::array<char, 16 * 1024> received;
    std::string out;
    for (;;) {
        ERR_clear_error();
        const int done = SSL_do_handshake(ssl_.get());
        const int why = SSL_get_error(ssl_.get(), done);
        out.clear();
        take_outgoing(out);
        send_all(socket, out);
        if (done == 1) return;
        if (why != SSL_ERROR_WANT_READ) throw std::runtime_error{"the TLS handshake failed"};
        const ssize_t got = ::recv(socket, received.data(), received.size(), 0);
        if (got <= 0) throw std::runtime_error{"the connection ended in the TLS handshake"};
        BIO_write(SSL_get_rbio(ssl_.get()), received.data(), static_cast<int>(got));
    }
}

void tls_session::seal(std::string_view plain, std::string& out) {
    if (SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())) != static_cast<int>(plain.size()))
        throw std::runtime_error{"SSL_write"};
    take_outgoing(out);
}

bool tls_session::open(std::string_view sealed, std::string& out) {
    BIO_write(SSL_get_rbio(ssl_.get()), sealed.data(), static_cast<int>(sealed.size()));
    std::array<char, 16 * 1024> plain; // a record's size
    for (;;) {
        ERR_clear_error();
        const int got = SSL_read(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
        if (got <= 0) return SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ;
        out.append(plain.data(), static_cast<std::size_t>(got));
    }
}

void tls_session::take_outgoing(std::string& out) {
    BIO* const written = SSL_get_wbio(ssl_.get());
    const auto waiting = BIO_ctrl_pending(written);
    if (waiting == 0) return;
    const auto before = out.size();
    out.resize(before + waiting);
    BIO_read(written, out.data() + before, static_cast<int>(waiting));
}

} // namespace meguri::bench
