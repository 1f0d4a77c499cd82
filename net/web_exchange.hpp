// One request to another party's server, and what came of it: what web_client sends for threads that may wait, and
// outbound_thread for those that may not. No redirection is followed, nothing is kept between requests and no word of
// an error holds what was sent or answered: it may be secret.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meguri::net {

struct web_address {
    bool is_https = false;
    std::string host; // a name, or an IPv4 address
    std::string port;
    std::string target; // path and query, from the first slash
};
// Of http://HOST[:PORT][/...] or https://...; nullopt for anything else, user names and fragments too.
[[nodiscard]] std::optional<web_address> parse_web_address(std::string_view text);

enum class web_method : std::uint8_t { get, post, put, del };

struct web_field {
    std::string name;
    std::string value;
};

struct web_request {
    web_method method = web_method::get;
    std::string url;
    std::vector<web_field> fields; // of its head, beside Host, User-Agent, Connection and those of the body
    std::string content_type;      // of the body; empty: there is none
    std::string body;
    std::string authorities;        // PEM file for https; empty: the system's. The name is always checked too
    bool plain_anywhere = false;    // http to others than this machine: for what needs neither secrecy nor trust
    std::size_t bytes_max = 65'536; // of the answer's body
    std::int64_t connect_time_max_ms = 5'000; // until it is connected, TLS included
    std::int64_t time_max_ms = 15'000;        // for all of it
};

struct web_response {
    unsigned status = 0; // whichever: 404 and 503 are answers too
    std::vector<web_field> fields;
    std::string body;
    // The first of that name, in whatever case; empty: none.
    [[nodiscard]] std::string_view field(std::string_view name) const noexcept;
};

enum class web_failure : std::uint8_t {
    bad_request, // no address of http or https, or a control character in a field: a mistake of ours
    not_secured, // plain HTTP to another machine
    unreachable, // no such name, or nobody listens
    untrusted,   // TLS failed: the certificate or its name is wrong
    timed_out,
    too_large, // the answer
    broken,    // the connection ended, or that is no HTTP
    given_up,  // the switch ends
};

struct web_error {
    web_failure kind = web_failure::broken;
    // Whether the other side may have read the request, and done what it asks.
    bool may_have_arrived = false;
    std::string words;
};

using web_result = tl::expected<web_response, web_error>;

// As in application/x-www-form-urlencoded, UTF-8 in and out: for a form's body and for a query.
using form_pairs = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string form_text(const form_pairs& pairs);
inline constexpr std::string_view form_content_type = "application/x-www-form-urlencoded";

} // namespace meguri::net
