#include "net/linked_conversions.hpp"

#include "ledger/contract.hpp"
#include "net/log.hpp"
#include "storage/index_keys.hpp"
#include "storage/key_ring.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace meguri::net {
namespace {

using step = ledger::linked_conversion_step;

constexpr std::int64_t pause_first_ms = 1'000;
constexpr std::int64_t pause_most_ms = 60'000;
constexpr std::int64_t tokens_end_early_ms = 5'000;

bool is_done(const web_result& result, std::string_view status) {
    return result && (result->status == 200 || result->status == 201) && text_in(*result, "status") == status;
}

// The partner has understood and will not, however often it is asked.
bool is_refusal(const web_result& result) {
    return result && result->status >= 400 && result->status < 500 && result->status != 408 && result->status != 429;
}

const char* reason_of_refusal(ledger::refusal why) noexcept {
    switch (why) {
    case ledger::refusal::conversion_limit_reached: return "conversion_limit_reached";
    case ledger::refusal::wallet_frozen:
    case ledger::refusal::wallet_unknown: return "wallet_unavailable";
    case ledger::refusal::program_unknown: return "program_unknown";
    case ledger::refusal::balance_too_large: return "balance_too_large";
    case ledger::refusal::conversion_terms_changed: return "conversion_terms_changed";
    default: return "not_allowed";
    }
}

// Why it was turned down, so that its end says so, too; an earlier run of the process may have written it.
std::string newest_reason(ledger_view& ledger, ledger::journal_position conversion) {
    const auto position =
        ledger.find_conversion(storage::index_kind::linked_conversion, storage::digest_of_position(conversion));
    const auto newest = position && *position ? ledger.entry_at(**position) : tl::unexpected{storage::error{}};
    if (!newest || !*newest) return {};
    return std::get<ledger::linked_conversion_changed>((**newest).what).reason;
}

} // namespace

// --- what there is to do ---

void linked_conversions::start() {
    for (const auto& one : use_.links.partners.all())
        submit(errand::read_open, 0, {}, actors::read_conversions{one.partner});
}

void linked_conversions::take(ledger::partner_id partner, const ledger::open_linked_conversion& one) {
    const auto now = use_.wall_ms();
    const auto [at, is_new] = all_.try_emplace(one.position, conversion_under_way{partner, one, now, now});
    probes_.open.set(all_.size());
    if (is_new) go_on(at->second);
}

void linked_conversions::decided(const ledger::entry& one) {
    if (const auto* const link = std::get_if<ledger::link_changed>(&one.what))
        if (link->step == ledger::link_step::ended) revoke(*link);
    const auto* const asked = std::get_if<ledger::linked_conversion_changed>(&one.what);
    if (asked != nullptr && asked->step == step::asked) take(asked->partner, {one.position, stage::asked, asked->what});
}

