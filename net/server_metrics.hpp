// What the switch counts, gathered for Prometheus: the probes of the journal's writer, the checkpointer, the io threads
// and the books, each turned into samples when somebody scrapes. Called on the operations thread; probes are atomics.
#pragma once

#include "actors/switch_shared.hpp"
#include "net/io_thread.hpp"
#include "net/reload_probes.hpp"
#include "net/service_state.hpp"
#include "net/tls.hpp"
#include "storage/store.hpp"

#include <memory>
#include <span>
#include <string>

namespace meguri::net {

class card_trust;
struct card_list_probes;
struct card_responder_probes;
struct gateway_probes;
struct linked_probes;

class server_metrics {
public:
    // All of them outlive the metrics. `tls`: none where plain HTTP is served.
    server_metrics(storage::store& store, const service_state& service,
                   std::span<const std::unique_ptr<io_thread>> threads, std::shared_ptr<const tls_context> tls,
                   std::shared_ptr<const card_trust> cards, const card_list_probes& lists,
                   const card_responder_probes& responder, const linked_probes& linked, const gateway_probes& gateway,
                   const reload_probes& reloads);
    ~server_metrics();

    // Prometheus' text format.
    [[nodiscard]] std::string render() const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

} // namespace meguri::net
