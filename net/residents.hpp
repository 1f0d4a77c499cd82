// What all io threads share about residents who log in: the challenges for their cards, their sessions, and the tries
// of their passwords. Made by the server before the threads.
#pragma once

#include "net/challenge_book.hpp"
#include "net/password_hash.hpp"
#include "net/password_tries.hpp"
#include "net/resident_sessions.hpp"

#include <mutex>
#include <string>

namespace meguri::ledger {
struct entry;
}

namespace meguri::net {

struct resident_settings {
    std::string audience = "meguri"; // of this switch, for good: see net/card_login_text.hpp
    challenge_settings challenges = {};
    session_settings sessions = {};
    password_cost passwords = {};
    failure_limit_settings tries_of_a_network = {}; // of passwords
};

struct residents {
    explicit residents(const resident_settings& with = {})
        : audience{with.audience},
          challenges{with.challenges},
          sessions{with.sessions},
          passwords{with.passwords},
          networks_{with.tries_of_a_network} {}

    // All but the audience; what is open stays so.
    void set(const resident_settings& with);
    // Whether somebody from there may try another password. Any thread; the steady clock.
    [[nodiscard]] bool may_try_password(client_network from, std::int64_t steady_ns);
    // What was decided and is durable ends sessions: all of a wallet whose card was retired, all but the one that
    // showed the new card, and those opened by a password that was set anew or whose MyKey ID ended. `session`: of who
    // asked.
    void decided(const ledger::entry& one, std::uint64_t session, ledger::instant now);

    const std::string audience;
    challenge_book challenges;
    resident_sessions sessions;
    password_hasher passwords;
    password_tries tries;

private:
    std::mutex mutex_;
    failure_limit networks_;
};

} // namespace meguri::net
