#include "ledger/local_gov_code.hpp"

#include <gtest/gtest.h>

#include <string>

namespace meguri::ledger {
namespace {

using namespace std::string_view_literals;

TEST(local_gov_code, real_codes_are_read) {
    struct row {
        std::string_view text;
        bool is_prefecture;
    };
    for (const auto [text, is_prefecture] : {
             row{"042021", false}, // Ishinomaki
             row{"432148", false}, // Aso
             row{"040002", true},  // Miyagi
             row{"430005", true},  // Kumamoto
             row{"011002", false}, // Sapporo
             row{"010006", true},  // Hokkaido
             row{"131016", false}, // Chiyoda
             row{"473821", false}, // Yonaguni
         }) {
        const auto code = local_gov_code::parse(text);
        ASSERT_TRUE(code.has_value()) << text;
        EXPECT_EQ(code->text(), text);
        EXPECT_EQ(code->is_prefecture(), is_prefecture) << text;
        EXPECT_EQ(local_gov_code::from_number(code->number()), code);
        EXPECT_TRUE(*code);
    }
}

TEST(local_gov_code, the_check_digit_is_of_six_weighted_digits) {
    // 0x6 + 4x5 + 2x4 + 0x3 + 2x2 = 32; 32 mod 11 = 10; (11 - 10) mod 10 = 1.
    EXPECT_EQ(local_gov_code::check_digit(4202), 1u);
    EXPECT_EQ(local_gov_code::check_digit(43214), 8u);
    EXPECT_EQ(local_gov_code::check_digit(0), 1u) << "a remainder of 0 gives 11, written 1";
    EXPECT_EQ(local_gov_code::check_digit(30), 2u);
    EXPECT_EQ(local_gov_code::check_digit(5), 1u) << "10 mod 11 = 10";
    EXPECT_EQ(local_gov_code::check_digit(6), 0u) << "a remainder of 1 gives 10, written 0";
}

TEST(local_gov_code, every_wrong_check_digit_is_refused) {
    for (const std::string_view right : {"042021", "432148", "040002", "430005"}) {
        for (char last = '0'; last <= '9'; ++last) {
            std::string text{right};
            text.back() = last;
            EXPECT_EQ(local_gov_code::parse(text).has_value(), text == right) << text;
        }
    }
}

TEST(local_gov_code, a_mistyped_digit_or_a_swap_is_noticed) {
    for (const std::string_view right : {"042021", "432148", "040002", "430005"}) {
        for (std::size_t i = 0; i + 1 < 5; ++i) {
            std::string swapped{right};
            std::swap(swapped[i], swapped[i + 1]);
            if (swapped != right) {
                EXPECT_FALSE(local_gov_code::parse(swapped)) << swapped;
            }
        }
    }
    EXPECT_FALSE(local_gov_code::parse("042022"));
    EXPECT_FALSE(local_gov_code::parse("042011"));
    EXPECT_FALSE(local_gov_code::parse("402021"));
}

TEST(local_gov_code, only_six_ascii_digits_are_a_code) {
    for (const std::string_view text : {""sv, "0"sv, "42021"sv, "0042021"sv, "04202１"sv, "04202a"sv, "+42021"sv,
                                        "-42021"sv, " 42021"sv, "042021 "sv, "04202\0"sv}) {
        EXPECT_FALSE(local_gov_code::is_six_digits(text)) << text;
        EXPECT_FALSE(local_gov_code::parse(text)) << text;
    }
    EXPECT_TRUE(local_gov_code::is_six_digits("042022")) << "says nothing of the check digit";
}

TEST(local_gov_code, none_is_nobodys) {
    EXPECT_FALSE(local_gov_code{});
    EXPECT_FALSE(local_gov_code::parse("000000"));
    EXPECT_FALSE(local_gov_code::from_number(1'042'021));
}

TEST(local_gov_code, as_named_keeps_what_the_caller_wrote) {
    EXPECT_EQ(local_gov_code::as_named(42'022).text(), "042022");
    EXPECT_EQ(local_gov_code::as_named(42'021), local_gov_code::parse("042021"));
}

TEST(local_gov_code, pseudo_ones_are_stored_but_never_read_from_what_a_caller_says) {
    struct row {
        std::uint32_t number;
        std::string_view text;
        bool is_pseudo;
        bool from_stored;
    };
    for (const auto [number, text, is_pseudo, from_stored] : {
             row{42'021, "042021", false, true},
             row{42'022, "042022", false, false}, // nobody's check digit
             row{999'999, "999999", false, false},
             row{1'000'000, "1000000", true, false}, // of no partner
             row{1'000'001, "1000001", true, true},
             row{1'042'021, "1042021", true, true},
             row{1'040'002, "1040002", true, true},
             row{0xFFFF'FFFF, "4294967295", true, true},
         }) {
        const auto code = local_gov_code::as_stored(number);
        EXPECT_EQ(code.number(), number);
        EXPECT_EQ(code.text(), text);
        EXPECT_EQ(code.is_pseudo(), is_pseudo) << text;
        EXPECT_EQ(local_gov_code::from_stored(number).has_value(), from_stored) << text;
        if (from_stored) {
            EXPECT_EQ(local_gov_code::from_stored(number), code);
        }
        if (!is_pseudo) continue;
        EXPECT_FALSE(code.is_prefecture()) << text;
        EXPECT_FALSE(local_gov_code::parse(text)) << text;
        EXPECT_FALSE(local_gov_code::from_number(number)) << text;
        EXPECT_FALSE(local_gov_code::as_named(number).is_pseudo()) << text;
    }
}

TEST(local_gov_code, orders_and_hashes_by_number) {
    const auto ishinomaki = *local_gov_code::parse("042021");
    const auto aso = *local_gov_code::parse("432148");
    EXPECT_LT(ishinomaki, aso);
    EXPECT_NE(std::hash<local_gov_code>{}(ishinomaki), std::hash<local_gov_code>{}(aso));
}

} // namespace
} // namespace meguri::ledger
