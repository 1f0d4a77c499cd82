#include "storage/unfiled_frames.hpp"

#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace meguri::storage {
namespace {

constexpr std::uint64_t page = log_frame::page_bytes;

unfiled_frames::frame of_pages(ledger::journal_position first, std::size_t records, std::size_t pages) {
    const std::vector<std::byte> all(pages * page - 32 - 4 * records);
    std::vector<std::size_t> begins(records);
    for (std::size_t i = 0; i < records; ++i) begins[i] = i;
    auto made = std::make_shared<const log_frame>(all, begins, first, 1);
    EXPECT_EQ(made->image().size(), pages * page);
    return made;
}

TEST(unfiled_frames, finds_each_position_until_it_is_filed) {
    unfiled_frames some{64 * page};
    EXPECT_EQ(some.newest(), nullptr);
    some.add(of_pages(5, 3, 1), some.place_for(page).value());
    some.add(of_pages(8, 1, 2), some.place_for(2 * page).value());
    EXPECT_EQ(some.find(4), nullptr);
    for (const ledger::journal_position at : {5U, 6U, 7U}) EXPECT_EQ(some.find(at)->first(), 5U) << at;
    EXPECT_EQ(some.find(8)->first(), 8U);
    EXPECT_EQ(some.find(9), nullptr);
    EXPECT_EQ(some.newest()->last(), 8U);
    EXPECT_EQ(some.waiting_bytes(), 3 * page);
    EXPECT_EQ(some.all().size(), 2U);
    some.forget_through(7);
    EXPECT_EQ(some.find(7), nullptr);
    EXPECT_EQ(some.waiting_bytes(), 2 * page);
    some.forget_through(8);
    EXPECT_EQ(some.newest(), nullptr);
    EXPECT_EQ(some.waiting_bytes(), 0U);
}

// The ring against a list of what lies where: nothing that is not filed is ever written over, and room is refused only
// where there is none in one piece behind the newest frame or before the oldest one.
TEST(unfiled_frames, never_gives_away_a_place_that_is_taken) {
    constexpr std::uint64_t pages = 24;
    for (const auto seed : test::seeds(8)) {
        const ::testing::ScopedTrace where{__FILE__, __LINE__, "MEGURI_SEED=" + std::to_string(seed)};
        test::dice random{seed};
        unfiled_frames some{pages * page};
        struct taken {
            std::uint64_t place;
            std::uint64_t size;
            ledger::journal_position last;
        };
        std::deque<taken> model;
        ledger::journal_position next = 1;
        std::size_t refused = 0;
        for (int step = 0; step < 3'000; ++step) {
            if (!model.empty() && random.one_in(3)) {
                const auto last = model[random.below(model.size())].last;
                some.forget_through(last);
                while (!model.empty() && model.front().last <= last) model.pop_front();
                continue;
            }
            const std::size_t size = 1 + random.below(random.one_in(4) ? pages + 2 : 6);
            const auto place = some.place_for(size * page);
            if (!place) {
                ++refused;
                if (model.empty()) {
                    EXPECT_GT(size, pages);
                    continue;
                }
                const auto newest_end = model.back().place + model.back().size;
                const auto oldest = model.front().place;
                const bool is_wrapped = newest_end <= oldest;
                EXPECT_GT(size * page, is_wrapped ? oldest - newest_end : std::max(oldest, pages * page - newest_end));
                continue;
            }
            ASSERT_LE(*place + size * page, pages * page);
            ASSERT_EQ(*place % page, 0U);
            for (const auto& one : model)
                ASSERT_TRUE(*place + size * page <= one.place || one.place + one.size <= *place) << "step " << step;
            some.add(of_pages(next, 2, size), *place);
            model.push_back({*place, size * page, next + 1});
            next += 2;
        }
        EXPECT_GT(refused, 100U);
    }
}

} // namespace
} // namespace meguri::storage
