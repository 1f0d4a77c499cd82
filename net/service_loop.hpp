// What main's thread does while the switch serves: waits for signals, ticks once a second, reads the settings again on
// SIGHUP, and tells the service manager how it is.
#pragma once

#include "net/notify_socket.hpp"
#include "net/server.hpp"

#include <csignal>
#include <functional>

namespace meguri::net {

using settings_reader = std::function<tl::expected<config::loaded_settings, config::error>()>;

// SIGTERM, SIGINT and SIGHUP: to be blocked before any thread starts, so that service_loop alone takes them.
[[nodiscard]] sigset_t service_signals();

// Tells the manager that the switch is ready, and comes back when a signal asks for the end. Of service_signals(),
// which are blocked. `read_again` is called on SIGHUP.
void service_loop(server& serving, const notify_socket& manager, const settings_reader& read_again);

} // namespace meguri::net
