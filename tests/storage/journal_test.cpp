#include "storage/journal.hpp"

#include "tests/storage/journal_scene.hpp"
#include "tests/storage/other_process.hpp"

#include <gtest/gtest.h>

namespace meguri::storage {
namespace {

using test::journal_scene;

// The error with which the journal refuses to open.
error refusal(const journal_scene& scene) {
    auto opened = scene.try_open();
    EXPECT_FALSE(opened.has_value());
    return opened ? error{} : opened.error();
}

TEST(journal, begins_empty_and_grows_batch_by_batch) {
    const journal_scene scene;
    auto one = scene.open();
    EXPECT_EQ(one.end(), chain_end{});
    ASSERT_TRUE(journal_scene::append(one, 3, 500));
    EXPECT_EQ(one.end().last, 3U);
    EXPECT_EQ(one.end().recorded_at, ledger::instant{500});
    const auto first_hash = one.end().hash;
    EXPECT_NE(first_hash, chain_hash{});
    ASSERT_TRUE(journal_scene::append(one, 1, 600));
    EXPECT_EQ(one.end().last, 4U);
    EXPECT_NE(one.end().hash, first_hash);
}

TEST(journal, finds_its_end_again) {
    const journal_scene scene;
    chain_end before;
    {
        auto one = scene.open();
        ASSERT_TRUE(journal_scene::append(one, 3));
        ASSERT_TRUE(journal_scene::append(one, 5));
        before = one.end();
    }
    auto again = scene.open();
    EXPECT_EQ(again.end(), before);
    ASSERT_TRUE(journal_scene::append(again, 2));
    EXPECT_EQ(again.end().last, 10U);
}

TEST(journal, gives_the_same_hashes_to_the_same_batches_only) {
    const auto hash_of = [](std::initializer_list<std::size_t> sizes) {
        const journal_scene scene;
        scene.fill(sizes);
        return scene.open().end().hash;
    };
    EXPECT_EQ(hash_of({2, 3}), hash_of({2, 3}));
    EXPECT_NE(hash_of({2, 3}), hash_of({3, 2}));
    EXPECT_NE(hash_of({2, 3}), hash_of({5}));
}

TEST(journal, never_goes_back_in_recorded_time) {
    const journal_scene scene;
    auto one = scene.open();
    ASSERT_TRUE(journal_scene::append(one, 1, 900));
    ASSERT_TRUE(journal_scene::append(one, 1, 100));
    EXPECT_EQ(one.end().recorded_at, ledger::instant{900});
}

TEST(journal, commits_a_start_without_an_entry) {
    const journal_scene scene;
    auto one = scene.open();
    ASSERT_TRUE(one.note_start(ledger::instant{1}));
    ASSERT_TRUE(one.note_start(ledger::instant{2}));
    EXPECT_EQ(one.end(), chain_end{});
}

TEST(journal, refuses_a_batch_of_the_wrong_position) {
    const journal_scene scene;
    auto one = scene.open();
    auto entry = test::sample_operator(1);
    entry.position = 2;
    journal_batch batch;
    batch.add(entry);
    EXPECT_DEATH(static_cast<void>(one.append(batch, ledger::instant{1})), "EXPECTS");
    EXPECT_DEATH(batch.add(entry), "EXPECTS");
}

TEST(journal, refuses_to_open_with_a_last_batch_cut_off_in_the_middle) {
    const journal_scene scene;
    scene.fill({4, 6});
    scene.replace(10, std::nullopt);
    const auto why = refusal(scene);
    EXPECT_EQ(why.code, errc::chain_broken);
    EXPECT_EQ(why.position, 9U);
    EXPECT_NE(why.text().find("middle of a batch"), std::string::npos);
    EXPECT_NE(why.text().find("meguri verify"), std::string::npos);
}

TEST(journal, refuses_to_open_with_an_entry_missing_anywhere_and_names_the_place) {
    for (const ledger::journal_position gone : {1U, 3U, 9U}) {
        const journal_scene scene;
        scene.fill({4, 6});
        scene.replace(gone, std::nullopt);
        const auto why = refusal(scene);
        EXPECT_EQ(why.code, errc::chain_broken);
        EXPECT_EQ(why.position, gone);
    }
}

TEST(journal, refuses_to_open_with_a_damaged_byte_in_the_last_batch) {
    for (const ledger::journal_position at : {5U, 7U, 10U}) {
        const journal_scene scene;
        scene.fill({4, 6});
        auto record = scene.stored(at);
        record[record.size() / 2] ^= std::byte{4};
        scene.replace(at, record);
        const auto why = refusal(scene);
        EXPECT_EQ(why.code, errc::corrupt);
        EXPECT_EQ(why.position, at);
    }
}

TEST(journal, refuses_to_open_with_a_forged_entry_in_the_last_batch) {
    for (const ledger::journal_position at : {5U, 7U, 10U}) {
        const journal_scene scene;
        scene.fill({4, 6});
        scene.forge(at);
        const auto why = refusal(scene);
        EXPECT_EQ(why.code, errc::chain_broken) << at;
        EXPECT_EQ(why.position, 10U);
    }
}

TEST(journal, refuses_to_open_with_two_entries_of_the_last_batch_exchanged) {
    const journal_scene scene;
    scene.fill({4, 6});
    const auto sixth = scene.stored(6);
    scene.replace(6, scene.stored(7));
    scene.replace(7, sixth);
    EXPECT_EQ(refusal(scene).code, errc::chain_broken);
}

TEST(journal, refuses_a_newer_format_and_a_damaged_one) {
    const auto with_format = [](std::vector<std::byte> value) {
        const journal_scene scene;
        scene.fill({1});
        {
            auto environment =
                lmdb::environment::open({.folder = scene.path(), .map_bytes = test::test_map_bytes}).value();
            const auto meta = environment.open_database("meta").value();
            auto txn = environment.begin_write().value();
            EXPECT_TRUE(txn.put(meta, bytes_of("format_version"), value));
            EXPECT_TRUE(std::move(txn).commit());
        }
        return refusal(scene).code;
    };
    EXPECT_EQ(with_format({std::byte{3}, {}, {}, {}, {}, {}, {}, {}}), errc::version_too_new);
    EXPECT_EQ(with_format({std::byte{0}, {}, {}, {}, {}, {}, {}, {}}), errc::corrupt);
    EXPECT_EQ(with_format({std::byte{1}}), errc::corrupt);
}

TEST(journal, loses_nothing_durable_when_its_map_is_full) {
    const journal_scene scene{256 << 10};
    chain_end durable;
    {
        auto one = scene.open();
        tl::expected<void, error> appended;
        while ((appended = journal_scene::append(one, 50))) durable = one.end();
        EXPECT_EQ(appended.error().code, errc::map_full);
        EXPECT_GT(durable.last, 0U);
    }
    EXPECT_EQ(scene.open().end(), durable);
    // With a larger map it goes on.
    auto larger = journal::open({.folder = scene.path(), .map_bytes = 4 << 20}).value();
    EXPECT_TRUE(journal_scene::append(larger, 50));
}

TEST(journal, uses_pages_again_that_a_killed_process_had_read) {
    const journal_scene scene;
    auto entries = scene.open();
    const auto growth = [&](int batches) {
        const auto before = entries.usage().used_bytes;
        for (int i = 0; i < batches; ++i) EXPECT_TRUE(journal_scene::append(entries, 1).has_value());
        return entries.usage().used_bytes - before;
    };
    (void)growth(10);
    test::other_process reading{[&scene] {
        static auto opened =
            lmdb::environment::open({.folder = scene.path(), .map_bytes = test::test_map_bytes, .read_only = true});
        static auto snapshot = opened->begin_read();
        return snapshot.has_value();
    }};
    reading.kill();
    EXPECT_GT(growth(100), 1'000'000U) << "nobody knows yet that it is dead";
    (void)growth(1024);
    EXPECT_LT(growth(100), 200'000U);
}

} // namespace
} // namespace meguri::storage
