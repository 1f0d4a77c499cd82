// The one list of all settings: name, when a change takes effect, field, what is admitted. The loader reads a file by
// it, a change of settings is judged by it, and the tests hold config/meguri.toml against it.
#pragma once

#include "config/settings.hpp"

#include <cstdint>

namespace meguri::config {

struct bounds {
    std::uint64_t least;
    std::uint64_t most;
};

// When a changed setting takes effect.
enum class effect : std::uint8_t {
    after_restart, // only read while starting up
    on_reload,     // with the next SIGHUP too
};

// Calls visit(name, effect, field) for truths, texts and addresses, visit(name, effect, field, bounds) for numbers, and
// visit(name, effect, field, names) for choices, whose names stand in the order of the enumerators.
template <class Settings, class Visit>
// NOLINTNEXTLINE(readability-function-size): a list
void for_each_setting(Settings& all, Visit&& visit) {
    constexpr bounds timeout_ms{10, 3'600'000};
    constexpr auto restart = effect::after_restart;
    constexpr auto reload = effect::on_reload;

    auto& server = all.server;
    visit("server.listen", restart, server.listen);
    visit("server.ops_listen", restart, server.ops_listen);
    visit("server.allow_plain_http", restart, server.allow_plain_http);
    visit("server.tls_certificate", reload, server.tls_certificate);
    visit("server.tls_key", reload, server.tls_key);
    visit("server.tls_client_ca", reload, server.tls_client_ca);
    visit("server.tls_client_crl", reload, server.tls_client_crl);
    visit("server.io_threads", restart, server.io_threads, bounds{1, 64});

    auto& limits = all.limits;
    visit("limits.max_connections", reload, limits.max_connections, bounds{1, 1'000'000});
    visit("limits.header_bytes", reload, limits.header_bytes, bounds{512, 1 << 20});
    visit("limits.body_bytes", reload, limits.body_bytes, bounds{1'024, 16 << 20});
    visit("limits.bulk_body_bytes", reload, limits.bulk_body_bytes, bounds{1'024, 256 << 20});
    visit("limits.file_body_bytes", reload, limits.file_body_bytes, bounds{1'024, 16 << 20});
    visit("limits.header_timeout_ms", reload, limits.header_timeout_ms, timeout_ms);
    visit("limits.idle_timeout_ms", reload, limits.idle_timeout_ms, timeout_ms);
    visit("limits.write_timeout_ms", reload, limits.write_timeout_ms, timeout_ms);
    visit("limits.in_flight_max", reload, limits.in_flight_max, bounds{1, 1'000'000});
    visit("limits.auth_failures_per_second", reload, limits.auth_failures_per_second, bounds{0, 100'000});
    visit("limits.auth_failures_burst", reload, limits.auth_failures_burst, bounds{1, 1'000'000});

    auto& card = all.card;
    visit("card.authorities", reload, card.authorities);
    visit("card.crl", reload, card.crl);
    visit("card.crl_age_max_s", reload, card.crl_age_max_s, bounds{60, 3'600});
    visit("card.crl_urls", reload, card.crl_urls);
    visit("card.crl_authorities", reload, card.crl_authorities);
    visit("card.crl_every_s", reload, card.crl_every_s, bounds{1, 3'600});
    visit("card.ocsp_url", reload, card.ocsp_url);
    visit("card.ocsp_authorities", reload, card.ocsp_authorities);
    visit("card.ocsp_timeout_ms", reload, card.ocsp_timeout_ms, bounds{100, 10'000});

    auto& codes = all.codes;
    visit("codes.once_prefix", reload, codes.once_prefix);
    visit("codes.once_length", reload, codes.once_length, bounds{16, 32});

    visit("banks.table", reload, all.banks.table);

    auto& partners = all.partners;
    visit("partners.connections", restart, partners.connections);
    visit("partners.redirect_uri", restart, partners.redirect_uri);
    visit("partners.timeout_ms", restart, partners.timeout_ms, bounds{100, 60'000});

    auto& gateway = all.gateway;
    visit("gateway.url", restart, gateway.url);
    visit("gateway.key_file", restart, gateway.key_file);
    visit("gateway.webhook_secret_file", restart, gateway.webhook_secret_file);
    visit("gateway.authorities", restart, gateway.authorities);
    visit("gateway.return_url", restart, gateway.return_url);
    visit("gateway.give_up_s", restart, gateway.give_up_s, bounds{1, 86'400});
    visit("gateway.poll_ms", restart, gateway.poll_ms, bounds{100, 3'600'000});

    auto& login = all.login;
    visit("login.audience", restart, login.audience);
    visit("login.challenges_per_second", reload, login.challenges_per_second, bounds{0, 100'000});
    visit("login.challenges_burst", reload, login.challenges_burst, bounds{1, 1'000'000});
    visit("login.challenges_max", reload, login.challenges_max, bounds{1, 10'000'000});
    visit("login.session_idle_s", reload, login.session_idle_s, bounds{60, 86'400});
    visit("login.session_s", reload, login.session_s, bounds{60, 30 * 86'400});
    visit("login.sessions_max", reload, login.sessions_max, bounds{1, 10'000'000});
    visit("login.password_memory_kib", reload, login.password_memory_kib, bounds{8, 4 << 20});
    visit("login.password_passes", reload, login.password_passes, bounds{1, 100});
    visit("login.password_tries_per_second", reload, login.password_tries_per_second, bounds{0, 100'000});
    visit("login.password_tries_burst", reload, login.password_tries_burst, bounds{1, 1'000'000});

    auto& data = all.data;
    visit("data.dir", restart, data.dir);
    visit("data.reserve_mib", restart, data.reserve_mib, bounds{0, 1 << 30});

    auto& journal = all.journal;
    visit("journal.batch_entries_max", restart, journal.batch_entries_max, bounds{1, 65'536});
    visit("journal.map_gib", restart, journal.map_gib, bounds{1, 65'536});

    auto& checkpoint = all.checkpoint;
    visit("checkpoint.entries_max", restart, checkpoint.entries_max, bounds{1, 10'000'000});
    visit("checkpoint.interval_ms", restart, checkpoint.interval_ms, timeout_ms);
    visit("checkpoint.slice_puts_max", restart, checkpoint.slice_puts_max, bounds{1, 100'000});
    visit("checkpoint.shed_tail_entries", reload, checkpoint.shed_tail_entries, bounds{2, 100'000'000});

    auto& log = all.log;
    visit("log.level", reload, log.level, log_level_names);
    visit("log.format", reload, log.format, log_format_names);
    visit("log.requests_per_second", reload, log.requests_per_second, bounds{0, 100'000});
    visit("log.refusals_per_second", reload, log.refusals_per_second, bounds{1, 100'000});
}

} // namespace meguri::config
