// Records of fixed width as Japanese banks exchange them (全銀協規定形式): one byte a character of JIS X 0201, in which
// half-width kana are the bytes A1 to DF, as in Shift_JIS. N: digits, right-justified, filled with 0. C: text,
// left-justified, filled with spaces. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

inline constexpr std::size_t zengin_record_bytes = 120;

class zengin_record_writer {
public:
    // Contract of all: it fits, and the text is one of zengin names.
    zengin_record_writer& number(std::uint64_t value, std::size_t width);
    zengin_record_writer& text(std::string_view utf8, std::size_t width);
    zengin_record_writer& space(std::size_t width);
    // Contract: it is complete.
    [[nodiscard]] const std::string& bytes() const;

private:
    std::string bytes_;
};

// Reads on from its front. Contract of all: the record is as long as that.
class zengin_record_reader {
public:
    explicit zengin_record_reader(std::string_view record) noexcept : left_{record} {}
    [[nodiscard]] std::optional<std::uint64_t> number(std::size_t width); // nullopt: not all of it is digits
    void skip(std::size_t width);

private:
    [[nodiscard]] std::string_view take(std::size_t width);
    std::string_view left_;
};

} // namespace meguri::ledger
