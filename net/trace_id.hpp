// The trace that a caller's `traceparent` header names (W3C Trace Context, 3.2), for the log. Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::net {

struct trace_id {
    std::uint64_t high = 0;
    std::uint64_t low = 0; // both 0: none, as the standard forbids it

    [[nodiscard]] bool is_given() const noexcept { return (high | low) != 0; }
    // 32 hexadecimal digits.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const trace_id&, const trace_id&) = default;
};

// None where the header is absent or not valid: then the standard has it ignored.
[[nodiscard]] trace_id parse_traceparent(std::string_view header) noexcept;

} // namespace meguri::net
