#include "storage/commit_log.hpp"

#include "storage/open_file.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <sys/stat.h>

namespace meguri::storage {
namespace {

constexpr std::uint64_t page = log_frame::page_bytes;
constexpr std::uint64_t capacity = 16 * page;

// Records of these sizes, each full of the low byte of its position.
log_frame some_frame(ledger::journal_position first, std::initializer_list<std::size_t> sizes, std::uint64_t salt) {
    std::vector<std::byte> records;
    std::vector<std::size_t> begins;
    for (const auto size : sizes) {
        begins.push_back(records.size());
        records.resize(records.size() + size, static_cast<std::byte>(first + begins.size() - 1));
    }
    return log_frame{records, begins, first, salt};
}

std::vector<std::byte> copy(bytes of) { return {of.begin(), of.end()}; }

class commit_log_test : public ::testing::Test {
protected:
    [[nodiscard]] commit_log begin(std::uint64_t salt_before = 0) const {
        return commit_log::begin(folder.path(), capacity, salt_before).value();
    }
    [[nodiscard]] auto after(std::uint64_t salt, ledger::journal_position filed = 0) const {
        return commit_log::frames_after(folder.path(), salt, filed);
    }
    [[nodiscard]] std::vector<ledger::journal_position> firsts(std::uint64_t salt,
                                                               ledger::journal_position filed = 0) const {
        std::vector<ledger::journal_position> out;
        const auto found = after(salt, filed);
        EXPECT_TRUE(found.has_value()) << found.error().text();
        if (found)
            for (const auto& one : *found) out.push_back(one.first());
        return out;
    }
    void flip_byte(std::uint64_t at) const {
        std::fstream file{path(), std::ios::in | std::ios::out | std::ios::binary};
        file.seekg(static_cast<std::streamoff>(at));
        const char was = static_cast<char>(file.get());
        file.seekp(static_cast<std::streamoff>(at));
        file.put(static_cast<char>(was ^ 0x10));
    }
    [[nodiscard]] std::filesystem::path path() const { return folder / "commit.log"; }

