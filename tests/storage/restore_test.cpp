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

ledger::epoch_began epoch_in(bytes record) {
    const auto decoded = decode(record);
    EXPECT_TRUE(decoded.has_value());
    const auto* const began = std::get_if<ledger::epoch_began>(&decoded.value().what.what);
    EXPECT_NE(began, nullptr);
    return began != nullptr ? *began : ledger::epoch_began{};
}

std::vector<std::byte> encoded(const ledger::entry& one) {
    std::vector<std::byte> out;
    encode(one, out);
    return out;
}

TEST(restore, makes_the_same_ledger_again) {
    backup_scene scene{71};
    scene.living().live(1'000);
    scene.back_up(100);
    scene.expect_restored();
    const auto report = verify(scene.elsewhere());
    ASSERT_TRUE(report.has_value()) << report.error().text();
    EXPECT_TRUE(report->all_agree()) << report->text();
    const auto end = scene.living().journal().end();
    EXPECT_EQ(report->entries, end.last + 1) << "and the epoch's beginning";
    EXPECT_EQ(report->epochs, (std::vector{verified_epoch{1, end.last, backup_scene::restored_at}}));
    EXPECT_EQ(report->checkpoint, report->entries) << "the state is made";
    EXPECT_EQ(read_file(scene.elsewhere() / "key").value(), read_file(scene.living().folder() / "key").value());
    const auto copy = journal::open({scene.elsewhere() / "journal", std::size_t{1} << 30});
    ASSERT_TRUE(copy.has_value()) << copy.error().text();
    EXPECT_EQ(copy->end().recorded_at, backup_scene::restored_at);
    auto records = records_of(*copy);
    const auto began = epoch_in(records.back());
    EXPECT_EQ(began.after, end.last);
    EXPECT_EQ(began.hash, end.hash);
    EXPECT_EQ(began.same_through, end.last);
    records.pop_back();
    EXPECT_EQ(records, records_of(scene.living().journal())) << "byte for byte";
}

// --- up to a point ---

// Where the batches of a journal end.
std::vector<chain_end> batches_of(const journal& of) {
    auto reader = journal_reader::make(of).value();
    std::vector<chain_end> all;
    EXPECT_TRUE(reader
                    .check_chain({}, journal_reader::to_the_end,
                                 [&all](const journal_record& one) {
                                     const auto& end = one.end_of_batch;
                                     if (end) all.push_back({one.what.position, end->hash, end->recorded_at});
                                     return true;
                                 })
                    .has_value());
    return all;
}

// The same entries up to `last`, and none but the epoch's beginning after them; with the hashes of the backed up
// journal up to the end of the batch before the cut.
void expect_cut(const backup_scene& scene, journal& living, ledger::journal_position last,
                ledger::journal_position same_through) {
    const auto report = verify(scene.elsewhere());
    ASSERT_TRUE(report.has_value()) << report.error().text();
    EXPECT_TRUE(report->all_agree()) << report->text();
    const auto copy = journal::open({scene.elsewhere() / "journal", std::size_t{1} << 30});
    ASSERT_TRUE(copy.has_value()) << copy.error().text();
    ASSERT_EQ(copy->end().last, last + 1);
    const auto wanted = records_of(living);
    const auto records = records_of(*copy);
    for (ledger::journal_position at = 1; at <= last; ++at) {
        const auto& was = wanted[static_cast<std::size_t>(at - 1)];
        const auto& is = records[static_cast<std::size_t>(at - 1)];
        if (at != last || at == same_through)
            ASSERT_EQ(is, was) << "entry " << at;
        else
            ASSERT_EQ(encoded(decode(is).value().what), encoded(decode(was).value().what))
                << "with a trailer of its own";
    }
    const auto began = epoch_in(records.back());
    EXPECT_EQ(began.after, last);
    EXPECT_EQ(began.same_through, same_through);
    const auto batches = batches_of(living);
    const auto cut = std::ranges::find_if(batches, [last](const chain_end& one) { return one.last >= last; });
    auto reader = journal_reader::make(*copy).value();
    const auto kept = reader.end_at(last);
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->recorded_at, cut->recorded_at) << "when it was recorded first";
    EXPECT_EQ(kept->hash, began.hash);
    EXPECT_EQ(*kept == *cut, last == same_through);
}

TEST(restore, cuts_at_any_entry) {
    backup_scene scene{80};
    scene.living().live(600);
    scene.back_up(100);
    auto& living = scene.living().journal();
    const auto batches = batches_of(living);
    const auto segments = scene.manifest().segments;
    ASSERT_GE(segments.size(), 4U);
    std::vector<ledger::journal_position> cuts{1, 2, 3, living.end().last, living.end().last - 1};
    for (const auto& one : segments)
        for (const auto at : {one.first, one.first + 1, one.last - 1, one.last})
            if (at <= living.end().last) cuts.push_back(at);
    std::size_t within = 0;
    for (const auto last : cuts) {
        SCOPED_TRACE("entry " + std::to_string(last));
        const auto done = scene.restore(up_to_position{last});
        ASSERT_TRUE(done.has_value()) << done.error().text();
        EXPECT_EQ(done->entries, last);
        EXPECT_EQ(done->epoch, 1U);
        EXPECT_EQ(done->is_whole, last == living.end().last);
        ledger::journal_position same_through = 0;
        for (const auto& one : batches)
            if (one.last <= last) same_through = one.last;
        within += same_through != last;
        expect_cut(scene, living, last, same_through);
        scene.forget_restored();
    }
    EXPECT_GT(within, 3U) << "too few within a batch";
    EXPECT_LT(within, cuts.size() - 3) << "too few at a batch's end";
}

