#include "actors/directory.hpp"

#include "actors/campaigns_actor.hpp"
#include "actors/conversions_actor.hpp"
#include "actors/merchant_actor.hpp"
#include "actors/party_actor.hpp"
#include "actors/purchases_actor.hpp"
#include "actors/registry_actor.hpp"
#include "actors/switch_thread.hpp"
#include "actors/wallet_actor.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>

namespace meguri::actors {
namespace {

constexpr std::size_t sweep_visits = 20'000;
constexpr std::uint32_t idle_ticks = 30;

// Spawned for this thread's unit and lazily, so that the system's own scheduler never runs the actor.
template <class Actor, class... Arguments>
auto spawn_on(io_unit& unit, Arguments&&... arguments) {
    caf::actor_config config{&unit};
    return unit.system().spawn_class<Actor, caf::lazy_init>(config, std::forward<Arguments>(arguments)...);
}

} // namespace

directory::found<wallet_handle> directory::wallet(ledger::wallet_id id, bool opening) {
    if (auto* const live = wallets_.find(id)) return live;
    std::optional<ledger::wallet> stored;
    if (opening) {
        stored.emplace();
    } else {
        auto loaded = thread_.reader().load_wallet(id);
        if (!loaded) return tl::unexpected{loaded.error()};
        if (!*loaded) return nullptr;
        stored = std::move(*loaded);
    }
    const auto last_position = stored->last_position;
    auto& added = wallets_.add(id, spawn_on<wallet_actor>(unit_, &thread_, std::move(*stored)));
    added.tail.last = added.last_position = last_position;
    return &added;
}

directory::found<merchant_handle> directory::merchant(ledger::merchant_id id, bool opening) {
    if (auto* const live = merchants_.find(id)) return live;
    std::optional<ledger::merchant> stored;
    if (opening) {
        stored.emplace();
    } else {
        auto loaded = thread_.reader().load_merchant(id);
        if (!loaded) return tl::unexpected{loaded.error()};
        if (!*loaded) return nullptr;
        stored = std::move(*loaded);
    }
    const auto last_position = stored->last_position;
    auto& added = merchants_.add(id, spawn_on<merchant_actor>(unit_, &thread_, std::move(*stored)));
    added.tail.last = added.last_position = last_position;
    return &added;
}

directory::found<campaigns_handle> directory::campaigns(ledger::program_code program) {
    if (auto* const live = campaigns_.find(program.number())) return live;
    auto stored = thread_.reader().load_campaigns(program);
    if (!stored) return tl::unexpected{std::move(stored.error())};
    return &campaigns_.add(program.number(), spawn_on<campaigns_actor>(unit_, &thread_, *std::move(stored)));
}

directory::found<conversions_handle> directory::conversions(ledger::partner_id partner) {
    if (auto* const live = conversions_.find(partner)) return live;
    auto stored = thread_.reader().load_partner(partner);
    if (!stored) return tl::unexpected{std::move(stored.error())};
    ledger::partner state = std::move(*stored).value_or(ledger::partner{});
    state.id = partner;
    return &conversions_.add(partner, spawn_on<conversions_actor>(unit_, &thread_, std::move(state)));
}

directory::found<purchases_handle> directory::purchases(ledger::program_code program) {
    if (auto* const live = purchases_.find(program.number())) return live;
    auto waiting = thread_.reader().load_unmatched(program);
    if (!waiting) return tl::unexpected{std::move(waiting.error())};
    return &purchases_.add(program.number(), spawn_on<purchases_actor>(unit_, &thread_, *std::move(waiting)));
}

directory::slot<caller_handle>& directory::party(const ledger::caller_ref& caller) {
    if (auto* const live = parties_.find(caller)) return *live;
    return parties_.add(caller, spawn_on<party_actor>(unit_, &thread_));
}

directory::slot<registry_handle>& directory::registry() {
    if (!registry_.handle) registry_.handle = spawn_on<registry_actor>(unit_, &thread_);
    return registry_;
}

void directory::sweep(ledger::journal_position checkpoint) {
    ++tick_;
    if (tick_ <= idle_ticks) return;
    wallets_.sweep(sweep_visits, tick_ - idle_ticks, checkpoint);
    merchants_.sweep(sweep_visits, tick_ - idle_ticks, checkpoint);
    campaigns_.sweep(sweep_visits, tick_ - idle_ticks, checkpoint);
    conversions_.sweep(sweep_visits, tick_ - idle_ticks, checkpoint);
    purchases_.sweep(sweep_visits, tick_ - idle_ticks, checkpoint);
    parties_.sweep(sweep_visits, tick_ - idle_ticks, checkpoint);
}

void directory::clear() {
    wallets_.clear();
    merchants_.clear();
    campaigns_.clear();
    conversions_.clear();
    purchases_.clear();
    parties_.clear();
    registry_.handle = nullptr;
}

} // namespace meguri::actors
