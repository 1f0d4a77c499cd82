#include "net/csv_writer.hpp"

namespace meguri::net {

void csv_writer::separate() {
    if (!first_) out_.push_back(',');
    first_ = false;
}

csv_writer& csv_writer::text(std::string_view cell) {
    constexpr std::string_view begins_formula = "=+-@\t\r";
    constexpr std::string_view needs_quotes = "\",\r\n";
    const bool formula = !cell.empty() && begins_formula.find(cell.front()) != std::string_view::npos;
    const bool quoted = cell.find_first_of(needs_quotes) != std::string_view::npos;
    separate();
    if (quoted) out_.push_back('"');
    if (formula) out_.push_back('\'');
    for (const char c : cell) {
        if (c == '"') out_.push_back('"');
        out_.push_back(c);
    }
    if (quoted) out_.push_back('"');
    return *this;
}

csv_writer& csv_writer::number(std::int64_t cell) {
    separate();
    out_.append(std::to_string(cell));
    return *this;
}

void csv_writer::end_row() {
    out_.append("\r\n");
    first_ = true;
}

} // namespace meguri::net
