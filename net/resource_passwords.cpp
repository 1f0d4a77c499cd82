#include "net/resource_passwords.hpp"

#include "net/json_fields.hpp"
#include "net/render_session.hpp"
#include "net/residents.hpp"

#include <algorithm>
#include <memory>

namespace meguri::net {
namespace {

constexpr text_bounds password_bounds{8, 64};

// So long after the card was shown a password may be set.
constexpr std::int64_t card_shown_lately_ms = 10 * 60'000LL;

bool showed_card_lately(const call& from, ledger::wallet_id wallet) {
    const auto all = from.people.sessions.all_of(wallet, from.now());
    const auto mine = std::ranges::find(all, from.by.session, &resident_session::number);
    return mine != all.end() && mine->origin == session_origin::card &&
           from.now() < mine->opened_at.plus_ms(card_shown_lately_ms);
}

// Shared, so that the work can be copied and the password cannot.
using hidden_text = std::shared_ptr<const storage::secret<std::string>>;

hidden_text hide(storage::secret<std::string> one) {
    return std::make_shared<const storage::secret<std::string>>(std::move(one));
}

} // namespace

tl::expected<slow_work, problem> set_password(call& from) {
    const auto id = from.id(storage::id_kind::wallet);
    if (!id) return tl::unexpected{problem{problem_code::not_found}};
    const ledger::wallet_id wallet{*id};
    if (!showed_card_lately(from, wallet)) return tl::unexpected{problem{problem_code::card_required}};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string_view password = body.text("password", password_bounds);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return [wallet, of = from.keys.digest_of_password(wallet, password),
            hidden = hide(from.keys.peppered_password(wallet, password)),
            &hasher = from.people.passwords]() -> slow_result {
        auto hash = hasher.hash(*hidden);
        if (!hash) return tl::unexpected{problem{problem_code::overloaded}};
        return ledger::command{ledger::set_password{wallet, of, *std::move(hash)}};
    };
}

// Whoever asks learns neither whether somebody has the ID nor whether they have a password: each try costs the same and
// is counted.
tl::expected<slow_work, problem> log_in_by_password(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto id = ledger::my_key_id::parse(body.text("mykey_id", id_bounds));
    const std::string_view password = body.text("password", password_bounds);
    if (!id) body.refuse("mykey_id", problem_code::invalid_value, "Must be eight characters of A to Z and 0 to 9.");
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (!from.people.may_try_password(from.request.from, from.request.received_steady_ns))
        return tl::unexpected{
            problem{problem_code::too_many_failures, "Too many passwords were tried from this address."}};
    if (!from.people.tries.begin(*id, from.request.received_at_ms))
        return tl::unexpected{problem{problem_code::password_locked}};
    const auto owner = from.ledger.find_my_key(*id);
    if (!owner) return tl::unexpected{problem{problem_code::read_failed}};
    const bool is_somebodys = *owner && (**owner).is_active;
    const auto wallet = is_somebodys ? (**owner).wallet : ledger::wallet_id{};
    const auto hash = from.ledger.find_password(wallet);
    if (!hash) return tl::unexpected{problem{problem_code::read_failed}};
    return [wallet, hash = *hash, id = *id, hidden = hide(from.keys.peppered_password(wallet, password)),
            &people = from.people]() -> slow_result {
        if (!people.passwords.matches(hash, *hidden))
            return tl::unexpected{problem{problem_code::password_not_accepted}};
        people.tries.forgive(id);
        return actors::read_wallet{wallet};
    };
}

problem_or_none render_checkout_session(rendering& to) {
    const auto& seen = *to.done.wallet_seen;
    if (!seen.my_key) return problem{problem_code::password_not_accepted}; // revoked meanwhile
    return render_new_session(to, {seen.id, seen.my_key, {.origin = session_origin::password}});
}

} // namespace meguri::net
