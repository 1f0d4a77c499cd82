// The simulated disk alone, by LMDB's own calls: what it keeps, what it loses, and what it refuses.
#include "tests/simulation/simulated_disk.hpp"

#include "storage/lmdb.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;
using storage::bytes_of;
using trouble = simulated_disk::trouble;

class disk_under_lmdb : public ::testing::Test {
protected:
    void SetUp() override {
        for (const auto* const name : {"journal", "state"}) {
            fs::create_directories(folder_ / name);
            ASSERT_TRUE(open_at(folder_ / name).has_value());
        }
    }
    void TearDown() override { disk_.detach(); }

    static tl::expected<storage::lmdb::environment, storage::error> open_at(const fs::path& folder) {
        return storage::lmdb::environment::open({.folder = folder, .map_bytes = std::size_t{1} << 24});
    }
    // One number, durable if it says so.
    bool put(const char* value) {
        auto environment = open_at(folder_ / "journal");
        if (!environment) return false;
        const auto numbers = environment->open_database("numbers");
        auto within = numbers ? environment->begin_write() : tl::unexpected{numbers.error()};
        return within && within->put(*numbers, bytes_of("number"), bytes_of(value)) && std::move(*within).commit();
    }
    std::string found() {
        auto environment = open_at(folder_ / "journal");
        if (!environment) return environment.error().text();
        const auto numbers = environment->open_database("numbers");
        const auto within = environment->begin_read();
        const auto number = numbers && within ? within->get(*numbers, bytes_of("number")).value() : std::nullopt;
        return number ? std::string{reinterpret_cast<const char*>(number->data()), number->size()} : "none";
    }

    const temporary_folder folder_;
    simulated_disk& disk_ = simulated_disk::of_this_process();
};

TEST_F(disk_under_lmdb, sees_every_write_and_sync_of_a_commit) {
    ASSERT_TRUE(put("one"));
    disk_.attach(folder_.path(), 1);
    ASSERT_TRUE(put("two"));
    EXPECT_GE(disk_.calls(), 4U); // a page at least, its sync, the meta page; before them the sync of opening
}

TEST_F(disk_under_lmdb, keeps_what_is_synced_and_of_the_rest_all_or_nothing) {
    ASSERT_TRUE(put("one"));
    bool came = false;
    bool was_lost = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        disk_.attach(folder_.path(), seed);
        ASSERT_TRUE(put("one"));
        disk_.bring(trouble::power_cut, 1 + seed % 5);
        const bool said_durable = put("two");
        if (!disk_.is_off()) disk_.cut_power();
        disk_.power_on();
        const auto now = found();
        EXPECT_TRUE(now == "two" || (now == "one" && !said_durable)) << "seed " << seed << ": " << now;
        (now == "two" ? came : was_lost) = true;
    }
    EXPECT_TRUE(came && was_lost);
}

TEST_F(disk_under_lmdb, that_forgets_meta_pages_loses_the_last_commit) {
    ASSERT_TRUE(put("one"));
    std::size_t lost = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        disk_.attach(folder_.path(), seed);
        ASSERT_TRUE(put("one"));
        disk_.forget_meta_pages(true);
        ASSERT_TRUE(put("two"));
        disk_.cut_power();
        disk_.power_on();
        disk_.forget_meta_pages(false);
        if (found() == "one") ++lost;
    }
    EXPECT_GT(lost, 1U);
}

// The page cache has the old meta page and the disk the new one, or the other way round; what is written next must not
// depend on which.
TEST_F(disk_under_lmdb, may_lose_power_right_after_the_start_that_follows_a_failed_meta_page) {
    ASSERT_TRUE(put("one"));
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        disk_.attach(folder_.path(), seed);
        ASSERT_TRUE(put("one"));
        disk_.bring(seed % 2 == 0 ? trouble::refused : trouble::refused_once, 1, true);
        ASSERT_FALSE(put("two"));
        disk_.power_on();
        disk_.bring(trouble::power_cut, 2 + seed % 4);
        const bool said_durable = put("three");
        if (!disk_.is_off()) disk_.cut_power();
        disk_.power_on();
        const auto now = found();
        EXPECT_TRUE(now == "three" || (!said_durable && (now == "one" || now == "two")))
            << "seed " << seed << ": " << now;
    }
}

// The start that was to bring the right meta page to the disk may fail as well. The next one finds it clean in the page
// cache, where no sync writes it again; all the same, what that start shows must stay.
TEST_F(disk_under_lmdb, may_lose_power_after_a_failed_meta_page_and_a_failed_start) {
    ASSERT_TRUE(put("one"));
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        disk_.attach(folder_.path(), seed);
        ASSERT_TRUE(put("one"));
        disk_.bring(trouble::refused, 1, true);
        ASSERT_FALSE(put("two"));
        disk_.power_on();
        disk_.bring(trouble::refused, 1 + seed % 2); // the write of the meta pages, or the sync
        ASSERT_FALSE(put("two"));
        disk_.power_on();
        const auto seen = found();
        disk_.cut_power();
        disk_.power_on();
        EXPECT_EQ(found(), seen) << "seed " << seed;
    }
}

} // namespace
} // namespace meguri::test
