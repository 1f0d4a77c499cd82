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

TEST(outlet_id, holds_epoch_merchant_and_number) {
    struct row {
        std::uint64_t merchant;
        std::uint16_t number;
        std::uint32_t epoch;
    };
    for (const auto [merchant, number, epoch] :
         {row{1, 1, 0}, row{7, 2, 1}, row{123'456'789, 65'535, 0}, row{outlet_id::merchant_max, 1, 65'535}}) {
        const outlet_id id{merchant_id{merchant}, number, epoch};
        EXPECT_EQ(id.merchant(), merchant_id{merchant});
        EXPECT_EQ(id.number(), number);
        EXPECT_EQ(id.epoch(), epoch);
        EXPECT_EQ(outlet_id{id.value()}, id) << "the value alone says it all";
    }
    EXPECT_FALSE(outlet_id{});
    EXPECT_EQ((outlet_id{merchant_id{7}, 2}.value()), 7u << 16 | 2u) << "before the first restore as it always was";
}

} // namespace
} // namespace meguri::ledger
