// A switch in this process without HTTP: operations go straight to the actors, through the journal to the disk and
// back. For measuring what the actors and the storage do by themselves, and for filling a ledger quickly.
#pragma once

#include "actors/switch_shared.hpp"
#include "actors/switch_thread.hpp"
#include "bench/latency_histogram.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
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

class in_process_switch {
public:
    // Opens the ledger in the folder, or makes one. Throws std::runtime_error where that fails.
    explicit in_process_switch(const std::filesystem::path& folder, std::uint32_t io_threads = 1,
                               const storage::store_settings& settings = {});
    ~in_process_switch();
    in_process_switch(const in_process_switch&) = delete;
    in_process_switch& operator=(const in_process_switch&) = delete;

    // Called on the io thread that it feeds; null when there is no more.
    using source = std::function<actors::operation_ptr()>;
    // Each io thread keeps `window` operations of its own source under way until that gives none any more; returns when
    // the last of all is back. The first io thread is the calling one; those without a source only serve.
    in_process_result run(std::uint32_t window, const std::vector<source>& sources);

    // One operation, waited for.
    actors::operation_ptr ask(actors::operation_ptr op);

    [[nodiscard]] storage::store& store() noexcept { return *store_; }

private:
    class io_thread;

    std::unique_ptr<storage::store> store_;
    std::unique_ptr<actors::switch_shared> shared_;
    std::vector<std::unique_ptr<io_thread>> threads_;
    std::atomic<std::uint32_t> running_{0}; // io threads that still wait for operations of theirs
};

// A program, and merchants with a terminal each.
[[nodiscard]] std::vector<actors::principal> open_tills(in_process_switch& on, std::uint32_t merchants);

// Wallets with a card each, in portions, so that memory is needed for one of them alone; `points` 0: without any.
// see(wallet, digest of its card's code) is called in their order. Waits where the checkpointer cannot keep up.
using resident_visitor = std::function<void(ledger::wallet_id, const ledger::digest128&)>;
void move_in(in_process_switch& on, std::uint64_t wallets, std::int64_t points, const resident_visitor& see);
inline constexpr std::int64_t points_of_each = 100'000'000;

// So many payments of 1 point at these tills, in portions likewise, with the card that is chosen for each; their
// numbers follow `after`. Throws std::runtime_error where one of them fails.
using card_choice = std::function<ledger::digest128()>;
void pay_in_bulk(in_process_switch& on, const std::vector<actors::principal>& tills, const card_choice& choose,
                 std::uint64_t payments, std::uint64_t after);

// From now on its payments are declined.
void freeze(in_process_switch& on, ledger::wallet_id wallet);

// A payment of 1 point, with an idempotency key of its own.
[[nodiscard]] actors::operation_ptr payment_of(const storage::key_ring& keys, const actors::principal& till,
                                               const ledger::digest128& card, std::uint64_t number);

} // namespace meguri::bench
