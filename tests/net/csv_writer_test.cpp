#include "net/csv_writer.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

constexpr std::string_view mark = "\xEF\xBB\xBF";

std::string row_of(std::string_view cell) {
    std::string out;
    csv_writer csv{out};
    csv.text(cell).end_row();
    return out.substr(mark.size());
}

TEST(csv_writer, writes_rows_behind_a_byte_order_mark) {
    std::string out;
    csv_writer csv{out};
    csv.text("石巻").number(-1200).empty().text("x").end_row();
    csv.number(0).end_row();
    EXPECT_EQ(out, std::string{mark} + "石巻,-1200,,x\r\n0\r\n");
}

TEST(csv_writer, quotes_what_would_break_a_row_and_disarms_formulas) {
    struct row {
        std::string_view cell;
        std::string_view written;
    };
    const row rows[] = {
        {"plain", "plain"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\r\nb", "\"a\r\nb\""},
        {"=1+1", "'=1+1"},
        {"+81", "'+81"},
        {"-x", "'-x"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "'\tx"},
        {"\rx", "\"'\rx\""},
        {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"a=b", "a=b"},
        {"", ""},
    };
    for (const auto& one : rows) EXPECT_EQ(row_of(one.cell), std::string{one.written} + "\r\n") << one.cell;
}

} // namespace
} // namespace meguri::net
