#include "actors/switch_shared.hpp"

#include "actors/switch_thread.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

namespace meguri::actors {

// CAF's own scheduler runs none of our actors; one sleeping worker is the least it can be given.
struct switch_shared::actor_world {
    struct settings : caf::actor_system_config {
        settings() {
            set("scheduler.policy", caf::atom("sharing"));
            set("scheduler.max-threads", std::size_t{1});
        }
    };
    settings with;
    caf::actor_system system{with};
};

switch_shared::switch_shared(storage::store& store)
    : world_{std::make_unique<actor_world>()},
      store_{store},
      registry_{store.start().registry} {
    ids_.wallet = store.start().last_wallet + 1;
    ids_.merchant = store.start().last_merchant + 1;
    ids_.party = store.start().last_party + 1;
    programs_.publish(std::make_shared<const ledger::program_table>(registry_.programs));
}

switch_shared::~switch_shared() = default;

caf::actor_system& switch_shared::system() noexcept { return world_->system; }

void switch_shared::add(switch_thread& thread) {
    threads_.push_back(&thread);
    done_by_thread_.emplace_back();
}

std::uint32_t switch_shared::spread(std::uint64_t id) const noexcept {
    if (threads_.size() == 1) return 0;
    return static_cast<std::uint32_t>((id * 0x9E3779B97F4A7C15u >> 32) % threads_.size());
}

std::uint32_t switch_shared::thread_of(const ledger::caller_ref& caller) const noexcept {
    return spread(std::hash<ledger::caller_ref>{}(caller));
}

std::uint32_t switch_shared::thread_of(const decider& who) const noexcept {
    if (const auto* wallet = std::get_if<ledger::wallet_id>(&who)) return spread(wallet->value());
    if (const auto* merchant = std::get_if<ledger::merchant_id>(&who)) return spread(merchant->value());
    if (const auto* campaigns = std::get_if<campaigns_of>(&who)) return spread(campaigns->program.number());
    if (const auto* conversions = std::get_if<conversions_of>(&who)) return spread(conversions->partner.value());
    if (const auto* purchases = std::get_if<purchases_of>(&who)) return spread(purchases->program.number());
    return 0;
}

void switch_shared::apply_durable(const ledger::entry& changed) {
    ledger::apply(registry_, changed);
    programs_.publish(std::make_shared<const ledger::program_table>(registry_.programs));
}

void switch_shared::completed(std::span<storage::append_request* const> batch) noexcept {
    if (!batch.empty() && batch.front()->outcome == storage::append_outcome::failed && failed_write_) failed_write_();
    for (auto* const one : batch) {
        auto* const op = static_cast<operation*>(one);
        done_by_thread_[op->target_thread].push_back({step::durable, operation_ptr{op, false}});
    }
    for (std::size_t i = 0; i < threads_.size(); ++i)
        if (!done_by_thread_[i].empty()) threads_[i]->post(done_by_thread_[i]);
}

} // namespace meguri::actors
