// The one list of all settings: name, field, what is admitted. The loader reads a file by it, and the tests hold
// config/meguri.toml against it.
#pragma once

#include "config/settings.hpp"

#include <cstdint>

namespace meguri::config {

struct bounds {
    std::uint64_t least;
    std::uint64_t most;
};

// Calls visit(name, field) for truths, texts and addresses, visit(name, field, bounds) for numbers, and
// visit(name, field, names) for choices, whose names stand in the order of the enumerators.
template <class Settings, class Visit>
void for_each_setting(Settings& all, Visit&& visit) {
    constexpr bounds timeout_ms{10, 3'600'000};

    auto& server = all.server;
    visit("server.listen", server.listen);
    visit("server.ops_listen", server.ops_listen);
    visit("server.allow_plain_http", server.allow_plain_http);
    visit("server.tls_certificate", server.tls_certificate);
    visit("server.tls_key", server.tls_key);
    visit("server.io_threads", server.io_threads, bounds{1, 64});

    auto& limits = all.limits;
    visit("limits.max_connections", limits.max_connections, bounds{1, 1'000'000});
    visit("limits.header_bytes", limits.header_bytes, bounds{512, 1 << 20});
    visit("limits.body_bytes", limits.body_bytes, bounds{1'024, 16 << 20});
    visit("limits.bulk_body_bytes", limits.bulk_body_bytes, bounds{1'024, 256 << 20});
    visit("limits.header_timeout_ms", limits.header_timeout_ms, timeout_ms);
    visit("limits.idle_timeout_ms", limits.idle_timeout_ms, timeout_ms);
    visit("limits.write_timeout_ms", limits.write_timeout_ms, timeout_ms);
    visit("limits.in_flight_max", limits.in_flight_max, bounds{1, 1'000'000});

    auto& data = all.data;
    visit("data.dir", data.dir);
    visit("data.reserve_mib", data.reserve_mib, bounds{0, 1 << 30});

    auto& journal = all.journal;
    visit("journal.batch_entries_max", journal.batch_entries_max, bounds{1, 65'536});
    visit("journal.map_gib", journal.map_gib, bounds{1, 65'536});

    auto& checkpoint = all.checkpoint;
    visit("checkpoint.entries_max", checkpoint.entries_max, bounds{1, 10'000'000});
    visit("checkpoint.interval_ms", checkpoint.interval_ms, timeout_ms);
    visit("checkpoint.slice_puts_max", checkpoint.slice_puts_max, bounds{1, 100'000});
    visit("checkpoint.shed_tail_entries", checkpoint.shed_tail_entries, bounds{2, 100'000'000});

    auto& log = all.log;
    visit("log.level", log.level, log_level_names);
    visit("log.format", log.format, log_format_names);
}

} // namespace meguri::config
