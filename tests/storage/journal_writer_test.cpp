#include "storage/journal_writer.hpp"

#include "tests/storage/writer_scene.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace meguri::storage {
namespace {

using test::sample_grant;
using test::sample_operator;
using test::sample_payment;
using test::writer_scene;

TEST(journal_writer, has_nothing_to_do_where_nothing_was_submitted) {
    writer_scene scene;
    EXPECT_FALSE(scene.writer.step());
    EXPECT_EQ(scene.writer.durable_position(), 0U);
    EXPECT_TRUE(scene.sink.batches.empty());
}

TEST(journal_writer, answers_only_what_is_durable) {
    writer_scene scene;
    auto& grant = scene.submit(scene.entry(sample_grant(5000)));
    EXPECT_EQ(grant.outcome, append_outcome::pending);
    ASSERT_TRUE(scene.writer.step());
    EXPECT_EQ(grant.outcome, append_outcome::durable);
    EXPECT_EQ(grant.record.position, 1U);
    EXPECT_EQ(scene.writer.durable_position(), 1U);
    EXPECT_EQ(scene.journal.end().last, 1U);
    EXPECT_EQ(scene.journal.end().recorded_at, scene.now);
    EXPECT_TRUE(scene.sink.known_to_observer);
    const auto stored = journal_reader::make(scene.journal).value().read(1);
    ASSERT_TRUE(stored.has_value());
    EXPECT_TRUE(test::same(*stored, grant.record));
    EXPECT_LE(grant.times.submitted_ns, grant.times.batch_ns);
    EXPECT_LT(grant.times.batch_ns, grant.times.durable_ns);
}

TEST(journal_writer, puts_what_gathered_into_one_batch) {
    writer_scene scene;
    for (std::uint64_t i = 1; i <= 10; ++i) scene.submit(scene.entry(sample_operator(i)));
    ASSERT_TRUE(scene.writer.step());
    EXPECT_FALSE(scene.writer.step());
    EXPECT_EQ(scene.sink.batches, (std::vector<std::size_t>{10}));
    std::vector<ledger::journal_position> expected(10);
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(scene.observer.positions, expected);
    auto reader = journal_reader::make(scene.journal).value();
    EXPECT_EQ(reader.end_at(10), scene.journal.end());
    EXPECT_FALSE(reader.end_at(9).has_value());
}

TEST(journal_writer, splits_what_gathered_at_the_batch_limit) {
    writer_scene scene{4};
    for (std::uint64_t i = 1; i <= 10; ++i) scene.submit(scene.entry(sample_operator(i)));
    while (scene.writer.step()) {
    }
    EXPECT_EQ(scene.sink.batches, (std::vector<std::size_t>{4, 4, 2}));
    EXPECT_EQ(scene.writer.durable_position(), 10U);
    EXPECT_EQ(scene.writer.probes().batches.count(), 3U);
    EXPECT_EQ(scene.writer.probes().batches.sum.value(), 10U);
    EXPECT_EQ(scene.writer.probes().batches.max.value(), 4U);
}

TEST(journal_writer, links_the_chains_of_wallet_and_merchant) {
    writer_scene scene;
    auto& grant = scene.submit(scene.entry(sample_grant(5000)));
    scene.submit(scene.entry(sample_operator(2)));
    auto& first = scene.submit(scene.entry(sample_payment(2)));
    scene.writer.step();
    auto& second = scene.submit(scene.entry(sample_payment(3)));
    auto& other = scene.submit(scene.entry(sample_operator(3)));
    auto& third = scene.submit(scene.entry(sample_payment(4)));
    scene.writer.step();
    EXPECT_EQ(grant.record.previous_of_wallet, 0U);
    EXPECT_EQ(first.record.previous_of_wallet, 1U);
    EXPECT_EQ(first.record.previous_of_merchant, 0U);
    EXPECT_EQ(second.record.previous_of_wallet, 3U);
    EXPECT_EQ(second.record.previous_of_merchant, 3U);
    EXPECT_EQ(third.record.previous_of_wallet, 4U);
    EXPECT_EQ(third.record.previous_of_merchant, 4U);
    EXPECT_EQ(other.record.previous_of_wallet, 0U);
    EXPECT_EQ(scene.wallet_tail.last, 6U);
    EXPECT_EQ(scene.merchant_tail.last, 6U);
}

TEST(journal_writer, lets_barriers_ride_along_and_tells_them_the_ends_of_the_chains) {
    writer_scene scene;
    scene.submit(scene.entry(sample_grant(5000)));
    scene.submit(scene.entry(sample_payment(2)));
    auto& between = scene.submit(scene.barrier());
    auto& after = scene.submit(scene.entry(sample_payment(3)));
    ASSERT_TRUE(scene.writer.step());
    EXPECT_EQ(between.outcome, append_outcome::durable);
    EXPECT_EQ(between.record.position, 0U);
    EXPECT_EQ(between.record.previous_of_wallet, 2U);
    EXPECT_EQ(between.record.previous_of_merchant, 2U);
    EXPECT_EQ(after.record.previous_of_wallet, 2U);
    EXPECT_EQ(after.record.previous_of_merchant, 2U);
    EXPECT_EQ(scene.sink.batches, (std::vector<std::size_t>{4}));
    EXPECT_EQ(scene.observer.positions, (std::vector<ledger::journal_position>{1, 2, 3}));
}

TEST(journal_writer, commits_nothing_for_barriers_alone) {
    writer_scene scene;
    scene.submit(scene.entry(sample_grant(5000)));
    scene.writer.step();
    const auto end = scene.journal.end();
    auto& alone = scene.submit(scene.barrier());
    ASSERT_TRUE(scene.writer.step());
    EXPECT_EQ(alone.outcome, append_outcome::durable);
    EXPECT_EQ(alone.record.previous_of_wallet, 1U);
    EXPECT_EQ(scene.journal.end(), end);
    EXPECT_EQ(scene.writer.probes().batches.count(), 1U);
    EXPECT_EQ(scene.writer.probes().barriers.value(), 1U);
}

TEST(journal_writer, shows_the_books_as_of_a_durable_position) {
    writer_scene scene;
    scene.submit(scene.entry(sample_grant(5000)));
    EXPECT_EQ(scene.writer.books_at().first, 0U);
    EXPECT_TRUE(scene.writer.books_at().second.programs.empty());
    scene.writer.step();
    scene.submit(scene.entry(sample_payment(2, 1200)));
    scene.writer.step();
    auto [position, books] = scene.writer.books_at();
    EXPECT_EQ(position, 2U);
    EXPECT_TRUE(books.balanced());
    const auto& sums = books.of(test::ishinomaki).sums;
    EXPECT_EQ(sums[static_cast<std::size_t>(ledger::account::available)].credits, test::yen(5000));
    EXPECT_EQ(sums[static_cast<std::size_t>(ledger::account::payable)].credits, test::yen(1200));
    EXPECT_EQ(books.payments_by_outcome[0], 1U);
}

TEST(journal_writer, aborts_before_points_that_nobody_has_become_durable) {
    writer_scene scene;
    scene.submit(scene.entry(sample_grant(100)));
    scene.writer.step();
    scene.submit(scene.entry(sample_payment(2, 101)));
    EXPECT_DEATH(scene.writer.step(), "ENSURES");
    EXPECT_EQ(scene.journal.end().last, 1U);
}

TEST(journal_writer, aborts_where_an_entry_would_leave_its_chain) {
    writer_scene scene;
    scene.submit(scene.entry(sample_grant(100))).wallet_tail = nullptr;
    EXPECT_DEATH(scene.writer.step(), "EXPECTS");
}

TEST(journal_writer, fails_for_good_and_loses_nothing_acknowledged) {
    ledger::journal_position durable = 0;
    writer_scene scene{4096, 256 << 10};
    std::uint64_t next = 1;
    while (!scene.writer.failed()) {
        for (int i = 0; i < 50; ++i) scene.submit(scene.entry(sample_operator(next++)));
        scene.submit(scene.barrier());
        durable = scene.writer.durable_position();
        ASSERT_TRUE(scene.writer.step());
    }
    EXPECT_EQ(scene.writer.failure()->code, errc::map_full);
    EXPECT_GT(durable, 0U);
    EXPECT_EQ(scene.writer.durable_position(), durable);
    EXPECT_EQ(scene.writer.books_at().first, durable);
    EXPECT_EQ(scene.observer.positions.size(), durable);

    // What would fit now fails too, reads included.
    auto& later = scene.submit(scene.entry(sample_operator(1)));
    auto& read = scene.submit(scene.barrier());
    ASSERT_TRUE(scene.writer.step());
    EXPECT_EQ(later.outcome, append_outcome::failed);
    EXPECT_EQ(read.outcome, append_outcome::failed);
    EXPECT_EQ(scene.journal.end().last, durable);

    for (const auto* const one : scene.sink.all) {
        if (one->is_barrier) continue;
        EXPECT_EQ(one->outcome == append_outcome::durable,
                  one->record.position != 0 && one->record.position <= durable);
    }
    EXPECT_EQ(scene.sink.all.size(), scene.requests.size());
}

TEST(journal_writer, goes_on_behind_an_existing_journal) {
    const test::journal_scene files;
    files.fill({3});
    auto journal = files.open();
    test::remembering_observer observer;
    test::counting_sink sink{observer};
    journal_writer writer{journal, {}, observer};
    writer.connect(sink);
    EXPECT_EQ(writer.durable_position(), 3U);
    append_request one;
    one.record = sample_operator(4);
    append_request* const request = &one;
    writer.submit({&request, 1});
    ASSERT_TRUE(writer.step());
    EXPECT_EQ(one.record.position, 4U);
    EXPECT_GT(journal.end().recorded_at, ledger::instant{1'600'000'000'000}); // the system's clock
}

TEST(journal_writer, counts_what_it_did) {
    writer_scene scene;
    scene.submit(scene.entry(sample_operator(1)));
    scene.submit(scene.barrier());
    scene.writer.step();
    const auto& probes = scene.writer.probes();
    for (const auto* const times : {&probes.commit_ns, &probes.sync_ns}) {
        EXPECT_EQ(times->count(), 1U);
        EXPECT_EQ(times->max.value(), times->sum.value());
        EXPECT_GT(times->sum.value(), 0U);
    }
    EXPECT_LT(probes.sync_ns.sum.value(), probes.commit_ns.sum.value()) << "the commit includes the sync";
    EXPECT_GT(probes.bytes.value(), 40U);
    EXPECT_GT(probes.map_used_bytes.value(), 0U);
    EXPECT_EQ(probes.map_bytes.value(), test::test_map_bytes);
    EXPECT_EQ(probes.barriers.value(), 1U);
}

TEST(journal_writer, drains_everything_submitted_before_it_stops) {
    writer_scene scene{16};
    scene.writer.run();
    for (std::uint64_t i = 1; i <= 1000; ++i) scene.submit(scene.entry(sample_operator(i)));
    scene.writer.stop();
    scene.writer.stop();
    EXPECT_EQ(scene.sink.all.size(), 1000U);
    EXPECT_EQ(scene.writer.durable_position(), 1000U);
}

TEST(journal_writer, wakes_up_for_a_single_request_and_runs_again_after_a_stop) {
    writer_scene scene;
    scene.writer.run();
    for (std::size_t i = 1; i <= 20; ++i) {
        scene.submit(scene.entry(sample_operator(i)));
        scene.sink.wait_for(i);
    }
    scene.writer.stop();
    scene.submit(scene.entry(sample_operator(21)));
    scene.writer.run();
    scene.sink.wait_for(21);
    scene.writer.stop();
    EXPECT_EQ(scene.writer.durable_position(), 21U);
}

TEST(journal_writer, keeps_each_submitters_order_among_many) {
    constexpr std::size_t submitters = 4;
    constexpr std::uint64_t each = 500;
    writer_scene scene{64};
    std::vector<std::deque<append_request>> requests(submitters);
    scene.writer.run();
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < submitters; ++t)
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < each; ++i) {
                auto& one = requests[t].emplace_back();
                one.record = sample_operator(t * each + i);
                append_request* const request = &one;
                scene.writer.submit({&request, 1});
                // Readers look on from other threads.
                static_cast<void>(scene.writer.books_at());
                static_cast<void>(scene.writer.failed());
            }
        });
    for (auto& thread : threads) thread.join();
    scene.sink.wait_for(submitters * each);
    scene.writer.stop();
    std::vector<bool> seen(submitters * each + 1);
    for (const auto& mine : requests) {
        ledger::journal_position last = 0;
        for (const auto& one : mine) {
            ASSERT_EQ(one.outcome, append_outcome::durable);
            ASSERT_GT(one.record.position, last);
            last = one.record.position;
            ASSERT_FALSE(seen[last]);
            seen[last] = true;
        }
    }
    EXPECT_EQ(journal_reader::make(scene.journal).value().check_chain({}), scene.journal.end());
}

} // namespace
} // namespace meguri::storage
