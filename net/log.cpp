#include "net/log.hpp"

#include "ledger/contract.hpp"
#include "net/log_sink.hpp"
#include "storage/steady_clock.hpp"
#include "storage/thread_name.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>

#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <memory>

namespace meguri::net {
namespace {

constexpr std::size_t lines_waiting_max = 1'024;
constexpr std::int64_t end_within_ns = 2'000'000'000;

// One format of lines, with what writes them.
struct line_format {
    line_format(const char* pattern, int descriptor, const std::shared_ptr<spdlog::details::thread_pool>& queue)
        : sink{std::make_shared<log_sink>(descriptor)},
          logger{std::make_shared<spdlog::async_logger>("meguri", sink, queue,
                                                        spdlog::async_overflow_policy::overrun_oldest)} {
        sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc, "\n"));
    }

    std::shared_ptr<log_sink> sink;
    std::shared_ptr<spdlog::async_logger> logger;
};

// Two loggers, because a line waits in the queue with the format that it was made for. Both have the one thread.
struct outputs {
    explicit outputs(int descriptor)
        : queue{std::make_shared<spdlog::details::thread_pool>(lines_waiting_max, 1,
                                                               [] { storage::name_this_thread("log"); })},
          text{"%Y-%m-%dT%H:%M:%S.%eZ %l %v", descriptor, queue},
          json{R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", descriptor, queue} {}

    std::shared_ptr<spdlog::details::thread_pool> queue;
    line_format text;
    line_format json;
    std::atomic<bool> is_json{false};
    std::uint64_t dropped_told = 0;
};

// As standard error is: one for the process. Set while no other thread logs.
std::unique_ptr<outputs> state;

// As it is where that is unmistakable, else as JSON writes it: one line, whatever is in it.
void append_value(std::string& line, std::string_view value) {
    const auto is_plain = [](char c) { return c < 0 || (c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7f); };
    if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain)) {
        line += value;
    } else {
        json_writer{line}.text(value);
    }
}

} // namespace

log_output::log_output(const config::log_settings& with, int descriptor) {
    EXPECTS(state == nullptr);
    state = std::make_unique<outputs>(descriptor);
    adjust_log(with);
}

log_output::~log_output() {
    tell_dropped_lines();
    const auto until = storage::steady_ns() + end_within_ns;
    state->text.sink->give_up_at(until);
    state->json.sink->give_up_at(until);
    state.reset();
}

void adjust_log(const config::log_settings& with) noexcept {
    if (state == nullptr) return;
    static_assert(static_cast<int>(severity::debug) == SPDLOG_LEVEL_DEBUG);
    const auto least = static_cast<spdlog::level::level_enum>(static_cast<int>(with.level) + SPDLOG_LEVEL_DEBUG);
    state->text.logger->set_level(least);
    state->json.logger->set_level(least);
    state->is_json.store(with.format == config::log_format::json, std::memory_order_relaxed);
}

log_event::log_event(severity level, std::string_view event) : level_{level} {
    if (state == nullptr) return;
    is_json_ = state->is_json.load(std::memory_order_relaxed);
    spdlog::logger& to = is_json_ ? *state->json.logger : *state->text.logger;
    if (!to.should_log(static_cast<spdlog::level::level_enum>(level))) return;
    to_ = &to;
    if (is_json_) {
        json_.plain("event", event);
    } else {
        line_ = event;
    }
}

log_event::~log_event() {
    if (to_ != nullptr) to_->log(static_cast<spdlog::level::level_enum>(level_), spdlog::string_view_t{line_});
}

log_event& log_event::text(std::string_view key, std::string_view value) {
    if (to_ == nullptr) return *this;
    std::string readable;
    if (!simdjson::validate_utf8(value.data(), value.size())) { // or the line would be no JSON: a file's name, say
        readable = value;
        std::ranges::replace_if(
            readable, [](char c) { return c < 0; }, '?');
        value = readable;
    }
    if (is_json_) {
        json_.text(key, value);
    } else {
        append_value(line_.append(" ").append(key).append("="), value);
    }
    return *this;
}

log_event& log_event::number(std::string_view key, std::int64_t value) {
    if (to_ == nullptr) return *this;
    if (is_json_) {
        json_.number(key, value);
    } else {
        line_.append(" ").append(key).append("=").append(std::to_string(value));
    }
    return *this;
}

void log_plain(severity level, std::string_view event) { const log_event all{level, event}; }

log_counts logged() {
    log_counts counts;
    if (state == nullptr) return counts;
    for (std::size_t i = 0; i < counts.lines.size(); ++i) {
        const auto level = static_cast<spdlog::level::level_enum>(i);
        counts.lines[i] = state->text.sink->lines(level) + state->json.sink->lines(level);
    }
    counts.dropped = state->queue->overrun_counter();
    return counts;
}

void tell_dropped_lines() {
    if (state == nullptr) return;
    const std::uint64_t dropped = state->queue->overrun_counter();
    const std::uint64_t more = dropped - std::exchange(state->dropped_told, dropped);
    if (more != 0) log_event{severity::warning, "log_lines_dropped"}.number("lines", static_cast<std::int64_t>(more));
}

} // namespace meguri::net
