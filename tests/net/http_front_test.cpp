#include "net/http_front.hpp"

#include "tests/net/served_front.hpp"
#include "tests/support/http_client.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>

#include <set>
#include <string>
#include <vector>

namespace meguri::net {
namespace {

using test::http_client;
using test::http_reply;
using test::http_request_text;

TEST(http_front, answers_and_keeps_the_connection) {
    served_front served;
    http_client client{served.port()};
    std::set<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        const http_reply reply = client.ask(
            "POST", "/v1/x?y=1",
            {{"Authorization", "Bearer k"}, {"Idempotency-Key", "i"}, {"Content-Type", "application/json"}}, "{}");
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, "POST /v1/x?y=1 a=Bearer k k=i t=application/json b={}");
        EXPECT_FALSE(reply.has("connection"));
        ids.insert(reply.field("request-id"));
    }
    EXPECT_EQ(ids.size(), 3u);
    EXPECT_EQ(served.probes().connections_accepted.value(), 1u);
    EXPECT_EQ(served.probes().requests.value(), 3u);
    EXPECT_EQ(served.probes().requests_waiting.value(), 0u);
    EXPECT_EQ(served.probes().responses[2].value(), 3u);
    EXPECT_TRUE(served_front::eventually([&] { return served.handler.ends_of_reads() == 3; }));
}

TEST(http_front, does_not_care_where_the_bytes_are_split) {
    served_front served;
    http_client client{served.port()};
    const std::string text =
        http_request_text("POST", "/a", {{"Idempotency-Key", "k"}}, "body") +
        "POST /a HTTP/1.1\r\nHost: test\r\nIdempotency-Key: k\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n";
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        const std::uint64_t before = served.probes().bytes_in.value();
        client.send(text.substr(0, cut));
        ASSERT_TRUE(served_front::eventually([&] { return served.probes().bytes_in.value() == before + cut; }));
        client.send(text.substr(cut));
        for (int i = 0; i < 2; ++i) ASSERT_EQ(client.read_reply().body, "POST /a? a= k=k t= b=body") << cut;
    }
}

TEST(http_front, answers_pipelined_requests_in_order) {
    served_front served;
    http_client client{served.port()};
    std::string requests;
    for (int i = 0; i < 200; ++i) requests += http_request_text("GET", "/" + std::to_string(i));
    client.send(requests);
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(client.read_reply().body, "GET /" + std::to_string(i) + "? a= k= t= b=");
    }
}

TEST(http_front, keeps_the_order_when_answers_come_out_of_order) {
    served_front served;
    http_client client{served.port()};
    // One more than may wait: the last is taken only when there is room.
    std::string requests;
    for (std::uint32_t i = 0; i <= pipeline_slots; ++i) requests += http_request_text("POST", "/hold");
    client.send(requests);
    auto held = served.handler.wait_for_held(pipeline_slots);
    for (std::uint32_t i = pipeline_slots; i-- > 1;) served.answer(held[i], "answer " + std::to_string(i));
    EXPECT_EQ(client.read_available(50), "");
    EXPECT_EQ(served.probes().requests.value(), pipeline_slots);
    served.answer(held[0], "answer 0");
    held = served.handler.wait_for_held(pipeline_slots + 1);
    served.answer(held[pipeline_slots], "answer " + std::to_string(pipeline_slots));
    for (std::uint32_t i = 0; i <= pipeline_slots; ++i) {
        ASSERT_EQ(client.read_reply().body, "answer " + std::to_string(i));
    }
}

