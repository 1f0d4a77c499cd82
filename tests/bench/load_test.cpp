// What the load generator is made of: arrivals and choices as their laws say, and an open loop that a stall cannot hide
// from.
#include "bench/arrivals.hpp"
#include "bench/http_load.hpp"
#include "bench/wallet_choice.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace meguri::bench {
namespace {

TEST(poisson_arrivals, have_exponential_gaps_of_the_wanted_mean) {
    for (const auto seed : test::seeds(3)) {
        poisson_arrivals arrivals{50'000, seed, 1'000};
        constexpr int count = 200'000;
        std::uint64_t before = 1'000;
        double longer_than_mean = 0;
        double longer_than_three = 0;
        for (int i = 0; i < count; ++i) {
            const auto at = arrivals.next();
            ASSERT_GE(at, before);
            longer_than_mean += at - before > 20'000 ? 1 : 0;
            longer_than_three += at - before > 60'000 ? 1 : 0;
            before = at;
        }
        // Five standard deviations around what the law says.
        EXPECT_NEAR(static_cast<double>(before - 1'000) / count, 20'000, 5 * 20'000 / std::sqrt(count)) << seed;
        const auto near = [&](double found, double p) {
            EXPECT_NEAR(found / count, p, 5 * std::sqrt(p * (1 - p) / count)) << seed;
        };
        near(longer_than_mean, std::exp(-1));
        near(longer_than_three, std::exp(-3));
    }
}

TEST(poisson_arrivals, are_the_same_for_the_same_seed) {
    poisson_arrivals one{1'000, 7, 0};
    poisson_arrivals other{1'000, 7, 0};
    for (int i = 0; i < 100; ++i) EXPECT_EQ(one.next(), other.next());
}

struct choice_row {
    std::uint64_t wallets;
    double exponent;
};

TEST(wallet_choice, follows_zipf_for_every_exponent) {
    for (const auto& row :
         std::vector<choice_row>{{1, 0}, {1, 0.99}, {5, 0}, {5, 0.5}, {100, 0.99}, {100, 1}, {40, 2.5}, {10, 4}}) {
        const auto seed = test::seeds(1).front();
        std::mt19937_64 random{seed};
        const wallet_choice choice{row.wallets, row.exponent};
        constexpr int count = 200'000;
        std::vector<double> drawn(row.wallets);
        for (int i = 0; i < count; ++i) {
            const auto one = choice.next(random);
            ASSERT_LT(one, row.wallets);
            ++drawn[one];
        }
        double total = 0;
        for (std::uint64_t k = 1; k <= row.wallets; ++k) total += std::pow(static_cast<double>(k), -row.exponent);
        for (std::uint64_t k = 1; k <= row.wallets; ++k) {
            const double p = std::pow(static_cast<double>(k), -row.exponent) / total;
            EXPECT_NEAR(drawn[k - 1] / count, p, 6 * std::sqrt(p * (1 - p) / count) + 1e-9)
                << "rank " << k << " of " << row.wallets << ", exponent " << row.exponent << ", seed " << seed;
        }
    }
}

TEST(latency_histogram, gives_percentiles_as_a_sorted_list_does_and_merges) {
    const auto seed = test::seeds(1).front();
    test::dice dice{seed};
    latency_histogram one;
    latency_histogram other;
    std::vector<std::uint64_t> all;
    for (int i = 0; i < 50'000; ++i) {
        const auto ns = static_cast<std::uint64_t>(dice.between(0, std::int64_t{1} << dice.between(1, 35)));
        (dice.one_in(3) ? one : other).record(ns);
        all.push_back(ns);
    }
    std::ranges::sort(all);
    one.merge(other);
    EXPECT_EQ(one.count(), all.size());
    EXPECT_EQ(one.max_ns(), all.back());
    for (const double fraction : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(fraction * static_cast<double>(all.size()));
        const auto exact = all[std::max<std::size_t>(rank, 1) - 1];
        const auto found = one.percentile_ns(fraction);
        EXPECT_GE(found, exact) << fraction << ' ' << seed;
        EXPECT_LE(found, exact + exact / 60 + 64) << fraction << ' ' << seed;
    }
    std::uint64_t counted = 0;
    one.for_each([&](std::uint64_t, std::uint64_t count) { counted += count; });
    EXPECT_EQ(counted, all.size());
}

// --- the loop ---

constexpr std::string_view created = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
constexpr std::string_view unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}";

// Answers every request of one connection at once, but for one pause.
class pausing_server {
public:
    explicit pausing_server(std::chrono::milliseconds pause, std::string_view answer = created)
        : pause_{pause},
          answer_{answer},
          listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        socklen_t length = sizeof address;
        EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { serve(); }};
    }
    ~pausing_server() {
        thread_.join();
        ::close(listener_);
    }
    pausing_server(const pausing_server&) = delete;
    pausing_server& operator=(const pausing_server&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    void serve() const {
        const int client = ::accept(listener_, nullptr, nullptr);
        std::string unread;
        std::string room(4096, '\0');
        for (int answered = 0;;) {
            const auto got = ::recv(client, room.data(), room.size(), 0);
            if (got <= 0) break;
            unread.append(room, 0, static_cast<std::size_t>(got));
            for (auto end = unread.find("\r\n\r\n"); end != std::string::npos; end = unread.find("\r\n\r\n")) {
                unread.erase(0, end + 4);
                if (++answered == 300) std::this_thread::sleep_for(pause_);
                if (::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0) break;
            }
        }
        ::close(client);
    }

    std::chrono::milliseconds pause_;
    std::string_view answer_;
    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

class empty_requests final : public load_source {
public:
    void next_request(std::uint32_t, std::string& out) override { out += "GET / HTTP/1.1\r\n\r\n"; }
    void on_response(std::uint32_t, const http_answer&) override { ++answers; }
    int answers = 0;
};

std::uint64_t slower_than(std::uint64_t ns, const load_result& result) {
    std::uint64_t slow = 0;
    result.latency.for_each([&](std::uint64_t upper, std::uint64_t count) { slow += upper > ns ? count : 0; });
    return slow;
}

load_result load_with_a_pause(double rate_per_second, std::chrono::milliseconds pause = std::chrono::milliseconds{400},
                              std::string_view answer = created) {
    const pausing_server server{pause, answer};
    empty_requests source;
    load_settings with;
    with.port = server.port();
    with.connections = 1;
    with.warm_up_s = 0;
    with.duration_s = 1;
    with.rate_per_second = rate_per_second;
    return run_http_load(with, source);
}

// Of 1,000 a second those that arrive in the 400 ms of a pause wait, whether or not they could be sent: a fifth of all
// waited for longer than 200 ms. A closed loop sees the pause once.
TEST(http_load, counts_in_open_loop_from_the_arrival_so_that_a_stall_shows) {
    const auto open = load_with_a_pause(1'000);
    EXPECT_NEAR(static_cast<double>(open.responses), 1'000, 200);
    EXPECT_EQ(open.unanswered, 0U);
    EXPECT_GT(slower_than(200'000'000, open), 100U);
    EXPECT_EQ(open.lag.count(), open.responses);
    EXPECT_EQ(open.by_slot.size(), 1U);
    EXPECT_EQ(open.by_slot.front().answered, open.responses);
    EXPECT_GT(open.silence_ns, 390'000'000U);
    EXPECT_LT(open.silence_ns, 600'000'000U);
    const auto closed = load_with_a_pause(0);
    EXPECT_EQ(slower_than(200'000'000, closed), 1U);
    EXPECT_GT(closed.silence_ns, 390'000'000U);
    EXPECT_EQ(closed.lag.count(), 0U);
}

TEST(http_load, keeps_what_was_never_answered_among_the_latencies) {
    constexpr std::chrono::milliseconds for_good{2'500};
    const auto open = load_with_a_pause(1'000, for_good);
    EXPECT_GT(open.unanswered, 400U);
    EXPECT_EQ(open.responses, 299U);
    EXPECT_EQ(open.latency.count(), open.responses + open.unanswered);
    EXPECT_GT(open.latency.percentile_ns(0.5), 900'000'000U) << "they waited until the load gave up, a second later";
    const auto closed = load_with_a_pause(0, for_good);
    EXPECT_EQ(closed.unanswered, 1U);
    EXPECT_EQ(slower_than(900'000'000, closed), 1U);
}

TEST(http_load, tells_in_slots_when_a_stall_was) {
    const pausing_server server{std::chrono::milliseconds{200}}; // before its 300th answer
    empty_requests source;
    load_settings with;
    with.port = server.port();
    with.connections = 1;
    with.warm_up_s = 0;
    with.duration_s = 1.05;
    with.slot_s = 0.1;
    with.rate_per_second = 600;
    double progress_at_s = 0;
    with.progress = [&](const load_progress& told) { progress_at_s = told.at_s; };
    const auto result = run_http_load(with, source);
    ASSERT_EQ(result.by_slot.size(), 11U);
    std::uint64_t answered = 0;
    for (const auto& one : result.by_slot) answered += one.answered;
    EXPECT_EQ(answered, result.responses);
    const auto worst = std::ranges::max_element(result.by_slot, {}, [](auto& one) { return one.latency.max_ns(); });
    const auto at_s = 0.1 * static_cast<double>(worst - result.by_slot.begin());
    EXPECT_NEAR(at_s, 0.5, 0.15) << "300 at 600 a second";
    EXPECT_NEAR(result.silence_at_s, 0.5, 0.15);
    EXPECT_NEAR(progress_at_s, 1, 0.1);
}

TEST(http_load, counts_a_503_and_no_latency_of_it) {
    const auto shed = load_with_a_pause(1'000, std::chrono::milliseconds{0}, unavailable);
    EXPECT_GT(shed.responses, 800U);
    EXPECT_EQ(shed.shed, shed.responses);
    EXPECT_EQ(shed.by_slot.front().shed, shed.shed);
    EXPECT_EQ(shed.latency.count(), 0U);
}

} // namespace
} // namespace meguri::bench
