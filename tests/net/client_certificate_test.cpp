// Client certificates on real TLS connections: which are taken, and for how long.
#include "net/tls.hpp"
#include "tests/net/served_front.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_authority.hpp"
#include "tests/support/tls_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

namespace meguri::net {
namespace {

using test::issued_certificate;
using test::test_authority;
using test::tls_client;

class client_certificate : public testing::Test {
protected:
    client_certificate() {
        test::write_certificate(files.certificate, files.key, "switch");
        chain.write(files.client_ca);
    }
    void serve() {
        auto loaded = tls_context::load(files);
        if (!loaded) throw std::runtime_error{loaded.error().detail};
        context = *loaded;
        served.emplace(http_front_settings{.tls = context, .wall_ms = [this] { return now_ms() + turned_ms; }});
    }
    static std::int64_t now_ms() {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    }
    static std::string seen(tls_client& by) { return by.ask("GET", "/certificate").body; }
    // What a new connection is known by, or "refused".
    [[nodiscard]] std::string seen_of(const issued_certificate& showing) const {
        try {
            tls_client client{served->port(), showing};
            return seen(client);
        } catch (const std::runtime_error&) {
            return "refused";
        }
    }
    // Why the newest handshake failed.
    std::string why() {
        EXPECT_TRUE(served_front::eventually([&] { return served->handler.failed_handshakes().size() > failed; }));
        failed = served->handler.failed_handshakes().size();
        EXPECT_EQ(served->probes().tls_handshakes_failed.value(), failed);
        return served->handler.failed_handshakes().back();
    }