void linked_conversions::tick() {
    const auto now = use_.wall_ms();
    std::int64_t since = now;
    for (auto& [number, one] : all_) {
        since = std::min(since, one.since_ms);
        if (!one.is_busy && one.due_ms <= now) go_on(one);
    }
    probes_.open.set(all_.size());
    probes_.waits_s.set(static_cast<std::uint64_t>((now - since) / 1'000));
}

void linked_conversions::go_on(conversion_under_way& one) {
    switch (one.open.at) {
    case stage::asked: return reserve(one);
    case stage::credited:
    case stage::turned_down: return end_there(one);
    }
}

// --- at the partner ---

std::optional<ledger::link_changed> linked_conversions::link_of(const conversion_under_way& one) const {
    const auto digest = storage::digest_of_person(one.partner, one.open.what->wallet);
    const auto position = use_.ledger.find_conversion(storage::index_kind::link_person, digest);
    if (!position || !*position) return std::nullopt;
    const auto newest = use_.ledger.entry_at(**position);
    if (!newest || !*newest || ledger::linked_at(&**newest) != one.open.what->link) return std::nullopt;
    return std::get<ledger::link_changed>((**newest).what);
}

void linked_conversions::reserve(conversion_under_way& one) {
    const auto* const to = use_.links.partners.find(one.partner);
    if (to == nullptr) return wait(one, "the partner is in no file");
    const auto link = link_of(one);
    const auto opened = link ? use_.keys.open_tokens(link->what->account, link->what->tokens) : std::nullopt;
    const auto tokens = opened ? parse_tokens(opened->reveal()) : std::nullopt;
    // Nobody knows whether an earlier attempt has reserved something.
    if (!tokens) return note(one, step::turned_down, "not_linked");
    const bool is_over = tokens->ends_at_ms != 0 && tokens->ends_at_ms - tokens_end_early_ms <= use_.wall_ms();
    if (is_over && !one.is_renewed && !tokens->refresh.empty()) return renew(one, *to, *link, *tokens);
    one.is_busy =
        use_.outside.send(use_.links.calls.reserve(*to, tokens->access, *one.open.what),
                          [this, number = one.open.position](const web_result& result) { reserved(number, result); });
    if (!one.is_busy) wait(one, "too much is under way");
}

void linked_conversions::reserved(ledger::journal_position number, const web_result& result) {
    auto* const one = find(number);
    if (one == nullptr) return;
    count(result);
    one->is_busy = false;
    if (is_done(result, "reserved") || is_done(result, "confirmed")) return credit(*one);
    if (is_done(result, "cancelled")) return note(*one, step::declined, "cancelled_there");
    if (result && result->status == 401) {
        const auto* const to = use_.links.partners.find(one->partner);
        const auto link = link_of(*one);
        const auto opened = link ? use_.keys.open_tokens(link->what->account, link->what->tokens) : std::nullopt;
        const auto tokens = opened ? parse_tokens(opened->reveal()) : std::nullopt;
        if (tokens && !one->is_renewed && !tokens->refresh.empty()) return renew(*one, *to, *link, *tokens);
        // An earlier attempt may have come through while the consent still stood.
        return note(*one, step::turned_down, "not_authorized");
    }
    if (result && result->status == 403) return note(*one, step::turned_down, "not_authorized");
    if (is_refusal(result)) return note(*one, step::declined, refusal_in(*result));
    wait(*one, "no reservation");
}

// The partner gives other tokens for the same consent, which are kept before they are used.
void linked_conversions::renew(conversion_under_way& one, const partner_connection& to,
                               const ledger::link_changed& link, const partner_tokens& tokens) {
    one.is_renewed = true;
    const auto then = [this, number = one.open.position, account = link.what->account,
                       refresh = tokens.refresh](const web_result& result) {
        auto* const found = find(number);
        if (found == nullptr) return;
        count(result);
        found->is_busy = false;
        const auto fresh = result ? tokens_in(*result, use_.wall_ms(), refresh) : std::nullopt;
        if (!fresh && is_refusal(result)) return note(*found, step::turned_down, "not_authorized");
        if (!fresh) {
            found->is_renewed = false;
            return wait(*found, "no other tokens");
        }
        found->is_busy = true;
        const auto& what = *found->open.what;
        submit(errand::renew, number, what.wallet,
               ledger::command{ledger::renew_link{found->partner, what.wallet, what.link,
                                                  use_.keys.seal_tokens(account, text_of(*fresh))}});
    };
    one.is_busy = use_.outside.send(use_.links.calls.refresh(to, tokens.refresh), then);
    if (one.is_busy) return;
    one.is_renewed = false;
    wait(one, "too much is under way");
}

void linked_conversions::end_there(conversion_under_way& one) {
    const auto* const to = use_.links.partners.find(one.partner);
    if (to == nullptr) return wait(one, "the partner is in no file");
    const auto& calls = use_.links.calls;
    auto request =
        one.open.at == stage::credited ? calls.confirm(*to, *one.open.what) : calls.cancel(*to, *one.open.what);
    one.is_busy = use_.outside.send(std::move(request), [this, number = one.open.position](const web_result& result) {
        ended_there(number, result);
    });
    if (!one.is_busy) wait(one, "too much is under way");
}

// A partner that will not confirm what it reserved breaks its word: it is asked again until people have looked at it.
void linked_conversions::ended_there(ledger::journal_position number, const web_result& result) {
    auto* const one = find(number);
    if (one == nullptr) return;
    count(result);
    one->is_busy = false;
    const bool is_credited = one->open.at == stage::credited;
    if (!is_done(result, is_credited ? "confirmed" : "cancelled"))
        return wait(*one, is_credited ? "no confirmation" : "no cancellation");
    is_credited ? note(*one, step::confirmed, {}) : note(*one, step::cancelled, newest_reason(use_.ledger, number));
}

// Once, as well as it goes: whoever takes a consent back here does not use it any more in any case.
void linked_conversions::revoke(const ledger::link_changed& ended) {
    const auto* const to = use_.links.partners.find(ended.partner);
    const auto opened = use_.keys.open_tokens(ended.what->account, ended.what->tokens);
    const auto tokens = opened ? parse_tokens(opened->reveal()) : std::nullopt;
    if (to == nullptr || to->at.revocation_endpoint.empty() || !tokens) return;
    const auto& token = tokens->refresh.empty() ? tokens->access : tokens->refresh;
    const bool is_sent =
        use_.outside.send(use_.links.calls.revoke(*to, token), [this](const web_result& result) { count(result); });
    if (!is_sent) probes_.failed.add();
}

// --- here ---

void linked_conversions::submit(errand what, ledger::journal_position number, ledger::wallet_id wallet,
                                actors::request asked) {
    const auto op = actors::make_operation();
    op->asked = std::move(asked);
    op->at = ledger::instant{use_.wall_ms()};
    if (wallet) op->by.caller = {ledger::caller_kind::resident, wallet.value()};
    op->record.caller = op->by.caller;
    op->reply = this;
    op->ticket.kind = static_cast<std::uint32_t>(what);
    op->ticket.request_id = number;
    use_.to_switch.submit(op);
}

void linked_conversions::credit(conversion_under_way& one) {
    one.is_busy = true;
    const auto& what = *one.open.what;
    submit(errand::credit, one.open.position, what.wallet,
           ledger::command{
               ledger::convert_points{one.partner, what.wallet, {}, what.reference, what.units, what.program}});
}

void linked_conversions::note(conversion_under_way& one, step how, std::string reason) {
    one.is_busy = true;
    submit(errand::note, one.open.position, one.open.what->wallet,
           ledger::command{ledger::note_linked_conversion{one.partner, one.open.position, how, std::move(reason)}});
}

void linked_conversions::finished(actors::operation& done) noexcept {
    const auto what = static_cast<errand>(done.ticket.kind);
    if (what == errand::read_open) {
        if (done.end != actors::ending::read) return log_plain(severity::error, "linked_conversions_not_read");
        const auto partner = std::get<actors::read_conversions>(done.asked).partner;
        for (const auto& one : done.partner_seen->linked) take(partner, one);
        return;
    }
    auto* const one = find(done.ticket.request_id);
    if (one == nullptr) return;
    one->is_busy = false;
    if (what == errand::credit) return credited(*one, done);
    if (what == errand::note) return noted(*one, done);
    if (done.end == actors::ending::decided) return go_on(*one);
    if (done.end == actors::ending::refused) return note(*one, step::turned_down, "not_linked");
    wait(*one, "the tokens were not kept");
}

void linked_conversions::credited(conversion_under_way& one, const actors::operation& done) {
    if (done.end == actors::ending::refused) return note(one, step::turned_down, reason_of_refusal(done.refusal));
    if (done.end != actors::ending::decided && done.end != actors::ending::replayed)
        return wait(one, "it was not credited");
    one.open.at = stage::credited;
    one.pause_ms = 0;
    go_on(one);
}

void linked_conversions::noted(conversion_under_way& one, const actors::operation& done) {
    if (done.end == actors::ending::refused) { // it has come further than was known here
        const auto partner = one.partner;
        all_.erase(one.open.position);
        return submit(errand::read_open, 0, {}, actors::read_conversions{partner});
    }
    if (done.end != actors::ending::decided) return wait(one, "the write failed");
    const auto& fact = std::get<ledger::linked_conversion_changed>(done.record.what);
    if (fact.step != step::turned_down) {
        all_.erase(one.open.position);
        probes_.open.set(all_.size());
        return;
    }
    one.open.at = stage::turned_down;
    one.pause_ms = 0;
    go_on(one);
}

// --- in between ---

auto linked_conversions::find(ledger::journal_position number) -> conversion_under_way* {
    const auto found = all_.find(number);
    return found == all_.end() ? nullptr : &found->second;
}

void linked_conversions::wait(conversion_under_way& one, const char* why) {
    one.is_busy = false;
    one.pause_ms = std::clamp(one.pause_ms * 2, pause_first_ms, pause_most_ms);
    one.due_ms = use_.wall_ms() + one.pause_ms;
    if (one.pause_ms == pause_first_ms || one.pause_ms == pause_most_ms)
        log_event{severity::warning, "linked_conversion_waits"}
            .text("linked_conversion",
                  use_.keys.encode_id(storage::id_kind::linked_conversion, one.open.position).view())
            .text("why", why)
            .number("pause_s", one.pause_ms / 1'000);
}

void linked_conversions::count(const web_result& result) {
    if (result && result->status < 300)
        probes_.answered.add();
    else
        (is_refusal(result) ? probes_.refused : probes_.failed).add();
}

} // namespace meguri::net
