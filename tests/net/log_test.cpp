#include "net/log.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace meguri::net {
namespace {

using namespace std::chrono_literals;
using config::log_format;
using config::log_level;

config::log_settings as(log_format format, log_level level = log_level::debug) {
    config::log_settings with;
    with.format = format;
    with.level = level;
    return with;
}

// A pipe of a page that the test reads when it likes.
class small_pipe {
public:
    // A pipe of one page has room for poll(2) only while it is empty.
    explicit small_pipe(int bytes = 4096) {
        EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
        ::fcntl(ends_[1], F_SETPIPE_SZ, bytes);
    }
    ~small_pipe() {
        for (const int end : ends_) ::close(end);
    }
    small_pipe(const small_pipe&) = delete;
    small_pipe& operator=(const small_pipe&) = delete;

    [[nodiscard]] int writer() const { return ends_[1]; }
    // Lines until one has that in it, that one too.
    [[nodiscard]] std::vector<std::string> read_until(std::string_view last) {
        std::vector<std::string> lines;
        while (lines.empty() || lines.back().find(last) == std::string::npos) {
            const auto end = unread_.find('\n');
            if (end != std::string::npos) {
                lines.push_back(unread_.substr(0, end));
                unread_.erase(0, end + 1);
                continue;
            }
            std::array<char, 4096> piece{};
            const ssize_t size = ::read(ends_[0], piece.data(), piece.size());
            if (size <= 0) break;
            unread_.append(piece.data(), static_cast<std::size_t>(size));
        }
        return lines;
    }

private:
    std::array<int, 2> ends_{};
    std::string unread_;
};

TEST(log, writes_an_event_as_one_json_object) {
    small_pipe pipe;
    const log_output output{as(log_format::json), pipe.writer()};
    log_event{severity::warning, "something_happened"}
        .text("what", "a \"quoted\"\nline, 巡り")
        .number("status", -503)
        .text("bytes", "\xff\xfe:\x01")
        .text("empty", "");
    const auto line = pipe.read_until("empty").front();
    const auto seen = boost::json::parse(line).as_object();
    ASSERT_EQ(seen.size(), 7U) << line;
    EXPECT_TRUE(std::regex_match(std::string{seen.at("time").as_string()},
                                 std::regex{R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"}))
        << line;
    EXPECT_EQ(seen.at("level").as_string(), "warning");
    EXPECT_EQ(seen.at("event").as_string(), "something_happened");
    EXPECT_EQ(seen.at("what").as_string(), "a \"quoted\"\nline, 巡り");
    EXPECT_EQ(seen.at("status").as_int64(), -503);
    EXPECT_EQ(seen.at("bytes").as_string(), "??:\x01") << "what is no UTF-8 would be no JSON";
    EXPECT_EQ(seen.at("empty").as_string(), "");
}

TEST(log, writes_an_event_as_text_on_one_line) {
    small_pipe pipe;
    const log_output output{as(log_format::text), pipe.writer()};
    log_event{severity::info, "ready"}.text("listen", "[::1]:80").text("why", "a\nb c").number("lines", 3);
    const auto line = pipe.read_until("ready").front();
    EXPECT_TRUE(std::regex_match(line, std::regex{R"(\S+Z info ready listen=\[::1\]:80 why="a\\u000ab c" lines=3)"}))
        << line;
}

TEST(log, changes_level_and_format) {
    small_pipe pipe;
    const log_output output{as(log_format::text, log_level::error), pipe.writer()};
    log_plain(severity::warning, "first");
    log_plain(severity::error, "second");
    adjust_log(as(log_format::json, log_level::warn));
    log_plain(severity::info, "third");
    log_plain(severity::critical, "fourth");
    const auto lines = pipe.read_until("fourth");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_TRUE(lines[0].ends_with("Z error second")) << lines[0];
    EXPECT_TRUE(lines[1].ends_with(R"("level":"critical","event":"fourth"})")) << lines[1];
}

TEST(log, keeps_the_order_of_each_thread_and_counts_what_is_written) {
    small_pipe pipe;
    std::vector<std::string> lines;
    {
        std::optional<log_output> output{std::in_place, as(log_format::text), pipe.writer()};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([i] {
                for (int j = 0; j < 100; ++j) log_event{severity::info, "n"}.number("thread", i).number("line", j);
            });
        for (auto& one : threads) one.join();
        log_plain(severity::error, "last");
        lines = pipe.read_until("last");
        for (int i = 0; i < 1000 && logged().lines[4] == 0; ++i) std::this_thread::sleep_for(1ms); // it is read first
        EXPECT_EQ(logged().lines, (std::array<std::uint64_t, 6>{0, 0, 400, 0, 1, 0}));
        EXPECT_EQ(logged().dropped, 0U);
    }
    EXPECT_EQ(lines.size(), 401U);
    for (int i = 0; i < 4; ++i) {
        int next = 0;
        for (const auto& line : lines) {
            if (line.find("thread=" + std::to_string(i)) == std::string::npos) continue;
            EXPECT_TRUE(line.ends_with("line=" + std::to_string(next++))) << line;
        }
        EXPECT_EQ(next, 100);
    }
}

TEST(log, drops_the_oldest_and_says_how_many_while_nobody_reads) {
    small_pipe pipe;
    const log_output output{as(log_format::text), pipe.writer()};
    constexpr int events = 10'000;
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < events; ++i) log_event{severity::info, "flood"}.number("number", i);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s) << "logging never waits for the reader";
    const auto dropped = logged().dropped;
    EXPECT_GT(dropped, static_cast<std::uint64_t>(events) / 2);
    const auto lines = pipe.read_until("number=" + std::to_string(events - 1));
    EXPECT_EQ(lines.size() + dropped, static_cast<std::size_t>(events));
    tell_dropped_lines();
    log_plain(severity::info, "later");
    const auto told = pipe.read_until("later");
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[0].ends_with("warning log_lines_dropped lines=" + std::to_string(dropped))) << told[0];
    tell_dropped_lines();
    log_plain(severity::info, "at_last");
    EXPECT_EQ(pipe.read_until("at_last").size(), 1U) << "told once";
}

TEST(log, ends_though_nobody_reads) {
    small_pipe pipe;
    std::optional<log_output> output{std::in_place, as(log_format::json), pipe.writer()};
    for (int i = 0; i < 2'000; ++i) log_event{severity::info, "flood"}.number("number", i);
    const auto began = std::chrono::steady_clock::now();
    output.reset();
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_GE(took, 1s) << "a slow reader has some time";
    EXPECT_LT(took, 10s);
}

TEST(log, writes_what_is_left_at_the_end) {
    small_pipe pipe{65'536};
    std::optional<log_output> output{std::in_place, as(log_format::text), pipe.writer()};
    for (int i = 0; i < 30; ++i) log_event{severity::info, "event"}.number("number", i);
    output.reset();
    EXPECT_EQ(pipe.read_until("number=29").size(), 30U);
}

TEST(log, survives_a_descriptor_that_is_no_good_and_says_nothing_without_output) {
    const int closed = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::close(closed);
    {
        const log_output output{as(log_format::text), closed};
        log_plain(severity::info, "nobody_hears_this");
    }
    log_event{severity::critical, "nor_this"}.text("why", "there is no output").number("n", 1);
    tell_dropped_lines();
    EXPECT_EQ(logged().lines, log_counts{}.lines);
}

} // namespace
} // namespace meguri::net
