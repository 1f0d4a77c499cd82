// A partner's file: what is read, and how each bad line is named.
#include "net/partner_csv.hpp"

#include "net/csv_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meguri::net {
namespace {

using rows = std::vector<std::vector<std::string>>;

rows all_of(std::string_view text) {
    rows found;
    csv_reader reader{text};
    while (reader.next())
        found.emplace_back(reader.is_broken() ? std::vector<std::string>{"broken"}
                                              : std::vector<std::string>{reader.cells().begin(), reader.cells().end()});
    return found;
}

TEST(csv_reader, keeps_no_more_cells_of_a_line_than_any_file_has) {
    const std::string text = std::string(200'000, ',') + "\na,b\n";
    csv_reader reader{text};
    ASSERT_TRUE(reader.next());
    EXPECT_FALSE(reader.is_broken());
    EXPECT_LE(reader.cells().size(), 64U);
    EXPECT_GE(reader.cells().size(), 16U) << "more than any file may have, so that it is seen";
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.cells().size(), 2U);
}

TEST(csv_reader, reads_what_rfc_4180_says) {
    EXPECT_EQ(all_of(""), rows{});
    EXPECT_EQ(all_of("\xEF\xBB\xBF"
                     "a,b\r\nc,d"),
              (rows{{"a", "b"}, {"c", "d"}}));
    EXPECT_EQ(all_of("a,\n\n,b\n"), (rows{{"a", ""}, {"", "b"}}));
    EXPECT_EQ(all_of("\"a,\"\"b\"\"\",c\n"), (rows{{"a,\"b\"", "c"}}));
    EXPECT_EQ(all_of("\"two\nlines\",x\ny,z\n"), (rows{{"two\nlines", "x"}, {"y", "z"}}));
    EXPECT_EQ(all_of("a\"b,c\nd,e\n"), (rows{{"broken"}, {"d", "e"}}));
    EXPECT_EQ(all_of("\"open,c\nd,e\n"), (rows{{"broken"}, {"d", "e"}})) << "costs its line alone";
    EXPECT_EQ(all_of("\"a\"b,c\nd,e"), (rows{{"broken"}, {"d", "e"}}));
}

TEST(csv_reader, counts_lines_within_quotes) {
    csv_reader reader{"\"a\n\n\",1\nb,2\n"};
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.line(), 1U);
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.line(), 4U);
}

TEST(partner_csv, reads_columns_in_any_order) {
    const auto file = read_partner_file("amount,reference,units\n50,M-1,100\n7,C-1,\n");
    ASSERT_TRUE(file.has_columns);
    ASSERT_EQ(file.read.size(), 2U);
    EXPECT_EQ(file.read[0].reference, "M-1");
    EXPECT_EQ(file.read[0].stated.units, 100U);
    EXPECT_EQ(file.read[0].stated.amount.value(), 50);
    EXPECT_EQ(file.read[0].line, 2U);
    EXPECT_EQ(file.read[1].stated.units, 0U);
    EXPECT_TRUE(file.faults.empty());
}

TEST(partner_csv, has_its_three_columns) {
    for (const char* const first : {"", "reference,units", "reference,units,amount,more", "reference,units,points",
                                    "reference,reference,amount", "\"reference"})
        EXPECT_FALSE(read_partner_file(first + std::string{"\nM-1,1,1\n"}).has_columns) << first;
}

TEST(partner_csv, names_every_bad_line_with_its_number_and_column) {
    const auto file = read_partner_file("reference,units,amount\n"
                                        "M-1,100,50\n"
                                        ",100,50\n"
                                        "M-3,-1,50\n"
                                        "M-4,100,0\n"
                                        "M-5,100\n"
                                        "M-1,100,50\n"
                                        "M\"7,100,50\n"
                                        "M-8,1e3,1.5\n"
                                        "M-\x01,1,1\n"
                                        "\xff,1,1\n"
                                        "M-11,1,1\n");
    struct row {
        std::uint32_t line;
        partner_column column;
    };
    const std::vector<row> expected{{3, partner_column::reference},  {4, partner_column::units},
                                    {5, partner_column::amount},     {6, partner_column::none},
                                    {7, partner_column::reference},  {8, partner_column::none},
                                    {9, partner_column::units},      {9, partner_column::amount},
                                    {10, partner_column::reference}, {11, partner_column::reference}};
    ASSERT_EQ(file.faults.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(file.faults[i].line, expected[i].line) << i;
        EXPECT_EQ(file.faults[i].column, expected[i].column) << i;
        EXPECT_FALSE(file.faults[i].what.empty());
    }
    EXPECT_EQ(file.lines, 11U);
    EXPECT_EQ(file.read.size(), 2U);
}

} // namespace
} // namespace meguri::net
