// A partner's day against ours: every reference is met once, and every difference is named.
#include "ledger/reconciliation.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

stated_conversion one(std::string reference, std::uint64_t units, std::int64_t amount, std::uint32_t line = 0) {
    return {std::move(reference), {units, *points::from(amount)}, line};
}

TEST(reconciliation, names_every_difference_once) {
    reconciliation found;
    found.lines = 5;
    found.faulty = 1;
    const auto differences =
        compare({one("A", 100, 50, 2), one("B", 100, 50, 3), one("C", 100, 51, 4), one("D", 0, 7, 5)},
                {one("D", 0, 7), one("E", 20, 10), one("C", 100, 50), one("A", 100, 50)}, found);
    ASSERT_EQ(differences.size(), 3U);
    EXPECT_EQ(differences[0].kind, difference_kind::missing_here);
    EXPECT_EQ(differences[0].reference, "B");
    EXPECT_EQ(differences[0].line, 3U);
    EXPECT_FALSE(differences[0].ours.has_value());
    EXPECT_EQ(differences[1].kind, difference_kind::other_amount);
    EXPECT_EQ(differences[1].theirs->amount.value(), 51);
    EXPECT_EQ(differences[1].ours->amount.value(), 50);
    EXPECT_EQ(differences[2].kind, difference_kind::missing_there);
    EXPECT_EQ(differences[2].reference, "E");
    EXPECT_EQ(differences[2].line, 0U);
    EXPECT_EQ(found.matched, 2U);
    EXPECT_EQ(found.ours_count(), 4U);
    EXPECT_EQ(found.theirs.value(), 158);
    EXPECT_EQ(found.ours.value(), 117);
    EXPECT_TRUE(adds_up(found));
    found.faulty = 2;
    EXPECT_FALSE(adds_up(found));
}

TEST(reconciliation, takes_other_units_for_another_amount) {
    reconciliation found;
    const auto differences = compare({one("A", 101, 50, 2)}, {one("A", 100, 50)}, found);
    EXPECT_EQ(differences.at(0).kind, difference_kind::other_amount);
}

TEST(reconciliation, of_nothing_is_nothing) {
    reconciliation found;
    EXPECT_TRUE(compare({}, {}, found).empty());
    EXPECT_EQ(found, reconciliation{});
}

} // namespace
} // namespace meguri::ledger
