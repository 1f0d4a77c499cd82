#include "storage/lmdb.hpp"

#include "tests/storage/other_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace meguri::storage::lmdb {
namespace {

using test::other_process;

class lmdb_test : public testing::Test {
protected:
    static environment open(const std::filesystem::path& folder, std::size_t map_bytes = std::size_t{64} << 20) {
        return environment::open({.folder = folder, .map_bytes = map_bytes}).value();
    }
    static std::string text(bytes from) { return {reinterpret_cast<const char*>(from.data()), from.size()}; }
    static std::string text(const maybe_record& found) {
        return found.value() ? text((*found)->key) + "=" + text((*found)->value) : "none";
    }
    void put(std::string_view key, std::string_view value) {
        auto within = environment_.begin_write().value();
        ASSERT_TRUE(within.put(table_, bytes_of(key), bytes_of(value)));
        ASSERT_TRUE(std::move(within).commit());
    }

    test::temporary_folder folder_;
    environment environment_ = open(folder_.path());
    database table_ = environment_.open_database("table").value();
};

TEST_F(lmdb_test, keeps_what_was_committed_and_forgets_the_rest) {
    put("a", "1");
    {
        auto within = environment_.begin_write().value();
        ASSERT_TRUE(within.put(table_, bytes_of("b"), bytes_of("2")));
        EXPECT_EQ(within.erase(table_, bytes_of("a")).value(), true);
        EXPECT_EQ(within.erase(table_, bytes_of("a")).value(), false);
    }
    const test::temporary_folder elsewhere;
    environment_ = open(elsewhere.path()); // so that the first one closes
    environment_ = open(folder_.path());
    table_ = environment_.open_database("table").value();
    const auto snapshot = environment_.begin_read().value();
    EXPECT_EQ(text(snapshot.get(table_, bytes_of("a")).value().value()), "1");
    EXPECT_EQ(snapshot.get(table_, bytes_of("b")).value(), std::nullopt);
    EXPECT_EQ(snapshot.count(table_).value(), 1U);
}

TEST_F(lmdb_test, moves_cursors_in_the_order_of_keys) {
    for (const auto* key : {"c", "a", "e"}) put(key, key);
    auto snapshot = environment_.begin_read().value();
    auto at = snapshot.open_cursor(table_).value();
    EXPECT_EQ(text(at.first()), "a=a");
    EXPECT_EQ(text(at.next()), "c=c");
    EXPECT_EQ(text(at.last()), "e=e");
    EXPECT_EQ(text(at.next()), "none");
    EXPECT_EQ(text(at.at_least(bytes_of("b"))), "c=c");
    EXPECT_EQ(text(at.previous()), "a=a");
    EXPECT_EQ(text(at.previous()), "none");
    EXPECT_EQ(text(at.find(bytes_of("b"))), "none");
    EXPECT_EQ(text(at.find(bytes_of("e"))), "e=e");
}

TEST_F(lmdb_test, erases_under_a_cursor_and_goes_on_behind) {
    for (const auto* key : {"a", "b", "c"}) put(key, key);
    auto within = environment_.begin_write().value();
    {
        auto at = within.open_cursor(table_).value();
        EXPECT_EQ(text(at.find(bytes_of("b"))), "b=b");
        ASSERT_TRUE(at.erase_current());
        EXPECT_EQ(text(at.next()), "c=c");
    }
    ASSERT_TRUE(std::move(within).commit());
    EXPECT_EQ(environment_.begin_read().value().count(table_).value(), 2U);
}

TEST_F(lmdb_test, orders_integer_keys_as_numbers) {
    const database numbers = environment_.open_database("numbers", key_order::integer).value();
    auto within = environment_.begin_write().value();
    for (const std::uint64_t number : {256U, 1U, 65'536U}) {
        const integer_key key{number};
        ASSERT_TRUE(within.put(numbers, key.view(), bytes_of("x")));
    }
    auto at = within.open_cursor(numbers).value();
    EXPECT_EQ(integer_key::from(at.first().value()->key), 1U);
    EXPECT_EQ(integer_key::from(at.next().value()->key), 256U);
    EXPECT_EQ(integer_key::from(at.next().value()->key), 65'536U);
}

TEST_F(lmdb_test, appends_only_beyond_the_last_key) {
    auto within = environment_.begin_write().value();
    ASSERT_TRUE(within.put(table_, bytes_of("b"), bytes_of("1"), put_mode::append));
    EXPECT_EQ(within.put(table_, bytes_of("a"), bytes_of("1"), put_mode::append).error().code, errc::corrupt);
    EXPECT_EQ(within.put(table_, bytes_of("b"), bytes_of("2"), put_mode::insert_new).error().code, errc::corrupt);
}

TEST_F(lmdb_test, shows_a_snapshot_until_it_is_renewed) {
    auto snapshot = environment_.begin_read().value();
    put("a", "1");
    EXPECT_EQ(snapshot.get(table_, bytes_of("a")).value(), std::nullopt);
    ASSERT_TRUE(snapshot.renew());
    EXPECT_TRUE(snapshot.get(table_, bytes_of("a")).value().has_value());
    snapshot.reset();
    snapshot.reset();
    ASSERT_TRUE(snapshot.renew());
    EXPECT_TRUE(snapshot.get(table_, bytes_of("a")).value().has_value());
}

TEST_F(lmdb_test, says_when_the_map_is_full) {
    const test::temporary_folder folder;
    auto tiny = open(folder.path(), 128 << 10);
    const auto table = tiny.open_database("table").value();
    auto within = tiny.begin_write().value();
    const auto put = within.put(table, bytes_of("a"), std::vector<std::byte>(256 << 10));
    ASSERT_FALSE(put.has_value());
    EXPECT_EQ(put.error().code, errc::map_full);
    EXPECT_NE(put.error().text().find("map size"), std::string::npos);
}

TEST_F(lmdb_test, leaves_no_hole_in_the_table_of_readers_that_a_full_disk_could_not_fill) {
    struct stat found {};
    ASSERT_EQ(::stat((folder_ / "lock.mdb").c_str(), &found), 0);
    EXPECT_GE(found.st_blocks * 512, found.st_size);
}

TEST_F(lmdb_test, keeps_its_lock_so_that_no_other_process_makes_the_table_of_readers_anew) {
    const other_process asking{[this] {
        const int file = ::open((folder_ / "lock.mdb").c_str(), O_RDWR);
        struct flock held {};
        held.l_type = F_WRLCK;
        held.l_len = 1;
        return ::fcntl(file, F_GETLK, &held) == 0 && held.l_type == F_RDLCK && held.l_pid == ::getppid();
    }};
}

TEST_F(lmdb_test, keeps_a_snapshot_whole_after_another_process_opened_and_left) {
    put("a", std::string(20'000, '1'));
    const auto snapshot = environment_.begin_read().value();
    {
        const other_process reading{[this] {
            auto opened = environment::open({.folder = folder_.path(), .map_bytes = 64 << 20, .read_only = true});
            auto table = opened->open_database("table");
            return opened->begin_read()->get(*table, bytes_of("a")).value()->size() == 20'000;
        }};
    }
    for (int i = 0; i < 20; ++i) put("a", std::string(20'000, '2'));
    EXPECT_EQ(text(snapshot.get(table_, bytes_of("a")).value().value()), std::string(20'000, '1'));
}

TEST_F(lmdb_test, uses_pages_again_that_a_killed_process_had_read) {
    const auto growth = [this] {
        const auto before = environment_.usage().used_bytes;
        for (int i = 0; i < 50; ++i) put("a", std::string(100'000, static_cast<char>('a' + i % 26)));
        return environment_.usage().used_bytes - before;
    };
    (void)growth();
    other_process reading{[this] {
        static auto opened = environment::open({.folder = folder_.path(), .map_bytes = 64 << 20, .read_only = true});
        static auto snapshot = opened->begin_read();
        return snapshot.has_value();
    }};
    EXPECT_GT(growth(), 4'000'000U) << "what it sees stays";
    ASSERT_TRUE(environment_.forget_dead_readers().has_value());
    EXPECT_GT(growth(), 4'000'000U) << "it is not dead";
    reading.kill();
    EXPECT_GT(growth(), 4'000'000U) << "nobody knows yet";
    ASSERT_TRUE(environment_.forget_dead_readers().has_value());
    EXPECT_LT(growth(), 1'000'000U);
}

TEST_F(lmdb_test, makes_nothing_where_it_is_read_only) {
    const test::temporary_folder folder;
    EXPECT_FALSE(environment::open({.folder = folder.path(), .read_only = true}).has_value());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    const other_process reading{[this] {
        auto opened = environment::open({.folder = folder_.path(), .map_bytes = 64 << 20, .read_only = true});
        const auto made = opened->open_database("another");
        return !made && made.error().code == errc::not_found && !opened->begin_write();
    }};
}

TEST_F(lmdb_test, refuses_a_folder_that_is_not_there) {
    EXPECT_FALSE(environment::open({.folder = folder_ / "absent"}).has_value());
}

TEST_F(lmdb_test, aborts_where_a_cursor_would_outlive_its_transaction) {
    put("a", "1");
    EXPECT_DEATH(
        {
            auto snapshot = environment_.begin_read().value();
            const auto at = snapshot.open_cursor(table_).value();
            snapshot.reset();
        },
        "EXPECTS");
    EXPECT_DEATH(
        {
            auto within = environment_.begin_write().value();
            const auto at = within.open_cursor(table_).value();
            static_cast<void>(std::move(within).commit());
        },
        "EXPECTS");
    EXPECT_DEATH(
        {
            auto within = environment_.begin_write().value();
            const auto at = within.open_cursor(table_).value();
            const auto moved = std::move(within);
        },
        "EXPECTS");
}

TEST_F(lmdb_test, knows_how_much_of_the_map_is_used) {
    const auto before = environment_.usage();
    EXPECT_EQ(before.map_bytes, std::size_t{64} << 20);
    auto within = environment_.begin_write().value();
    ASSERT_TRUE(within.put(table_, bytes_of("a"), std::vector<std::byte>(1 << 20)));
    ASSERT_TRUE(std::move(within).commit());
    EXPECT_GE(environment_.usage().used_bytes, before.used_bytes + (1 << 20));
}

} // namespace
} // namespace meguri::storage::lmdb
