#include "net/resident_sessions.hpp"

#include "ledger/contract.hpp"
#include "net/random_text.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace meguri::net {
namespace {

// Of the table's places, at each opening and each second: in a minute or two all were visited.
constexpr std::size_t swept_at_opening = 16;
constexpr std::size_t swept_a_second = 4'096;

ledger::scope_set scopes_of(session_origin origin) {
    const ledger::scope_set reading{ledger::scope::wallets_read};
    switch (origin) {
    case session_origin::card: break;
    case session_origin::password: return reading;
    case session_origin::desk: return reading | ledger::scope_set{ledger::scope::wallets};
    }
    return ledger::scope_set::unrestricted();
}

std::int64_t longest_ms(session_origin origin, const session_settings& with) {
    switch (origin) {
    case session_origin::card: break;
    case session_origin::password: return std::min(checkout_session_ms, with.absolute_ms);
    case session_origin::desk: return std::min(desk_session_ms, with.absolute_ms);
    }
    return with.absolute_ms;
}

} // namespace

resident_sessions::resident_sessions(const session_settings& with) : settings_{with} {
    EXPECTS(sodium_init() >= 0);
    randombytes_buf(key_.data(), key_.size());
}

std::size_t resident_sessions::digest_hash::operator()(const digest& one) const noexcept {
    std::size_t hash = 0;
    std::memcpy(&hash, one.data(), sizeof hash);
    return hash;
}

auto resident_sessions::digest_of(std::string_view token) const noexcept -> digest {
    digest hash;
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                       key_.data(), key_.size());
    return hash;
}

resident_session resident_sessions::shown(const kept& one) const {
    return {one.who->session,
            one.origin,
            one.card,
            one.who->scopes,
            one.opened_at,
            one.used_at,
            one.used_at.plus_ms(settings_.idle_ms),
            end_of(one)};
}

ledger::instant resident_sessions::end_of(const kept& one) const {
    return one.opened_at.plus_ms(longest_ms(one.origin, settings_));
}

bool resident_sessions::has_ended(const kept& one, ledger::instant now) const {
    return now >= one.used_at.plus_ms(settings_.idle_ms) || now >= end_of(one);
}

auto resident_sessions::open(ledger::wallet_id of, const new_session& wanted, ledger::instant now)
    -> std::optional<opened> {
    opened made{random_text(session_token_prefix), {}};
    const auto key = digest_of(made.token);
    actors::principal who;
    who.caller = {ledger::caller_kind::resident, of.value()};
    who.key_number = 0;
    who.person = wanted.attendant;
    who.scopes = wanted.scopes.value_or(scopes_of(wanted.origin));
    while (who.session == 0) randombytes_buf(&who.session, sizeof who.session);
    const std::lock_guard lock{mutex_};
    sweep_buckets(swept_at_opening, now);
    make_room_in(of, now);
    if (all_.size() >= settings_.sessions_max) return std::nullopt;
    const auto added =
        all_.emplace(key, kept{std::make_shared<const actors::principal>(who), wanted.origin, wanted.card, now, now})
            .first;
    of_wallets_[of].push_back(key);
    made.session = shown(added->second);
    return made;
}

std::shared_ptr<const actors::principal> resident_sessions::use(std::string_view token, ledger::instant now) {
    const auto key = digest_of(token);
    const std::lock_guard lock{mutex_};
    const auto found = all_.find(key);
    if (found == all_.end()) return nullptr;
    if (has_ended(found->second, now)) {
        forget(found);
        return nullptr;
    }
    found->second.used_at = std::max(found->second.used_at, now);
    return found->second.who;
}

std::vector<resident_session> resident_sessions::all_of(ledger::wallet_id wallet, ledger::instant now) const {
    const std::lock_guard lock{mutex_};
    std::vector<resident_session> found;
    const auto mine = of_wallets_.find(wallet);
    if (mine == of_wallets_.end()) return found;
    for (auto one = mine->second.rbegin(); one != mine->second.rend(); ++one) {
        const kept& session = all_.at(*one);
        if (!has_ended(session, now)) found.push_back(shown(session));
    }
    return found;
}

