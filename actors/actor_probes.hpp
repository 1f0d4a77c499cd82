// What one io thread counts of its actors: written by that thread alone, read by any.
#pragma once

#include "metrics/counter.hpp"

namespace meguri::actors {

struct actor_probes {
    metrics::counter to_wallets; // messages sent, by the kind of actor that gets them
    metrics::counter to_merchants;
    metrics::counter to_parties;
    metrics::counter to_campaigns;
    metrics::counter to_conversions;
    metrics::counter to_purchases;
    metrics::counter to_registry;
    metrics::counter ready; // actors that still had mail when the last turn ended
};

// Rows of approved claw-backs, of the campaigns that live on the thread.
struct clawback_probes {
    metrics::counter waiting;      // that have not come yet
    metrics::counter taken;        // since the start
    metrics::counter nothing_left; // likewise
};

} // namespace meguri::actors
