#include "net/residents.hpp"

#include "ledger/entry.hpp"

namespace meguri::net {

void residents::set(const resident_settings& with) {
    challenges.set(with.challenges);
    sessions.set(with.sessions);
    passwords.set(with.passwords);
    const std::lock_guard lock{mutex_};
    networks_.set(with.tries_of_a_network);
}

bool residents::may_try_password(client_network from, std::int64_t steady_ns) {
    const std::lock_guard lock{mutex_};
    return networks_.count(from, steady_ns);
}

void residents::decided(const ledger::entry& one, std::uint64_t session, ledger::instant now) {
    if (const auto* const renewed = std::get_if<ledger::card_renewed>(&one.what))
        sessions.renewed(renewed->wallet, session, renewed->ordinal, now);
    if (const auto* const retired = std::get_if<ledger::card_retired>(&one.what))
        sessions.end_all(retired->wallet, 0, now);
    if (const auto* const set = std::get_if<ledger::password_set>(&one.what)) sessions.end_checkouts(set->wallet);
    if (const auto* const changed = std::get_if<ledger::my_key_changed>(&one.what))
        if (changed->step == ledger::my_key_step::revoked) sessions.end_checkouts(changed->wallet);
}

} // namespace meguri::net
