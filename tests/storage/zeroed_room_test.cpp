#include "storage/zeroed_room.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

class zeroed_room_test : public ::testing::Test {
protected:
    // A file that holds so many bytes of 'x'.
    fs::path file_of(std::size_t bytes) {
        auto path = folder_ / "grows";
        std::ofstream{path} << std::string(bytes, 'x');
        return path;
    }
    static std::string content_of(const fs::path& file) {
        std::ifstream from{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{from}, {}};
    }

private:
    test::temporary_folder folder_;
};

TEST_F(zeroed_room_test, puts_zeros_behind_what_is_there_and_changes_none_of_it) {
    const auto file = file_of(5000);
    auto room = zeroed_room::of(file).value();
    room.ahead_of(5000, 100'000);
    const auto content = content_of(file);
    ASSERT_GT(content.size(), 105'000U) << "what is to be added must fit";
    EXPECT_EQ(content.substr(0, 5000), std::string(5000, 'x'));
    EXPECT_TRUE(std::all_of(content.begin() + 5000, content.end(), [](char one) { return one == '\0'; }));
}

TEST_F(zeroed_room_test, goes_on_only_when_the_room_is_used_up) {
    const auto file = file_of(1);
    auto room = zeroed_room::of(file).value();
    room.ahead_of(1, 1000);
    const auto first = fs::file_size(file);
    room.ahead_of(first / 2, 1000);
    EXPECT_EQ(fs::file_size(file), first);
    room.ahead_of(first - 10, 1000);
    EXPECT_GT(fs::file_size(file), first);
}

TEST_F(zeroed_room_test, a_file_that_grew_by_itself_is_never_written_into) {
    const auto file = file_of(10);
    auto room = zeroed_room::of(file).value();
    std::ofstream{file, std::ios::trunc} << std::string(3'000'000, 'y');
    room.ahead_of(3'000'000, 1000);
    const auto content = content_of(file);
    EXPECT_GT(content.size(), 3'000'000U);
    EXPECT_EQ(std::count(content.begin(), content.end(), 'y'), 3'000'000);
}

TEST_F(zeroed_room_test, a_disk_that_refuses_is_asked_once_and_no_error) {
    const auto file = file_of(10);
    auto room = zeroed_room::of(file).value();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{10, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    room.ahead_of(10, 1000);
    std::signal(SIGXFSZ, handler);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(fs::file_size(file), 10U);
    room.ahead_of(10, 1000);
    EXPECT_EQ(fs::file_size(file), 10U);
}

TEST_F(zeroed_room_test, a_file_that_is_missing_is_an_error) {
    EXPECT_EQ(zeroed_room::of("/nonexistent/data.mdb").error().code, errc::not_found);
}

} // namespace
} // namespace meguri::storage
