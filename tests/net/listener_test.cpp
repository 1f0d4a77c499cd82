#include "net/listener.hpp"

#include "net/http_front.hpp"
#include "net/io_loop.hpp"
#include "tests/net/served_front.hpp"
#include "tests/support/http_client.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

TEST(listener, tells_the_port_that_it_was_given) {
    served_front served;
    EXPECT_NE(served.port(), 0);
    EXPECT_EQ(served.listening().address(), "127.0.0.1:" + std::to_string(served.port()));
}

TEST(listener, says_why_it_cannot_listen) {
    served_front served;
    const auto taken = listener::open(served.loop, "127.0.0.1", served.port(), {&served.front()});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind, error_kind::address_in_use);
    EXPECT_NE(taken.error().detail.find(std::to_string(served.port())), std::string::npos);
    const auto foreign = listener::open(served.loop, "192.0.2.1", 0, {&served.front()});
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().kind, error_kind::bad_address);
    const auto nonsense = listener::open(served.loop, "everywhere", 0, {&served.front()});
    ASSERT_FALSE(nonsense);
    EXPECT_EQ(nonsense.error().kind, error_kind::bad_address);
}

TEST(listener, hands_connections_to_the_fronts_of_several_threads_in_turn) {
    served_front first;
    served_front second;
    std::unique_ptr<listener> shared;
    first.on_loop([&] { shared = *listener::open(first.loop, "127.0.0.1", 0, {&first.front(), &second.front()}); });
    for (int i = 0; i < 6; ++i) {
        test::http_client client{shared->port()};
        EXPECT_EQ(client.ask("GET", "/").status, 200);
    }
    EXPECT_EQ(first.probes().connections_accepted.value(), 3u);
    EXPECT_EQ(second.probes().connections_accepted.value(), 3u);
    first.on_loop([&] { shared->stop_accepting(); });
    EXPECT_THROW(test::http_client{shared->port()}, std::exception);
}

TEST(listener, serves_plain_http_on_loopback_only_unless_told_otherwise) {
    EXPECT_TRUE(check_transport("127.0.0.1", false, false));
    EXPECT_TRUE(check_transport("127.8.9.10", false, false));
    EXPECT_TRUE(check_transport("::1", false, false));
    EXPECT_TRUE(check_transport("localhost", false, false));
    EXPECT_TRUE(check_transport("0.0.0.0", true, false));
    EXPECT_TRUE(check_transport("0.0.0.0", false, true));
    for (const char* open : {"0.0.0.0", "::", "192.168.1.2", "::ffff:10.0.0.1"}) {
        const auto refused = check_transport(open, false, false);
        ASSERT_FALSE(refused) << open;
        EXPECT_EQ(refused.error().kind, error_kind::plain_http_refused) << open;
    }
    EXPECT_EQ(check_transport("example.org", true, true).error().kind, error_kind::bad_address);
}

} // namespace
} // namespace meguri::net
