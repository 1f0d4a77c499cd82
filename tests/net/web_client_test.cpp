// One request to another party over real loopback sockets: what is sent, what comes back, and how it can fail.
#include "net/web_client.hpp"

#include "net/outbound_thread.hpp"
#include "tests/support/self_signed.hpp"
#include "tests/support/small_web_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <utility>

namespace meguri::net {
namespace {

const std::atomic<bool> never_ending{false};

TEST(web_address, is_read_from_its_text) {
    const auto plain = parse_web_address("http://crl.example.jp/auth/1.crl?x=1");
    ASSERT_TRUE(plain.has_value());
    EXPECT_FALSE(plain->is_https);
    EXPECT_EQ(plain->host, "crl.example.jp");
    EXPECT_EQ(plain->port, "80");
    EXPECT_EQ(plain->target, "/auth/1.crl?x=1");
    const auto secured = parse_web_address("https://10.0.0.1:8443");
    ASSERT_TRUE(secured.has_value());
    EXPECT_TRUE(secured->is_https);
    EXPECT_EQ(secured->port, "8443");
    EXPECT_EQ(secured->target, "/");
    EXPECT_EQ(parse_web_address("https://a.jp/")->port, "443");
    for (const char* const none : {"", "crl.example.jp", "ftp://a/", "ldap://a/", "http://", "http:///x", "http://a:/",
                                   "http://a:123456/", "http://a:8x/", "http://user@a/", "http://a b/",
                                   "http://a/\r\nHost: b", "http://a/#part", "http://[::1]/", "HTTP://a/"})
        EXPECT_FALSE(parse_web_address(none).has_value()) << none;
}

web_request post_to(const std::string& url) {
    web_request asked;
    asked.method = web_method::post;
    asked.url = url;
    asked.time_max_ms = 5'000;
    return asked;
}

web_error error_of(const web_request& asked) {
    const auto result = send_and_wait(asked, never_ending);
    return result ? web_error{web_failure::given_up, false, "it was answered"} : result.error();
}

TEST(form_text, encodes_all_but_what_needs_no_escape) {
    EXPECT_EQ(form_text({}), "");
    EXPECT_EQ(form_text({{"a", "1"}, {"b c", "x&y=z+\r\n"}}), "a=1&b%20c=x%26y%3Dz%2B%0D%0A");
    EXPECT_EQ(form_text({{"k", "~-._\xE7\x82\xB9"}}), "k=~-._%E7%82%B9");
}

TEST(web_client, sends_fields_and_a_body_and_takes_whatever_status) {
    test::small_web_server server;
    server.set("/token", {400, R"({"error":"invalid_grant"})", "\"x\""});
    auto asked = post_to(server.url("/token"));
    asked.fields = {{"Authorization", "Basic abc"}, {"Idempotency-Key", "k-1"}};
    asked.content_type = form_content_type;
    asked.body = form_text({{"grant_type", "authorization_code"}});
    const auto answer = send_and_wait(asked, never_ending);
    ASSERT_TRUE(answer.has_value()) << answer.error().words;
    EXPECT_EQ(answer->status, 400U);
    EXPECT_EQ(answer->body, R"({"error":"invalid_grant"})");
    EXPECT_EQ(answer->field("ETAG"), "\"x\"");
    EXPECT_EQ(answer->field("none"), "");
    const auto received = server.asked().front();
    EXPECT_TRUE(received.starts_with("POST /token HTTP/1.1\r\n")) << received;
    EXPECT_NE(received.find("Authorization: Basic abc\r\nIdempotency-Key: k-1\r\n"), std::string::npos) << received;
    EXPECT_NE(received.find("Content-Type: application/x-www-form-urlencoded\r\n"), std::string::npos) << received;
    EXPECT_TRUE(received.ends_with("\r\n\r\ngrant_type=authorization_code")) << received;
}

TEST(web_client, sends_a_length_with_an_empty_post) {
    test::small_web_server server;
    EXPECT_EQ(send_and_wait(post_to(server.url("/x")), never_ending)->status, 404U);
    EXPECT_NE(server.asked().front().find("Content-Length: 0\r\n"), std::string::npos) << server.asked().front();
}

TEST(web_client, says_how_it_failed_and_whether_the_request_may_have_arrived) {
    test::small_web_server server;
    server.set("/large", {200, std::string(65'537, 'x'), {}});
    server.set("/cut", {200, {}, {}, true});
    struct row {
        web_request asked;
        web_failure kind;
        bool may_have_arrived;
    };
    auto two_lines = post_to(server.url("/x"));
    two_lines.fields = {{"Authorization", "Bearer a\r\nHost: b"}};
    auto speechless = post_to("https" + server.url("/x").substr(4)); // that waits for HTTP, and we for its TLS
    speechless.connect_time_max_ms = 300;
    const row rows[] = {
        {post_to("nonsense"), web_failure::bad_request, false},
        {two_lines, web_failure::bad_request, false},
        {post_to("http://192.0.2.1/"), web_failure::not_secured, false},
        {post_to("http://127.0.0.1:1/"), web_failure::unreachable, false},
        {speechless, web_failure::timed_out, false},
        {post_to(server.url("/large")), web_failure::too_large, true},
        {post_to(server.url("/cut")), web_failure::broken, true},
    };
    for (const auto& one : rows) {
        const auto error = error_of(one.asked);
        EXPECT_EQ(error.kind, one.kind) << one.asked.url << ": " << error.words;
        EXPECT_EQ(error.may_have_arrived, one.may_have_arrived) << one.asked.url << ": " << error.words;
    }
    server.fall_silent(true);
    auto impatient = post_to(server.url("/x"));
    impatient.time_max_ms = 300;
    EXPECT_EQ(error_of(impatient).kind, web_failure::timed_out);
    EXPECT_TRUE(error_of(impatient).may_have_arrived);
    std::atomic<bool> ending{true};
    EXPECT_EQ(send_and_wait(impatient, ending).error().kind, web_failure::given_up);
}

TEST(web_client, sends_nothing_to_a_server_that_it_does_not_trust) {
    const test::self_signed right{"DNS:localhost"};
    const test::self_signed of_another{"DNS:elsewhere.example.jp"};
    test::small_web_server server{right.certificate(), right.private_key()};
    auto asked = post_to(server.url("/x"));
    asked.authorities = right.certificate().string();
    EXPECT_EQ(send_and_wait(asked, never_ending)->status, 404U);
    asked.authorities = of_another.certificate().string();
    EXPECT_EQ(error_of(asked).kind, web_failure::untrusted);
    EXPECT_FALSE(error_of(asked).may_have_arrived);
    EXPECT_EQ(server.asked().size(), 1U);
}

TEST(outbound_thread, answers_on_the_loop_that_asked_and_waits_for_nobody) {
    test::small_web_server slow;
    test::small_web_server quick;
    slow.fall_silent(true);
    io_loop home;
    outbound_thread outbound{2};
    outbound.start();
    bool slow_ended = false;
    auto patient = post_to(slow.url("/x"));
    patient.time_max_ms = 60'000;
    ASSERT_TRUE(outbound.send(home, patient, [&](const web_result&) { slow_ended = true; }));
    std::optional<web_result> result;
    ASSERT_TRUE(outbound.send(home, post_to(quick.url("/x")), [&](web_result came) {
        EXPECT_TRUE(home.on_own_thread());
        result = std::move(came);
        home.stop();
    }));
    EXPECT_FALSE(outbound.send(home, patient, [](const web_result&) {})) << "two are under way";
    home.run();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->value().status, 404U);
    const auto began = std::chrono::steady_clock::now();
    outbound.join();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{10});
    EXPECT_FALSE(slow_ended);
}

} // namespace
} // namespace meguri::net
