#include "storage/data_folder.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 0777U;
}

TEST(data_folder, makes_a_ledgers_folder_where_there_is_none) {
    const test::temporary_folder base;
    const auto folder = data_folder::init(base / "new" / "ledger");
    ASSERT_TRUE(folder.has_value()) << folder.error().text();
    EXPECT_TRUE(fs::is_directory(folder->journal()));
    EXPECT_TRUE(fs::is_directory(folder->state()));
    EXPECT_EQ(fs::file_size(folder->key_file()), 32U);
    EXPECT_EQ(mode_of(folder->key_file()), 0600U);
    EXPECT_EQ(mode_of(folder->journal()), 0700U);
}

TEST(data_folder, fills_an_empty_one_and_one_of_a_fresh_file_system) {
    const test::temporary_folder base;
    fs::create_directory(base / "lost+found");
    EXPECT_TRUE(data_folder::init(base.path()).has_value());
}

TEST(data_folder, touches_nothing_in_a_folder_that_is_not_empty) {
    const test::temporary_folder base;
    std::ofstream{base / "letter.txt"} << "dear";
    const auto refused = data_folder::init(base.path());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::not_empty);
    EXPECT_NE(refused.error().text().find(base.path().string()), std::string::npos);
    EXPECT_EQ(std::distance(fs::directory_iterator{base.path()}, {}), 1);
}

TEST(data_folder, does_not_make_a_second_ledger_over_the_first) {
    const test::temporary_folder base;
    ASSERT_TRUE(data_folder::init(base.path()).has_value());
    const auto second = data_folder::init(base.path());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, errc::not_empty);
}

TEST(data_folder, opens_only_a_ledger) {
    const test::temporary_folder base;
    const auto empty = data_folder::open(base.path());
    ASSERT_FALSE(empty.has_value());
    EXPECT_EQ(empty.error().code, errc::not_a_ledger);
    EXPECT_EQ(data_folder::open(base / "absent").error().code, errc::not_a_ledger);
    EXPECT_TRUE(fs::is_empty(base.path()));
}

TEST(data_folder, opens_again_after_it_was_closed_even_without_a_state) {
    const test::temporary_folder base;
    ASSERT_TRUE(data_folder::init(base.path()).has_value());
    fs::remove_all(base / "state");
    ASSERT_TRUE(data_folder::open(base.path()).has_value());
    EXPECT_TRUE(fs::is_directory(base / "state"));
}

TEST(data_folder, refuses_a_second_process_and_names_the_first) {
    const test::temporary_folder base;
    const auto first = data_folder::init(base.path());
    ASSERT_TRUE(first.has_value());
    const std::string expected =
        "the data folder " + base.path().string() + " is in use by process " + std::to_string(::getpid());
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto second = data_folder::open(base.path());
        const bool refused = !second && second.error().code == errc::locked && second.error().what == expected;
        ::_exit(refused ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(data_folder, is_free_again_when_its_process_dies) {
    const test::temporary_folder base;
    ASSERT_TRUE(data_folder::init(base.path()).has_value());
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto held = data_folder::open(base.path());
        ::raise(SIGKILL);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_TRUE(data_folder::open(base.path()).has_value());
}

TEST(data_folder, asks_for_its_reserve_of_free_disk) {
    const test::temporary_folder base;
    const auto made =
        data_folder::init(base.path()).map([](const data_folder& one) { return one.free_bytes().value(); });
    ASSERT_TRUE(made.has_value());
    EXPECT_GT(*made, 0U);
    const auto refused = data_folder::open(base.path(), std::numeric_limits<std::uint64_t>::max());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::reserve_missing);
    EXPECT_TRUE(data_folder::open(base.path(), 1).has_value());
}

} // namespace
} // namespace meguri::storage
