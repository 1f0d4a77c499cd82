// What is wrong with the lines of a file, or has become of them: a line of the report each, with the line's number, the
// column, a code and words in English and Japanese, as JSON objects or as CSV. Grows a line at a time; on one io
// thread.
//
//   {"line": 3, "column": "amount"|null, "code": "amount_not_allowed", "message": "...", "message_ja": "..."}
#pragma once

#include "ledger/recipients.hpp"
#include "net/json_writer.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace meguri::net {

class line_report {
public:
    explicit line_report(bool as_csv);

    void add(const ledger::faulty_line& one);
    void add(const ledger::left_out_row& one);

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] bool is_csv() const noexcept { return is_csv_; }
    // The whole of a CSV; of JSON the elements, without the array around them.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    struct words {
        std::string_view message;
        std::string_view message_ja;
    };
    [[nodiscard]] static words words_of(ledger::line_fault fault) noexcept;
    [[nodiscard]] static words words_of(ledger::left_out_reason why) noexcept;
    void add(std::uint32_t line, std::string_view column, std::string_view code, const words& said);

    bool is_csv_;
    std::size_t count_ = 0;
    std::string text_;
};

inline constexpr std::string_view csv_content_type = "text/csv; charset=utf-8";

} // namespace meguri::net
