// A town's ledger, a folder for its backup and places to restore it to. The journal is closed while a backup is taken:
// the other process that has it open is another test's (tests/recovery/backup_test.cpp).
#pragma once

#include "storage/backup.hpp"
#include "storage/backup_folder.hpp"
#include "storage/open_file.hpp"
#include "storage/restore.hpp"
#include "storage/store.hpp"
#include "tests/storage/town.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace meguri::test {

class backup_scene {
public:
    static constexpr ledger::instant restored_at{1'890'000'000'000}; // later than all that the town does

    explicit backup_scene(std::uint64_t seed) : town_{seed} {}

    [[nodiscard]] town& living() { return town_; }
    [[nodiscard]] std::filesystem::path to() const { return folder_ / "backup"; }
    [[nodiscard]] std::filesystem::path elsewhere() const { return folder_ / "restored"; }
    [[nodiscard]] storage::backup_folder files() const { return storage::backup_folder{to()}; }
    [[nodiscard]] storage::backup_manifest manifest() const { return files().read_manifest().value().value(); }

    tl::expected<storage::backup_report, storage::error> try_back_up(std::uint64_t entries_max = 100) {
        town_.close();
        auto done = storage::back_up(town_.folder(), to(), {entries_max});
        town_.open();
        return done;
    }
    storage::backup_report back_up(std::uint64_t entries_max = 100) {
        const auto done = try_back_up(entries_max);
        if (!done) throw std::runtime_error{done.error().text()};
        return *done;
    }
    [[nodiscard]] tl::expected<storage::restore_report, storage::error>
    restore(const storage::restore_point& point = storage::whole_backup{}) const {
        return storage::restore(to(), elsewhere(), point, restored_at);
    }
    // Name and contents of what lies in the backup's folder.
    [[nodiscard]] std::map<std::string, std::vector<std::byte>> contents() const {
        std::map<std::string, std::vector<std::byte>> all;
        for (const auto& one : std::filesystem::directory_iterator{to()})
            if (one.path().filename() != "lock") all[one.path().filename()] = storage::read_file(one.path()).value();
        return all;
    }
    void write(const std::string& name, std::span<const std::byte> all) const {
        ASSERT_TRUE(storage::write_file(to() / name, all).has_value());
    }
    // Nothing is left of a restore that was refused.
    void expect_nothing_restored() const {
        EXPECT_FALSE(std::filesystem::exists(elsewhere()));
        EXPECT_FALSE(std::filesystem::exists(folder_ / "restored.restoring"));
    }
    void expect_restored() const {
        const auto done = restore();
        ASSERT_TRUE(done.has_value()) << done.error().text();
        EXPECT_EQ(done->entries, manifest().end.last);
        EXPECT_TRUE(done->is_whole);
        EXPECT_FALSE(std::filesystem::exists(folder_ / "restored.restoring"));
    }
    void forget_restored() const { std::filesystem::remove_all(elsewhere()); }
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return folder_ / name; }

private:
    temporary_folder folder_;
    town town_;
};

} // namespace meguri::test
