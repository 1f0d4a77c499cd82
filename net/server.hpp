// The whole switch over one open store: io threads with their fronts and actors, the public listener, the operations
// listener. Started, ticked and shut down by main's thread; tests start it in their own process the same way.
#pragma once

#include "config/load_settings.hpp"
#include "net/edge_clock.hpp"
#include "net/error.hpp"
#include "net/service_state.hpp"
#include "storage/store.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>

namespace meguri::net {

class server {
public:
    // Binds both listeners, starts the store's and the io threads and serves. The store and the clock outlive it.
    [[nodiscard]] static tl::expected<std::unique_ptr<server>, error> start(storage::store& store, edge_clock& clock,
                                                                            const config::settings& with);
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // As bound: "127.0.0.1:8080".
    [[nodiscard]] const std::string& address() const noexcept;
    [[nodiscard]] const std::string& ops_address() const noexcept;

    // Once a second: compares the clocks, sheds where the checkpointer lags, lets idle actors go. Returns what is to be
    // logged, if anything.
    [[nodiscard]] std::optional<std::string> tick();

    // Whether every io thread came to what the last call asked of it, and the journal's writer went on with what it had
    // then; for the watchdog. The first call says yes.
    [[nodiscard]] bool answers();

    // Brings what changed in settings that were read again into force, all of it or, where any of it may not change
    // while running or a certificate does not load, nothing. Logs what changed or why nothing did, and counts it. Once
    // it is back, new limits hold on every io thread.
    bool reload(const tl::expected<config::loaded_settings, config::error>& read);

    // Not ready, listeners closed, what is under way answered (at most 10 s), journal drained, last checkpoint, actors
    // gone, threads joined. Returns whether everything durable was written.
    bool shut_down();

    [[nodiscard]] service_phase phase() const noexcept;

private:
    struct parts;
    explicit server(std::unique_ptr<parts> all);
    std::unique_ptr<parts> parts_;
};

} // namespace meguri::net
