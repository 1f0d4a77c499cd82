// Sends requests to other parties over HTTP or HTTPS and waits for the answer, for threads that may wait; or on an Asio
// context, for outbound_thread. The server's certificate is always checked, against the system's authorities or those
// of a file.
#pragma once

#include "net/web_exchange.hpp"

#include <atomic>
#include <functional>

namespace boost::asio {
class io_context;
}

namespace meguri::net {

// Waits for it. `ending` is looked at ten times a second.
[[nodiscard]] web_result send_and_wait(web_request request, const std::atomic<bool>& ending);

using web_done = std::function<void(web_result)>;
// `done` is called once, by a handler of the context, never by this call; not at all if the context ends before.
void send_on(boost::asio::io_context& context, web_request request, web_done done);

} // namespace meguri::net
