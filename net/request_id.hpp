// The text of a request id: the same in the Request-Id header and in a problem's `request_id`.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace meguri::net {

class request_id_text {
public:
    // "rq_", eight characters chosen at random when the process started, and the number in base 32. Any thread.
    explicit request_id_text(std::uint64_t request_id) noexcept : request_id_text{process(), request_id} {}
    // That of an earlier process.
    request_id_text(std::uint64_t process, std::uint64_t request_id) noexcept;

    // What this process chose at random: 40 bits.
    [[nodiscard]] static std::uint64_t process() noexcept;

    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

private:
    std::array<char, 24> text_;
    std::size_t size_ = 0;
};

} // namespace meguri::net
