#include "ledger/funding.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

using namespace std::string_view_literals;

TEST(funding_source, each_kind_is_read_and_keeps_its_text) {
    struct row {
        std::string_view text;
        funding_kind kind;
    };
    for (const auto [text, kind] : {
             row{"budget:042021:health", funding_kind::budget},
             row{"national:2026", funding_kind::national},
             row{"partner:card-7", funding_kind::partner},
             row{"purchase:wal_1", funding_kind::purchase},
             row{"donation:x", funding_kind::donation},
             row{"budget::", funding_kind::budget},
         }) {
        const auto source = funding_source::parse(text);
        ASSERT_TRUE(source.has_value()) << text;
        EXPECT_EQ(source->kind(), kind) << text;
        EXPECT_EQ(source->text(), text);
    }
}

TEST(funding_source, what_names_nobody_who_owes_is_refused) {
    for (const auto text :
         {""sv, "budget"sv, "budget:"sv, ":042021"sv, "Budget:042021"sv, "budgets:042021"sv, "gift:x"sv, " budget:x"sv,
          "budget :x"sv, "budget:a b"sv, "budget:健康"sv, "budget:\n"sv, "budget:\x7f"sv, "budget:a\0"sv}) {
        EXPECT_EQ(funding_source::parse(text), std::nullopt) << text;
    }
}

TEST(funding_source, is_64_characters_at_most) {
    const std::string longest = "budget:" + std::string(57, 'x');
    EXPECT_TRUE(funding_source::parse(longest));
    EXPECT_FALSE(funding_source::parse(longest + 'x'));
}

TEST(funding_kind, numbers_and_names_are_stored_and_never_change) {
    EXPECT_EQ(name_of(static_cast<funding_kind>(1)), "budget");
    EXPECT_EQ(name_of(static_cast<funding_kind>(2)), "national");
    EXPECT_EQ(name_of(static_cast<funding_kind>(3)), "partner");
    EXPECT_EQ(name_of(static_cast<funding_kind>(4)), "purchase");
    EXPECT_EQ(name_of(static_cast<funding_kind>(5)), "donation");
    EXPECT_EQ(funding_kinds, 5u);
}

} // namespace
} // namespace meguri::ledger
