// Work for which another party's server is asked: one request after the other, and what comes of them is a request to
// the switch, or a problem. `then` runs on the io thread that asked, and needs nothing but what is in it.
#pragma once

#include "net/slow_work.hpp"
#include "net/web_exchange.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace meguri::net {

struct outside_step;
using outside_next = std::variant<slow_result, std::shared_ptr<outside_step>>;
struct outside_step {
    web_request asked;
    std::function<outside_next(web_result)> then;
};
using outside_work = tl::expected<std::shared_ptr<outside_step>, problem>;

} // namespace meguri::net
