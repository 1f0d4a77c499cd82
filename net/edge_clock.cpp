#include "net/edge_clock.hpp"

#include <charconv>
#include <chrono>
#include <fstream>

namespace meguri::net {
namespace {

constexpr std::int64_t doubtful_after_ms = 60'000;
bool is_doubtful(std::int64_t moved_ms) noexcept {
    return moved_ms > doubtful_after_ms || moved_ms < -doubtful_after_ms;
}

constexpr std::int64_t offset_max_s = 100LL * 366 * 86'400; // a century either way

std::int64_t wall_ms() noexcept {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t steady_ms() noexcept {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::optional<std::int64_t> read_offset_s(const std::filesystem::path& file) {
    std::ifstream in{file};
    std::string text;
    if (!std::getline(in, text)) return std::nullopt;
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.pop_back();
    std::int64_t seconds = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + (text.starts_with('+') ? 1 : 0), end, seconds);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == end;
    if (!whole || seconds > offset_max_s || seconds < -offset_max_s) return std::nullopt;
    return seconds;
}

} // namespace

edge_clock::edge_clock() : wall_minus_steady_ms_{wall_ms() - steady_ms()} {}

edge_clock::edge_clock(std::filesystem::path offset_file) : edge_clock{} { offset_file_ = std::move(offset_file); }

std::int64_t edge_clock::now_ms() const noexcept {
    const std::int64_t wall = wall_ms();
    const std::int64_t by_steady = steady_ms() + wall_minus_steady_ms_;
    return (is_doubtful(wall - by_steady) ? by_steady : wall) + offset_ms_.load(std::memory_order_relaxed);
}

std::optional<std::string> edge_clock::tick() {
    const std::int64_t moved = wall_ms() - steady_ms() - wall_minus_steady_ms_;
    doubtful_.store(is_doubtful(moved), std::memory_order_relaxed);
    if (offset_file_.empty()) return std::nullopt;
    const auto seconds = read_offset_s(offset_file_);
    if (!seconds)
        return "--test-clock " + offset_file_.string() +
               ": not one integer of seconds, at most a century; the last good one stays";
    offset_ms_.store(*seconds * 1000, std::memory_order_relaxed);
    return std::nullopt;
}

} // namespace meguri::net