    test::temporary_folder folder;
};

TEST_F(commit_log_test, gives_back_what_was_written_in_order) {
    auto log = begin();
    const auto first = some_frame(1, {10, 5'000, 1}, log.salt());
    const auto second = some_frame(4, {300}, log.salt());
    ASSERT_TRUE(log.write(first, 8 * page));
    ASSERT_TRUE(log.write(second, 0)) << "after the ring's end";
    const auto found = after(log.salt());
    ASSERT_TRUE(found.has_value()) << found.error().text();
    ASSERT_EQ(found->size(), 2U);
    for (ledger::journal_position at = 1; at <= 3; ++at)
        EXPECT_EQ(copy((*found)[0].record(at)), copy(first.record(at))) << at;
    EXPECT_EQ((*found)[0].record(2).size(), 5'000U);
    EXPECT_EQ(copy((*found)[1].record(4)), std::vector<std::byte>(300, std::byte{4}));
    EXPECT_EQ(firsts(log.salt(), 3), (std::vector<ledger::journal_position>{4})) << "what is filed is left out";
    EXPECT_EQ(firsts(log.salt(), 4), (std::vector<ledger::journal_position>{}));
    EXPECT_EQ(commit_log::newest(folder.path(), log.salt()), 4U);
    EXPECT_EQ(commit_log::newest(folder.path(), log.salt() + 1), 0U);
}

TEST_F(commit_log_test, is_made_of_zeros_for_its_owner_alone_and_kept) {
    const auto log = begin();
    struct stat made {};
    ASSERT_EQ(::stat(path().c_str(), &made), 0);
    EXPECT_EQ(made.st_mode & 0777U, 0600U);
    EXPECT_EQ(static_cast<std::uint64_t>(made.st_size), page + capacity);
    EXPECT_GE(static_cast<std::uint64_t>(made.st_blocks) * 512, page + capacity) << "no holes";
    const auto all = read_file(path()).value();
    EXPECT_TRUE(std::all_of(all.begin() + page, all.end(), [](std::byte one) { return one == std::byte{0}; }));

    const auto again = begin(log.salt());
    EXPECT_NE(again.salt(), log.salt());
    struct stat kept {};
    ASSERT_EQ(::stat(path().c_str(), &kept), 0);
    EXPECT_EQ(kept.st_ino, made.st_ino);
    ASSERT_TRUE(commit_log::begin(folder.path(), 2 * capacity, again.salt()));
    EXPECT_EQ(std::filesystem::file_size(path()), page + 2 * capacity) << "another capacity";
}

TEST_F(commit_log_test, takes_no_frame_of_an_earlier_start) {
    auto log = begin();
    ASSERT_TRUE(log.write(some_frame(1, {100}, log.salt()), 0));
    auto next = begin(log.salt());
    EXPECT_EQ(firsts(next.salt()), (std::vector<ledger::journal_position>{}));
    ASSERT_TRUE(next.write(some_frame(2, {100}, next.salt()), 3 * page));
    EXPECT_EQ(firsts(next.salt(), 1), (std::vector<ledger::journal_position>{2}));
    EXPECT_EQ(firsts(log.salt()), (std::vector<ledger::journal_position>{}))
        << "a start that ended before LMDB knew the new salt: all of the old one was filed";
}

TEST_F(commit_log_test, leaves_out_a_last_frame_that_is_torn_anywhere) {
    auto log = begin();
    ASSERT_TRUE(log.write(some_frame(1, {100}, log.salt()), 0));
    const auto torn = some_frame(2, {3'000, 6'000}, log.salt());
    ASSERT_EQ(torn.image().size(), 3 * page);
    test::dice random{test::seeds(1).front()};
    for (int round = 0; round < 40; ++round) {
        ASSERT_TRUE(log.write(torn, page));
        EXPECT_EQ(firsts(log.salt()), (std::vector<ledger::journal_position>{1, 2}));
        flip_byte(2 * page + random.below(32 + 2 * 4 + 9'000));
        EXPECT_EQ(firsts(log.salt()), (std::vector<ledger::journal_position>{1}));
    }
}

TEST_F(commit_log_test, misses_one_that_is_damaged_before_another) {
    auto log = begin();
    for (ledger::journal_position first = 1; first <= 5; first += 2)
        ASSERT_TRUE(log.write(some_frame(first, {100, 100}, log.salt()), first * page));
    flip_byte(page + 3 * page + 50);
    const auto found = after(log.salt());
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, errc::chain_broken);
    EXPECT_EQ(found.error().position, 3U);
    EXPECT_EQ(after(log.salt(), 4).value().size(), 1U) << "what is filed may be damaged";
    const auto of_the_first = after(log.salt(), 1);
    ASSERT_FALSE(of_the_first.has_value()) << "filed in the middle of a frame: that is nobody's doing";
}

TEST_F(commit_log_test, has_one_torn_frame_at_most) {
    auto log = begin();
    for (ledger::journal_position first = 1; first <= 3; ++first)
        ASSERT_TRUE(log.write(some_frame(first, {100}, log.salt()), first * page));
    flip_byte(page + 3 * page + 50);
    EXPECT_EQ(firsts(log.salt()), (std::vector<ledger::journal_position>{1, 2}));
    flip_byte(page + 2 * page + 50);
    EXPECT_EQ(after(log.salt()).error().code, errc::chain_broken);
    EXPECT_EQ(after(log.salt()).error().position, 2U);
    EXPECT_EQ(firsts(log.salt(), 2), (std::vector<ledger::journal_position>{})) << "what is filed may be damaged";
}

TEST_F(commit_log_test, says_what_is_wrong_with_the_file) {
    EXPECT_EQ(after(7).error().code, errc::not_found);
    const auto log = begin();
    EXPECT_EQ(after(log.salt() + 1).error().code, errc::corrupt) << "another log";
    EXPECT_EQ(after(log.salt() + 1, 8).error().position, 9U);
    for (const std::uint64_t at : {0U, 9U, 17U, 24U, 33U, 47U}) {
        flip_byte(at);
        EXPECT_EQ(after(log.salt()).error().code, errc::corrupt) << at;
        flip_byte(at);
    }
    std::filesystem::resize_file(path(), std::filesystem::file_size(path()) - page);
    EXPECT_EQ(after(log.salt()).error().code, errc::corrupt) << "its end is missing, and with it what was there";
    std::filesystem::resize_file(path(), 40);
    EXPECT_EQ(after(log.salt()).error().code, errc::corrupt);
}

// A frame is found or not found, whatever the bytes say of themselves.
TEST_F(commit_log_test, survives_any_bytes_under_a_right_checksum) {
    test::dice random{test::seeds(1).front()};
    const auto whole = some_frame(9, {40, 50, 60}, 5);
    for (int round = 0; round < 5'000; ++round) {
        auto changed = copy(whole.image());
        changed.resize(32 + random.below(400));
        for (auto left = 1 + random.below(4); left > 0; --left)
            changed[random.below(std::min<std::size_t>(changed.size(), 44))] =
                static_cast<std::byte>(random.below(256));
        const auto found = log_frame::found_at(changed, 5);
        if (!found) continue;
        EXPECT_EQ(found->last(), found->first() + found->count() - 1);
        std::size_t total = 0;
        for (auto at = found->first(); at <= found->last(); ++at) total += found->record(at).size();
        EXPECT_LE(total, changed.size());
    }
}

} // namespace
} // namespace meguri::storage
