#include "storage/journal_reader.hpp"

#include "tests/storage/journal_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::storage {
namespace {

using test::journal_scene;
using positions = std::vector<ledger::journal_position>;

// The whole journal's chain, or the error where it breaks.
tl::expected<chain_end, error> check_all(const journal_scene& scene, const journal_reader::visitor& visit = {}) {
    // Opening checks the last batch only: these tests plant their damage before it.
    const auto one = scene.open();
    return journal_reader::make(one).value().check_chain({}, journal_reader::to_the_end, visit);
}

TEST(journal_reader, reads_an_entry_at_its_position) {
    const journal_scene scene;
    auto one = scene.open();
    ASSERT_TRUE(journal_scene::append(one, 3));
    auto reader = journal_reader::make(one).value();
    const auto second = reader.read(2);
    ASSERT_TRUE(second.has_value());
    auto expected = test::sample_operator(2);
    expected.position = 2;
    EXPECT_TRUE(test::same(*second, expected));
    EXPECT_EQ(reader.read(4).error().code, errc::not_found);
    EXPECT_EQ(reader.read(4).error().position, 4U);
    EXPECT_EQ(reader.read(0).error().code, errc::not_found);
}

TEST(journal_reader, sees_what_was_appended_after_it_was_made) {
    const journal_scene scene;
    auto one = scene.open();
    auto reader = journal_reader::make(one).value();
    EXPECT_EQ(reader.last(), 0U);
    ASSERT_TRUE(journal_scene::append(one, 3));
    EXPECT_EQ(reader.last(), 3U);
    EXPECT_TRUE(reader.read(3).has_value());
}

TEST(journal_reader, knows_where_batches_end) {
    const journal_scene scene;
    auto one = scene.open();
    ASSERT_TRUE(journal_scene::append(one, 3));
    const auto first = one.end();
    ASSERT_TRUE(journal_scene::append(one, 2));
    auto reader = journal_reader::make(one).value();
    EXPECT_EQ(reader.end_at(0), chain_end{});
    EXPECT_EQ(reader.end_at(3), first);
    EXPECT_EQ(reader.end_at(5), one.end());
    EXPECT_EQ(reader.end_at(4).error().code, errc::not_found);
    EXPECT_EQ(reader.end_at(6).error().code, errc::not_found);
}

TEST(journal_reader, visits_in_order_over_many_snapshots) {
    const journal_scene scene;
    auto one = scene.open();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(journal_scene::append(one, 500));
    auto reader = journal_reader::make(one).value();
    ledger::journal_position expected = 7;
    std::size_t ends = 0;
    ASSERT_TRUE(reader.read_from(7, [&](const journal_record& record) {
        EXPECT_EQ(record.what.position, expected++);
        if (record.end_of_batch) ++ends;
        return true;
    }));
    EXPECT_EQ(expected, 2501U);
    EXPECT_EQ(ends, 5U);
}

TEST(journal_reader, stops_where_it_is_told) {
    const journal_scene scene;
    auto one = scene.open();
    ASSERT_TRUE(journal_scene::append(one, 2500));
    auto reader = journal_reader::make(one).value();
    positions seen;
    ASSERT_TRUE(reader.read_from(
        1001,
        [&](const journal_record& record) {
            seen.push_back(record.what.position);
            return true;
        },
        1003));
    EXPECT_EQ(seen, (positions{1001, 1002, 1003}));
    seen.clear();
    ASSERT_TRUE(reader.read_from(999, [&](const journal_record& record) {
        seen.push_back(record.what.position);
        return seen.size() < 2;
    }));
    EXPECT_EQ(seen, (positions{999, 1000}));
    ASSERT_TRUE(reader.read_from(2501, [](const journal_record&) {
        ADD_FAILURE();
        return true;
    }));
}

TEST(journal_reader, checks_a_whole_chain_and_a_part_of_one) {
    const journal_scene scene;
    auto one = scene.open();
    ASSERT_TRUE(journal_scene::append(one, 3));
    const auto first = one.end();
    ASSERT_TRUE(journal_scene::append(one, 700));
    const auto second = one.end();
    ASSERT_TRUE(journal_scene::append(one, 700));
    auto reader = journal_reader::make(one).value();
    EXPECT_EQ(reader.check_chain({}), one.end());
    EXPECT_EQ(reader.check_chain(first), one.end());
    EXPECT_EQ(reader.check_chain(first, second.last), second);
    EXPECT_EQ(reader.check_chain(one.end()), one.end());
    auto wrong = first;
    wrong.hash[0] ^= std::byte{1};
    EXPECT_EQ(reader.check_chain(wrong).error().code, errc::chain_broken);
    EXPECT_EQ(reader.check_chain(first, second.last - 1).error().code, errc::chain_broken);
}

TEST(journal_reader, finds_any_byte_changed_in_the_middle) {
    const journal_scene pristine;
    pristine.fill({2, 2, 2, 2});
    const auto size = pristine.stored(4).size();
    for (std::size_t at = 0; at < size; at += 7) {
        const journal_scene scene;
        scene.fill({2, 2, 2, 2});
        auto record = scene.stored(4);
        record[at] ^= std::byte{0x10};
        scene.replace(4, record);
        const auto checked = check_all(scene);
        ASSERT_FALSE(checked.has_value());
        EXPECT_EQ(checked.error().code, errc::corrupt) << "byte " << at;
        EXPECT_EQ(checked.error().position, 4U);
    }
}

TEST(journal_reader, finds_an_entry_that_was_forged_with_a_right_checksum) {
    for (const ledger::journal_position at : {1U, 3U, 4U}) {
        const journal_scene scene;
        scene.fill({2, 2, 2});
        scene.forge(at);
        const auto checked = check_all(scene);
        ASSERT_FALSE(checked.has_value());
        EXPECT_EQ(checked.error().code, errc::chain_broken);
        EXPECT_EQ(checked.error().position, at <= 2 ? 2U : 4U);
    }
}

TEST(journal_reader, finds_a_batch_chained_anew_by_its_successor) {
    // A forger who makes the hash of the batch right again breaks the chain one batch later.
    const journal_scene scene;
    scene.fill({2, 2, 2});
    auto record = scene.stored(2);
    const auto first = scene.stored(1);
    auto entry = decode(record).value();
    std::get<ledger::operator_added>(entry.what.what).name = "forged";
    record.clear();
    encode(entry.what, record);
    append_trailer(record, 0, entry.end_of_batch->recorded_at);
    chain_hasher hasher;
    hasher.begin({});
    add_to_chain(hasher, first, false);
    add_to_chain(hasher, record, true);
    set_trailer_hash(record, hasher.finish());
    set_checksum(record);
    scene.replace(2, record);
    const auto checked = check_all(scene);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, errc::chain_broken);
    EXPECT_EQ(checked.error().position, 4U);
}

TEST(journal_reader, finds_entries_exchanged) {
    const journal_scene scene;
    scene.fill({4, 2});
    const auto second = scene.stored(2);
    scene.replace(2, scene.stored(3));
    scene.replace(3, second);
    const auto checked = check_all(scene);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, errc::chain_broken);
    EXPECT_EQ(checked.error().position, 2U);
    const auto one = scene.open();
    EXPECT_EQ(journal_reader::make(one).value().read(2).error().code, errc::chain_broken);
}

TEST(journal_reader, finds_a_position_missing_where_the_number_of_entries_is_right) {
    const journal_scene scene;
    scene.fill({2, 2, 2});
    scene.replace(0, scene.stored(3));
    scene.replace(3, std::nullopt);
    const auto checked = check_all(scene);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, errc::chain_broken);
    EXPECT_EQ(checked.error().position, 3U);
}

TEST(journal_reader, shows_every_checked_entry) {
    const journal_scene scene;
    scene.fill({2, 3});
    positions seen;
    ASSERT_TRUE(check_all(scene, [&](const journal_record& record) {
        seen.push_back(record.what.position);
        return true;
    }));
    EXPECT_EQ(seen, (positions{1, 2, 3, 4, 5}));
}

} // namespace
} // namespace meguri::storage
