// How the process logs: one line an event to standard error, because standard output carries what scripts read. An
// event is a name that never changes and fields with what differs, so that machines can count and join them:
//     log_event{severity::warning, "request_failed"}.text("code", name).number("status", 503);
// Never a bearer key, a code, an idempotency key, a path or a body as sent, or anything that tells who a person is.
#pragma once

#include "config/settings.hpp"
#include "net/json_writer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace meguri::net {

// In the order of spdlog's levels, of which the first is not used.
enum class severity : std::uint8_t { debug = 1, info, warning, error, critical };
inline constexpr std::array<std::string_view, 6> severity_names{"trace",   "debug", "info",
                                                                "warning", "error", "critical"};

// As long as it lives, events are logged: by spdlog's asynchronous loggers, whose one thread writes what their bounded
// queue holds, so that no thread that serves waits for whoever reads. While that one stands still the oldest lines in
// the queue are dropped and counted, and at the end it is waited for two seconds at most. Made by main before any
// thread that logs, gone after all of them; one per process. Without one nothing is logged.
class log_output {
public:
    // To that descriptor, which stays the caller's.
    explicit log_output(const config::log_settings& with, int descriptor = 2);
    ~log_output();
    log_output(const log_output&) = delete;
    log_output& operator=(const log_output&) = delete;
};

// Another level or format, from the next event on. Any thread; without a log_output nothing.
void adjust_log(const config::log_settings& with) noexcept;

// One event, handed over when it goes out of scope: text for people, or one JSON object with `time` (RFC 3339, UTC),
// `level`, `event` and the fields. Any thread; a short lock, no wait for the descriptor.
class log_event {
public:
    // `event` in snake_case, one of our own literals, as keys are; values may hold any bytes.
    log_event(severity level, std::string_view event);
    ~log_event();
    log_event(const log_event&) = delete;
    log_event& operator=(const log_event&) = delete;

    log_event& text(std::string_view key, std::string_view value);
    log_event& number(std::string_view key, std::int64_t value);

private:
    severity level_;
    spdlog::logger* to_ = nullptr; // none: the level is not logged
    bool is_json_ = false;
    std::string line_; // without time and level, which spdlog's formatter puts in front
    json_writer json_{line_};
};

// An event that needs no field.
void log_plain(severity level, std::string_view event);

struct log_counts {
    std::array<std::uint64_t, severity_names.size()> lines{}; // written, by severity
    std::uint64_t dropped = 0;                                // by the full queue
};
[[nodiscard]] log_counts logged();

// Logs how many lines were dropped since the last time, if any. On one thread, now and then.
void tell_dropped_lines();

} // namespace meguri::net
