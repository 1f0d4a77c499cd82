// Names of account holders as banks take them, and digits.
#include "ledger/bank_account.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

TEST(zengin_name, is_one) {
    for (const char* const good : {"ｱﾍﾞ", "ｶ)ｲｼﾉﾏｷｾﾝｷﾞﾖ", "(ｶ", "ｲｼﾉﾏｷｼ ｶｲｹｲｶﾝﾘｼﾔ", "ABC-1.2", "ｳﾞｴﾙﾃﾞ", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ",
                                   "ﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞ", "ﾜﾝ", "A", "123456789012345678901234567890"})
        EXPECT_EQ(wrong_in_zengin_name(good), nullptr) << good << ": " << wrong_in_zengin_name(good);
}

TEST(zengin_name, is_none) {
    struct row {
        const char* text;
        const char* says;
    };
    for (const auto& one : {row{"", "must not be empty"},
                            row{" ｱ", "space"},
                            row{"ｱ ", "space"},
                            row{"ｦﾉ", "ｦ"},
                            row{"ｼｬ", "small"},
                            row{"ｷｯﾃ", "small"},
                            row{"ﾏｰｹｯﾄ", "write -"},
                            row{"ﾞｱ", "voiced"},
                            row{"ｱﾞ", "voiced"},
                            row{"ｶﾟ", "voiced"},
                            row{"ｶﾞﾞ", "voiced"},
                            row{"Aﾞ", "voiced"},
                            row{"abc", "half-width kana"},
                            row{"アベ", "half-width kana"},
                            row{"阿部", "half-width kana"},
                            row{"ｱ,ﾍﾞ", "half-width kana"},
                            row{"ｱ/ﾍﾞ", "half-width kana"},
                            row{"｡", "half-width kana"},
                            row{"ｱ\xEF\xBD", "half-width kana"},
                            row{"ｱ\xFF", "half-width kana"},
                            row{"1234567890123456789012345678901", "30"},
                            row{"ｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞｶﾞ", "30"}}) {
        const char* const wrong = wrong_in_zengin_name(one.text);
        ASSERT_NE(wrong, nullptr) << one.text;
        EXPECT_NE(std::string{wrong}.find(one.says), std::string::npos) << one.text << ": " << wrong;
    }
}

TEST(digits, are_so_many_and_no_others) {
    EXPECT_EQ(parse_digits("0125", 4), 125U);
    EXPECT_EQ(digits_of(125, 4), "0125");
    EXPECT_EQ(parse_digits("0000000", 7), 0U);
    for (const char* const none : {"", "125", "01250", "012a", " 125", "-125", "１２３４"})
        EXPECT_EQ(parse_digits(none, 4), std::nullopt) << none;
}

TEST(bank_account, is_the_same_whatever_table_it_was_checked_by) {
    const bank_account one{125, 404, account_type::ordinary, 1'234'567, "ｱﾍﾞ", "2025"};
    auto other = one;
    other.checked_by = "2026";
    EXPECT_TRUE(one.is_same_as(other));
    EXPECT_NE(one, other);
    other.type = account_type::current;
    EXPECT_FALSE(one.is_same_as(other));
}

} // namespace
} // namespace meguri::ledger
