#include "net/render_entry.hpp"

#include "ledger/contract.hpp"

#include <array>

namespace meguri::net {
namespace {

using storage::id_kind;

std::string_view view(const std::array<char, 6>& digits) noexcept { return {digits.data(), digits.size()}; }

void program(json_writer& json, ledger::program_code code) { json.plain("program", view(code.digits())); }

void time(json_writer& json, std::string_view key, ledger::instant at) {
    if (at == ledger::instant{})
        json.null(key);
    else
        json.plain(key, ledger::to_rfc3339(at));
}

// Six digits that a till prints and a person reads out. 387,420,489 shares no factor with a million, so neighbours
// differ and a number comes again only after a million payments.
std::string approval_number(ledger::journal_position position) {
    std::uint64_t number = (position % 1'000'000 * 387'420'489 + 271'828) % 1'000'000;
    std::string digits(6, '0');
    for (std::size_t i = 6; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
    return digits;
}

struct answer_of {
    json_writer& json;
    const ledger::entry& one;
    id_texts& ids;

    void id(id_kind kind, std::uint64_t value) const { json.plain("id", ids.encode(kind, value).view()); }
    void key(ledger::caller_kind kind, std::uint64_t value) const {
        json.plain("key", ids.keys().bearer_key(kind, value).reveal());
    }
    void created() const { time(json, "created_at", one.decided_at); }

    void operator()(const ledger::operator_added& fact) const {
        id(id_kind::operator_, fact.id.value());
        json.text("name", fact.name);
        key(ledger::caller_kind::operator_, fact.id.value());
        created();
    }
    void operator()(const ledger::staff_added& fact) const {
        id(id_kind::staff, fact.id.value());
        json.plain("municipality", view(fact.municipality.digits()));
        json.text("name", fact.name);
        key(ledger::caller_kind::municipality, fact.id.value());
        created();
    }
    void operator()(const ledger::partner_added& fact) const {
        id(id_kind::partner, fact.id.value());
        json.text("name", fact.name);
        key(ledger::caller_kind::partner, fact.id.value());
        created();
    }
    void operator()(const ledger::program_opened& fact) const {
        const ledger::program& opened = fact.opened;
        json.plain("id", view(opened.code.digits()));
        json.plain("code", view(opened.code.digits()));
        json.text("name", opened.name);
        json.number("expiry_days", opened.expiry_days);
        json.boolean("online_only", opened.online_only);
        json.plain("issuer_kind", name_of(opened.issuer));
        created();
    }
    void operator()(const ledger::merchant_joined& fact) const {
        id(id_kind::merchant, fact.id.value());
        json.text("name", fact.name);
        json.begin_array("programs");
        for (const auto code : fact.programs) json.plain(view(code.digits()));
        json.end_array();
        created();
    }
    void operator()(const ledger::outlet_added& fact) const {
        const bool shop = fact.kind == ledger::outlet_kind::shop;
        id(shop ? id_kind::shop : id_kind::terminal, fact.id.value());
        json.plain("merchant", ids.merchant(fact.id.merchant()));
        json.text("name", fact.name);
        key(shop ? ledger::caller_kind::shop : ledger::caller_kind::terminal, fact.id.value());
        created();
    }
    void operator()(const ledger::wallet_opened& fact) const {
        id(id_kind::wallet, fact.id.value());
        created();
    }
    void operator()(const ledger::code_issued& fact) const {
        json.plain("value", ids.keys().code_text(fact.wallet, fact.ordinal, fact.kind).reveal());
        json.plain("kind", fact.kind == ledger::code_kind::once ? "once" : "card");
        json.plain("wallet", ids.encode(id_kind::wallet, fact.wallet.value()).view());
        time(json, "valid_until", fact.valid_until);
        created();
    }
    void operator()(const ledger::freeze_changed& fact) const {
        switch (fact.subject) {
        case ledger::freeze_subject::wallet: id(id_kind::wallet, fact.id); break;
        case ledger::freeze_subject::merchant: id(id_kind::merchant, fact.id); break;
        case ledger::freeze_subject::terminal: id(id_kind::terminal, fact.id); break;
        case ledger::freeze_subject::shop: id(id_kind::shop, fact.id); break;
        case ledger::freeze_subject::program:
            json.plain("id", view(ledger::program_code::as_named(static_cast<std::uint32_t>(fact.id)).digits()));
            break;
        }
        json.boolean("frozen", fact.frozen);
        json.text("reason", fact.reason);
        time(json, "changed_at", one.decided_at);
    }
    void operator()(const ledger::points_granted& fact) const {
        const ledger::lot_terms& lot = *fact.lot.lot;
        id(id_kind::grant, one.position);
        json.plain("wallet", ids.encode(id_kind::wallet, fact.wallet.value()).view());
        program(json, lot.program);
        json.number("amount", fact.lot.amount.value());
        json.plain("expires_on", ledger::to_date(lot.expires_on));
        json.text("source", lot.source.text());
        created();
    }
    void operator()(const ledger::ledger_opened&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::points_expired&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::payment_decided&) const { EXPECTS(!"rendered as an authorization"); }
};

} // namespace

int status_of(const ledger::entry& one) noexcept {
    return std::holds_alternative<ledger::freeze_changed>(one.what) ? 200 : 201;
}

void render_entry(std::string& body, const ledger::entry& one, id_texts& ids) {
    json_writer json{body};
    if (std::holds_alternative<ledger::payment_decided>(one.what)) return render_authorization(json, one, ids);
    json.begin_object();
    std::visit(answer_of{json, one, ids}, one.what);
    json.end_object();
}

void render_authorization(json_writer& json, const ledger::entry& one, id_texts& ids) {
    const auto* const paid = std::get_if<ledger::payment_decided>(&one.what);
    EXPECTS(paid != nullptr);
    const bool captured = paid->status == ledger::payment_status::captured;
    const bool declined = paid->status == ledger::payment_status::declined;
    const bool at_shop = paid->outlet_is == ledger::outlet_kind::shop;

    json.begin_object();
    json.plain("id", ids.encode(id_kind::authorization, one.position).view());
    json.plain("status", name_of(paid->status));
    json.number("amount", paid->amount.value());
    json.number("captured", captured ? paid->amount.value() : 0);
    json.number("refunded", 0);
    program(json, paid->program);
    json.plain("merchant", ids.merchant(paid->merchant));
    if (at_shop)
        json.null("terminal").plain("shop", ids.outlet(paid->outlet_is, paid->outlet));
    else
        json.plain("terminal", ids.outlet(paid->outlet_is, paid->outlet)).null("shop");
    paid->reference.empty() ? json.null("reference") : json.text("reference", paid->reference);
    declined ? json.null("approval_number") : json.plain("approval_number", approval_number(one.position));
    declined ? json.plain("decline_code", name_of(paid->decline)) : json.null("decline_code");
    paid->balance ? json.number("balance", paid->balance->value()) : json.null("balance");
    time(json, "capture_before", paid->capture_before);
    time(json, "created_at", one.decided_at);
    json.end_object();
}

} // namespace meguri::net
