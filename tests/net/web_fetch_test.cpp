// One GET, over real loopback sockets: what it takes, and every way in which there is no answer.
#include "net/web_fetch.hpp"

#include "tests/support/self_signed.hpp"
#include "tests/support/small_web_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace meguri::net {
namespace {

const std::atomic<bool> goes_on{false};

web_question question(const std::string& url) { return {url, {}, {}, {}, 1'000, 5'000}; }

std::string why_not(const web_question& asked) {
    const auto answer = fetch(asked, goes_on);
    return answer ? "it was answered" : answer.error();
}

TEST(web_fetch, gets_a_page_and_asks_whether_it_has_changed) {
    test::small_web_server server;
    server.set("/list", {200, "the list", "\"1\""});
    auto asked = question(server.url("/list"));
    const auto first = fetch(asked, goes_on);
    ASSERT_TRUE(first.has_value()) << first.error();
    EXPECT_EQ(first->body, "the list");
    EXPECT_FALSE(first->is_unchanged);
    asked.etag = first->etag;
    const auto second = fetch(asked, goes_on);
    ASSERT_TRUE(second.has_value()) << second.error();
    EXPECT_TRUE(second->is_unchanged);
    server.set("/list", {200, "another", "\"2\""});
    EXPECT_EQ(fetch(asked, goes_on)->body, "another");
    EXPECT_NE(server.asked().front().find("Host: 127.0.0.1:"), std::string::npos);
}

TEST(web_fetch, says_why_there_is_no_answer) {
    test::small_web_server server;
    server.set("/moved", {302, {}, {}});
    server.set("/large", {200, std::string(1'001, 'x'), {}});
    server.set("/fits", {200, std::string(1'000, 'x'), {}});
    EXPECT_EQ(why_not(question(server.url("/nowhere"))), "it is answered 404");
    EXPECT_EQ(why_not(question(server.url("/moved"))), "it is answered 302");
    EXPECT_NE(why_not(question(server.url("/large"))).find("body limit"), std::string::npos);
    EXPECT_EQ(fetch(question(server.url("/fits")), goes_on)->body.size(), 1'000U);
    EXPECT_EQ(why_not(question("nonsense")), "it is no address of http or https");
    EXPECT_NE(why_not(question("http://127.0.0.1:1/")).find("refused"), std::string::npos);
    server.fall_silent(true);
    auto impatient = question(server.url("/fits"));
    impatient.time_max_ms = 300;
    EXPECT_EQ(why_not(impatient), "it took too long");
}

TEST(web_fetch, gives_up_when_it_is_told_to) {
    test::small_web_server server;
    server.fall_silent(true);
    std::atomic<bool> ending{false};
    std::thread teller{[&ending] {
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
        ending = true;
    }};
    auto patient = question(server.url("/x"));
    patient.time_max_ms = 60'000;
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(fetch(patient, ending).has_value());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{10});
    teller.join();
}

TEST(web_fetch, believes_a_server_of_the_authorities_and_of_its_name_alone) {
    const test::self_signed right{"DNS:localhost"};
    const test::self_signed of_another{"DNS:elsewhere.example.jp"};
    test::small_web_server server{right.certificate(), right.private_key()};
    server.set("/list", {200, "the list", {}});
    auto asked = question(server.url("/list"));
    asked.authorities = right.certificate().string();
    const auto answer = fetch(asked, goes_on);
    ASSERT_TRUE(answer.has_value()) << answer.error();
    EXPECT_EQ(answer->body, "the list");
    asked.authorities = of_another.certificate().string();
    EXPECT_NE(why_not(asked).find("certificate verify failed"), std::string::npos) << why_not(asked);
    asked.authorities.clear();
    EXPECT_NE(why_not(asked).find("certificate verify failed"), std::string::npos) << "not one of the system's";
    test::small_web_server impostor{of_another.certificate(), of_another.private_key()};
    asked = question(impostor.url("/list"));
    asked.authorities = of_another.certificate().string();
    EXPECT_NE(why_not(asked).find("certificate verify failed"), std::string::npos) << "another name";
}

} // namespace
} // namespace meguri::net
