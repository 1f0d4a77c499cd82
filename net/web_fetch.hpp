// One GET over HTTP or HTTPS, waited for: for threads that may wait, as that of the cards' lists. The server's
// certificate is always checked, against the system's authorities or those of a file. Nothing is kept between calls.
#pragma once

#include <tl/expected.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::net {

struct web_address {
    bool is_https = false;
    std::string host; // a name, or an IPv4 address
    std::string port;
    std::string target; // path and query, from the first slash
};
// Of http://HOST[:PORT][/...] or https://...; nullopt for anything else, user names and fragments too.
[[nodiscard]] std::optional<web_address> parse_web_address(std::string_view text);

struct web_question {
    std::string url;
    std::string etag;             // of what is known already; empty: nothing is
    std::string last_modified;    // likewise
    std::string authorities;      // PEM file for https; empty: the system's
    std::size_t bytes_max = 0;    // of the body
    std::int64_t time_max_ms = 0; // for all of it
};

struct web_answer {
    bool is_unchanged = false; // 304
    std::string body;          // of a 200
    std::string etag;
    std::string last_modified;
};

// The error says in words why there is none: any status but 200 and 304 is one, a redirection too. `ending` is looked
// at ten times a second.
[[nodiscard]] tl::expected<web_answer, std::string> fetch(const web_question& asked, const std::atomic<bool>& ending);

} // namespace meguri::net
