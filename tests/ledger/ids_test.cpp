#include "ledger/ids.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <unordered_set>

namespace meguri::ledger {
namespace {

static_assert(!std::convertible_to<std::uint64_t, wallet_id>);
static_assert(!std::convertible_to<wallet_id, std::uint64_t>);
static_assert(!std::constructible_from<wallet_id, merchant_id>, "a merchant's number is nobody's wallet");
static_assert(!std::constructible_from<outlet_id, merchant_id>);

TEST(strong_id, zero_is_none) {
    EXPECT_FALSE(wallet_id{});
    EXPECT_FALSE(wallet_id{0});
    EXPECT_TRUE(wallet_id{1});
}

TEST(strong_id, hashes_apart) {
    std::unordered_set<std::size_t> seen;
    for (std::uint64_t i = 0; i < 10'000; ++i) seen.insert(std::hash<wallet_id>{}(wallet_id{i}));
    EXPECT_EQ(seen.size(), 10'000u);
}

TEST(outlet_id, holds_merchant_and_number) {
    struct row {
        std::uint64_t merchant;
        std::uint16_t number;
    };
    for (const auto [merchant, number] : {row{1, 1}, row{7, 2}, row{123'456'789, 65'535}, row{(1ull << 48) - 1, 1}}) {
        const outlet_id id{merchant_id{merchant}, number};
        EXPECT_EQ(id.merchant(), merchant_id{merchant});
        EXPECT_EQ(id.number(), number);
        EXPECT_EQ(outlet_id{id.value()}, id) << "the value alone says it all";
    }
    EXPECT_FALSE(outlet_id{});
}

} // namespace
} // namespace meguri::ledger
