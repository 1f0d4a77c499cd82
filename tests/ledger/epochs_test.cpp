#include "ledger/epochs.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

constexpr epoch_mark first_mark{0xA1};
constexpr epoch_mark second_mark{0xB2};

// Restored with entry 100 as the last one, and again with entry 250.
epoch_list restored_twice() {
    epoch_list all;
    all.begin({1, first_mark, 101, 10, 3, 5});
    all.begin({2, second_mark, 251, 10, 4, 9}); // no wallet was opened in the first epoch
    return all;
}

TEST(epochs, mark_nothing_before_the_first_restore) {
    const epoch_list none;
    EXPECT_EQ(none.number(), 0U);
    EXPECT_FALSE(none.mark());
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
        EXPECT_FALSE(none.mark_at(number));
        EXPECT_FALSE(none.mark_of_wallet(number));
        EXPECT_FALSE(none.mark_of_merchant(number));
        EXPECT_FALSE(none.mark_of_party(number));
        EXPECT_FALSE(none.mark_of(outlet_id{number}));
    }
}

TEST(epochs, mark_a_number_with_the_epoch_in_which_it_was_given_out) {
    const auto all = restored_twice();
    EXPECT_EQ(all.number(), 2U);
    EXPECT_EQ(all.mark(), second_mark);
    struct row {
        std::uint64_t number;
        epoch_mark expected;
    };
    for (const auto& [number, expected] : {row{1, {}}, row{100, {}}, row{101, first_mark}, row{250, first_mark},
                                           row{251, second_mark}, row{~std::uint64_t{0}, second_mark}})
        EXPECT_EQ(all.mark_at(number), expected) << number;
    for (const auto& [number, expected] : {row{1, {}}, row{10, {}}, row{11, second_mark}})
        EXPECT_EQ(all.mark_of_wallet(number), expected) << number;
    for (const auto& [number, expected] : {row{3, {}}, row{4, first_mark}, row{5, second_mark}})
        EXPECT_EQ(all.mark_of_merchant(number), expected) << number;
    for (const auto& [number, expected] : {row{5, {}}, row{6, first_mark}, row{9, first_mark}, row{10, second_mark}})
        EXPECT_EQ(all.mark_of_party(number), expected) << number;
}

TEST(epochs, know_an_outlets_by_its_id) {
    const auto all = restored_twice();
    const merchant_id merchant{3};
    EXPECT_EQ(all.mark_of(outlet_id{merchant, 1}), epoch_mark{});
    EXPECT_EQ(all.mark_of(outlet_id{merchant, 2, 1}), first_mark);
    EXPECT_EQ(all.mark_of(outlet_id{merchant, 2, 2}), second_mark);
    EXPECT_EQ(all.mark_of(outlet_id{merchant, 2, 3}), epoch_mark{}) << "of a line that was given up";
}

TEST(epochs, want_a_mark_that_no_other_has) {
    const auto all = restored_twice();
    EXPECT_TRUE(all.is_new(epoch_mark{0xC3}));
    EXPECT_FALSE(all.is_new(first_mark));
    EXPECT_FALSE(all.is_new(second_mark));
    EXPECT_FALSE(all.is_new(epoch_mark{})) << "that of no restore";
}

TEST(epochs, begin_one_after_the_other) {
    auto all = restored_twice();
    EXPECT_DEATH(all.begin({4, epoch_mark{0xC3}, 300, 10, 4, 9}), "EXPECTS broken") << "the third comes first";
    EXPECT_DEATH(all.begin({3, second_mark, 300, 10, 4, 9}), "EXPECTS broken");
    EXPECT_DEATH(all.begin({3, epoch_mark{0xC3}, 251, 10, 4, 9}), "EXPECTS broken");
}

} // namespace
} // namespace meguri::ledger
