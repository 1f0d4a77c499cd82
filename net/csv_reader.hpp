// Reads CSV (RFC 4180) in UTF-8, with or without a byte order mark, rows ended by LF or CRLF: one record after the
// other, each with the number of its first line. Empty lines are no records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

class csv_reader {
public:
    // `text` outlives it.
    explicit csv_reader(std::string_view text) noexcept;

    // The next record; false: there is none.
    [[nodiscard]] bool next();

    // Of a record with more than 32 the first 31 and the last.
    [[nodiscard]] std::span<const std::string> cells() const noexcept { return {cells_.data(), cell_count_}; }
    [[nodiscard]] std::uint32_t line() const noexcept { return record_line_; }
    // A quote stands where none may, or is not closed: the cells are not all there. The next record begins on the next
    // line.
    [[nodiscard]] bool is_broken() const noexcept { return broken_; }

private:
    [[nodiscard]] bool read_cell(std::string& into);
    void read_quoted(std::string& into);
    void skip_line();
    [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
    [[nodiscard]] bool at_line_end() const noexcept {
        return at_end() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
    }
    void pass_line_end() noexcept;

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t record_line_ = 0;
    bool broken_ = false;
    std::vector<std::string> cells_; // their room is used again
    std::size_t cell_count_ = 0;
};

} // namespace meguri::net
