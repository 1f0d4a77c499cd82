// Where the resources hand operations over to the switch. Implemented by the bridge to the actors; called on the io
// thread. Each operation comes back through its reply sink, once, on the same thread.
#pragma once

#include "actors/operation.hpp"

namespace meguri::net {

class submitter {
public:
    virtual ~submitter() = default;
    virtual void submit(actors::operation_ptr op) = 0;
    // Told of an operation that was refused as overloaded instead of submitted.
    virtual void shed(const actors::operation& op) = 0;
};

} // namespace meguri::net