    test::temporary_folder folder;
    tls_files files{folder / "switch.pem", folder / "switch_key.pem", folder / "chain.pem", ""};
    test_authority chain{"chain of shops"};
    std::atomic<std::int64_t> turned_ms = 0;
    std::shared_ptr<tls_context> context;
    std::optional<served_front> served;
    std::size_t failed = 0;
};

TEST_F(client_certificate, is_asked_for_and_may_be_missing) {
    serve();
    const auto till = chain.issue("till 1");
    EXPECT_EQ(seen_of(till), till.digest());
    EXPECT_EQ(seen_of(chain.issue("till 2", {.purpose = nullptr})).size(), 64U) << "no purpose is said: any";
    tls_client without{served->port()};
    EXPECT_EQ(seen(without), "none");
    EXPECT_EQ(served->probes().tls_handshakes_failed.value(), 0U);
}

TEST_F(client_certificate, that_is_not_good_ends_the_handshake) {
    serve();
    test_authority stranger{"stranger"};
    EXPECT_EQ(seen_of(stranger.issue("till 1")), "refused");
    EXPECT_EQ(why(), "unable to get local issuer certificate");
    test_authority namesake{"chain of shops"};
    EXPECT_EQ(seen_of(namesake.issue("till 1")), "refused");
    EXPECT_EQ(why(), "certificate signature failure");
    EXPECT_EQ(seen_of(chain.issue("till 1", {.begins_s = -7'200, .ends_s = -60})), "refused");
    EXPECT_EQ(why(), "certificate has expired");
    EXPECT_EQ(seen_of(chain.issue("till 1", {.begins_s = 600})), "refused");
    EXPECT_EQ(why(), "certificate is not yet valid");
    EXPECT_EQ(seen_of(chain.issue("a server", {.purpose = "serverAuth"})), "refused");
    EXPECT_EQ(why(), "unsuitable certificate purpose");
}

TEST_F(client_certificate, that_was_revoked_ends_the_handshake) {
    const auto lost = chain.issue("lost till");
    const auto till = chain.issue("till 1");
    files.client_crl = folder / "revoked.pem";
    chain.write_revoked(files.client_crl, {lost});
    serve();
    EXPECT_NEAR(static_cast<double>(context->client_crl_expires_s().value()),
                static_cast<double>(now_ms()) / 1e3 + 3'600, 60);
    EXPECT_EQ(seen_of(till), till.digest());
    EXPECT_EQ(seen_of(lost), "refused");
    EXPECT_EQ(why(), "certificate revoked");

    chain.write_revoked(files.client_crl, {lost}, -60);
    ASSERT_TRUE(context->reload(files));
    EXPECT_EQ(seen_of(till), "refused") << "by a list that may be out of date anybody may be revoked";
    EXPECT_EQ(why(), "CRL has expired");
    tls_client without{served->port()};
    EXPECT_EQ(seen(without), "none");
}

TEST_F(client_certificate, is_good_no_longer_than_the_list_on_an_open_connection_too) {
    files.client_crl = folder / "revoked.pem";
    chain.write_revoked(files.client_crl, {}, 600);
    serve();
    const auto till = chain.issue("till 1");
    tls_client open{served->port(), till};
    EXPECT_EQ(seen(open), till.digest());
    turned_ms = 700'000;
    EXPECT_EQ(seen(open), "none");
    chain.write_revoked(files.client_crl, {}, 1'200);
    ASSERT_TRUE(context->reload(files));
    EXPECT_EQ(seen(open), till.digest());
}

// Of connections that are open, too.
TEST_F(client_certificate, is_judged_anew_after_a_reload) {
    files.client_crl = folder / "revoked.pem";
    chain.write_revoked(files.client_crl, {});
    serve();
    const auto till = chain.issue("till 1");
    const auto other = chain.issue("till 2");
    tls_client open{served->port(), till};
    tls_client neighbour{served->port(), other};
    EXPECT_EQ(seen(open), till.digest());
    chain.write_revoked(files.client_crl, {till});
    EXPECT_EQ(seen(open), till.digest()) << "nobody has read it";
    ASSERT_TRUE(context->reload(files));
    EXPECT_EQ(seen(open), "none");
    EXPECT_EQ(seen(neighbour), other.digest());

    ASSERT_TRUE(context->reload({files.certificate, files.key}));
    EXPECT_EQ(seen(neighbour), "none") << "no authority is trusted any more";
    EXPECT_EQ(seen_of(other), "none") << "nor asked for";
    ASSERT_TRUE(context->reload({files.certificate, files.key, files.client_ca}));
    EXPECT_EQ(seen(open), till.digest());
}

TEST_F(client_certificate, ends_with_its_last_day_on_an_open_connection) {
    serve();
    const auto till = chain.issue("till 1", {.ends_s = 3'600});
    tls_client open{served->port(), till};
    turned_ms = 3'500'000;
    EXPECT_EQ(seen(open), till.digest());
    turned_ms = 3'700'000;
    EXPECT_EQ(seen(open), "none");
}

// A resumed session would not be checked.
TEST_F(client_certificate, leaves_no_session_to_resume) {
    serve();
    tls_client with{served->port(), chain.issue("till 1")};
    EXPECT_EQ(seen(with).size(), 64U);
    EXPECT_FALSE(with.may_resume());
    EXPECT_EQ(context->client_crl_expires_s(), std::nullopt);
    served.reset();
    files.client_ca.clear();
    serve();
    tls_client without{served->port()};
    EXPECT_EQ(seen(without), "none");
    EXPECT_TRUE(without.may_resume()) << "the test can tell";
}

TEST_F(client_certificate, files_are_read_before_anything_changes) {
    serve();
    const auto till = chain.issue("till 1");
    const auto refused = [&](const tls_files& with, error_kind kind, const std::string& names) {
        const auto failure = context->reload(with);
        ASSERT_FALSE(failure);
        EXPECT_EQ(failure.error().kind, kind);
        EXPECT_TRUE(failure.error().detail.starts_with(names)) << failure.error().detail;
        EXPECT_EQ(seen_of(till), till.digest());
    };
    const std::string none = folder / "none.pem";
    refused({files.certificate, files.key, none}, error_kind::bad_client_ca, none);
    refused({files.certificate, files.key, files.client_ca, none}, error_kind::bad_client_crl, none);
    std::ofstream{none} << "nothing";
    refused({files.certificate, files.key, none}, error_kind::bad_client_ca, none);
    refused({files.certificate, files.key, files.client_ca, none}, error_kind::bad_client_crl, none);
    refused({files.certificate, files.key, files.client_ca, files.client_ca}, error_kind::bad_client_crl,
            files.client_ca);
}

} // namespace
} // namespace meguri::net
