// What all io threads share about residents who log in: the challenges for their cards, and their sessions. Made by the
// server before the threads.
#pragma once

#include "net/challenge_book.hpp"
#include "net/resident_sessions.hpp"

#include <string>

namespace meguri::net {

struct resident_settings {
    std::string audience = "meguri"; // of this switch, for good: see net/card_login_text.hpp
    challenge_settings challenges = {};
    session_settings sessions = {};
};

struct residents {
    explicit residents(const resident_settings& with = {})
        : audience{with.audience},
          challenges{with.challenges},
          sessions{with.sessions} {}

    const std::string audience;
    challenge_book challenges;
    resident_sessions sessions;
};

} // namespace meguri::net