TEST(restore, keeps_what_was_recorded_up_to_an_instant) {
    backup_scene scene{81};
    scene.living().live(400);
    scene.back_up(100);
    auto& living = scene.living().journal();
    const auto batches = batches_of(living);
    for (const std::size_t which : {std::size_t{0}, std::size_t{1}, batches.size() / 2, batches.size() - 2}) {
        const auto from = batches[which].recorded_at;
        const auto until = batches[which + 1].recorded_at;
        ASSERT_LT(from, until);
        for (const auto at : {from, until.plus_ms(-1)}) {
            const auto done = scene.restore(up_to_instant{at});
            ASSERT_TRUE(done.has_value()) << done.error().text();
            EXPECT_EQ(done->entries, batches[which].last);
            EXPECT_EQ(done->recorded_at, from);
            expect_cut(scene, living, batches[which].last, batches[which].last);
            scene.forget_restored();
        }
    }
    const auto all = scene.restore(up_to_instant{batches.back().recorded_at});
    ASSERT_TRUE(all.has_value()) << all.error().text();
    EXPECT_EQ(all->entries, living.end().last);
    EXPECT_TRUE(all->is_whole);
}

TEST(restore, refuses_a_point_that_the_backup_does_not_reach) {
    backup_scene scene{82};
    scene.living().live(200);
    scene.back_up(50);
    const auto batches = batches_of(scene.living().journal());
    const auto& end = batches.back();
    const std::string ends =
        "ends with entry " + std::to_string(end.last) + ", recorded at " + ledger::to_rfc3339(end.recorded_at);
    struct row {
        restore_point point;
        std::string says;
    };
    const std::vector<row> rows{
        {up_to_position{0}, "numbered from 1"},
        {up_to_position{end.last + 1}, ends + ": there is no entry " + std::to_string(end.last + 1)},
        {up_to_instant{end.recorded_at.plus_ms(1)}, ends},
        {up_to_instant{batches.front().recorded_at.plus_ms(-1)},
         "recorded at " + ledger::to_rfc3339(batches.front().recorded_at) + ", before that there is nothing"},
        {up_to_instant{ledger::instant{0}}, "before that there is nothing"},
    };
    for (const auto& [point, says] : rows) {
        const auto refused = scene.restore(point);
        ASSERT_FALSE(refused.has_value()) << says;
        EXPECT_EQ(refused.error().code, errc::not_in_backup) << refused.error().text();
        EXPECT_NE(refused.error().what.find(says), std::string::npos) << refused.error().text();
        scene.expect_nothing_restored();
    }
}

TEST(restore, needs_no_segment_beyond_the_cut_and_each_before_it) {
    backup_scene scene{83};
    scene.living().live(500);
    scene.back_up(100);
    auto& living = scene.living().journal();
    const auto segments = scene.manifest().segments;
    ASSERT_GE(segments.size(), 4U);
    fs::resize_file(scene.files().file_of(segments[2]), segments[2].file_bytes - 7);
    fs::remove(scene.files().file_of(segments[3]));
    const auto last = segments[1].last;
    ASSERT_TRUE(scene.restore(up_to_position{last}).has_value());
    expect_cut(scene, living, last, last);
    scene.forget_restored();
    const auto recorded_at = journal_reader::make(living).value().end_at(last).value().recorded_at;
    for (const restore_point& point :
         {restore_point{up_to_position{last + 1}}, restore_point{up_to_instant{recorded_at}}, restore_point{}}) {
        const auto refused = scene.restore(point);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, errc::backup_damaged);
        EXPECT_EQ(refused.error().position, segments[2].first);
        EXPECT_NE(refused.error().what.find(scene.files().file_of(segments[2]).string()), std::string::npos);
        scene.expect_nothing_restored();
    }
}

TEST(restore, begins_another_epoch_each_time) {
    backup_scene scene{84};
    scene.living().live(300);
    scene.living().begin_epoch(ledger::epoch_mark{7}); // restored before
    const auto first = scene.living().journal().end().last;
    scene.living().live(100);
    scene.back_up();
    ledger::epoch_mark marks[3];
    for (auto& mark : marks) {
        const auto last = scene.living().journal().end().last - 3;
        const auto done = scene.restore(up_to_position{last});
        ASSERT_TRUE(done.has_value()) << done.error().text();
        EXPECT_EQ(done->epoch, 2U);
        const auto copy = store::open(scene.elsewhere(), {}).value();
        const auto& epochs = copy->start().registry.epochs;
        ASSERT_EQ(epochs.number(), 2U);
        EXPECT_EQ(epochs.all()[0].first, first);
        EXPECT_EQ(epochs.all()[1].first, last + 1);
        EXPECT_EQ(epochs.all()[1].last_wallet, copy->start().last_wallet);
        EXPECT_EQ(epochs.all()[1].last_merchant, copy->start().last_merchant);
        EXPECT_EQ(epochs.all()[1].last_party, copy->start().last_party);
        EXPECT_EQ(copy->keys().epochs(), epochs) << "its ids say them";
        mark = epochs.mark();
        scene.forget_restored();
    }
    EXPECT_NE(marks[0], marks[1]) << "what the first restore gave out is not the second's either";
    EXPECT_NE(marks[1], marks[2]);
    const auto before = scene.restore(up_to_position{first - 1});
    ASSERT_TRUE(before.has_value()) << before.error().text();
    EXPECT_EQ(before->epoch, 1U) << "that of the restore before is forgotten with all the rest";
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
