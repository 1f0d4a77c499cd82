// An operation on its way to another thread, with the step that waits for it there.
#pragma once

#include "actors/operation.hpp"

#include <cstdint>

namespace meguri::actors {

enum class step : std::uint8_t {
    begin,    // to its caller's actor
    decide,   // to the actor that decides it
    durable,  // back from the journal, on the thread of the actor that decided it
    campaign, // to the actor of the campaign that it is granted from, which learns how it ended
    partner,  // to the actor of the partner whose conversion it is, likewise
    release,  // to the registry's actor, which keeps something for it until it has ended
    settle,   // to its caller's actor again, which answers it
    reply,    // to the front end
};

struct letter {
    step next;
    operation_ptr op;
};

} // namespace meguri::actors
