#include "storage/backup.hpp"

#include "tests/storage/backup_scene.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;
using test::backup_scene;

mode_t rights_of(const fs::path& file) {
    struct stat found {};
    EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
    return found.st_mode & 0777;
}

TEST(backup, holds_the_whole_journal_in_segments_of_whole_batches) {
    backup_scene scene{51};
    scene.living().live(1'000);
    const auto report = scene.back_up(100);
    const auto end = scene.living().journal().end();
    EXPECT_EQ(report.entries, end.last);
    EXPECT_EQ(report.recorded_at, end.recorded_at);
    const auto manifest = scene.manifest();
    EXPECT_EQ(manifest.end, end);
    EXPECT_EQ(manifest.key, scene.living().keys().fingerprint());
    EXPECT_EQ(report.segments, manifest.segments.size());
    EXPECT_EQ(report.segments_written, manifest.segments.size());
    EXPECT_GE(manifest.segments.size(), end.last / 100);
    auto reader = journal_reader::make(scene.living().journal()).value();
    std::uint64_t written = 0;
    for (const auto& one : manifest.segments) {
        EXPECT_LE(one.last - one.first + 1, 100U) << "batches of the town are shorter";
        const auto file = scene.files().read_segment(one).value();
        const auto segment = parse_segment(file).value();
        EXPECT_EQ(segment.head.after, reader.end_at(one.last).value());
        EXPECT_TRUE(check_entries(segment).has_value());
        written += file.size();
    }
    EXPECT_EQ(report.bytes_written, written);
    EXPECT_EQ(rights_of(scene.to()), 0700U);
    EXPECT_EQ(rights_of(scene.to() / "key"), 0600U);
    EXPECT_EQ(rights_of(scene.files().file_of(manifest.segments.front())), 0600U);
    EXPECT_EQ(read_file(scene.to() / "key").value(), read_file(scene.living().folder() / "key").value());
}

TEST(backup, does_not_cut_a_batch) {
    backup_scene scene{52};
    scene.living().live(300);
    scene.back_up(1);
    auto reader = journal_reader::make(scene.living().journal()).value();
    chain_end before;
    for (const auto& one : scene.manifest().segments) {
        const auto walked = reader.check_chain(before, one.last);
        ASSERT_TRUE(walked.has_value()) << walked.error().text();
        EXPECT_EQ(walked->last, one.last) << "one batch each";
        before = *walked;
    }
}

TEST(backup, adds_what_is_new_and_leaves_whole_segments_alone) {
    backup_scene scene{53};
    scene.living().live(450);
    scene.back_up(100);
    const auto first = scene.contents();
    const auto segments = scene.manifest().segments;
    EXPECT_EQ(scene.back_up(100).segments_written, 0U) << "nothing is new";
    EXPECT_EQ(scene.contents(), first);

    scene.living().live(500);
    const auto report = scene.back_up(100);
    EXPECT_EQ(report.segments, scene.manifest().segments.size());
    std::size_t kept = 0;
    const auto second = scene.contents();
    const auto now = scene.manifest().segments;
    for (const auto& one : segments) {
        if (std::ranges::find(now, one) == now.end()) continue;
        ++kept;
        const auto name = segment_file_name(one.first, one.last);
        EXPECT_EQ(second.at(name), first.at(name));
    }
    EXPECT_GE(kept, segments.size() - 1) << "the last one may have had room left";
    EXPECT_EQ(report.segments_written, report.segments - kept);
    EXPECT_EQ(second.size(), report.segments + 2) << "key, manifest and no file that nobody names";
    scene.expect_restored();
}

TEST(backup, of_many_runs_is_the_same_as_of_one) {
    backup_scene often{54};
    for (int i = 0; i < 6; ++i) {
        often.living().live(70);
        often.back_up(100);
    }
    const auto grown = often.contents();
    fs::remove_all(often.to());
    often.back_up(100);
    EXPECT_EQ(often.contents(), grown);
}

TEST(backup, writes_a_segment_anew_that_is_missing_cut_off_or_another) {
    backup_scene scene{55};
    scene.living().live(500);
    scene.back_up(100);
    const auto whole = scene.contents();
    const auto segments = scene.manifest().segments;
    ASSERT_GE(segments.size(), 4U);
    fs::remove(scene.files().file_of(segments[0]));
    fs::resize_file(scene.files().file_of(segments[1]), segments[1].file_bytes - 1);
    const auto other = segment_file_name(segments[2].first, segments[2].last);
    auto altered = whole.at(other);
    altered[20] ^= std::byte{1};
    scene.write(other, altered);
    fs::remove(scene.files().file_of(segments.back()));
    EXPECT_EQ(scene.back_up(100).segments_written, 4U);
    EXPECT_EQ(scene.contents(), whole);
}

// What a run leaves that was killed after its segments were written, before its manifest was.
TEST(backup, killed_before_its_manifest_leaves_the_one_before) {
    backup_scene scene{56};
    scene.living().live(250);
    scene.back_up(100);
    const auto before = scene.contents();
    const auto entries = scene.manifest().end.last;
    scene.living().live(250);
    scene.back_up(100);
    const auto after = scene.contents();
    for (const auto& [name, all] : before) scene.write(name, all);
    scene.write("segment-00000000000000000777-00000000000000000999.mgs.new", bytes_of("half of it"));
    scene.write("manifest.json.new", bytes_of("half of it"));

    const auto restored = scene.restore();
    ASSERT_TRUE(restored.has_value()) << restored.error().text();
    EXPECT_EQ(restored->entries, entries);
    scene.back_up(100);
    EXPECT_EQ(scene.contents(), after) << "the next run puts it in order";
}

TEST(backup, refuses_the_folder_of_another_ledger) {
    backup_scene scene{57};
    scene.living().live(50);
    scene.back_up();
    const auto before = scene.contents();
    test::town stranger{58};
    stranger.live(500);
    stranger.close();
    auto refused = back_up(stranger.folder(), scene.to());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::backup_foreign);
    EXPECT_NE(refused.error().what.find(scene.to().string() + " is another ledger's"), std::string::npos)
        << refused.error().text();
    EXPECT_EQ(scene.contents(), before);
    fs::remove(scene.to() / "manifest.json");
    refused = back_up(stranger.folder(), scene.to());
    ASSERT_FALSE(refused.has_value()) << "its key tells too";
    EXPECT_EQ(refused.error().code, errc::backup_foreign);
}

