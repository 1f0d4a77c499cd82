#include "net/render_entry.hpp"

#include "ledger/contract.hpp"
#include "ledger/undecided.hpp"
#include "net/category_fields.hpp"
#include "net/certificate_text.hpp"
#include "net/render_campaign.hpp"
#include "net/render_conversion.hpp"
#include "net/render_correction.hpp"
#include "net/render_debit.hpp"
#include "net/render_joining.hpp"
#include "net/render_keys.hpp"
#include "net/render_link.hpp"
#include "net/render_my_key.hpp"
#include "net/render_purchase.hpp"
#include "net/shown_code.hpp"

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
// differ and a number comes again only after a million payments. After a restore they are other ones.
std::string approval_number(ledger::journal_position position, ledger::epoch_mark epoch) {
    std::uint64_t number = (position % 1'000'000 * 387'420'489 + 271'828 + epoch.value()) % 1'000'000;
    std::string digits(6, '0');
    for (std::size_t i = 6; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
    return digits;
}

// What an authorization shows, seen in the entry itself: nothing is copied on a payment's way.
struct shown_payment {
    explicit shown_payment(const ledger::entry& one) noexcept {
        if (const auto* const step = std::get_if<ledger::payment_changed>(&one.what)) {
            const ledger::payment_state& state = *step->after;
            look_at(state);
            position = state.position;
            decided_at = state.decided_at;
            captured = state.captured;
            refunded = state.refunded;
        } else {
            const auto* const decided = std::get_if<ledger::payment_decided>(&one.what);
            EXPECTS(decided != nullptr);
            look_at(*decided);
            position = one.position;
            decided_at = one.decided_at;
            if (status == ledger::payment_status::captured) captured = amount;
            limit = decided->limit;
        }
    }

    ledger::journal_position position = 0;
    ledger::instant decided_at;
    ledger::payment_status status = ledger::payment_status::declined;
    ledger::decline_code decline = ledger::decline_code::none;
    ledger::points amount;
    ledger::points captured;
    ledger::points refunded;
    ledger::program_code program;
    ledger::merchant_id merchant;
    ledger::outlet_kind outlet_is = ledger::outlet_kind::terminal;
    ledger::outlet_id outlet;
    std::string_view reference;
    std::optional<ledger::points> balance;
    ledger::instant capture_before;
    std::optional<ledger::reached_limit> limit; // that declined it

private:
    template <class Payment>
    void look_at(const Payment& one) noexcept {
        status = one.status;
        decline = one.decline;
        amount = one.amount;
        program = one.program;
        merchant = one.merchant;
        outlet_is = one.outlet_is;
        outlet = one.outlet;
        reference = one.reference;
        balance = one.balance;
        capture_before = one.capture_before;
    }
};

void write_members(json_writer& json, const shown_payment& one, id_texts& ids) {
    const bool declined = one.status == ledger::payment_status::declined;
    json.plain("id", ids.encode(id_kind::authorization, one.position).view());
    json.plain("status", name_of(one.status));
    json.number("amount", one.amount.value());
    json.number("captured", one.captured.value());
    json.number("refunded", one.refunded.value());
    program(json, one.program);
    json.plain("merchant", ids.merchant(one.merchant));
    if (one.outlet_is == ledger::outlet_kind::shop)
        json.null("terminal").plain("shop", ids.outlet(one.outlet_is, one.outlet));
    else
        json.plain("terminal", ids.outlet(one.outlet_is, one.outlet)).null("shop");
    one.reference.empty() ? json.null("reference") : json.text("reference", one.reference);
    if (declined)
        json.null("approval_number");
    else
        json.plain("approval_number", approval_number(one.position, ids.keys().epochs().mark_at(one.position)));
    declined ? json.plain("decline_code", name_of(one.decline)) : json.null("decline_code");
    if (one.limit) json.plain("detail", text_of(*one.limit));
    one.balance ? json.number("balance", one.balance->value()) : json.null("balance");
    time(json, "capture_before", one.capture_before);
    time(json, "created_at", one.decided_at);
}

struct answer_of {
    json_writer& json;
    const ledger::entry& one;
    id_texts& ids;
    bool shows_keys = true;

    void id(id_kind kind, std::uint64_t value) const { json.plain("id", ids.encode(kind, value).view()); }
    void key(ledger::caller_kind kind, std::uint64_t value, std::uint32_t number = 1) const {
        if (shows_keys) json.plain("key", ids.keys().bearer_key(kind, value, given_in(), number - 1).reveal());
    }
    [[nodiscard]] ledger::epoch_mark given_in() const { return ids.keys().epochs().mark_at(one.position); }
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
        json.number("hold_days", opened.hold_days);
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
    void operator()(const ledger::application_changed& fact) const { write_application(json, one, fact, ids); }
    void operator()(const ledger::account_changed& fact) const { write_account_change(json, one, fact, ids); }
    void operator()(const ledger::terminal_activated& fact) const {
        (*this)(ledger::outlet_added{ledger::outlet_kind::terminal, fact.id, fact.name, fact.key});
    }
    void operator()(const ledger::activation_changed& fact) const {
        const bool issued = fact.step == ledger::activation_step::issued;
        json.number("number", fact.number);
        json.plain("merchant", ids.merchant(fact.merchant));
        if (!issued) {
            fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
            return time(json, "revoked_at", one.decided_at);
        }
        if (shows_keys) json.plain("code", ids.keys().activation(fact.merchant, fact.number, given_in()).shown());
        time(json, "valid_until", fact.valid_until);
        created();
    }
    void operator()(const ledger::wallet_opened& fact) const {
        id(id_kind::wallet, fact.id.value());
        created();
    }
    void operator()(const ledger::code_issued& fact) const {
        json.plain("value", shown_code(one, ids.keys()).reveal());
        json.plain("kind", fact.kind == ledger::code_kind::once ? "once" : "card");
        wallet(fact.wallet);
        time(json, "valid_until", fact.valid_until);
        created();
    }
    void operator()(const ledger::once_code_issued& fact) const {
        json.plain("value", shown_code(one, ids.keys()).reveal());
        json.plain("kind", "once");
        wallet(fact.wallet);
        time(json, "valid_until", fact.valid_until);
        created();
    }
    void operator()(const ledger::code_blocked& fact) const {
        const bool reissued = fact.reissued_as != 0;
        const auto old_id = ids.encode(id_kind::entry, fact.issued_at);
        const auto new_id = ids.encode(id_kind::entry, one.position);
        json.plain("id", (reissued ? new_id : old_id).view());
        if (reissued) {
            if (shows_keys) json.plain("value", shown_code(one, ids.keys()).reveal());
            json.plain("kind", "card");
            json.plain("replaces", old_id.view());
        }
        wallet(fact.wallet);
        json.text("reason", fact.reason);
        time(json, reissued ? "created_at" : "blocked_at", one.decided_at);
    }
    void operator()(const ledger::card_bound& fact) const {
        id(id_kind::card, one.position);
        wallet(fact.wallet);
        time(json, "ends_at", fact.ends);
        created();
    }
    void operator()(const ledger::card_renewed& fact) const {
        id(id_kind::card, one.position);
        wallet(fact.wallet);
        time(json, "ends_at", fact.card_ends);
        created();
    }
    void operator()(const ledger::card_retired& fact) const {
        id(id_kind::card, fact.bound_at);
        wallet(fact.wallet);
        json.text("reason", fact.reason);
        time(json, "retired_at", one.decided_at);
    }
    void operator()(const ledger::freeze_changed& fact) const {
        switch (fact.subject) {
        case ledger::freeze_subject::wallet: id(id_kind::wallet, fact.id); break;
        case ledger::freeze_subject::merchant: id(id_kind::merchant, fact.id); break;
        case ledger::freeze_subject::terminal: id(id_kind::terminal, fact.id); break;
        case ledger::freeze_subject::shop: id(id_kind::shop, fact.id); break;
        case ledger::freeze_subject::program: program_id(fact.id); break;
        }
        json.boolean("frozen", fact.frozen);
        json.text("reason", fact.reason);
        time(json, "changed_at", one.decided_at);
    }
    void operator()(const ledger::limits_set& fact) const {
        switch (fact.subject) {
        case ledger::limit_subject::wallet: id(id_kind::wallet, fact.id); break;
        case ledger::limit_subject::merchant: id(id_kind::merchant, fact.id); break;
        case ledger::limit_subject::terminal: id(id_kind::terminal, fact.id); break;
        case ledger::limit_subject::shop: id(id_kind::shop, fact.id); break;
        case ledger::limit_subject::program: program_id(fact.id); break;
        }
        points_or_null("per_payment", fact.limit.per_payment);
        window("per_day", fact.limit.per_day);
        window("per_hour", fact.limit.per_hour);
        json.text("reason", fact.reason);
        time(json, "changed_at", one.decided_at);
    }
    void operator()(const ledger::terminal_certificates_changed& fact) const {
        id(id_kind::terminal, fact.terminal.value());
        json.begin_array("certificates");
        for (const auto& digest : fact.certificates) json.plain(text_of(digest));
        json.end_array();
        json.text("reason", fact.reason);
        time(json, "changed_at", one.decided_at);
    }
    void operator()(const ledger::merchant_categories_set& fact) const {
        id(id_kind::merchant, fact.merchant.value());
        write_categories(json, "categories", fact.categories);
        json.text("reason", fact.reason);
        time(json, "changed_at", one.decided_at);
    }
    void program_id(std::uint64_t number) const {
        json.plain("id", view(ledger::program_code::as_named(static_cast<std::uint32_t>(number)).digits()));
    }
    void points_or_null(std::string_view name, const std::optional<ledger::points>& most) const {
        most ? json.number(name, most->value()) : json.null(name);
    }
    void window(std::string_view name, const ledger::window_limit& limit) const {
        json.begin_object(name);
        points_or_null("amount", limit.amount);
        limit.count ? json.number("count", *limit.count) : json.null("count");
        json.end_object();
    }
    void wallet(ledger::wallet_id of) const { json.plain("wallet", ids.encode(id_kind::wallet, of.value()).view()); }
    void operator()(const ledger::points_granted& fact) const {
        const ledger::lot_terms& lot = *fact.lot.lot;
        if (ledger::is_undecided(lot.program)) return conversion(fact);
        id(id_kind::grant, one.position);
        wallet(fact.wallet);
        program(json, lot.program);
        json.number("amount", fact.lot.amount.value());
        json.plain("expires_on", ledger::to_date(lot.expires_on));
        json.text("source", lot.source.text());
        created();
    }
    void conversion(const ledger::points_granted& fact) const {
        const ledger::lot_terms& lot = *fact.lot.lot;
        id(id_kind::grant, one.position);
        wallet(fact.wallet);
        json.plain("partner", ids.encode(id_kind::partner, ledger::partner_of(lot.program).value()).view());
        json.number("amount", fact.lot.amount.value());
        json.text("source", lot.source.text());
        time(json, "undecided_until", ledger::decided_by_default_at(lot.issued_at));
        created();
    }
    void operator()(const ledger::home_chosen& fact) const {
        id(id_kind::wallet, fact.wallet.value());
        json.plain("home_municipality", view(fact.municipality.digits()));
        time(json, "changed_at", one.decided_at);
    }
    void operator()(const ledger::points_transferred& fact) const {
        std::int64_t amount = 0;
        for (const auto& use : fact.to) amount += use.amount.value();
        id(id_kind::entry, one.position);
        wallet(fact.wallet);
        program(json, fact.to.front().lot->program);
        json.number("amount", amount);
        json.plain("expires_on", ledger::to_date(fact.to.front().lot->expires_on));
        json.begin_array("lots");
        for (const auto& use : fact.to) {
            json.begin_object();
            json.number("amount", use.amount.value());
            json.text("source", use.lot->source.text());
            json.end_object();
        }
        json.end_array();
        created();
    }
    void operator()(const ledger::campaign_proposed& fact) const { write_campaign_proposal(json, one, fact, ids); }
    void operator()(const ledger::campaign_changed& fact) const { write_campaign_step(json, one, fact, ids); }
    void operator()(const ledger::campaign_granted& fact) const {
        granted(fact);
        created();
    }
    void operator()(const ledger::benefit_granted& fact) const {
        granted(fact);
        if (fact.list != 0) json.plain("eligibility", ids.encode(id_kind::eligibility, fact.list).view());
        if (fact.event != 0) json.plain("event", ids.encode(id_kind::event, fact.event).view());
        if (fact.measured != 0) json.number("measured", static_cast<std::int64_t>(fact.measured));
        created();
    }
    template <class Granted>
    void granted(const Granted& fact) const {
        const ledger::lot_terms& lot = *fact.lot.lot;
        id(id_kind::grant, one.position);
        json.plain("campaign", ids.encode(id_kind::campaign, fact.campaign).view());
        wallet(fact.wallet);
        json.text("occasion", fact.occasion);
        program(json, lot.program);
        json.number("amount", fact.lot.amount.value());
        json.plain("expires_on", ledger::to_date(lot.expires_on));
        json.text("source", lot.source.text());
        write_earmark(json, lot.earmark);
    }
    void operator()(const ledger::eligibility_changed& fact) const { write_eligibility(json, one, fact, ids); }
    void operator()(const ledger::clawback_changed& fact) const { write_clawback_step(json, one, fact, ids); }
    void operator()(const ledger::points_clawed_back&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::eligibility_listed&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::event_changed& fact) const { write_event_change(json, one, fact, ids); }
    void operator()(const ledger::conversion_terms_changed& fact) const { write_terms_step(json, one, fact, ids); }
    void operator()(const ledger::partner_reconciled& fact) const { write_reconciliation(json, one, fact, ids); }
    void operator()(const ledger::points_converted& fact) const { write_conversion(json, one, fact, ids); }
    void operator()(const ledger::link_changed& fact) const { write_link(json, one, fact, ids); }
    void operator()(const ledger::linked_conversion_changed& fact) const {
        write_linked_conversion(json, one, fact, 0, ids);
    }
    void operator()(const ledger::coupon_changed& fact) const {
        if (fact.step == ledger::coupon_step::issue) {
            write_coupon(json, one, one, ids);
            const auto& keys = ids.keys();
            json.plain("code", keys.coupon_text(fact.partner, fact.what->number, given_in()).reveal());
            return;
        }
        id(id_kind::coupon, fact.coupon);
        json.text("reference", fact.what->reference);
        json.plain("status", "blocked");
        json.text("reason", fact.reason);
        time(json, "changed_at", one.decided_at);
    }
    void operator()(const ledger::recipients_accepted& fact) const { write_recipients(json, one, fact, ids); }
    void operator()(const ledger::recipients_listed&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::recipient_granted&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::recipients_left_out&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::purchase_terms_set& fact) const {
        write_purchase_terms(json, fact);
        time(json, "changed_at", one.decided_at);
    }
    void bought() const { write_purchase(json, *ledger::purchase_in(one), ledger::jst_day::of(one.decided_at), ids); }
    void operator()(const ledger::purchase_changed& fact) const {
        bought();
        fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    }
    void operator()(const ledger::purchase_refunded& fact) const {
        bought();
        fact.after->refund->reason.empty() ? json.null("reason") : json.text("reason", fact.after->refund->reason);
    }
    void operator()(const ledger::purchase_captured&) const {
        bought();
        json.null("reason");
    }
    void operator()(const ledger::purchase_charged_back&) const {
        bought();
        json.null("reason");
    }
    void operator()(const ledger::purchase_debited&) const {
        bought();
        json.null("reason");
    }
    void operator()(const ledger::mandate_changed&) const { write_mandate(json, one, ids); }
    void operator()(const ledger::debits_ordered& fact) const { write_debit_order(json, one, *fact.what, ids); }
    void operator()(const ledger::purchase_paid&) const {
        write_transfer(json, *ledger::transfer_in(one), ids);
        time(json, "changed_at", one.decided_at);
        json.begin_object("purchase");
        bought();
        json.end_object();
    }
    void operator()(const ledger::transfer_changed&) const {
        write_transfer(json, *ledger::transfer_in(one), ids);
        time(json, "changed_at", one.decided_at);
        json.null("purchase");
    }
    void operator()(const ledger::my_key_changed& fact) const {
        wallet(fact.wallet);
        write_my_key(json, fact);
        fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
        time(json, "changed_at", one.decided_at);
    }
    // Answered as a session: so of these the audit log alone.
    void operator()(const ledger::person_enrolled& fact) const {
        wallet(fact.wallet);
        json.plain("mykey_id", fact.my_key.text());
        created();
    }
    void operator()(const ledger::support_session_opened& fact) const {
        wallet(fact.wallet);
        created();
    }
    void operator()(const ledger::password_set& fact) const {
        wallet(fact.wallet);
        time(json, "changed_at", one.decided_at);
    }
    void operator()(const ledger::correction_proposed& fact) const {
        write_correction(json, {one.position, fact.wallet, *fact.what, one.asked_by(), one.decided_at}, ids);
    }
    void operator()(const ledger::correction_decided& fact) const {
        const std::string_view status = fact.approved ? "approved" : "rejected";
        write_correction(
            json,
            {fact.proposal, fact.wallet, *fact.what, fact.maker, one.decided_at, status, one.asked_by(), fact.reason},
            ids);
    }
    void operator()(const ledger::key_issued& fact) const {
        const auto& newest = fact.after.known.back();
        id(id_kind_of(fact.holder.kind), fact.holder.id);
        json.number("number", newest.number);
        key(fact.holder.kind, fact.holder.id, newest.number);
        write_scopes(json, newest.scopes);
        created();
        write_keys(json, "keys", fact.after, one.decided_at);
    }
    void operator()(const ledger::key_revoked& fact) const {
        id(id_kind_of(fact.holder.kind), fact.holder.id);
        json.number("number", fact.number);
        fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
        time(json, "revoked_at", one.decided_at);
        write_keys(json, "keys", fact.after, one.decided_at);
    }
    void operator()(const ledger::ledger_opened&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::epoch_began&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::points_expired&) const { EXPECTS(!"an entry that answers a command"); }
    void operator()(const ledger::payment_decided&) const { EXPECTS(!"rendered as an authorization"); }
    void operator()(const ledger::payment_changed& fact) const {
        if (fact.step == ledger::payment_step::reversal) return reversal(fact.reversed_key, true);
        write_members(json, shown_payment{one}, ids);
        if (fact.step != ledger::payment_step::refund) return;
        json.begin_object("refund");
        id(id_kind::refund, one.position);
        json.number("amount", fact.part.value());
        json.end_object();
    }
    void operator()(const ledger::key_barred& fact) const { reversal(fact.key, false); }

    void reversal(std::string_view reversed_key, bool found) const {
        id(id_kind::reversal, one.position);
        json.text("idempotency_key", reversed_key);
        if (!found) {
            json.null("authorization");
            return;
        }
        json.begin_object("authorization");
        write_members(json, shown_payment{one}, ids);
        json.end_object();
    }
};

} // namespace

int status_of(const ledger::entry& one) noexcept {
    const bool changed = std::holds_alternative<ledger::freeze_changed>(one.what) ||
                         std::holds_alternative<ledger::home_chosen>(one.what) ||
                         std::holds_alternative<ledger::limits_set>(one.what) ||
                         std::holds_alternative<ledger::merchant_categories_set>(one.what) ||
                         std::holds_alternative<ledger::key_revoked>(one.what) ||
                         std::holds_alternative<ledger::card_retired>(one.what) ||
                         std::holds_alternative<ledger::password_set>(one.what) ||
                         std::holds_alternative<ledger::purchase_terms_set>(one.what) ||
                         std::holds_alternative<ledger::terminal_certificates_changed>(one.what);
    const auto* const my_key = std::get_if<ledger::my_key_changed>(&one.what);
    const auto* const link = std::get_if<ledger::link_changed>(&one.what);
    const bool ended = (my_key != nullptr && my_key->step == ledger::my_key_step::revoked) ||
                       (link != nullptr && link->step == ledger::link_step::ended);
    const auto* const coupon = std::get_if<ledger::coupon_changed>(&one.what);
    const auto* const blocked = std::get_if<ledger::code_blocked>(&one.what);
    const auto* const activation = std::get_if<ledger::activation_changed>(&one.what);
    const bool made_nothing = (coupon != nullptr && coupon->step == ledger::coupon_step::block) ||
                              (blocked != nullptr && blocked->reissued_as == 0) ||
                              (activation != nullptr && activation->step == ledger::activation_step::revoked);
    return changed || ended || made_nothing ? 200 : 201;
}

void render_entry(std::string& body, const ledger::entry& one, id_texts& ids) {
    json_writer json{body};
    if (std::holds_alternative<ledger::payment_decided>(one.what)) return render_authorization(json, one, ids);
    json.begin_object();
    std::visit(answer_of{json, one, ids}, one.what);
    json.end_object();
}

void write_without_key(json_writer& json, std::string_view name, const ledger::entry& one, id_texts& ids) {
    json.begin_object(name);
    std::visit(answer_of{json, one, ids, false}, one.what);
    json.end_object();
}

void render_authorization(json_writer& json, const ledger::entry& one, id_texts& ids) {
    json.begin_object();
    write_members(json, shown_payment{one}, ids);
    json.end_object();
}

void write_authorization(json_writer& json, std::string_view name, const ledger::entry& one, id_texts& ids) {
    json.begin_object(name);
    write_members(json, shown_payment{one}, ids);
    json.end_object();
}

} // namespace meguri::net
