#include "net/tls.hpp"

#include "tests/net/served_front.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

namespace meguri::net {
namespace {

using test::http_client;
using test::http_request_text;

struct file_closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// A key and a certificate that it signs itself, named `name`, as PEM files.
void write_certificate(const std::string& certificate_file, const std::string& key_file, const std::string& name) {
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
    ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    const std::unique_ptr<std::FILE, file_closer> to_certificate{std::fopen(certificate_file.c_str(), "w")};
    const std::unique_ptr<std::FILE, file_closer> to_key{std::fopen(key_file.c_str(), "w")};
    ASSERT_EQ(PEM_write_X509(to_certificate.get(), certificate.get()), 1);
    ASSERT_EQ(PEM_write_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
}

// A TLS client over the raw test client's socket.
class tls_client {
public:
    explicit tls_client(std::uint16_t port, int highest_version = TLS1_3_VERSION, const char* protocol = "\x08http/1.1")
        : socket_{port},
          context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free} {
        SSL_CTX_set_max_proto_version(context_.get(), highest_version);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(protocol),
                            static_cast<unsigned>(std::char_traits<char>::length(protocol)));
        SSL_set_fd(ssl_.get(), socket_.descriptor());
        ERR_clear_error();
        connected = SSL_connect(ssl_.get()) == 1;
    }

    void send(std::string_view text) {
        if (SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) <= 0)
            throw std::runtime_error{"SSL_write"};
    }
    // Reads until `count` answers are there, or the end.
    std::string read(std::size_t bytes) {
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
    std::string read_until(std::string_view end) {
        std::string got;
        while (!got.ends_with(end)) {
            const std::string byte = read(1);
            if (byte.empty()) throw std::runtime_error{"the connection ended: " + got};
            got += byte;
        }
        return got;
    }
    // 0 while data comes; SSL_ERROR_ZERO_RETURN after the server's goodbye.
    int error_at_end() {
        char byte = 0;
        return SSL_get_error(ssl_.get(), SSL_read(ssl_.get(), &byte, 1));
    }
    [[nodiscard]] std::string server_name() const {
        const std::unique_ptr<X509, decltype(&X509_free)> certificate{SSL_get1_peer_certificate(ssl_.get()), X509_free};
        std::array<char, 64> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(), name.size());
        return name.data();
    }
    [[nodiscard]] std::string version() const { return SSL_get_version(ssl_.get()); }

    bool connected = false;

private:
    http_client socket_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

class tls : public testing::Test {
protected:
    void SetUp() override { write_certificate(certificate, key, "first"); }

    std::shared_ptr<tls_context> load() {
        auto loaded = tls_context::load(certificate, key);
        if (!loaded) throw std::runtime_error{loaded.error().detail};
        return *loaded;
    }

    test::temporary_folder folder;
    const std::string certificate = folder.path() / "certificate.pem";
    const std::string key = folder.path() / "key.pem";
};

TEST_F(tls, serves_over_1_3) {
    served_front served{{.tls = load()}};
    tls_client client{served.port()};
    ASSERT_TRUE(client.connected);
    EXPECT_EQ(client.version(), "TLSv1.3");
    std::string requests;
    for (int i = 0; i < 20; ++i) requests += http_request_text("POST", "/" + std::to_string(i), {}, "body");
    for (const char byte : requests.substr(0, 100)) client.send({&byte, 1});
    client.send(requests.substr(100));
    for (int i = 0; i < 20; ++i) {
        const std::string end = "POST /" + std::to_string(i) + "? a= k= t= b=body";
        EXPECT_TRUE(client.read_until(end).starts_with("HTTP/1.1 200 OK\r\n"));
    }
}

TEST_F(tls, carries_bodies_of_many_records_both_ways) {
    served_front served{{.tls = load()}};
    tls_client client{served.port()};
    const std::string body(60'000, 'b');
    client.send(http_request_text("POST", "/up", {}, body));
    client.read_until("b=" + body);
    client.send(http_request_text("GET", "/large/3000000", {{"Connection", "close"}}));
    client.read_until("\r\n\r\n");
    EXPECT_EQ(client.read(3'000'000), std::string(3'000'000, 'x'));
    EXPECT_EQ(client.error_at_end(), SSL_ERROR_ZERO_RETURN);
}

TEST_F(tls, answers_a_refusal_and_says_goodbye) {
    served_front served{{.tls = load()}};
    tls_client client{served.port()};
    client.send("nonsense\r\n\r\n");
    EXPECT_TRUE(client.read_until("malformed_http").starts_with("HTTP/1.1 400 "));
    EXPECT_EQ(client.error_at_end(), SSL_ERROR_ZERO_RETURN);
}

TEST_F(tls, refuses_older_versions_other_protocols_and_plain_http) {
    served_front served{{.tls = load()}};
    EXPECT_FALSE(tls_client(served.port(), TLS1_2_VERSION).connected);
    EXPECT_FALSE(tls_client(served.port(), TLS1_3_VERSION, "\x02h2").connected);
    http_client plain{served.port()};
    plain.send(http_request_text("GET", "/"));
    EXPECT_THROW(static_cast<void>(plain.read_reply()), std::exception);
    EXPECT_TRUE(served_front::eventually([&] {
        return served.probes().tls_handshakes_failed.value() == 3 && served.probes().connections_now.value() == 0;
    }));
    EXPECT_EQ(served.probes().requests.value(), 0u);
}

TEST_F(tls, cuts_a_handshake_that_does_not_end) {
    served_front served{{.limits = {.header_timeout_ms = 100, .sweep_interval_ms = 10}, .tls = load()}};
    http_client silent{served.port()};
    EXPECT_TRUE(silent.at_end());
}

TEST_F(tls, reloads_for_new_connections) {
    const auto context = load();
    served_front served{{.tls = context}};
    tls_client before{served.port()};
    EXPECT_EQ(before.server_name(), "first");
    write_certificate(certificate, key, "second");
    ASSERT_TRUE(context->reload());
    tls_client after{served.port()};
    EXPECT_EQ(after.server_name(), "second");
    before.send(http_request_text("GET", "/"));
    EXPECT_TRUE(before.read_until("b=").starts_with("HTTP/1.1 200"));

    std::ofstream{certificate} << "no certificate";
    const auto failed = context->reload();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, error_kind::bad_certificate);
    EXPECT_NE(failed.error().detail.find(certificate), std::string::npos);
    EXPECT_EQ(tls_client{served.port()}.server_name(), "second");
}

TEST_F(tls, knows_when_its_certificate_ends) {
    const auto in_an_hour = std::time(nullptr) + 3600; // as write_certificate() makes them
    EXPECT_NEAR(static_cast<double>(tls_context::load(certificate, key).value()->expires_s()),
                static_cast<double>(in_an_hour), 60);
}

TEST_F(tls, says_what_is_wrong_with_the_files) {
    EXPECT_EQ(tls_context::load(folder.path() / "none.pem", key).error().kind, error_kind::bad_certificate);
    write_certificate(folder.path() / "other.pem", folder.path() / "other_key.pem", "other");
    const auto no_pair = tls_context::load(certificate, folder.path() / "other_key.pem");
    ASSERT_FALSE(no_pair);
    EXPECT_NE(no_pair.error().detail.find("other_key.pem"), std::string::npos);
}

} // namespace
} // namespace meguri::net
