// One-time codes of digits: which forms there may be, and the check digit.
#include "ledger/numeric_code.hpp"

#include "tests/ledger/scene.hpp"

namespace meguri::ledger {
namespace {

TEST(numeric_format, is_within_its_bounds) {
    struct row {
        const char* prefix;
        std::uint32_t length;
        bool good;
    };
    for (const auto& one :
         {row{"", 20, true}, row{"", 16, true}, row{"", 32, true}, row{"123456", 22, true}, row{"1", 16, true},
          row{"12", 16, false}, row{"123456", 20, false}, row{"", 15, false}, row{"", 17, false}, row{"", 34, false},
          row{"1234567", 32, false}, row{"1a", 20, false}, row{"１", 20, false}})
        EXPECT_EQ((numeric_format{one.prefix, one.length}.wrong() == nullptr), one.good)
            << one.prefix << ' ' << one.length;
}

TEST(luhn_digit, is_the_known_one) {
    EXPECT_EQ(luhn_digit("7992739871"), '3'); // ISO/IEC 7812-1's usual example
    EXPECT_TRUE(has_luhn_digit("79927398713"));
    for (char c = '0'; c <= '9'; ++c) EXPECT_EQ(has_luhn_digit(std::string{"7992739871"} + c), c == '3');
    for (const char* const none : {"", "0", "7992739871a", "７"}) EXPECT_FALSE(has_luhn_digit(none)) << none;
}

TEST(once_code, is_of_digits_and_ends_after_five_minutes) {
    wallet of;
    of.id = resident;
    of.codes_issued = 4;
    const numeric_format format{"28", 20};
    const auto issued = decide_digits(issue_code{resident, code_kind::once, format}, of, noon("2026-11-26"));
    EXPECT_EQ(issued.ordinal, 5U);
    EXPECT_EQ(issued.valid_until, noon("2026-11-26").plus_ms(code_once_valid_ms));
    EXPECT_EQ(issued.format, format);
}

TEST(block_code, takes_one_code_and_perhaps_gives_another) {
    wallet of;
    of.id = resident;
    of.codes_issued = 4;
    const auto blocked = decide(block_code{resident, 3, 17, false, "紛失"}, of);
    ASSERT_TRUE(blocked.has_value());
    EXPECT_EQ(blocked->reissued_as, 0U);
    EXPECT_EQ(blocked->issued_at, 17U);
    const auto reissued = decide(block_code{resident, 3, 17, true, "汚損"}, of);
    ASSERT_TRUE(reissued.has_value());
    EXPECT_EQ(reissued->reissued_as, 5U);
    of.codes_used = {std::uint64_t{1} << 3};
    for (const bool reissue : {false, true}) {
        const auto again = decide(block_code{resident, 3, 17, reissue, ""}, of);
        ASSERT_FALSE(again.has_value());
        EXPECT_EQ(again.error(), refusal::invalid_state);
    }
}

} // namespace
} // namespace meguri::ledger
