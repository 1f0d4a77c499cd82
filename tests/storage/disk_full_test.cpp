// A disk that takes no more, in a process of its own: a small file system where the system lets us mount one, and
// everywhere a limit on the size of files, so that LMDB's own writes are refused or cut short.
#include "storage/journal_writer.hpp"

#include "tests/storage/writer_scene.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

// Exit statuses of the child besides the error's code.
constexpr int cannot_begin = 100;
constexpr int wrongly_acknowledged = 101;
constexpr int lost_something = 102;
constexpr int no_mount = 103;

int in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    return WEXITSTATUS(status);
}

// Writes until it fails; where it acknowledged last goes to `acknowledged`. Answers the error's code as a number.
int write_until_failure(journal& into, ledger::journal_position& acknowledged) {
    test::remembering_observer observer;
    test::counting_sink sink{observer};
    journal_writer writer{into, {}, observer};
    writer.connect(sink);
    std::deque<append_request> requests;
    const auto submit = [&] {
        append_request* const request = &requests.emplace_back();
        request->record = test::sample_operator(requests.size());
        writer.submit({&request, 1});
    };
    while (!writer.failed()) {
        for (int i = 0; i < 20; ++i) submit();
        writer.step();
    }
    submit(); // what comes after the failure must not be acknowledged either
    writer.step();
    acknowledged = 0;
    for (const auto& one : requests)
        if (one.outcome == append_outcome::durable) acknowledged = one.record.position;
    if (requests.back().outcome != append_outcome::failed || acknowledged == 0) return wrongly_acknowledged;
    return static_cast<int>(writer.failure()->code);
}

// All that was acknowledged is there and chained, and the journal goes on.
bool is_whole(const fs::path& folder, ledger::journal_position acknowledged) {
    auto again = journal::open({.folder = folder, .map_bytes = test::test_map_bytes});
    if (!again || again->end().last < acknowledged) return false;
    const auto checked = journal_reader::make(*again).value().check_chain({});
    return checked == again->end() && test::journal_scene::append(*again, 5000).has_value();
}

TEST(disk_full, loses_nothing_acknowledged_where_a_write_is_refused_or_cut_short) {
    for (const rlim_t file_bytes_max : {400'000U, 409'600U, 413'696U}) {
        const test::journal_scene scene;
        const auto acknowledged_file = scene.path() / "acknowledged";
        const int ended = in_child([&] {
            auto journal = scene.try_open();
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{file_bytes_max, file_bytes_max};
            if (!journal || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return cannot_begin;
            ledger::journal_position acknowledged = 0;
            const int code = write_until_failure(*journal, acknowledged);
            std::ofstream{acknowledged_file} << acknowledged;
            return code;
        });
        EXPECT_TRUE(ended == static_cast<int>(errc::disk_full) || ended == static_cast<int>(errc::io_failed)) << ended;
        ledger::journal_position acknowledged = 0;
        std::ifstream{acknowledged_file} >> acknowledged;
        ASSERT_GT(acknowledged, 0U);
        EXPECT_TRUE(is_whole(scene.path(), acknowledged)) << file_bytes_max;
    }
}

TEST(disk_full, says_so_and_goes_on_after_room_was_made) {
    const test::temporary_folder folder;
    const int ended = in_child([&] {
        // A mount that this process alone sees: root may, others through a user namespace.
        if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return no_mount;
        const char* const at = folder.path().c_str();
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return no_mount;
        if (::mount("tmpfs", at, "tmpfs", 0, "size=2m") != 0) return no_mount;
        ledger::journal_position acknowledged = 0;
        int code = cannot_begin;
        {
            auto journal = journal::open({.folder = folder.path(), .map_bytes = test::test_map_bytes});
            if (!journal) return cannot_begin;
            code = write_until_failure(*journal, acknowledged);
            // Reading goes on in a process whose disk is full.
            if (!journal_reader::make(*journal).value().read(acknowledged)) return lost_something;
        }
        if (::mount("tmpfs", at, "tmpfs", MS_REMOUNT, "size=32m") != 0) return no_mount;
        return is_whole(folder.path(), acknowledged) ? code : lost_something;
    });
    if (ended == no_mount) GTEST_SKIP() << "this process may not mount a small file system";
    EXPECT_EQ(ended, static_cast<int>(errc::disk_full));
}

} // namespace
} // namespace meguri::storage
