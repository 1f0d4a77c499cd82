#include "net/csv_reader.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

// Of a record, more than any file has columns: what comes behind them is read over.
constexpr std::size_t csv_cells_kept_max = 32;

} // namespace

csv_reader::csv_reader(std::string_view text) noexcept : text_{text} {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
}

bool csv_reader::next() {
    while (!at_end() && at_line_end()) pass_line_end();
    if (at_end()) return false;
    record_line_ = line_;
    broken_ = false;
    cell_count_ = 0;
    for (;;) {
        if (cell_count_ < csv_cells_kept_max) ++cell_count_;
        if (cells_.size() < cell_count_) cells_.emplace_back();
        std::string& cell = cells_[cell_count_ - 1];
        cell.clear();
        if (!read_cell(cell)) {
            broken_ = true;
            skip_line();
            return true;
        }
        if (at_line_end()) break;
        ++at_; // the comma
    }
    pass_line_end();
    return true;
}

// Up to a comma or the end of the record; false: a quote is wrong.
bool csv_reader::read_cell(std::string& into) {
    if (!at_end() && text_[at_] == '"') {
        const std::size_t begin = at_;
        const std::uint32_t begun_on = line_;
        read_quoted(into);
        if (at_line_end() || text_[at_] == ',') return true;
        at_ = begin; // so that one bad quote costs its line alone
        line_ = begun_on;
        return false;
    }
    const std::size_t begin = at_;
    while (!at_line_end() && text_[at_] != ',' && text_[at_] != '"') ++at_;
    into.assign(text_.substr(begin, at_ - begin));
    return at_line_end() || text_[at_] == ',';
}

// Behind the closing quote; at the opening one's place plus one where there is none, which is no cell's end.
void csv_reader::read_quoted(std::string& into) {
    const std::size_t begin = at_++;
    while (!at_end()) {
        if (text_[at_] == '"') {
            if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
                ++at_;
                return;
            }
            ++at_; // two for one
        } else if (text_[at_] == '\n') {
            ++line_;
        }
        into += text_[at_++];
    }
    at_ = begin; // at a quote, which is no cell's end
}

void csv_reader::skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    pass_line_end();
}

void csv_reader::pass_line_end() noexcept {
    if (at_end()) return;
    at_ += text_[at_] == '\r' ? 2U : 1U;
    ++line_;
}

} // namespace meguri::net
