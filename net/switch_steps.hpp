// Work of several steps at the switch and in the past: what is asked next follows from how the step before ended. Each
// is durable before the next one is asked, and a step that is refused is the answer. The last one is rendered as if it
// had been asked alone.
#pragma once

#include "actors/operation.hpp"
#include "net/ledger_past.hpp"
#include "net/problem.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace meguri::net {

struct past_step;
struct switch_step;
using next_step = std::variant<problem, std::shared_ptr<const past_step>, std::shared_ptr<const switch_step>>;

struct past_step {
    past_question question;
    std::function<next_step()> then; // on the io thread that asked
};

// What an operation that is not the last carries as `prepared`; called when it was decided or read.
struct steps_to_come {
    std::function<next_step(const actors::operation& done)> then;
};

struct switch_step {
    actors::principal by;
    actors::request asked;
    std::shared_ptr<const steps_to_come> to_come = {}; // null: it is the last one
};

} // namespace meguri::net
