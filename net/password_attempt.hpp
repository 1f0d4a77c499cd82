// Somebody who says that they know a MyKey ID's password: whoever asks learns neither whether anybody has the ID nor
// whether they have a password. Each attempt is counted, of the ID and of the address, and costs the same work.
#pragma once

#include "ledger/my_key_id.hpp"
#include "net/json_fields.hpp"
#include "net/resource.hpp"

#include <optional>
#include <string_view>

namespace meguri::net {

struct password_attempt {
    std::optional<ledger::my_key_id> id; // nullopt: faulted
    std::string_view password;           // as long as the request's body
};

// The members `mykey_id` and `password`.
[[nodiscard]] password_attempt read_password_attempt(json_fields& from);

// The work that tells whether it is right; then the wallet is read. Errors, of it or of this: too_many_failures,
// password_locked, password_not_accepted, read_failed. Contract: nothing was faulted.
[[nodiscard]] tl::expected<slow_work, problem> begin_password_attempt(call& from, const password_attempt& with);

} // namespace meguri::net
