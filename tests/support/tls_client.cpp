#include "tests/support/tls_client.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace meguri::test {
namespace {

struct file_closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

void write_certificate(const std::filesystem::path& certificate_file, const std::filesystem::path& key_file,
                       const std::string& name) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), X509_free};
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, bytes, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    const std::unique_ptr<std::FILE, file_closer> to_certificate{std::fopen(certificate_file.c_str(), "w")};
    const std::unique_ptr<std::FILE, file_closer> to_key{std::fopen(key_file.c_str(), "w")};
    const bool written = X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0 && to_certificate && to_key &&
                         PEM_write_X509(to_certificate.get(), certificate.get()) == 1 &&
                         PEM_write_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    if (!written) throw std::runtime_error{"cannot write " + certificate_file.string()};
}

tls_client::tls_client(std::uint16_t port, int highest_version, const char* protocol, const issued_certificate* showing)
    : socket_{port},
      context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free} {
    SSL_CTX_set_max_proto_version(context_.get(), highest_version);
    if (showing != nullptr) {
        SSL_CTX_use_certificate(context_.get(), showing->certificate.get());
        SSL_CTX_use_PrivateKey(context_.get(), showing->key.get());
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(protocol),
                        static_cast<unsigned>(std::char_traits<char>::length(protocol)));
    SSL_set_fd(ssl_.get(), socket_.descriptor());
    ERR_clear_error();
    connected = SSL_connect(ssl_.get()) == 1;
}

void tls_client::send(std::string_view text) {
    if (SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0) throw std::runtime_error{"SSL_write"};
}

std::string tls_client::read(std::size_t bytes) {
    std::string got(bytes, '\0');
    std::size_t done = 0;
    while (done < bytes) {
        const int read = SSL_read(ssl_.get(), got.data() + done, static_cast<int>(bytes - done));
        if (read <= 0) break;
        done += static_cast<std::size_t>(read);
    }
    got.resize(done);
    return got;
}

std::string tls_client::read_until(std::string_view end) {
    std::string got;
    while (!got.ends_with(end)) {
        const std::string byte = read(1);
        if (byte.empty()) throw std::runtime_error{"the connection ended: " + got};
        got += byte;
    }
    return got;
}

http_reply tls_client::read_reply() {
    const std::string head = read_until("\r\n\r\n");
    http_reply reply = parse_head(std::string_view{head}.substr(0, head.size() - 2));
    reply.body = read(std::stoul(reply.fields.at("content-length")));
    return reply;
}

http_reply tls_client::ask(std::string_view method, std::string_view target, const http_fields& fields,
                           std::string_view body) {
    send(http_request_text(method, target, fields, body));
    return read_reply();
}

bool tls_client::may_resume() const {
    const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session{SSL_get1_session(ssl_.get()),
                                                                            SSL_SESSION_free};
    return session != nullptr && SSL_SESSION_is_resumable(session.get()) == 1;
}

int tls_client::error_at_end() {
    char byte = 0;
    return SSL_get_error(ssl_.get(), SSL_read(ssl_.get(), &byte, 1));
}

std::string tls_client::server_name() const {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(ssl_.get()), X509_free};
    std::array<char, 64> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(), name.size());
    return name.data();
}

} // namespace meguri::test
