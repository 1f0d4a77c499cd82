// Writes CSV (RFC 4180) for spreadsheets at the end of a string: UTF-8 with a byte order mark, every row ended by CRLF.
// A text that a spreadsheet would take for a formula is written behind an apostrophe (OWASP, CSV injection).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::net {

class csv_writer {
public:
    enum class begins : std::uint8_t { here, later }; // `later`: behind rows that another writer wrote

    explicit csv_writer(std::string& out, begins where = begins::here) : out_{out} {
        if (where == begins::here) out_.append("\xEF\xBB\xBF");
    }

    csv_writer& text(std::string_view cell);
    csv_writer& number(std::int64_t cell);
    csv_writer& empty() { return text({}); }
    void end_row();

private:
    void separate();

    std::string& out_;
    bool first_ = true;
};

} // namespace meguri::net
