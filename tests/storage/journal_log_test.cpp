// The journal while batches go to its commit log: what was appended can be read at once, is in LMDB after file(), and
// is all there when it is opened again, whatever had been filed.
#include "storage/journal_filer.hpp"
#include "storage/unfiled_frames.hpp"
#include "storage/wait_until_filed.hpp"
#include "tests/storage/journal_scene.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace meguri::storage {
namespace {

using test::journal_scene;

constexpr std::uint64_t log_bytes = 64 << 10;

journal logged(const journal_scene& scene, std::uint64_t capacity = log_bytes) {
    auto one = scene.open();
    const auto begun = one.begin_log(capacity);
    if (!begun) throw std::runtime_error{begun.error().text()};
    return one;
}

chain_end checked(const journal& one) {
    const auto end = journal_reader::make(one).value().check_chain({});
    EXPECT_TRUE(end.has_value()) << end.error().text();
    return end.value_or(chain_end{});
}

std::filesystem::path log_of(const journal_scene& scene) { return scene.path() / "commit.log"; }

TEST(journal_log, shows_what_was_appended_before_and_after_it_is_filed) {
    const journal_scene scene;
    auto one = scene.open();
    ASSERT_TRUE(journal_scene::append(one, 4));
    ASSERT_TRUE(one.begin_log(log_bytes));
    auto reader = journal_reader::make(one).value();
    ASSERT_TRUE(journal_scene::append(one, 3, 2'000));
    const auto seventh = one.end();
    ASSERT_TRUE(journal_scene::append(one, 2));
    EXPECT_EQ(one.unfiled()->find(4), nullptr);
    EXPECT_NE(one.unfiled()->find(5), nullptr);

    const auto expect_all = [&] {
        EXPECT_EQ(reader.last(), 9U);
        for (ledger::journal_position at = 1; at <= 9; ++at) {
            auto expected = test::sample_operator(at);
            expected.position = at;
            const auto found = reader.read(at);
            ASSERT_TRUE(found.has_value()) << at;
            EXPECT_TRUE(test::same(*found, expected)) << at;
        }
        EXPECT_EQ(reader.read(10).error().code, errc::not_found);
        EXPECT_EQ(reader.end_at(7), seventh);
        EXPECT_EQ(reader.end_at(9), one.end());
        EXPECT_EQ(reader.end_at(6).error().code, errc::not_found);
        EXPECT_EQ(reader.check_chain({}), one.end());
        EXPECT_EQ(reader.check_chain(seventh), one.end());
        std::vector<ledger::journal_position> seen;
        ASSERT_TRUE(reader.read_from(3, [&seen](const journal_record& record) {
            seen.push_back(record.what.position);
            return record.what.position < 8;
        }));
        EXPECT_EQ(seen, (std::vector<ledger::journal_position>{3, 4, 5, 6, 7, 8}));
        seen.clear();
        ASSERT_TRUE(reader.read_from(
            5,
            [&seen](const journal_record& record) {
                seen.push_back(record.what.position);
                return true;
            },
            6));
        EXPECT_EQ(seen, (std::vector<ledger::journal_position>{5, 6}));
    };
    expect_all();
    const auto filed = one.file();
    ASSERT_TRUE(filed.has_value());
    EXPECT_EQ(filed->entries, 5U);
    EXPECT_EQ(one.unfiled()->newest(), nullptr);
    expect_all();
    EXPECT_EQ(one.file()->entries, 0U);
}

TEST(journal_log, is_whole_after_an_end_at_any_time) {
    for (const auto seed : test::seeds(6)) {
        const ::testing::ScopedTrace where{__FILE__, __LINE__, "MEGURI_SEED=" + std::to_string(seed)};
        test::dice random{seed};
        const journal_scene scene;
        chain_end end;
        for (int start = 0; start < 8; ++start) {
            auto one = scene.open();
            ASSERT_EQ(one.end(), end);
            ASSERT_EQ(checked(one), end);
            // Without the log now and then, as `meguri verify` has it.
            if (!random.one_in(4)) {
                ASSERT_TRUE(one.begin_log(random.one_in(2) ? log_bytes : 2 * log_bytes));
            }
            for (auto steps = random.below(40); steps > 0; --steps) {
                if (random.one_in(9)) {
                    ASSERT_TRUE(one.file());
                } else {
                    ASSERT_TRUE(journal_scene::append(one, 1 + random.below(30)));
                }
            }
            end = one.end();
            ASSERT_EQ(checked(one), end);
            if (random.one_in(4)) {
                ASSERT_TRUE(one.end_log());
            }
        }
    }
}

TEST(journal_log, files_by_itself_where_the_log_is_full) {
    const journal_scene scene;
    auto one = logged(scene, 4 * log_frame::page_bytes);
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(journal_scene::append(one, 20));
    EXPECT_EQ(one.end().last, 800U);
    EXPECT_LE(one.unfiled()->waiting_bytes(), 4 * log_frame::page_bytes);
    ASSERT_TRUE(journal_scene::append(one, 2'000)) << "more than the log holds";
    EXPECT_EQ(one.unfiled()->newest(), nullptr) << "straight to LMDB, after what had waited";
    ASSERT_TRUE(journal_scene::append(one, 1));
    EXPECT_EQ(checked(one), one.end());
}

TEST(journal_log, can_be_done_without_once_it_has_ended) {
    const journal_scene scene;
    chain_end end;
    {
        auto one = logged(scene);
        ASSERT_TRUE(journal_scene::append(one, 5));
        ASSERT_TRUE(one.end_log());
        ASSERT_TRUE(journal_scene::append(one, 5)) << "LMDB alone";
        end = one.end();
    }
    std::filesystem::remove(log_of(scene));
    EXPECT_EQ(scene.open().end(), end);
}

TEST(journal_log, that_is_missing_or_damaged_or_anothers_is_refused) {
    const journal_scene scene;
    {
        auto one = logged(scene);
        ASSERT_TRUE(journal_scene::append(one, 5));
        ASSERT_TRUE(one.file());
        ASSERT_TRUE(journal_scene::append(one, 3));
        ASSERT_TRUE(journal_scene::append(one, 3));
    }
    const auto kept = log_of(scene).string() + ".kept";
    std::filesystem::copy_file(log_of(scene), kept);
    const auto refusal = [&scene] {
        const auto opened = scene.try_open();
        EXPECT_FALSE(opened.has_value());
        return opened ? error{} : opened.error();
    };
    std::filesystem::remove(log_of(scene));
    EXPECT_EQ(refusal().code, errc::corrupt);
    EXPECT_EQ(refusal().position, 6U);
    EXPECT_NE(refusal().text().find("commit log is missing"), std::string::npos) << refusal().text();

    const journal_scene other;
    { auto one = logged(other); }
    std::filesystem::copy_file(log_of(other), log_of(scene));
    EXPECT_EQ(refusal().code, errc::corrupt);
    EXPECT_EQ(refusal().position, 6U);

    std::filesystem::copy_file(kept, log_of(scene), std::filesystem::copy_options::overwrite_existing);
    {
        // The first page of the ring after file(): the batch of the sixth entry.
        std::fstream file{log_of(scene), std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(static_cast<std::streamoff>(log_frame::page_bytes + 60));
        file.put('x');
    }
    EXPECT_EQ(refusal().code, errc::chain_broken);
    EXPECT_EQ(refusal().position, 6U);

    std::filesystem::copy_file(kept, log_of(scene), std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(scene.open().end().last, 11U);
}

// What a log holds is chained to what LMDB holds: another batch in its place is found, checksums or not.
TEST(journal_log, finds_a_batch_that_was_forged) {
    const journal_scene scene;
    std::uint64_t salt = 0;
    {
        auto one = logged(scene);
        ASSERT_TRUE(journal_scene::append(one, 2));
    }
    const auto file = read_file(log_of(scene)).value();
    for (std::size_t i = 8; i-- > 0;) salt = salt << 8 | static_cast<std::uint64_t>(file[24 + i]);
    const auto whole = log_frame::found_at(bytes{file}.subspan(log_frame::page_bytes), salt);
    ASSERT_TRUE(whole.has_value());
    journal_batch forged;
    for (ledger::journal_position at = 1; at <= 2; ++at) {
        auto entry = test::sample_operator(at + 70);
        entry.position = at;
        forged.add(entry);
    }
    chain_hasher hasher;
    chain_end before;
    before.hash[3] = std::byte{1};
    static_cast<void>(forged.seal(before, ledger::instant{1'000}, hasher));
    const log_frame frame{forged.records(), forged.begins(), 1, salt};
    {
        std::fstream out{log_of(scene), std::ios::in | std::ios::out | std::ios::binary};
        out.seekp(static_cast<std::streamoff>(log_frame::page_bytes));
        out.write(reinterpret_cast<const char*>(frame.image().data()),
                  static_cast<std::streamsize>(frame.image().size()));
    }
    const auto opened = scene.try_open();
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, errc::chain_broken);
}

TEST(journal_log, takes_nothing_more_after_filing_failed_and_loses_nothing) {
    constexpr std::size_t small_map = 256 << 10;
    const test::temporary_folder folder;
    ledger::journal_position acknowledged = 0;
    {
        auto one = journal::open({.folder = folder.path(), .map_bytes = small_map}).value();
        ASSERT_TRUE(one.begin_log(1 << 20));
        do {
            for (int i = 0; i < 20; ++i) ASSERT_TRUE(journal_scene::append(one, 50));
            acknowledged = one.end().last;
            ASSERT_LT(acknowledged, 1'000'000U);
        } while (one.file());
        ASSERT_TRUE(one.unfiled()->place_for(log_frame::page_bytes * 4)) << "it is not for want of room in the log";
        EXPECT_EQ(one.file().error().code, errc::map_full);
        EXPECT_EQ(journal_scene::append(one, 1).error().code, errc::map_full);
        EXPECT_EQ(one.end().last, acknowledged);
        EXPECT_EQ(checked(one).last, acknowledged) << "it can still be read";
    }
    EXPECT_EQ(journal::open({.folder = folder.path(), .map_bytes = small_map}).error().code, errc::map_full);
    const auto again = journal::open({.folder = folder.path(), .map_bytes = test::test_map_bytes}).value();
    EXPECT_EQ(again.end().last, acknowledged);
}

// The writer appends, the filer files, and readers see every entry once and in order, and never less than before.
TEST(journal_log, is_read_whole_while_it_is_filed) {
    const journal_scene scene;
    auto one = logged(scene);
    journal_filer filer{one, {.bytes_max = 16 << 10, .interval = std::chrono::milliseconds{1}}};
    std::atomic<bool> has_failed{false};
    filer.run([&has_failed](const error&) { has_failed = true; });
    std::atomic<ledger::journal_position> durable{0};
    std::atomic<bool> is_over{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 2; ++i)
        readers.emplace_back([&] {
            auto reader = journal_reader::make(one).value();
            do {
                const auto at_least = durable.load();
                const auto last = reader.last();
                ASSERT_TRUE(last.has_value());
                EXPECT_GE(*last, at_least);
                if (at_least != 0) {
                    EXPECT_TRUE(reader.read(at_least).has_value());
                }
                const auto end = reader.check_chain({});
                ASSERT_TRUE(end.has_value()) << end.error().text();
                EXPECT_GE(end->last, *last);
            } while (!is_over);
        });
    for (int i = 0; i < 300; ++i) {
        ASSERT_TRUE(journal_scene::append(one, 1 + static_cast<std::size_t>(i) % 7));
        durable = one.end().last;
    }
    is_over = true;
    for (auto& reader : readers) reader.join();
    filer.stop();
    EXPECT_FALSE(has_failed);
    EXPECT_GT(filer.probes().entries.value(), 0U);
    ASSERT_TRUE(one.end_log());
    EXPECT_EQ(checked(one), one.end());
}

} // namespace
} // namespace meguri::storage
