#include "storage/recent_index.hpp"
#include "storage/store.hpp"

#include "storage/journal_writer.hpp"
#include "storage/key_ring.hpp"
#include "storage/thread_reader.hpp"
#include "storage/verify.hpp"
#include "tests/storage/town.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace meguri::storage {
namespace {

using namespace ledger;
using test::town;

class waiting_sink final : public completion_sink {
public:
    void completed(std::span<append_request* const> batch) noexcept override {
        const std::lock_guard lock{mutex_};
        done_ += batch.size();
        told_.notify_all();
    }
    void wait_for(std::size_t count) {
        std::unique_lock lock{mutex_};
        ASSERT_TRUE(told_.wait_for(lock, std::chrono::seconds{60}, [&] { return done_ >= count; }));
    }

private:
    std::mutex mutex_;
    std::condition_variable told_;
    std::size_t done_ = 0;
};

store_settings small_maps() {
    store_settings settings;
    settings.journal_map_bytes = std::uint64_t{1} << 30;
    settings.state_map_bytes = std::uint64_t{1} << 30;
    settings.checkpoint.entries_max = 300;
    settings.checkpoint.slice_puts_max = 50;
    return settings;
}

TEST(store, starts_with_what_the_journal_came_to) {
    town town{31};
    town.live(1'000);
    town.close();
    const auto opened = store::open(town.folder(), small_maps());
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    const start_values& start = (**opened).start();
    const auto& ids = town.stands().ids;
    EXPECT_EQ(start.last_wallet, ids.wallet);
    EXPECT_EQ(start.last_merchant, ids.merchant);
    EXPECT_EQ(start.last_party, std::max({ids.operator_, ids.staff, ids.partner}));
    EXPECT_EQ(start.registry.parties.size(), town.stands().registry.parties.size());
    EXPECT_TRUE(start.registry.for_tests);
    EXPECT_EQ((**opened).checkpoint_position(), start.position);
    EXPECT_EQ((**opened).writer().durable_position(), start.position);
    EXPECT_EQ((**opened).writer().books_at().second.payments_by_outcome, town.stands().books.payments_by_outcome);
}

TEST(store, serves_through_writer_recent_index_and_checkpoints_and_closes_clean) {
    town town{32};
    town.live(50);
    town.close();
    std::deque<append_request> requests;
    std::deque<chain_tail> tails;
    {
        auto opened = store::open(town.folder(), small_maps());
        ASSERT_TRUE(opened.has_value()) << opened.error().text();
        store& store = **opened;
        waiting_sink sink;
        store.run(sink, [](const error& why) { ADD_FAILURE() << why.text(); });
        thread_reader reader{store};
        auto wallet = store.start().last_wallet;
        std::size_t submitted = 0;
        for (int round = 0; round < 20; ++round) {
            std::vector<append_request*> batch;
            for (int i = 0; i < 100; ++i) {
                auto& one = requests.emplace_back();
                one.record.caller = {caller_kind::operator_, 1};
                one.record.decided_at = instant{1'800'000'000'000};
                one.record.wallet = wallet_id{++wallet};
                one.record.wallet_sequence = 1;
                one.record.idempotency_key = "open-" + std::to_string(wallet);
                one.record.what = wallet_opened{wallet_id{wallet}};
                one.wallet_tail = &tails.emplace_back();
                batch.push_back(&one);
            }
            store.writer().submit(batch);
            sink.wait_for(submitted += batch.size());
            for (const auto* one : batch) { // answered, so found: in the recent index or in the state store
                const auto digest = store.keys().digest_of_idempotency(one->record.caller, one->record.idempotency_key);
                ASSERT_EQ(reader.find_idempotency(digest).value(), one->record.position);
            }
            if (round % 5 == 0) store.checkpoints().checkpoint_now();
        }
        store.stop();
        EXPECT_EQ(store.checkpoint_position(), store.writer().durable_position());
        EXPECT_EQ(store.recent().size(), 0u);
        ASSERT_TRUE(reader.load_wallet(wallet_id{wallet}).value().has_value());
    }
    const auto report = verify(town.folder());
    ASSERT_TRUE(report.has_value()) << report.error().text();
    EXPECT_TRUE(report->all_agree()) << report->text();
    EXPECT_EQ(report->checkpoint, report->entries);
    const auto again = store::open(town.folder(), small_maps());
    ASSERT_TRUE(again.has_value()) << again.error().text();
    EXPECT_EQ((**again).start().last_wallet, town.stands().ids.wallet + 2'000);
}

TEST(store, makes_its_state_again_where_it_was_thrown_away) {
    town town{33};
    town.live(400);
    town.close();
    ASSERT_TRUE(store::open(town.folder(), small_maps()).has_value());
    std::filesystem::remove_all(town.folder() / "state");
    const auto opened = store::open(town.folder(), small_maps());
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    EXPECT_EQ((**opened).start().last_wallet, town.stands().ids.wallet);
}

TEST(store, opens_once) {
    town town{34};
    town.close();
    const auto opened = store::open(town.folder(), small_maps());
    ASSERT_TRUE(opened.has_value());
    const auto second = store::open(town.folder(), small_maps());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, errc::locked);
}

} // namespace
} // namespace meguri::storage
