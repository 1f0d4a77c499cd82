#include "net/card_login_text.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

TEST(card_login_text, is_what_the_contract_says) {
    EXPECT_EQ(text_to_sign({"meguri.example.jp", "login", "ch_abc"}),
              "MEGURI-LOGIN-1\nmeguri.example.jp\nlogin\nch_abc\n");
}

TEST(card_login_text, has_no_two_meanings) {
    EXPECT_DEATH(static_cast<void>(text_to_sign({"a\nlogin", "login", "ch_abc"})), "EXPECTS");
    EXPECT_DEATH(static_cast<void>(text_to_sign({"", "login", "ch_abc"})), "EXPECTS");
    EXPECT_DEATH(static_cast<void>(text_to_sign({"a b", "login", "ch_abc"})), "EXPECTS");
}

} // namespace
} // namespace meguri::net
