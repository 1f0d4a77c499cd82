#include "ledger/purchase_reference.hpp"

#include <gtest/gtest.h>

#include <string>

namespace meguri::ledger {
namespace {

TEST(purchase_reference, is_ten_digits_and_two_that_check_them) {
    const auto one = *purchase_reference::from_number(123'456'789);
    const auto text = one.text();
    ASSERT_EQ(text.size(), purchase_reference::length);
    EXPECT_EQ(text.substr(0, 10), "0123456789");
    EXPECT_EQ(std::stoull(text) % 97, 1U) << "ISO/IEC 7064, MOD 97-10";
    EXPECT_EQ(purchase_reference::parse(text), one);
    EXPECT_FALSE(purchase_reference::from_number(0));
    EXPECT_FALSE(purchase_reference::from_number(10'000'000'000));
}

// What people do when they copy digits: one wrong, two neighbours changed.
TEST(purchase_reference, is_refused_when_it_was_copied_wrongly) {
    for (const std::uint64_t number : {1ULL, 42ULL, 9'999'999'999ULL, 8'271'650'394ULL, 5'000'000'000ULL}) {
        const auto right = purchase_reference::from_number(number)->text();
        for (std::size_t i = 0; i < right.size(); ++i) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                auto wrong = right;
                wrong[i] = digit;
                EXPECT_EQ(purchase_reference::parse(wrong).has_value(), wrong == right) << wrong;
            }
            if (i == 0 || right[i - 1] == right[i]) continue;
            auto swapped = right;
            std::swap(swapped[i - 1], swapped[i]);
            EXPECT_FALSE(purchase_reference::parse(swapped)) << swapped;
        }
    }
    for (const char* const other : {"", "1", "01234567891", "0123456789123", "012345678 42", "０１２３"})
        EXPECT_FALSE(purchase_reference::parse(other)) << other;
}

TEST(purchase_reference, is_read_from_its_column_or_from_the_name) {
    const auto one = *purchase_reference::from_number(8'271'650'394);
    const auto text = one.text();
    auto wrong = text;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    struct row {
        std::string column;
        std::string remitter;
        bool is_there;
        bool is_whole;
    };
    const row rows[] = {
        {text, "ﾔﾏﾀﾞ ﾊﾅｺ", true, true},
        {text, wrong, true, true}, // the column is what counts
        {wrong, text, true, false},
        {"", text + " ﾔﾏﾀﾞ ﾊﾅｺ", true, true},
        {"", "ﾔﾏﾀﾞ ﾊﾅｺ" + text, true, true},
        {"", "1-2-3 ﾔﾏﾀﾞ " + text, true, true}, // a short row of digits is something else
        {"", wrong + " ﾔﾏﾀﾞ ﾊﾅｺ", true, false},
        {"", text + "0 ﾔﾏﾀﾞ", true, false},
        {"", "ﾔﾏﾀﾞ ﾊﾅｺ", false, false},
        {"", "ﾔﾏﾀﾞ 1234567", false, false},
        {"", "", false, false},
        {"X", text, true, false},
    };
    for (const auto& each : rows) {
        const auto read = read_reference(each.column, each.remitter);
        EXPECT_EQ(read.is_there, each.is_there) << each.column << '|' << each.remitter;
        EXPECT_EQ(read.reference, each.is_whole ? one : purchase_reference{}) << each.column << '|' << each.remitter;
    }
}

} // namespace
} // namespace meguri::ledger
