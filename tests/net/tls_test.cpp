#include "net/tls.hpp"

#include "tests/net/served_front.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls_client.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

namespace meguri::net {
namespace {

using test::http_client;
using test::http_request_text;
using test::tls_client;
using test::write_certificate;

class tls : public testing::Test {
protected:
    void SetUp() override { write_certificate(certificate, key, "first"); }

    std::shared_ptr<tls_context> load() {
        auto loaded = tls_context::load({certificate, key});
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
    ASSERT_TRUE(context->reload({certificate, key}));
    tls_client after{served.port()};
    EXPECT_EQ(after.server_name(), "second");
    before.send(http_request_text("GET", "/"));
    EXPECT_TRUE(before.read_until("b=").starts_with("HTTP/1.1 200"));

    std::ofstream{certificate} << "no certificate";
    const auto failed = context->reload({certificate, key});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, error_kind::bad_certificate);
    EXPECT_NE(failed.error().detail.find(certificate), std::string::npos);
    EXPECT_EQ(tls_client{served.port()}.server_name(), "second");

    const std::string elsewhere = folder.path() / "elsewhere.pem";
    write_certificate(elsewhere, folder.path() / "elsewhere_key.pem", "third");
    ASSERT_FALSE(context->reload({elsewhere, key})) << "no pair";
    EXPECT_EQ(tls_client{served.port()}.server_name(), "second");
    ASSERT_TRUE(context->reload({elsewhere, folder.path() / "elsewhere_key.pem"}));
    EXPECT_EQ(tls_client{served.port()}.server_name(), "third");
}

TEST_F(tls, knows_when_its_certificate_ends) {
    const auto in_an_hour = std::time(nullptr) + 3600; // as write_certificate() makes them
    EXPECT_NEAR(static_cast<double>(tls_context::load({certificate, key}).value()->expires_s()),
                static_cast<double>(in_an_hour), 60);
}

TEST_F(tls, says_what_is_wrong_with_the_files) {
    EXPECT_EQ(tls_context::load({folder.path() / "none.pem", key}).error().kind, error_kind::bad_certificate);
    write_certificate(folder.path() / "other.pem", folder.path() / "other_key.pem", "other");
    const auto no_pair = tls_context::load({certificate, folder.path() / "other_key.pem"});
    ASSERT_FALSE(no_pair);
    EXPECT_NE(no_pair.error().detail.find("other_key.pem"), std::string::npos);
}

} // namespace
} // namespace meguri::net
