// A switch in this process without HTTP: operations go straight to the actors, through the journal to the disk and
// back. For measuring what the actors and the storage do by themselves, and for filling a ledger quickly.
#pragma once

#include "actors/switch_shared.hpp"
#include "actors/switch_thread.hpp"
#include "bench/latency_histogram.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace meguri::bench {

struct in_process_result {
    std::uint64_t finished = 0;
    std::uint64_t approved = 0;
    std::uint64_t failed = 0; // ended neither decided nor replayed
    double seconds = 0;
    latency_histogram latency;
    [[nodiscard]] double per_second() const { return static_cast<double>(finished) / seconds; }
};

class in_process_switch final : public actors::reply_sink {
public:
    // Opens the ledger in the folder, or makes one. Throws std::runtime_error where that fails.
    explicit in_process_switch(const std::filesystem::path& folder, const storage::store_settings& settings = {});
    ~in_process_switch() override;
    in_process_switch(const in_process_switch&) = delete;
    in_process_switch& operator=(const in_process_switch&) = delete;

    // Keeps `window` operations under way until `next` gives none any more, and waits for the last of them. The calling
    // thread is the io thread.
    using source = std::function<actors::operation_ptr()>;
    in_process_result run(std::uint32_t window, const source& next);

    // One operation, waited for.
    actors::operation_ptr ask(actors::operation_ptr op);

    [[nodiscard]] storage::store& store() noexcept { return *store_; }
    [[nodiscard]] actors::switch_thread& thread() noexcept { return *thread_; }

    void finished(actors::operation& done) noexcept override;

private:
    void wait_for_work();

    std::unique_ptr<storage::store> store_;
    std::unique_ptr<actors::switch_shared> shared_;
    std::unique_ptr<actors::switch_thread> thread_;

    std::mutex mutex_;
    std::condition_variable woken_;
    std::atomic<bool> due_{false};

    in_process_result result_;
    std::uint32_t under_way_ = 0;
    std::uint32_t ended_ = 0; // and not yet replaced by new ones
};

// What a town needs before anybody pays: a program, merchants with a terminal each, wallets with a card and points.
struct furnished_town {
    std::vector<actors::principal> tills;
    std::vector<ledger::wallet_id> wallets;
    std::vector<ledger::digest128> cards; // one of each wallet
};
[[nodiscard]] furnished_town furnish(in_process_switch& on, std::uint32_t merchants, std::uint32_t wallets);

// A payment of 1 point, with an idempotency key of its own.
[[nodiscard]] actors::operation_ptr payment_of(const storage::key_ring& keys, const actors::principal& till,
                                               const ledger::digest128& card, std::uint64_t number);

} // namespace meguri::bench
