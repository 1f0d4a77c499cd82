#include "net/resource_recoveries.hpp"

#include "net/card_login.hpp"
#include "net/card_trust.hpp"
#include "net/json_fields.hpp"
#include "net/password_attempt.hpp"
#include "net/residents.hpp"
#include "net/revoked_digests.hpp"
#include "net/switch_steps.hpp"
#include "net/wallet_cards.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace meguri::net {
namespace {

constexpr const char* why_retired = "replaced by a renewed card";

// Who they are, proven by password and new card; what the steps need of it.
struct recovery {
    ledger::my_key_id id;
    ledger::enroll_person with;
    std::shared_ptr<const ledger::card_evidence> evidence;
    residents& people;
    const card_trust& trust; // the server's, as the keys
    const storage::key_ring& keys;
    ledger::wallet_id wallet = {};
    wallet_cards cards = {};
    bool has_good_card = false;

    [[nodiscard]] actors::principal resident() const {
        actors::principal one;
        one.caller = {ledger::caller_kind::resident, wallet.value()};
        return one;
    }
};
using recovery_ptr = std::shared_ptr<recovery>;

next_step log_in(const recovery_ptr& of, ledger::instant now) {
    of->people.sessions.end_all(of->wallet, 0, now);
    const actors::request asked = actors::log_in{of->with, false};
    return std::make_shared<const switch_step>(switch_step{{}, asked}); // whose caller is nobody, as at any log-in
}

// All but the new one, one after the other; then it is logged in by that one.
next_step retire_others(const recovery_ptr& of, std::size_t from, ledger::instant now) {
    const auto& all = of->cards.all();
    const auto at = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(),
                                 [&](const auto& one) { return !one.is_retired && one.card != of->with.card; });
    if (at == all.end()) return log_in(of, now);
    const auto next = static_cast<std::size_t>(at - all.begin()) + 1;
    const ledger::command retire = ledger::retire_card{of->wallet, at->ordinal, at->bound_at, why_retired};
    auto then = [of, next](const actors::operation& done) { return retire_others(of, next, done.at); };
    return std::make_shared<const switch_step>(
        switch_step{of->resident(), retire, std::make_shared<const steps_to_come>(steps_to_come{std::move(then)})});
}

// The new card comes first: where it is refused, nothing has changed. The newest of the others is retired with it, in
// one entry, and the rest in the steps that follow; a request that was cut off there is taken up by its repetition.
next_step bind_new_card(const recovery_ptr& of, ledger::instant now) {
    const auto& all = of->cards.all();
    if (of->has_good_card) return problem{problem_code::card_still_good};
    const auto same = std::ranges::find(all, of->with.card, &wallet_card::card);
    if (same != all.end() && same->is_retired)
        return problem{problem_code::card_not_accepted, "The card was retired.", "/certificate"};
    if (same != all.end()) return retire_others(of, 0, now);
    const auto newest = std::find_if(all.rbegin(), all.rend(), [](const auto& one) { return !one.is_retired; });
    const auto command = [&]() -> ledger::command {
        if (newest == all.rend()) return ledger::bind_card{of->wallet, of->with.card, of->evidence};
        return ledger::renew_card{of->wallet, newest->ordinal, of->with.card, of->with.facts};
    }();
    const auto gone = newest == all.rend() ? 0U : newest->ordinal;
    auto then = [of, gone](const actors::operation& done) {
        of->cards.retire(gone);
        return retire_others(of, 0, done.at);
    };
    return std::make_shared<const switch_step>(
        switch_step{of->resident(), command, std::make_shared<const steps_to_come>(steps_to_come{std::move(then)})});
}

// Whether one of the others is neither over nor revoked, so that it can be shown. A password is typed at checkouts, and
// may be seen there: whoever has it and a card of their own gets nothing while the person's card is good.
bool has_good_card(const recovery& of, ledger::instant now) {
    std::vector<ledger::digest128> others;
    for (const auto& one : of.cards.all())
        if (!one.is_retired && one.card != of.with.card && one.ends >= now) others.push_back(one.card);
    return !others.empty() && revoked_among(others, of.trust, of.keys, now).size() < others.size();
}

next_step look_for_cards(const recovery_ptr& of, const actors::operation& read) {
    const ledger::wallet& seen = *read.wallet_seen;
    if (seen.my_key != of->id) return problem{problem_code::password_not_accepted}; // revoked meanwhile
    of->wallet = seen.id;
    auto question = [of, now = read.at, newest = read.record.previous_of_wallet,
                     until = std::max(seen.last_time, read.at)](ledger_past& past) -> past_result {
        std::size_t entries = 0;
        const auto told = past.wallet_entries(newest, until, [&](const ledger::entry& one) {
            of->cards.see(one);
            ++entries;
        });
        // A wallet has an entry at least: its opening.
        if (!told || entries == 0) return tl::unexpected{problem{problem_code::read_failed}};
        of->has_good_card = has_good_card(*of, now);
        return past_answer{};
    };
    return std::make_shared<const past_step>(
        past_step{std::move(question), [of, now = read.at] { return bind_new_card(of, now); }});
}

} // namespace

tl::expected<slow_work, problem> recover_card(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    auto attempt = read_password_attempt(body);
    const auto shown = read_shown_card(body, from.cards);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto with = judge_shown_card(from, shown, challenge_purpose::recover);
    if (!with) return tl::unexpected{with.error()};
    auto tried = begin_password_attempt(from, attempt);
    if (!tried) return tl::unexpected{std::move(tried.error())};
    const auto of = std::make_shared<recovery>(
        recovery{*attempt.id, *with, std::make_shared<const held_certificate>(from.cards, shown.certificate),
                 from.people, from.cards, from.keys});
    from.to_come = std::make_shared<const steps_to_come>(
        steps_to_come{[of](const actors::operation& done) { return look_for_cards(of, done); }});
    return *std::move(tried);
}

} // namespace meguri::net
