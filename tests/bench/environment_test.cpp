#include "bench/suite/environment.hpp"

#include "bench/in_process.hpp"
#include "bench/suite/block_file.hpp"
#include "bench/suite/ledger_lengths.hpp"
#include "storage/journal_writer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace meguri;
using namespace meguri::bench;

TEST(environment, tells_the_machine_the_disk_the_build_and_the_configuration) {
    const test::temporary_folder folder;
    const auto found = environment_of((folder.path() / "not made yet").string(), {{"what", "a test"}});
    for (const auto* const text : {"at", "machine", "kernel", "file_system", "commit"})
        EXPECT_FALSE(found.at(text).as_string().empty()) << text;
    EXPECT_GT(found.at("cpus").as_uint64(), 0U);
    EXPECT_GT(found.at("memory_bytes").as_uint64(), 0U);
    EXPECT_GT(found.at("disk_sync_us").at("p50").as_double(), 0);
    EXPECT_GE(found.at("disk_sync_us").at("p99").as_double(), found.at("disk_sync_us").at("p50").as_double());
    if (const auto& direct = found.at("disk_direct_write_us"); !direct.is_null()) {
        EXPECT_GT(direct.at("p50").as_double(), 0);
    }
    EXPECT_GT(found.at("wake_delay_us").at("p50").as_double(), 0);
    EXPECT_GE(found.at("wake_delay_us").at("max").as_double(), found.at("wake_delay_us").at("p99").as_double());
    EXPECT_NE(found.at("build").at("type").as_string(), "");
    EXPECT_TRUE(found.at("build").at("flags").as_string().find("-fsanitize") != std::string::npos)
        << "tests are built with sanitizers, and the record must say so";
    EXPECT_EQ(found.at("configuration").at("what").as_string(), "a test");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the probe is left behind";
}

TEST(block_file, appends_or_writes_in_place_and_is_removed) {
    const test::temporary_folder folder;
    const auto path = folder.path() / "blocks";
    {
        block_file appended{path.string(), block_writing::appended};
        for (int i = 0; i < 3; ++i) appended.write_durably();
        EXPECT_EQ(std::filesystem::file_size(path), 3U * 4'096);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
    {
        block_file in_place{path.string(), block_writing::in_place};
        const auto zeroed = std::filesystem::file_size(path);
        for (std::uintmax_t i = 0; i < zeroed / 4'096 + 2; ++i) in_place.write_durably();
        EXPECT_EQ(std::filesystem::file_size(path), zeroed) << "it begins anew at its end";
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ledger_lengths, tell_the_journal_and_what_the_checkpoint_has_not_seen) {
    const test::temporary_folder folder;
    const auto ledger = folder.path() / "ledger";
    std::uint64_t written = 0;
    {
        in_process_switch running{ledger};
        static_cast<void>(open_tills(running, 5));
        written = running.store().writer().durable_position();
    }
    const auto stopped = lengths_of(ledger.string());
    EXPECT_EQ(stopped.journal_entries, written);
    EXPECT_EQ(stopped.tail_entries, 0U) << "a switch that ends in order writes a last checkpoint";
    std::filesystem::remove_all(ledger / "state");
    std::filesystem::create_directory(ledger / "state");
    EXPECT_EQ(lengths_of(ledger.string()).tail_entries, written);
    EXPECT_THROW(static_cast<void>(lengths_of((folder.path() / "none").string())), std::runtime_error);
}

} // namespace
