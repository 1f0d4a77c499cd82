#include "net/resource_passwords.hpp"

#include "net/json_fields.hpp"
#include "net/password_attempt.hpp"
#include "net/password_form.hpp"
#include "net/render_session.hpp"
#include "net/residents.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

// So long after the card was shown a password may be set.
constexpr std::int64_t card_shown_lately_ms = 10 * 60'000LL;

bool showed_card_lately(const call& from, ledger::wallet_id wallet) {
    const auto all = from.people.sessions.all_of(wallet, from.now());
    const auto mine = std::ranges::find(all, from.by.session, &resident_session::number);
    return mine != all.end() && mine->origin == session_origin::card &&
           from.now() < mine->opened_at.plus_ms(card_shown_lately_ms);
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

tl::expected<slow_work, problem> log_in_by_password(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto attempt = read_password_attempt(body);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return begin_password_attempt(from, attempt);
}

problem_or_none render_checkout_session(rendering& to) {
    const auto& seen = *to.done.wallet_seen;
    if (!seen.my_key) return problem{problem_code::password_not_accepted}; // revoked meanwhile
    return render_new_session(to, {seen.id, seen.my_key, {.origin = session_origin::password}});
}

} // namespace meguri::net
