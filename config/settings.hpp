// Everything about the switch that can be set, with its defaults. Plain data: main turns it into what the folders take.
// config/meguri.toml explains each setting to the person who runs the switch; config/schema.hpp names and bounds them.
#pragma once

#include "config/listen_address.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::config {

struct server_settings {
    listen_address listen{"127.0.0.1", 8080};
    listen_address ops_listen{"127.0.0.1", 9090};
    bool allow_plain_http = false; // outside loopback without a certificate
    std::string tls_certificate;   // PEM files; both or neither
    std::string tls_key;
    std::string tls_client_ca;  // PEM file; empty: clients are not asked for certificates
    std::string tls_client_crl; // PEM file; empty: revocation is not looked at
    std::uint32_t io_threads = 1;
};

struct limit_settings {
    std::uint32_t max_connections = 4'096; // per io thread
    std::uint32_t header_bytes = 8 * 1024;
    std::uint32_t body_bytes = 64 * 1024;
    std::uint32_t bulk_body_bytes = 1024 * 1024;
    std::uint32_t file_body_bytes = 2 * 1024 * 1024;
    std::uint32_t header_timeout_ms = 10'000;
    std::uint32_t idle_timeout_ms = 60'000;
    std::uint32_t write_timeout_ms = 10'000;
    std::uint32_t in_flight_max = 16'384;        // operations admitted and not yet answered; more are answered 503
    std::uint32_t auth_failures_per_second = 10; // of one address, per io thread; 0: no limit
    std::uint32_t auth_failures_burst = 100;     // of one address at once, per io thread
};

// Payments by My Number card: the authorities, and what they have revoked by lists or by a responder; or neither.
struct card_settings {
    std::string authorities; // PEM file; empty: no card can pay
    std::string crl;         // PEM file of their revocation lists
    std::uint32_t crl_age_max_s = 3'600;
    std::string crl_urls; // addresses of one list each, with spaces between; empty: something else brings the file
    std::string crl_authorities; // PEM file, of https; empty: the system's
    std::uint32_t crl_every_s = 600;
    std::string ocsp_url;         // address of the authorities' responder; empty: lists say what is revoked
    std::string ocsp_authorities; // PEM file, of https; empty: the system's
    std::uint32_t ocsp_timeout_ms = 3'000;
};

// Where accounts are checked before somebody joins, or changes one.
struct bank_settings {
    std::string table; // file; empty: nobody joins by application, and no account changes
};

// One-time codes: digits, for Code 128 and QR.
struct code_settings {
    std::string once_prefix;        // the first of them; may be empty
    std::uint32_t once_length = 20; // all of them, the check digit too
};

// Residents who log in by their cards.
struct login_settings {
    std::string audience = "meguri";         // visible ASCII: what cards sign that they log in to
    std::uint32_t challenges_per_second = 5; // of one address; 0: no limit
    std::uint32_t challenges_burst = 60;     // of one address at once
    std::uint32_t challenges_max = 65'536;   // of the last minute
    std::uint32_t session_idle_s = 1'800;    // without a request
    std::uint32_t session_s = 43'200;        // however busy
    std::uint32_t sessions_max = 100'000;
    std::uint32_t password_memory_kib = 65'536; // of Argon2id
    std::uint32_t password_passes = 2;
    std::uint32_t password_tries_per_second = 1; // of one address; 0: no limit
    std::uint32_t password_tries_burst = 20;     // of one address at once
};

// Whoever takes card payments for the switch. Without an address nothing is bought by card.
struct gateway_settings {
    std::string url;
    std::string key_file;            // one line: the bearer key that the gateway gave
    std::string webhook_secret_file; // one line: with which it signs its events
    std::string authorities;         // PEM; empty: the system's
    std::string return_url;          // where it sends residents back to
    std::uint32_t give_up_s = 1'800; // after the request
    std::uint32_t poll_ms = 30'000;
};

struct data_settings {
    std::string dir = "data";
    std::uint64_t reserve_mib = 0; // start-up refuses with less free disk
};

struct journal_settings {
    std::uint32_t batch_entries_max = 1'024; // in one commit
    std::uint32_t map_gib = 1'024;           // address space, not disk
};

struct partner_settings {
    std::string connections;           // the file of config/partner_file.hpp; empty: no account is linked
    std::string redirect_uri;          // the page of the site that partners send residents back to
    std::uint32_t timeout_ms = 10'000; // of one request to a partner
};

struct checkpoint_settings {
    std::uint32_t entries_max = 100'000; // coalesced in one checkpoint at most
    std::uint32_t interval_ms = 10'000;
    std::uint32_t slice_puts_max = 4'000;      // in one transaction
    std::uint32_t shed_tail_entries = 250'000; // a longer tail sheds load
};

enum class log_level : std::uint8_t { debug, info, warn, error };
inline constexpr std::array<std::string_view, 4> log_level_names{"debug", "info", "warn", "error"};

enum class log_format : std::uint8_t { text, json };
inline constexpr std::array<std::string_view, 2> log_format_names{"text", "json"};

struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::text;
    std::uint32_t requests_per_second = 10; // lines of requests that went well, per io thread; 0: none
    std::uint32_t refusals_per_second = 10; // lines of each problem and decline, per io thread
};

struct settings {
    server_settings server;
    limit_settings limits;
    card_settings card;
    login_settings login;
    code_settings codes;
    bank_settings banks;
    partner_settings partners;
    gateway_settings gateway;
    data_settings data;
    journal_settings journal;
    checkpoint_settings checkpoint;
    log_settings log;
};

} // namespace meguri::config
