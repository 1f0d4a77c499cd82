// One GET of a page that may have changed, waited for: for threads that may wait, as that of the cards' lists. Plain
// HTTP is good enough: what is fetched is signed.
#pragma once

#include <tl/expected.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace meguri::net {

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
