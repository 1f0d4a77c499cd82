// Every actor's interface, and the messages between them. All messages are one-way: nobody waits for an answer, the
// operation itself carries what is known so far. They never leave the process.
#pragma once

#include "actors/operation.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace meguri::actors {

// A caller's command arrives: look at its key, hand it on.
struct begin_command {
    operation_ptr op;
};
// Decide the command (or read) on your own state and hand the entry to the journal.
struct decide_command {
    operation_ptr op;
};
// An entry of yours is durable and has its place in the journal.
struct entry_durable {
    operation_ptr op;
};
// The command has ended, one way or the other: learn the outcome, answer it and those who sent the same key meanwhile.
struct command_settled {
    operation_ptr op;
};

// The command for which you keep something has ended: let go of it, and the command goes on to its caller.
struct release_offer {
    operation_ptr op;
};

// An operator, a municipality or a partner: serialises its idempotency keys.
using caller_handle = caf::typed_actor<caf::reacts_to<begin_command>, caf::reacts_to<command_settled>>;

// A merchant is the caller for its terminals and shops, and what an operator's command changes.
using merchant_handle =
    caf::typed_actor<caf::reacts_to<begin_command>, caf::reacts_to<command_settled>, caf::reacts_to<decide_command>>;

// A wallet: its points, its codes, the whole life of its payments.
using wallet_handle = caf::typed_actor<caf::reacts_to<decide_command>, caf::reacts_to<entry_durable>>;

// The campaigns of one program: what becomes of them, and what their grants may take.
using campaigns_handle =
    caf::typed_actor<caf::reacts_to<decide_command>, caf::reacts_to<entry_durable>, caf::reacts_to<command_settled>>;

// The conversions of one partner: its terms, its coupons, and what the day's limits leave.
using conversions_handle =
    caf::typed_actor<caf::reacts_to<decide_command>, caf::reacts_to<entry_durable>, caf::reacts_to<command_settled>>;

// The purchases of one program: what is asked to buy, and what the money is that comes.
using purchases_handle =
    caf::typed_actor<caf::reacts_to<decide_command>, caf::reacts_to<entry_durable>, caf::reacts_to<release_offer>>;

// The programs and parties, and which MyKey IDs are free; one for the whole switch.
using registry_handle = caf::typed_actor<caf::reacts_to<decide_command>, caf::reacts_to<release_offer>>;

} // namespace meguri::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meguri::actors::begin_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meguri::actors::decide_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meguri::actors::entry_durable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meguri::actors::command_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meguri::actors::release_offer)
