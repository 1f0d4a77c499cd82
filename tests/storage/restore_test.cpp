#include "storage/restore.hpp"

#include "storage/verify.hpp"
#include "tests/storage/backup_scene.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;
using test::backup_scene;

std::vector<std::vector<std::byte>> records_of(const journal& of) {
    std::vector<std::vector<std::byte>> all;
    auto reader = journal_reader::make(of).value();
    EXPECT_TRUE(reader
                    .each_raw(1, journal_reader::to_the_end,
                              [&all](ledger::journal_position, bytes raw) -> tl::expected<bool, error> {
                                  all.emplace_back(raw.begin(), raw.end());
                                  return true;
                              })
                    .has_value());
    return all;
}

TEST(restore, makes_the_same_ledger_again) {
    backup_scene scene{71};
    scene.living().live(1'000);
    scene.back_up(100);
    scene.expect_restored();
    const auto report = verify(scene.elsewhere());
    ASSERT_TRUE(report.has_value()) << report.error().text();
    EXPECT_TRUE(report->all_agree()) << report->text();
    EXPECT_EQ(report->entries, scene.living().journal().end().last);
    EXPECT_EQ(report->checkpoint, report->entries) << "the state is made";
    EXPECT_EQ(read_file(scene.elsewhere() / "key").value(), read_file(scene.living().folder() / "key").value());
    const auto copy = journal::open({scene.elsewhere() / "journal", std::size_t{1} << 30});
    ASSERT_TRUE(copy.has_value()) << copy.error().text();
    EXPECT_EQ(copy->end(), scene.living().journal().end());
    EXPECT_EQ(records_of(*copy), records_of(scene.living().journal())) << "byte for byte";
}

TEST(restore, takes_an_empty_folder_and_refuses_another) {
    backup_scene scene{72};
    scene.back_up();
    fs::create_directory(scene.elsewhere());
    ASSERT_TRUE(scene.restore().has_value());
    auto refused = scene.restore();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::not_empty);
    EXPECT_TRUE(verify(scene.elsewhere())->all_agree()) << "left as it was";
    scene.forget_restored();
    std::ofstream{scene.elsewhere()} << "a file";
    refused = scene.restore();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::not_empty);
}

TEST(restore, puts_away_what_a_killed_one_left) {
    backup_scene scene{73};
    scene.back_up();
    fs::create_directories(scene / "restored.restoring/ledger/journal");
    std::ofstream{scene / "restored.restoring/ledger/key"} << "half";
    scene.expect_restored();
    EXPECT_TRUE(verify(scene.elsewhere())->all_agree());
}

TEST(restore, refuses_what_is_no_backup) {
    backup_scene scene{74};
    auto refused = scene.restore();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::not_a_backup);
    scene.living().live(50);
    scene.back_up();
    fs::remove(scene.to() / "manifest.json");
    refused = scene.restore();
    ASSERT_FALSE(refused.has_value()) << "the first run was killed";
    EXPECT_EQ(refused.error().code, errc::not_a_backup);
    scene.expect_nothing_restored();
}

// Each way to damage a backup, and what the refusal names.
struct damage {
    std::string what;
    std::function<void(const backup_scene&, const std::vector<noted_segment>&)> done;
    std::size_t segment; // whose file and first position are named
    const char* says;    // and why it is refused
};

// Another segment in a segment's place, whole in itself, and a manifest that names it.
void forge(const backup_scene& scene, std::size_t which,
           const std::function<void(segment_head&, std::vector<bytes>&)>& change) {
    auto manifest = scene.manifest();
    auto& noted = manifest.segments[which];
    const auto file = scene.files().read_segment(noted).value();
    auto head = parse_segment(file).value().head;
    auto records = check_entries(parse_segment(file).value()).value();
    change(head, records);
    segment_builder built{head.ledger, head.before};
    for (const bytes record : records) built.add(record);
    built.end_batch(head.after);
    const auto forged = std::move(built).finish();
    noted.file_bytes = forged.size();
    noted.hash = parse_segment(forged).value().hash;
    ASSERT_TRUE(scene.files().write_segment(noted, forged).has_value());
    ASSERT_TRUE(scene.files().write_manifest(manifest).has_value());
}

