// Which actor decides which command. Called by callers' actors once the key is admitted.
#pragma once

#include "actors/operation.hpp"

namespace meguri::actors {

class switch_thread;

// Names what the command creates, and hands it to the wallet's, the merchant's or the registry's actor. Payments are
// not handed on here: the merchant's actor adds its terms first.
void hand_on(const operation_ptr& op, switch_thread& thread);

// Whose actor decides about the holder's keys.
[[nodiscard]] decider decider_of(const ledger::key_holder& holder) noexcept;

} // namespace meguri::actors