bool resident_sessions::end(ledger::wallet_id of, std::uint64_t number, ledger::instant now) {
    const std::lock_guard lock{mutex_};
    const auto mine = of_wallets_.find(of);
    if (mine == of_wallets_.end()) return false;
    const auto one =
        std::ranges::find_if(mine->second, [&](const digest& key) { return all_.at(key).who->session == number; });
    if (one == mine->second.end()) return false;
    const auto ended = all_.find(*one);
    const bool was_open = !has_ended(ended->second, now);
    forget(ended);
    return was_open;
}

std::size_t resident_sessions::end_all(ledger::wallet_id of, std::uint64_t but, ledger::instant now) {
    const std::lock_guard lock{mutex_};
    const auto mine = of_wallets_.find(of);
    if (mine == of_wallets_.end()) return 0;
    std::size_t ended = 0;
    for (const digest& key : std::vector<digest>{mine->second}) {
        const auto one = all_.find(key);
        if (one->second.who->session == but) continue;
        if (!has_ended(one->second, now)) ++ended;
        forget(one);
    }
    return ended;
}

void resident_sessions::renewed(ledger::wallet_id of, std::uint64_t session, std::uint32_t card, ledger::instant now) {
    end_all(of, session, now);
    const std::lock_guard lock{mutex_};
    const auto mine = of_wallets_.find(of);
    if (mine != of_wallets_.end()) all_.at(mine->second.front()).card = card;
}

void resident_sessions::end_checkouts(ledger::wallet_id of) {
    const std::lock_guard lock{mutex_};
    const auto mine = of_wallets_.find(of);
    if (mine == of_wallets_.end()) return;
    for (const digest& key : std::vector<digest>{mine->second})
        if (const auto one = all_.find(key); one->second.origin == session_origin::password) forget(one);
}

void resident_sessions::set(const session_settings& with) {
    const std::lock_guard lock{mutex_};
    settings_ = with;
}

void resident_sessions::sweep(ledger::instant now) {
    const std::lock_guard lock{mutex_};
    sweep_buckets(swept_a_second, now);
}

std::size_t resident_sessions::size() const {
    const std::lock_guard lock{mutex_};
    return all_.size();
}

void resident_sessions::make_room_in(ledger::wallet_id wallet, ledger::instant now) {
    const auto mine = of_wallets_.find(wallet);
    if (mine == of_wallets_.end() || mine->second.size() < of_a_wallet_max) return;
    const auto used_last = [&](const digest& key) {
        const kept& one = all_.at(key);
        return has_ended(one, now) ? ledger::instant{std::numeric_limits<std::int64_t>::min()} : one.used_at;
    };
    forget(all_.find(*std::ranges::min_element(mine->second, {}, used_last)));
}

void resident_sessions::forget(table::iterator one) {
    const auto mine = of_wallets_.find(ledger::wallet_id{one->second.who->caller.id});
    EXPECTS(mine != of_wallets_.end());
    std::erase(mine->second, one->first);
    if (mine->second.empty()) of_wallets_.erase(mine);
    all_.erase(one);
}

void resident_sessions::sweep_buckets(std::size_t count, ledger::instant now) {
    std::vector<digest> ended;
    const std::size_t buckets = all_.bucket_count();
    for (std::size_t visited = 0; visited < std::min(count, buckets); ++visited) {
        next_bucket_ = (next_bucket_ + 1) % buckets;
        for (auto one = all_.cbegin(next_bucket_); one != all_.cend(next_bucket_); ++one)
            if (has_ended(one->second, now)) ended.push_back(one->first);
    }
    for (const digest& key : ended) forget(all_.find(key));
}

} // namespace meguri::net