TEST(http_front, drops_the_answer_to_a_connection_that_is_gone) {
    served_front served;
    reply_address first;
    {
        http_client client{served.port()};
        client.send(http_request_text("POST", "/hold"));
        first = served.handler.wait_for_held(1)[0];
        const linger reset{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    ASSERT_TRUE(served_front::eventually([&] { return served.probes().connections_now.value() == 0; }));
    http_client next{served.port()}; // gets the same place in the table
    next.send(http_request_text("POST", "/hold"));
    const reply_address second = served.handler.wait_for_held(2)[1];
    EXPECT_EQ(second.connection, first.connection);
    EXPECT_NE(second.generation, first.generation);
    served.answer(first, "for the first");
    served.answer(second, "for the second");
    EXPECT_EQ(next.read_reply().body, "for the second");
    EXPECT_EQ(served.probes().answers_dropped.value(), 1u);
    EXPECT_EQ(served.probes().requests_waiting.value(), 0u);
}

struct refusal_row {
    std::string_view name;
    std::string text;
    int status;
    std::string_view code;
};

TEST(http_front, refuses_answers_and_closes) {
    const std::string post = "POST / HTTP/1.1\r\n";
    const std::vector<refusal_row> rows{
        {"no host", post + "\r\n", 400, "malformed_http"},
        {"two hosts", post + "Host: a\r\nHost: a\r\n\r\n", 400, "malformed_http"},
        {"two lengths", post + "Host: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 400, "malformed_http"},
        {"length and chunked", post + "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400, "malformed_http"},
        {"gzip, chunked", post + "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "malformed_http"},
        {"two keys", post + "Host: a\r\nIdempotency-Key: a\r\nIdempotency-Key: a\r\n\r\n", 400, "malformed_http"},
        {"two authorizations", post + "Host: a\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", 400, "malformed_http"},
        {"nonsense", "nonsense\r\n\r\n", 400, "malformed_http"},
        {"expectation", post + "Host: a\r\nExpect: more\r\n\r\n", 417, "expectation_failed"},
        {"header", post + "Host: a\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n", 431, "header_too_large"},
        {"body", post + "Host: a\r\nContent-Length: 65537\r\n\r\n" + std::string(65'537, 'x'), 413, "body_too_large"},
    };
    served_front served;
    for (const refusal_row& row : rows) {
        http_client client{served.port()};
        // What follows the refused request is not looked at, though it is read.
        client.send(http_request_text("GET", "/before") + row.text + http_request_text("GET", "/after"));
        EXPECT_EQ(client.read_reply().status, 200) << row.name;
        const http_reply reply = client.read_reply();
        EXPECT_EQ(reply.status, row.status) << row.name;
        EXPECT_EQ(reply.body, row.code) << row.name;
        EXPECT_EQ(reply.field("connection"), "close") << row.name;
        EXPECT_TRUE(reply.has("request-id")) << row.name;
        EXPECT_TRUE(client.at_end()) << row.name;
    }
    EXPECT_EQ(served.probes().requests.value(), rows.size());
}

TEST(http_front, drains_a_large_refused_body_so_that_the_answer_is_read) {
    served_front served;
    http_client client{served.port()};
    constexpr std::size_t bytes = 8 * 1024 * 1024;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n");
    for (std::size_t sent = 0; sent < bytes; sent += 65'536) client.send(std::string(65'536, 'x'));
    EXPECT_EQ(client.read_reply().status, 413);
    EXPECT_TRUE(client.at_end());
}

TEST(http_front, cuts_a_client_that_never_stops_sending) {
    served_front served{{.limits = {.linger_bytes = 1024 * 1024}}};
    http_client client{served.port()};
    client.send("nonsense\r\n\r\n");
    EXPECT_EQ(client.read_reply().status, 400);
    EXPECT_THROW(for (;;) client.send(std::string(65'536, 'x')), std::exception);
    EXPECT_TRUE(served_front::eventually([&] { return served.probes().connections_now.value() == 0; }));
}

TEST(http_front, takes_bodies_up_to_the_limit) {
    served_front served;
    http_client client{served.port()};
    const std::string most(65'536, 'b');
    EXPECT_EQ(client.ask("POST", "/", {}, most).body, "POST /? a= k= t= b=" + most);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 16; ++i) client.send("1000\r\n" + std::string(4'096, 'b') + "\r\n");
    client.send("0\r\n\r\n");
    EXPECT_EQ(client.read_reply().body, "POST /? a= k= t= b=" + most);
}

TEST(http_front, says_100_when_asked_in_its_turn) {
    served_front served;
    http_client client{served.port()};
    client.send(http_request_text("POST", "/hold") +
                "POST /late HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    const reply_address held = served.handler.wait_for_held(1)[0];
    EXPECT_EQ(client.read_available(50), "");
    served.answer(held, "first");
    EXPECT_EQ(client.read_reply(false, true).body, "first");
    EXPECT_EQ(client.read_reply(false, true).status, 100);
    client.send("body");
    EXPECT_EQ(client.read_reply(false, true).body, "POST /late? a= k= t= b=body");
}

TEST(http_front, refuses_before_the_body_is_sent) {
    served_front served;
    http_client client{served.port()};
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n");
    EXPECT_EQ(client.read_reply(false, true).status, 413);
}

TEST(http_front, speaks_http_1_0) {
    served_front served;
    http_client keeping{served.port()};
    keeping.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(keeping.read_reply().field("connection"), "keep-alive");
    keeping.send("GET /b HTTP/1.0\r\n\r\n");
    EXPECT_EQ(keeping.read_reply().field("connection"), "close");
    EXPECT_TRUE(keeping.at_end());
}

TEST(http_front, gives_a_head_no_body) {
    served_front served;
    http_client client{served.port()};
    const http_reply reply = client.ask("HEAD", "/large/1000");
    EXPECT_EQ(reply.field("content-length"), "1000");
    EXPECT_EQ(client.ask("GET", "/x").status, 200);
}

TEST(http_front, answers_a_client_that_shut_its_side) {
    served_front served;
    http_client client{served.port()};
    client.send(http_request_text("GET", "/a") + http_request_text("POST", "/hold"));
    client.shut_sending();
    served.answer(served.handler.wait_for_held(1)[0], "late");
    EXPECT_EQ(client.read_reply().status, 200);
    EXPECT_EQ(client.read_reply().body, "late");
    EXPECT_TRUE(client.at_end());
    EXPECT_TRUE(served_front::eventually([&] { return served.probes().connections_now.value() == 0; }));
}

TEST(http_front, reads_no_more_from_a_client_that_does_not_read) {
    served_front served{{.limits = {.unsent_bytes = 64 * 1024}}};
    http_client client{served.port()};
    const int small = 16 * 1024;
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    // A gigabyte of answers is asked for; the server must not be further ahead than what the kernel holds.
    for (int i = 0; i < 1'000; ++i) client.send(http_request_text("GET", "/large/1000000"));
    for (int i = 0; i < 20; ++i) ASSERT_EQ(client.read_reply().body.size(), 1'000'000u);
    EXPECT_GE(served.probes().requests.value(), 20u);
    EXPECT_LE(served.probes().requests.value(), 40u);
}

http_limits quick() { return {.sweep_interval_ms = 10}; }

TEST(http_front, ends_a_header_that_does_not_arrive) {
    http_limits limits = quick();
    limits.header_timeout_ms = 100;
    served_front served{{.limits = limits}};
    http_client client{served.port()};
    client.send("GET / HTTP/1.1\r\n");
    EXPECT_EQ(client.read_reply().status, 408);
    EXPECT_TRUE(client.at_end());
    EXPECT_EQ(served.probes().connections_timed_out.value(), 1u);
}

TEST(http_front, ends_a_body_that_does_not_arrive) {
    http_limits limits = quick();
    limits.body_timeout_ms = 100;
    served_front served{{.limits = limits}};
    http_client client{served.port()};
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab");
    EXPECT_EQ(client.read_reply().status, 408);
}

TEST(http_front, ends_an_idle_connection_but_not_one_that_waits_for_its_answer) {
    http_limits limits = quick();
    limits.idle_timeout_ms = 100;
    served_front served{{.limits = limits}};
    http_client waiting{served.port()};
    waiting.send(http_request_text("POST", "/hold"));
    const reply_address held = served.handler.wait_for_held(1)[0];
    http_client idle{served.port()};
    EXPECT_TRUE(idle.at_end()); // after the timeout
    served.answer(held, "patience");
    EXPECT_EQ(waiting.read_reply().body, "patience");
}

TEST(http_front, cuts_a_client_that_stalls_while_it_is_written_to) {
    http_limits limits = quick();
    limits.write_timeout_ms = 100;
    served_front served{{.limits = limits}};
    http_client client{served.port()};
    client.send(http_request_text("GET", "/large/64000000"));
    EXPECT_TRUE(served_front::eventually([&] {
        return served.probes().connections_timed_out.value() == 1 && served.probes().connections_now.value() == 0;
    }));
}

TEST(http_front, does_not_linger_for_ever) {
    http_limits limits = quick();
    limits.linger_timeout_ms = 100;
    served_front served{{.limits = limits}};
    http_client client{served.port()};
    EXPECT_EQ(client.ask("GET", "/", {{"Connection", "close"}}).field("connection"), "close");
    // The client keeps its side open.
    EXPECT_TRUE(served_front::eventually([&] { return served.probes().connections_now.value() == 0; }));
}

TEST(http_front, serves_1100_connections) {
    served_front served;
    std::vector<http_client> clients;
    for (int i = 0; i < 1'100; ++i) clients.emplace_back(served.port());
    for (int round = 0; round < 2; ++round) {
        for (auto& client : clients) client.send(http_request_text("GET", "/"));
        for (auto& client : clients) ASSERT_EQ(client.read_reply().status, 200);
    }
    EXPECT_EQ(served.probes().connections_now.value(), 1'100u);
    clients.clear();
    EXPECT_TRUE(served_front::eventually([&] { return served.probes().connections_now.value() == 0; }));
}

TEST(http_front, refuses_connections_over_the_limit) {
    served_front served{{.limits = {.connections_max = 2}}};
    http_client first{served.port()};
    {
        http_client second{served.port()};
        EXPECT_EQ(first.ask("GET", "/").status, 200);
        EXPECT_EQ(second.ask("GET", "/").status, 200);
        http_client third{served.port()};
        third.send(http_request_text("GET", "/"));
        const http_reply reply = third.read_reply();
        EXPECT_EQ(reply.status, 503);
        EXPECT_EQ(reply.body, "overloaded");
        EXPECT_EQ(reply.field("retry-after"), "1");
        EXPECT_TRUE(third.at_end());
        EXPECT_EQ(served.probes().connections_refused.value(), 1u);
    }
    ASSERT_TRUE(served_front::eventually([&] { return served.probes().connections_now.value() == 1; }));
    http_client next{served.port()};
    EXPECT_EQ(next.ask("GET", "/").status, 200);
}

TEST(http_front, takes_new_limits_for_open_connections_too) {
    served_front served{{.limits = {.header_bytes = 600, .body_bytes = 10, .connections_max = 1}}};
    http_client first{served.port()};
    EXPECT_EQ(first.ask("POST", "/", {}, "0123456789").status, 200);
    served.on_loop([&] { served.front().set_limits({.header_bytes = 2000, .body_bytes = 20, .connections_max = 2}); });
    EXPECT_EQ(first.ask("POST", "/", {}, std::string(20, 'b')).status, 200);
    EXPECT_EQ(first.ask("GET", "/", {{"Padding", std::string(1500, 'p')}}).status, 200);
    http_client second{served.port()};
    EXPECT_EQ(second.ask("GET", "/").status, 200);

    served.on_loop([&] { served.front().set_limits({.header_bytes = 600, .body_bytes = 10, .connections_max = 1}); });
    EXPECT_EQ(first.ask("GET", "/").status, 200) << "one more than admitted, but it was there before";
    EXPECT_EQ(http_client{served.port()}.read_reply().status, 503);
    EXPECT_EQ(second.ask("POST", "/", {}, "0123456789b").status, 413);
    EXPECT_EQ(first.ask("GET", "/", {{"Padding", std::string(1500, 'p')}}).status, 431);
}

TEST(http_front, keeps_new_deadlines_on_open_connections_too) {
    served_front served{{.limits = {.sweep_interval_ms = 10}}};
    http_client idle{served.port()};
    EXPECT_EQ(idle.ask("GET", "/").status, 200);
    served.on_loop([&] { served.front().set_limits({.idle_timeout_ms = 50, .sweep_interval_ms = 10}); });
    EXPECT_TRUE(idle.at_end());
}

TEST(http_front, drains) {
    served_front served;
    http_client idle{served.port()};
    http_client owed{served.port()};
    http_client half{served.port()};
    EXPECT_EQ(idle.ask("GET", "/").status, 200);
    owed.send(http_request_text("POST", "/hold") + http_request_text("POST", "/hold"));
    const auto held = served.handler.wait_for_held(2);
    const std::uint64_t before = served.probes().bytes_in.value();
    half.send("POST / HTTP/1.1\r\n");
    ASSERT_TRUE(served_front::eventually([&] { return served.probes().bytes_in.value() > before; }));

    std::promise<void> empty;
    served.on_loop([&] {
        served.listening().stop_accepting();
        served.front().drain(10'000, [&] { empty.set_value(); });
    });
    EXPECT_THROW(http_client{served.port()}, std::exception);
    EXPECT_TRUE(idle.at_end());
    const http_reply refused = half.read_reply();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.body, "not_ready");
    EXPECT_TRUE(half.at_end());

    owed.send(http_request_text("POST", "/hold")); // too late
    served.answer(held[1], "second");
    served.answer(held[0], "first");
    EXPECT_FALSE(owed.read_reply().has("connection"));
    const http_reply last = owed.read_reply();
    EXPECT_EQ(last.body, "second");
    EXPECT_EQ(last.field("connection"), "close");
    EXPECT_TRUE(owed.at_end());
    EXPECT_EQ(served.probes().requests.value(), 3u);

    const auto finished = empty.get_future();
    EXPECT_EQ(finished.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);
    { [[maybe_unused]] const http_client gone[]{std::move(idle), std::move(owed), std::move(half)}; }
    EXPECT_EQ(finished.wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST(http_front, cuts_what_does_not_drain_in_time) {
    served_front served{{.limits = quick()}};
    http_client client{served.port()};
    client.send(http_request_text("POST", "/hold"));
    static_cast<void>(served.handler.wait_for_held(1));
    std::promise<void> empty;
    served.on_loop([&] { served.front().drain(100, [&] { empty.set_value(); }); });
    EXPECT_EQ(empty.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_TRUE(client.at_end());
}

} // namespace
} // namespace meguri::net
