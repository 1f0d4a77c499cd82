#include "ledger/my_key_id.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace meguri::ledger {
namespace {

TEST(my_key_id, is_eight_characters_of_letters_and_digits) {
    for (const auto* const text : {"AAAAAAAA", "99999999", "ABCD1234", "0000000Z"}) {
        const auto id = my_key_id::parse(text);
        ASSERT_TRUE(id.has_value()) << text;
        EXPECT_EQ(id->text(), text);
        EXPECT_EQ(my_key_id::from_number(id->number()), id) << text;
    }
    for (const auto* const text : {"", "ABCD123", "ABCD12345", "abcd1234", "ABCD 234", "ABCD-234", "ＡＢＣ"})
        EXPECT_FALSE(my_key_id::parse(text)) << text;
}

TEST(my_key_id, none_is_no_number_of_one) {
    EXPECT_FALSE(my_key_id{});
    EXPECT_EQ(my_key_id::parse("AAAAAAAA")->number(), 1U);
    EXPECT_EQ(my_key_id::parse("99999999")->number(), my_key_id::count);
    EXPECT_FALSE(my_key_id::from_number(0));
    EXPECT_FALSE(my_key_id::from_number(my_key_id::count + 1));
}

TEST(my_key_id, is_drawn_by_any_bits) {
    EXPECT_EQ(my_key_id::drawn_by(0).text(), "AAAAAAAA");
    EXPECT_EQ(my_key_id::drawn_by(my_key_id::count - 1).text(), "99999999");
    EXPECT_TRUE(my_key_id::drawn_by(std::numeric_limits<std::uint64_t>::max()));
}

} // namespace
} // namespace meguri::ledger
