#include "net/resource_payments.hpp"

#include "net/card_credential.hpp"
#include "net/card_payment_text.hpp"
#include "net/idempotency_key.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_entry.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <variant>

namespace meguri::net {
namespace {

constexpr text_bounds reference_bounds{1, 64};
constexpr text_bounds credential_bounds{1, 128};
constexpr std::array<std::string_view, 2> credential_types{"code", "card"};

// The shop's receipt number need not be unique: so many payments of one number can be paged through.
constexpr std::size_t same_reference_max = 1000;

// A code, or a card and what it brought along. On a fault, which the fields keep, either.
using read_credential = std::variant<ledger::digest128, card_credential>;

read_credential credential_of(json_fields credential, call& from) {
    if (credential.one_of("type", credential_types) == 1) {
        auto card = read_card_credential(credential, from.cards);
        credential.finish();
        return card;
    }
    const std::string_view value = credential.text("value", credential_bounds);
    credential.finish();
    return from.keys.digest_of_code(value);
}

// What the card must have signed, for this caller and this key.
void present(card_credential&& card, std::string_view key, call& from, ledger::authorize& payment) {
    const auto outlet =
        from.by.caller.kind == ledger::caller_kind::shop ? ledger::outlet_kind::shop : ledger::outlet_kind::terminal;
    auto text = text_to_sign({from.ids.merchant(from.by.merchant), from.ids.outlet(outlet, from.by.outlet),
                              payment.program, payment.amount, payment.capture, key, card.signed_at});
    payment.code = from.keys.digest_of_card(card.certificate->identity);
    payment.card = ledger::presented_card{
        card.signed_at, std::make_shared<const signed_payment>(from.cards, std::move(card.certificate), std::move(text),
                                                               std::move(card.signature))};
}

[[nodiscard]] const ledger::payment_decided* payment_of(const ledger::entry& one, ledger::merchant_id merchant) {
    const auto* const paid = std::get_if<ledger::payment_decided>(&one.what);
    return paid != nullptr && paid->merchant == merchant ? paid : nullptr;
}

// A step of which a part may be asked for.
template <class Step>
asked read_step(call& from) {
    const auto payment = from.id(storage::id_kind::authorization);
    if (!payment) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto amount = body.optional_amount("amount");
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{Step{*payment, amount}};
}

// `key` is looked at only where nothing is at fault.
asked read_authorization_fields(json_fields& body, std::string_view key, call& from, request_fault& fault) {
    ledger::authorize payment;
    payment.amount = body.amount("amount");
    payment.program = body.optional_program("program");
    auto credential = credential_of(body.object("credential"), from);
    payment.capture = body.boolean_or("capture", true);
    payment.reference = body.text_or("reference", {}, reference_bounds);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (auto* const card = std::get_if<card_credential>(&credential)) {
        if (from.waits_for(card->certificate)) return refused(problem_code::verification_unavailable);
        present(std::move(*card), key, from, payment);
    } else {
        payment.code = std::get<ledger::digest128>(credential);
    }
    return ledger::command{std::move(payment)};
}

} // namespace

asked authorize_payment(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    return read_authorization_fields(body, from.request.idempotency_key, from, fault);
}

asked authorize_line(call& from, std::string_view line, std::string& key) {
    request_fault fault;
    json_fields body{from.json, line, fault};
    const std::string_view given = body.text("idempotency_key", {1, idempotency_key_max});
    const bool is_key = is_idempotency_key(given);
    if (is_key)
        key = given;
    else
        body.refuse("idempotency_key", problem_code::invalid_value, "Must be 1 to 64 visible ASCII characters.");
    return read_authorization_fields(body, key, from, fault);
}

asked capture_authorization(call& from) { return read_step<ledger::capture_payment>(from); }

asked refund_authorization(call& from) { return read_step<ledger::refund_payment>(from); }

asked void_authorization(call& from) {
    const auto payment = from.id(storage::id_kind::authorization);
    if (!payment) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::void_payment{*payment}};
}

asked reverse_attempt(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string_view key = body.text("idempotency_key", {1, idempotency_key_max});
    body.finish();
    if (!is_idempotency_key(key))
        body.refuse("idempotency_key", problem_code::invalid_value, "Must be 1 to 64 visible ASCII characters.");
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::reverse_attempt{std::string{key}}};
}

// Of other merchants' authorizations not even their existence is told. Through the wallet, so that a hold whose time is
// over is shown as ended.
asked read_authorization(call& from) {
    const auto position = from.id(storage::id_kind::authorization);
    if (!position) return refused(problem_code::not_found);
    const auto found = from.ledger.entry_at(*position);
    if (!found) return refused(problem_code::read_failed);
    if (!*found || payment_of(**found, from.by.merchant) == nullptr) return refused(problem_code::not_found);
    return actors::read_payment{*position, (*found)->wallet, from.by.merchant};
}

problem_or_none render_authorization_read(rendering& to) {
    const auto& wanted = std::get<actors::read_payment>(to.done.asked);
    const auto newest = to.ledger.newest_of_payment(wanted.payment);
    if (!newest || !*newest) return problem{problem_code::read_failed};
    json_writer json{to.body};
    render_authorization(json, **newest, to.ids);
    return std::nullopt;
}

problem_or_none find_authorizations(call& from, http_response& answer) {
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const std::string reference = query.text("reference", reference_bounds);
    const page wanted = query.read_page(from.keys);
    query.finish();
    if (fault) return fault;

    const auto digest = from.keys.digest_of_reference(from.by.merchant, reference);
    auto positions = from.ledger.payments_under(digest, same_reference_max);
    if (!positions) return problem{problem_code::read_failed};
    if (wanted.before) std::erase_if(*positions, [&](auto position) { return position >= *wanted.before; });

    json_writer json{answer.body};
    json.begin_object().begin_array("data");
    std::uint32_t shown = 0;
    ledger::journal_position last = 0;
    for (const auto position : *positions) {
        if (shown == wanted.limit) break;
        const auto found = from.ledger.entry_at(position);
        if (!found || !*found) return problem{problem_code::read_failed};
        last = position;
        const auto* const paid = payment_of(**found, from.by.merchant);
        if (paid == nullptr || paid->reference != reference) continue; // another reference of the same digest
        const auto newest = from.ledger.newest_of_payment(position);
        if (!newest || !*newest) return problem{problem_code::read_failed};
        render_authorization(json, **newest, from.ids);
        ++shown;
    }
    json.end_array();
    const bool more = !positions->empty() && last != positions->back();
    more ? json.plain("next", from.keys.encode_id(storage::id_kind::cursor, last).view()) : json.null("next");
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
