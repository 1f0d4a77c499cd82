// A journal's writer to be stepped by a test or run on its thread, with the submitter's side: requests, chain tails, a
// sink and an observer that remember what they were told.
#pragma once

#include "storage/journal_writer.hpp"
#include "tests/storage/journal_scene.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace meguri::test {

class remembering_observer final : public storage::durable_observer {
public:
    void durable(std::span<storage::append_request* const> entries) noexcept override {
        for (const auto* const one : entries) positions.push_back(one->record.position);
    }
    std::vector<ledger::journal_position> positions;
};

// Counts completions and, where asked, waits for a number of them.
class counting_sink final : public storage::completion_sink {
public:
    explicit counting_sink(const remembering_observer& observer) : observer_{observer} {}

    void completed(std::span<storage::append_request* const> batch) noexcept override {
        const std::scoped_lock lock{mutex_};
        batches.push_back(batch.size());
        for (const auto* const one : batch) {
            all.push_back(one);
            if (one->is_barrier || one->outcome != storage::append_outcome::durable) continue;
            // The recent index knows an entry before anybody hears of it.
            known_to_observer &= !observer_.positions.empty() && observer_.positions.back() >= one->record.position;
        }
        changed_.notify_all();
    }
    void wait_for(std::size_t requests) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return all.size() >= requests; });
    }

    std::vector<std::size_t> batches;
    std::vector<const storage::append_request*> all;
    bool known_to_observer = true;

private:
    const remembering_observer& observer_;
    std::mutex mutex_;
    std::condition_variable changed_;
};

class writer_scene {
public:
    explicit writer_scene(std::size_t batch_entries_max = 4096, std::size_t map_bytes = test_map_bytes)
        : scene{map_bytes},
          journal{scene.open()},
          writer{
              journal, {}, observer, {.batch_entries_max = batch_entries_max, .wall_clock = [this] { return now; }}} {
        writer.connect(sink);
    }

    storage::append_request& entry(ledger::entry record) {
        auto& one = requests.emplace_back();
        one.record = std::move(record);
        if (one.record.wallet) one.wallet_tail = &wallet_tail;
        if (one.record.merchant) one.merchant_tail = &merchant_tail;
        return one;
    }
    storage::append_request& barrier() {
        auto& one = requests.emplace_back();
        one.is_barrier = true;
        one.record.wallet = ledger::wallet_id{41};
        one.record.merchant = ledger::merchant_id{7};
        one.wallet_tail = &wallet_tail;
        one.merchant_tail = &merchant_tail;
        return one;
    }
    storage::append_request& submit(storage::append_request& one) {
        storage::append_request* const request = &one;
        writer.submit({&request, 1});
        return one;
    }

    journal_scene scene;
    storage::journal journal;
    remembering_observer observer;
    counting_sink sink{observer};
    ledger::instant now{5000};
    storage::journal_writer writer;
    std::deque<storage::append_request> requests; // addresses stay
    storage::chain_tail wallet_tail;
    storage::chain_tail merchant_tail;
};

} // namespace meguri::test
