#include "storage/archive_segment.hpp"

#include "storage/chain_walk.hpp"
#include "tests/storage/journal_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::storage {
namespace {

using test::journal_scene;

constexpr std::uint64_t ledger_number = 0x0123456789ABCDEF;

// A segment of batches of these sizes, as the journal has them.
std::vector<std::byte> segment_of(const journal_scene& scene, const journal& from, const chain_end& before = {}) {
    auto reader = journal_reader::make(from).value();
    segment_builder built{ledger_number, before};
    chain_walk walk{before};
    EXPECT_TRUE(reader
                    .each_raw(before.last + 1, journal_reader::to_the_end,
                              [&](ledger::journal_position, bytes raw) -> tl::expected<bool, error> {
                                  const auto taken = walk.take(raw);
                                  if (!taken) return tl::unexpected{taken.error()};
                                  built.add(raw);
                                  if (taken->end_of_batch) built.end_batch(walk.arrived());
                                  return true;
                              })
                    .has_value())
        << scene.path();
    return std::move(built).finish();
}

TEST(archive_segment, gives_back_what_the_journal_has) {
    journal_scene scene;
    auto entries = scene.open();
    ASSERT_TRUE(journal_scene::append(entries, 3, 1000).has_value());
    const chain_end middle = entries.end();
    ASSERT_TRUE(journal_scene::append(entries, 4, 2000).has_value());
    for (const chain_end& before : {chain_end{}, middle}) {
        const auto file = segment_of(scene, entries, before);
        const auto segment = parse_segment(file);
        ASSERT_TRUE(segment.has_value()) << segment.error().text();
        EXPECT_EQ(segment->head.ledger, ledger_number);
        EXPECT_EQ(segment->head.before, before);
        EXPECT_EQ(segment->head.after, entries.end());
        EXPECT_EQ(segment->head.file_bytes(), file.size());
        EXPECT_EQ(parse_segment_head(file), segment->head);
        const auto records = check_entries(*segment);
        ASSERT_TRUE(records.has_value()) << records.error().text();
        ASSERT_EQ(records->size(), 7 - before.last);
        auto reader = journal_reader::make(entries).value();
        EXPECT_TRUE(reader
                        .each_raw(before.last + 1, journal_reader::to_the_end,
                                  [&](ledger::journal_position at, bytes raw) -> tl::expected<bool, error> {
                                      EXPECT_TRUE(std::ranges::equal((*records)[at - before.last - 1], raw)) << at;
                                      return true;
                                  })
                        .has_value());
    }
}

TEST(archive_segment, leaves_out_what_follows_the_last_whole_batch) {
    journal_scene scene;
    auto entries = scene.open();
    ASSERT_TRUE(journal_scene::append(entries, 2).has_value());
    const auto whole = segment_of(scene, entries);
    segment_builder built{ledger_number, {}};
    const auto view = parse_segment(whole).value();
    const auto records = check_entries(view).value();
    for (const bytes record : records) built.add(record);
    built.end_batch(entries.end());
    built.add(bytes_of("the beginning of another batch"));
    EXPECT_EQ(std::move(built).finish(), whole);
}

TEST(archive_segment, notices_every_byte_that_is_changed_or_missing) {
    journal_scene scene;
    auto entries = scene.open();
    ASSERT_TRUE(journal_scene::append(entries, 2).has_value());
    const auto file = segment_of(scene, entries);
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto changed = file;
        changed[at] ^= std::byte{0x10};
        EXPECT_FALSE(parse_segment(changed).has_value()) << "byte " << at;
        EXPECT_FALSE(parse_segment(std::span{file}.first(at)).has_value()) << "cut off at " << at;
    }
    auto longer = file;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(parse_segment(longer).has_value());
}

// Whoever changes an entry can make the file's hash right; the chain tells.
TEST(archive_segment, notices_entries_that_are_not_those_that_were_chained) {
    journal_scene scene;
    auto entries = scene.open();
    ASSERT_TRUE(journal_scene::append(entries, 2).has_value());
    const chain_end middle = entries.end();
    ASSERT_TRUE(journal_scene::append(entries, 2).has_value());
    const auto file = segment_of(scene, entries);
    const auto records = check_entries(parse_segment(file).value()).value();
    const auto refused = [&](std::vector<bytes> altered, const chain_end& before, const chain_end& after) {
        segment_builder built{ledger_number, before};
        for (const bytes record : altered) built.add(record);
        built.end_batch(after);
        const auto forged = std::move(built).finish();
        const auto segment = parse_segment(forged);
        ASSERT_TRUE(segment.has_value()) << segment.error().text();
        const auto checked = check_entries(*segment);
        ASSERT_FALSE(checked.has_value());
        EXPECT_EQ(checked.error().code, errc::backup_damaged);
        EXPECT_NE(checked.error().position, 0U);
    };
    refused({records[1], records[0], records[2], records[3]}, {}, entries.end());
    refused({records[0], records[1], records[2]}, {}, entries.end());
    refused({records[2], records[3]}, {}, middle);
    refused({records[0], records[1], records[2], records[3]}, {}, middle);
    auto changed = std::vector<std::byte>{records[0].begin(), records[0].end()};
    changed[10] ^= std::byte{1};
    refused({changed, records[1]}, {}, middle);
    set_checksum(changed);
    refused({changed, records[1]}, {}, middle);
    chain_end other_after = entries.end();
    other_after.hash[31] ^= std::byte{1};
    refused({records[0], records[1], records[2], records[3]}, {}, other_after);
    other_after = entries.end();
    other_after.recorded_at = other_after.recorded_at.plus_ms(1);
    refused({records[0], records[1], records[2], records[3]}, {}, other_after);
    chain_end other_before = middle;
    other_before.hash[0] ^= std::byte{1};
    refused({records[2], records[3]}, other_before, entries.end());
}

TEST(archive_segment, is_named_by_its_positions) {
    EXPECT_EQ(segment_file_name(1, 100'000), "segment-00000000000000000001-00000000000000100000.mgs");
    EXPECT_EQ(segment_file_name(18'446'744'073'709'551'615U, 18'446'744'073'709'551'615U),
              "segment-18446744073709551615-18446744073709551615.mgs");
}

} // namespace
} // namespace meguri::storage
