// Work that would hold an io thread up: it is done on a thread of its own, and what comes of it is a request to the
// switch, or a problem.
#pragma once

#include "actors/operation.hpp"
#include "net/problem.hpp"

#include <tl/expected.hpp>

#include <functional>

namespace meguri::net {

using slow_result = tl::expected<actors::request, problem>;
// Everything that it needs is in it: it runs on another thread.
using slow_work = std::function<slow_result()>;

// Where an io thread hands its slow work in.
class slow_desk {
public:
    virtual ~slow_desk() = default;
    // `done` is called on the io thread that asked, unless it ends before. False where too much is waiting.
    [[nodiscard]] virtual bool ask(slow_work work, std::function<void(slow_result)> done) = 0;
};

} // namespace meguri::net
