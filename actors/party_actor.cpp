#include "actors/party_actor.hpp"

#include "actors/hand_on.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

#include <utility>

namespace meguri::actors {

party_actor::behavior_type party_actor::make_behavior() {
    return {
        [this](const begin_command& message) { begin(message.op); },
        [this](const command_settled& message) { settled(message.op); },
    };
}

void party_actor::begin(const operation_ptr& op) noexcept {
    EXPECTS(thread_.on_own_thread());
    if (keys_.admit(op, thread_)) hand_on(op, thread_);
}

void party_actor::settled(const operation_ptr& op) noexcept {
    keys_.settled(*op);
    const auto waiters = std::exchange(op->waiters, {});
    thread_.answer(op);
    for (const auto& one : waiters) begin(one);
}

} // namespace meguri::actors
