#include "net/password_attempt.hpp"

#include "net/password_form.hpp"
#include "net/residents.hpp"

namespace meguri::net {

password_attempt read_password_attempt(json_fields& from) {
    const auto id = ledger::my_key_id::parse(from.text("mykey_id", id_bounds));
    const std::string_view password = from.text("password", password_bounds);
    if (!id) from.refuse("mykey_id", problem_code::invalid_value, "Must be eight characters of A to Z and 0 to 9.");
    return {id, password};
}

tl::expected<slow_work, problem> begin_password_attempt(call& from, const password_attempt& with) {
    const auto id = *with.id;
    if (!from.people.may_try_password(from.request.from, from.request.received_steady_ns))
        return tl::unexpected{
            problem{problem_code::too_many_failures, "Too many passwords were tried from this address."}};
    if (!from.people.tries.begin(id, from.request.received_at_ms))
        return tl::unexpected{problem{problem_code::password_locked}};
    const auto owner = from.ledger.find_my_key(id);
    if (!owner) return tl::unexpected{problem{problem_code::read_failed}};
    const bool is_somebodys = *owner && (**owner).is_active;
    const auto wallet = is_somebodys ? (**owner).wallet : ledger::wallet_id{};
    const auto hash = from.ledger.find_password(wallet);
    if (!hash) return tl::unexpected{problem{problem_code::read_failed}};
    return [wallet, hash = *hash, id, hidden = hide(from.keys.peppered_password(wallet, with.password)),
            &people = from.people]() -> slow_result {
        if (!people.passwords.matches(hash, *hidden))
            return tl::unexpected{problem{problem_code::password_not_accepted}};
        people.tries.forgive(id);
        return actors::read_wallet{wallet};
    };
}

} // namespace meguri::net
