// What all io threads of one switch share: the store, the programs, the next ids, and which thread owns whom. Made
// before the threads and outliving them.
#pragma once

#include "actors/card_claims.hpp"
#include "actors/coupon_tries.hpp"
#include "actors/letter.hpp"
#include "actors/program_board.hpp"
#include "ledger/registry.hpp"
#include "storage/store.hpp"

#include <caf/fwd.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace meguri::actors {

class switch_thread;

// The next id of each kind. An id whose command was refused is never used.
struct id_source {
    std::atomic<std::uint64_t> wallet{1};
    std::atomic<std::uint64_t> merchant{1};
    std::atomic<std::uint64_t> party{1};
};

// How far the rows of an accepted file have come.
struct recipients_progress {
    ledger::campaign_ref campaign;
    ledger::recipient_file file;
};

class switch_shared final : public storage::completion_sink {
public:
    explicit switch_shared(storage::store& store);
    // Every thread has let go of its actors by now: a handle that outlives the actor system hangs or aborts.
    ~switch_shared() override;
    switch_shared(const switch_shared&) = delete;
    switch_shared& operator=(const switch_shared&) = delete;

    // The threads register while the process starts, in the order of their indexes.
    void add(switch_thread& thread);
    [[nodiscard]] std::span<switch_thread* const> threads() const noexcept { return threads_; }

    [[nodiscard]] std::uint32_t thread_of(ledger::merchant_id id) const noexcept { return spread(id.value()); }
    [[nodiscard]] std::uint32_t thread_of(const ledger::caller_ref& caller) const noexcept;
    [[nodiscard]] std::uint32_t thread_of(const decider& who) const noexcept;

    [[nodiscard]] caf::actor_system& system() noexcept;
    [[nodiscard]] storage::store& store() noexcept { return store_; }
    [[nodiscard]] id_source& ids() noexcept { return ids_; }
    // Any thread.
    [[nodiscard]] card_claims& claims() noexcept { return claims_; }
    [[nodiscard]] coupon_tries& tries() noexcept { return tries_; }
    [[nodiscard]] const program_board& programs() const noexcept { return programs_; }

    // The registry as far as it is durable: on the registry's thread alone.
    [[nodiscard]] const ledger::registry& durable_registry() const noexcept { return registry_; }
    void apply_durable(const ledger::entry& changed);

    // Told on the journal writer's thread, before anybody is answered, that a write or sync failed: final. Set before
    // the store runs; told again with every later batch.
    void on_failed_write(std::function<void()> told) { failed_write_ = std::move(told); }

    // Told how far the rows of a file of recipients have come, on an io thread. Set before the store runs.
    void on_recipients_followed(std::function<void(const recipients_progress&)> told) { followed_ = std::move(told); }
    void tell_recipients_followed(const recipients_progress& how) const {
        if (followed_) followed_(how);
    }

    // Told how a purchase by card stands now that it is durable, on an io thread. Set before the store runs.
    void on_card_purchase(std::function<void(const ledger::purchase&)> told) { card_purchase_ = std::move(told); }
    void tell_card_purchase(const ledger::purchase& one) const {
        if (card_purchase_) card_purchase_(one);
    }

    // What takes many turns begins none any more; only what is under way is still answered. Any thread.
    void end() noexcept { ending_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool is_ending() const noexcept { return ending_.load(std::memory_order_relaxed); }

    // The wall clock moved against the steady one: no lot expires and no hold ends by it until they agree. Any thread.
    void doubt_clock(bool doubtful) noexcept { clock_doubtful_.store(doubtful, std::memory_order_relaxed); }
    [[nodiscard]] bool clock_is_doubtful() const noexcept { return clock_doubtful_.load(std::memory_order_relaxed); }

    // From the journal's writer, on its thread.
    void completed(std::span<storage::append_request* const> batch) noexcept override;

private:
    [[nodiscard]] std::uint32_t spread(std::uint64_t id) const noexcept;

    struct actor_world;
    std::unique_ptr<actor_world> world_;
    storage::store& store_;
    id_source ids_;
    card_claims claims_;
    coupon_tries tries_;
    ledger::registry registry_;
    program_board programs_;
    std::atomic<bool> clock_doubtful_{false};
    std::atomic<bool> ending_{false};
    std::function<void(const recipients_progress&)> followed_;
    std::function<void(const ledger::purchase&)> card_purchase_;
    std::function<void()> failed_write_;
    std::vector<switch_thread*> threads_;
    std::vector<std::vector<letter>> done_by_thread_; // the writer's thread only
};

} // namespace meguri::actors
