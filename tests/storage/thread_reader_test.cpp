// The lag window: whatever is durable is found, wherever the checkpointer stands.
#include "storage/thread_reader.hpp"

#include "storage/recent_index.hpp"
#include "tests/storage/state_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

namespace meguri::storage {
namespace {

using test::state_scene;
using test::town;

struct lag_scene {
    explicit lag_scene(std::uint64_t seed)
        : the_town{seed},
          recent{the_town.keys()},
          state{the_town, settings(), &recent} {
        remember(0);
    }
    static checkpoint_settings settings() {
        checkpoint_settings small;
        small.slice_puts_max = 5;
        small.entries_max = 60;
        return small;
    }
    void live(std::size_t entries) {
        const auto before = the_town.journal().end().last;
        the_town.live(entries);
        remember(before);
    }
    // As the journal's writer does after each commit.
    void remember(ledger::journal_position after) {
        std::vector<append_request> requests;
        auto reader = journal_reader::make(the_town.journal()).value();
        ASSERT_TRUE(reader
                        .read_from(after + 1,
                                   [&](const journal_record& one) {
                                       requests.emplace_back().record = one.what;
                                       return true;
                                   })
                        .has_value());
        std::vector<append_request*> batch;
        for (auto& one : requests) batch.push_back(&one);
        recent.durable(batch);
    }
    void expect_all_found() {
        thread_reader reader{state.state(), recent, the_town.journal()};
        const auto& keys = the_town.stands().keys;
        for (auto at = keys.begin(); at != keys.end(); at = keys.upper_bound(at->first)) {
            const auto& [kind, digest] = at->first;
            std::vector<ledger::journal_position> positions;
            for (auto [one, end] = keys.equal_range(at->first); one != end; ++one) positions.push_back(one->second);
            std::sort(positions.rbegin(), positions.rend());
            if (kind == index_kind::idempotency) {
                const auto found = reader.find_idempotency(digest).value();
                ASSERT_EQ(found, positions.front());
                ASSERT_EQ(reader.read(*found).value().position, *found);
                ASSERT_EQ(reader.find_idempotency(digest, 1'000).value(), positions) << "each once, newest first";
            } else if (kind == index_kind::reference) {
                ASSERT_EQ(reader.find_references(digest, 1'000).value(), positions) << "each once, newest first";
                positions.resize(std::min<std::size_t>(positions.size(), 2));
                ASSERT_EQ(reader.find_references(digest, 2).value(), positions);
            } else if (kind == index_kind::follow_up) {
                ASSERT_EQ(reader.find_follow_up(digest.low).value(), positions.front());
            } else if (kind == index_kind::certificate) {
                const auto entry = reader.read(positions.front()).value();
                ASSERT_EQ(reader.find_certificates(ledger::outlet_id{digest.low}).value(),
                          std::get<ledger::terminal_certificates_changed>(entry.what).certificates);
                ++certificates_found;
            } else if (kind == index_kind::occasion) {
                ASSERT_EQ(positions.size(), 1U);
                ASSERT_EQ(reader.find_occasion(digest).value(), positions.front());
            } else if (kind == index_kind::code) {
                const auto entry = reader.read(positions.front()).value();
                const auto found = reader.find_code(digest).value().value();
                ASSERT_EQ(found.wallet, entry.wallet);
                const auto issued = known_code_of(entry).value();
                ASSERT_EQ(found.ordinal, issued.ordinal);
                ASSERT_EQ(found.kind, issued.kind);
                ASSERT_EQ(found.valid_until, issued.valid_until);
            } else if (kind == index_kind::joining) {
                ASSERT_EQ(reader.find_joining(digest).value(), positions.front());
            } else if (kind == index_kind::act) {
                ASSERT_EQ(reader.find_acts(0, positions.size() + 1).value(), positions) << "each once, newest first";
                for (const std::size_t from : {std::size_t{0}, positions.size() / 2, positions.size() - 1}) {
                    std::vector<ledger::journal_position> page(
                        positions.begin() + static_cast<std::ptrdiff_t>(from) + 1, positions.end());
                    page.resize(std::min<std::size_t>(page.size(), 3));
                    ASSERT_EQ(reader.find_acts(positions[from], 3).value(), page);
                }
            } else if (kind == index_kind::holder) {
                const auto entry = reader.read(positions.front()).value();
                const auto changed = changed_keys_of(entry);
                ASSERT_EQ(reader.find_keys(changed.holder).value(), the_town.stands().chains.at(changed.holder));
            } else {
                const auto entry = reader.read(positions.front()).value();
                ASSERT_EQ(reader.find_bearer(digest).value(), bearer_owner_of(entry));
            }
        }
    }

    int certificates_found = 0;
    town the_town;
    recent_index recent;
    state_scene state;
};

TEST(thread_reader, finds_everything_durable_at_every_stage_of_every_checkpoint) {
    for (const auto seed : test::seeds(1)) {
        SCOPED_TRACE(seed);
        lag_scene scene{seed};
        for (int i = 0; i < 4; ++i) {
            scene.live(70);
            do scene.expect_all_found();
            while (!testing::Test::HasFatalFailure() && scene.state.checkpointer().step().value());
            EXPECT_EQ(scene.recent.size(), 0u);
        }
        do { // until somebody has bound a terminal to certificates, which is rare
            scene.live(30);
            scene.expect_all_found();
        } while (!testing::Test::HasFatalFailure() && scene.certificates_found == 0);
    }
}

TEST(thread_reader, knows_nobody_who_is_not_there) {
    lag_scene scene{21};
    scene.live(100);
    ASSERT_TRUE(scene.state.checkpointer().catch_up().has_value());
    thread_reader reader{scene.state.state(), scene.recent, scene.the_town.journal()};
    EXPECT_FALSE(reader.load_wallet(ledger::wallet_id{999'999}).value().has_value());
    EXPECT_FALSE(reader.load_merchant(ledger::merchant_id{999'999}).value().has_value());
    EXPECT_FALSE(reader.find_code({1, 2}).value().has_value());
    EXPECT_FALSE(reader.find_bearer({1, 2}).value().has_value());
    EXPECT_FALSE(reader.find_idempotency({1, 2}).value().has_value());
    EXPECT_TRUE(reader.find_references({1, 2}, 10).value().empty());
    EXPECT_FALSE(reader.find_follow_up(999'999).value().has_value());
    EXPECT_TRUE(reader.find_certificates(ledger::outlet_id{999'999}).value().empty());
    EXPECT_TRUE(reader.find_due({}, ledger::instant{1}, 10).value().empty());
    EXPECT_EQ(reader.find_keys({ledger::caller_kind::shop, 999'999}).value(), ledger::key_chain{});
    EXPECT_FALSE(reader.read(999'999).has_value());
}

// In the order of their times, from any of them on, and only those whose time has come.
TEST(thread_reader, finds_what_is_due) {
    lag_scene scene{23};
    scene.live(1'500);
    ASSERT_TRUE(scene.state.checkpointer().catch_up().has_value());
    std::vector<due_wallet> expected;
    for (const auto& [id, one] : scene.the_town.stands().wallets)
        if (const auto next = next_due(one)) expected.push_back({*next, id});
    std::sort(expected.begin(), expected.end());
    ASSERT_GT(expected.size(), 20u);
    thread_reader reader{scene.state.state(), scene.recent, scene.the_town.journal()};
    const auto until = expected[expected.size() / 2].at;
    const auto due = std::count_if(expected.begin(), expected.end(), [&](const auto& one) { return one.at <= until; });
    std::vector<due_wallet> found;
    due_wallet from;
    for (;;) {
        const auto some = reader.find_due(from, until, 7).value();
        found.insert(found.end(), some.begin(), some.end());
        if (some.size() < 7) break;
        from = {some.back().at, ledger::wallet_id{some.back().wallet.value() + 1}};
    }
    EXPECT_EQ(found, (std::vector<due_wallet>{expected.begin(), expected.begin() + due}));
}

TEST(thread_reader, is_not_misled_by_merges_beside_it) {
    lag_scene scene{22};
    scene.live(2'000);
    std::atomic<bool> done{false};
    std::thread checkpoints{[&] {
        while (scene.state.checkpointer().step().value()) {
        }
        done = true;
    }};
    std::map<index_key, ledger::journal_position> newest;
    for (const auto& [key, position] : scene.the_town.stands().keys) newest[key] = std::max(newest[key], position);
    thread_reader reader{scene.state.state(), scene.recent, scene.the_town.journal()};
    do {
        for (const auto& [key, position] : newest)
            if (key.kind == index_kind::idempotency) {
                EXPECT_EQ(reader.find_idempotency(key.digest).value(), position);
            }
    } while (!done);
    checkpoints.join();
}

} // namespace
} // namespace meguri::storage