TEST(backup, refuses_a_ledger_that_went_another_way) {
    backup_scene scene{59};
    scene.living().live(100);
    scene.back_up();
    scene.expect_restored(); // the copy goes another way from here
    const auto restored = back_up(scene.elsewhere(), scene.to());
    ASSERT_FALSE(restored.has_value()) << "nothing is lost, but it is another epoch";
    EXPECT_EQ(restored.error().code, errc::backup_foreign);
    EXPECT_EQ(restored.error().position, scene.manifest().end.last + 1);
    EXPECT_NE(restored.error().text().find("an epoch began with entry"), std::string::npos);
    EXPECT_NE(restored.error().text().find("new or empty"), std::string::npos) << "what to do";
    const auto before = scene.contents();
    ASSERT_TRUE(back_up(scene.elsewhere(), scene / "new line").has_value());
    ASSERT_TRUE(back_up(scene.elsewhere(), scene / "new line").has_value()) << "and goes on there";
    EXPECT_EQ(scene.contents(), before);
    scene.living().live(100);
    scene.back_up();
    auto shorter = back_up(scene.elsewhere(), scene.to());
    ASSERT_FALSE(shorter.has_value());
    EXPECT_EQ(shorter.error().code, errc::backup_foreign);
    EXPECT_EQ(shorter.error().position, scene.manifest().end.last);
    {
        auto entries = journal::open({scene.elsewhere() / "journal", std::size_t{1} << 30}).value();
        for (int i = 0; i < 300; ++i) {
            ledger::entry one;
            one.position = entries.end().last + 1;
            one.decided_at = ledger::instant{1'790'000'100'000};
            one.what = ledger::key_barred{};
            journal_batch batch;
            batch.add(one);
            ASSERT_TRUE(entries.append(batch, one.decided_at).has_value());
        }
    }
    auto other = back_up(scene.elsewhere(), scene.to());
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().code, errc::backup_foreign);
    EXPECT_NE(other.error().what.find("different ways"), std::string::npos) << other.error().text();
}

TEST(backup, refuses_a_folder_with_other_things_and_what_is_no_ledger) {
    backup_scene scene{60};
    fs::create_directory(scene.to());
    std::ofstream{scene.to() / "holiday.jpg"} << "sea";
    auto refused = scene.try_back_up();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::not_empty);
    EXPECT_FALSE(fs::exists(scene.to() / "lock"));
    refused = back_up(scene / "nothing", scene / "new");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::not_a_ledger);
    EXPECT_FALSE(fs::exists(scene / "new"));
}

TEST(backup, refuses_a_second_one_at_the_same_time) {
    backup_scene scene{61};
    scene.back_up();
    const auto locked = folder_lock::take(scene.to(), "the backup folder");
    ASSERT_TRUE(locked.has_value());
    const auto refused = scene.try_back_up();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::locked);
}

TEST(backup, refuses_to_copy_a_damaged_journal) {
    backup_scene scene{62};
    scene.living().live(300);
    scene.living().close();
    {
        auto environment =
            lmdb::environment::open({scene.living().folder() / "journal", std::size_t{1} << 30, 2}).value();
        const auto entries = environment.open_database("entries", lmdb::key_order::integer).value();
        auto within = environment.begin_write().value();
        const lmdb::integer_key key{150};
        const auto stored = within.get(entries, key.view()).value().value();
        std::vector<std::byte> record{stored.begin(), stored.end()};
        record[record.size() / 2] ^= std::byte{1};
        ASSERT_TRUE(within.put(entries, key.view(), record).has_value());
        ASSERT_TRUE(std::move(within).commit().has_value());
    }
    const auto refused = back_up(scene.living().folder(), scene.to());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::corrupt);
    EXPECT_EQ(refused.error().position, 150U);
    EXPECT_FALSE(fs::exists(scene.to() / "manifest.json"));
}

} // namespace
} // namespace meguri::storage