TEST(restore, refuses_a_damaged_backup_and_names_file_and_position) {
    const auto name_of = [](const noted_segment& one) { return segment_file_name(one.first, one.last); };
    backup_scene other{76};
    other.living().live(400);
    other.back_up(100);
    const std::vector<damage> all{
        {"missing", [](const auto& scene, const auto& of) { fs::remove(scene.files().file_of(of[1])); }, 1,
         "is missing"},
        {"cut off",
         [](const auto& scene, const auto& of) { fs::resize_file(scene.files().file_of(of[2]), of[2].file_bytes - 7); },
         2, "the manifest says"},
        {"changed",
         [&](const auto& scene, const auto& of) {
             auto file = scene.contents().at(name_of(of[1]));
             file[file.size() / 2] ^= std::byte{1};
             scene.write(name_of(of[1]), file);
         },
         1, "hash does not match"},
        {"swapped",
         [&](const auto& scene, const auto& of) {
             const auto all_files = scene.contents();
             scene.write(name_of(of[0]), all_files.at(name_of(of[1])));
             scene.write(name_of(of[1]), all_files.at(name_of(of[0])));
         },
         0, "the manifest says"},
        {"of another ledger",
         [&](const auto& scene, const auto& of) {
             // As long as the noted one, so that its size does not tell.
             auto manifest = scene.manifest();
             const auto file = other.contents().at(name_of(other.manifest().segments[0]));
             scene.write(name_of(of[0]), file);
             manifest.segments[0].file_bytes = file.size();
             ASSERT_TRUE(scene.files().write_manifest(manifest).has_value());
         },
         0, "not the one that the manifest names"},
        {"with entries exchanged, and the manifest vouches for it",
         [](const auto& scene, const auto&) {
             forge(scene, 1, [](segment_head&, std::vector<bytes>& records) { std::swap(records[0], records[1]); });
         },
         1, "was written for position"},
        {"another ledger's, and the manifest vouches for it",
         [](const auto& scene, const auto&) {
             forge(scene, 1, [](segment_head& head, std::vector<bytes>&) { ++head.ledger; });
         },
         1, "another ledger's"},
        {"after another one, and the manifest vouches for it",
         [](const auto& scene, const auto&) {
             forge(scene, 1, [](segment_head& head, std::vector<bytes>&) { head.before.hash[7] ^= std::byte{1}; });
         },
         1, "do not follow"},
    };
    backup_scene scene{75};
    scene.living().live(400);
    scene.back_up(100);
    const auto whole = scene.contents();
    const auto segments = scene.manifest().segments;
    ASSERT_GE(segments.size(), 4U);
    for (const auto& one : all) {
        one.done(scene, segments);
        const auto refused = scene.restore();
        ASSERT_FALSE(refused.has_value()) << one.what;
        EXPECT_EQ(refused.error().code, errc::backup_damaged) << one.what;
        EXPECT_EQ(refused.error().position, segments[one.segment].first) << one.what;
        EXPECT_NE(refused.error().what.find(name_of(segments[one.segment])), std::string::npos)
            << one.what << ": " << refused.error().text();
        EXPECT_NE(refused.error().what.find(one.says), std::string::npos) << one.what << ": " << refused.error().text();
        scene.expect_nothing_restored();
        for (const auto& [name, file] : whole) scene.write(name, file);
    }
    scene.expect_restored();
}

TEST(restore, refuses_segments_that_end_with_another_entry_than_the_manifest_names) {
    backup_scene scene{79};
    scene.living().live(100);
    scene.back_up();
    auto manifest = scene.manifest();
    manifest.end.hash[0] ^= std::byte{1};
    ASSERT_TRUE(scene.files().write_manifest(manifest).has_value());
    const auto refused = scene.restore();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::backup_damaged);
    EXPECT_EQ(refused.error().position, manifest.end.last);
    scene.expect_nothing_restored();
}

TEST(restore, refuses_another_key_a_missing_one_and_one_that_is_exposed) {
    backup_scene scene{77};
    scene.living().live(20);
    scene.back_up();
    const auto key = scene.contents().at("key");
    auto another = key;
    another[31] ^= std::byte{1};
    for (const auto& bad : {another, std::vector<std::byte>{key.begin(), key.end() - 1}}) {
        scene.write("key", bad);
        const auto refused = scene.restore();
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, errc::backup_damaged);
        EXPECT_NE(refused.error().what.find((scene.to() / "key").string()), std::string::npos);
    }
    fs::remove(scene.to() / "key");
    ASSERT_FALSE(scene.restore().has_value());
    scene.write("key", key);
    fs::permissions(scene.to() / "key", fs::perms::others_read, fs::perm_options::add);
    const auto exposed = scene.restore();
    ASSERT_FALSE(exposed.has_value());
    EXPECT_EQ(exposed.error().code, errc::key_exposed);
    scene.expect_nothing_restored();
}

TEST(restore, refuses_a_manifest_that_was_changed) {
    backup_scene scene{78};
    scene.living().live(150);
    scene.back_up(50);
    auto manifest = scene.contents().at("manifest.json");
    manifest[manifest.size() / 2] ^= std::byte{1};
    scene.write("manifest.json", manifest);
    const auto refused = scene.restore();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::backup_damaged);
    EXPECT_NE(refused.error().what.find("manifest.json"), std::string::npos) << refused.error().text();
    const auto next = scene.try_back_up(50);
    ASSERT_FALSE(next.has_value()) << "nobody writes over a backup that is not understood";
    EXPECT_EQ(next.error().code, errc::backup_damaged);
    scene.expect_nothing_restored();
}

} // namespace
} // namespace meguri::storage
