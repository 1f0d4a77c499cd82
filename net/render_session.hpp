// A resident's session that was just opened, with its token: shown once.
#pragma once

#include "net/json_writer.hpp"
#include "net/resident_sessions.hpp"
#include "net/resource.hpp"

namespace meguri::net {

struct known_resident {
    ledger::wallet_id wallet;
    ledger::my_key_id my_key;
    new_session opens;
    bool is_new = false;
};

// Opens it. Errors: overloaded.
[[nodiscard]] problem_or_none render_new_session(rendering& to, const known_resident& who);

// The members of a session, but for its token.
void write_session(json_writer& json, const resident_session& one, const id_texts& ids);

} // namespace meguri::net
