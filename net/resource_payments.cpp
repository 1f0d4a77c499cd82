#include "net/resource_payments.hpp"

#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_entry.hpp"

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

constexpr text_bounds reference_bounds{1, 64};
constexpr text_bounds credential_bounds{1, 128};
constexpr std::array<std::string_view, 1> credential_types{"code"};

// The shop's receipt number need not be unique: so many payments of one number can be paged through.
constexpr std::size_t same_reference_max = 1000;

ledger::digest128 read_credential(json_fields credential, const storage::key_ring& keys) {
    static_cast<void>(credential.one_of("type", credential_types));
    const std::string_view value = credential.text("value", credential_bounds);
    credential.finish();
    return keys.digest_of_code(value);
}

[[nodiscard]] const ledger::payment_decided* payment_of(const ledger::entry& one, ledger::merchant_id merchant) {
    const auto* const paid = std::get_if<ledger::payment_decided>(&one.what);
    return paid != nullptr && paid->merchant == merchant ? paid : nullptr;
}

} // namespace

asked authorize_payment(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::authorize payment;
    payment.amount = body.amount("amount");
    payment.program = body.optional_program("program");
    payment.code = read_credential(body.object("credential"), from.keys);
    const bool capture = body.boolean_or("capture", true);
    payment.reference = body.text_or("reference", {}, reference_bounds);
    body.finish();
    if (!capture) body.refuse("capture", problem_code::capture_unsupported, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{std::move(payment)};
}

// Of other merchants' authorizations not even their existence is told.
problem_or_none get_authorization(call& from, http_response& answer) {
    const auto position = from.id(storage::id_kind::authorization);
    if (!position) return problem{problem_code::not_found};
    const auto found = from.ledger.entry_at(*position);
    if (!found) return problem{problem_code::read_failed};
    if (!*found || payment_of(**found, from.by.merchant) == nullptr) return problem{problem_code::not_found};
    json_writer json{answer.body};
    render_authorization(json, **found, from.ids);
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
        render_authorization(json, **found, from.ids);
        ++shown;
    }
    json.end_array();
    const bool more = !positions->empty() && last != positions->back();
    more ? json.plain("next", from.keys.encode_id(storage::id_kind::cursor, last).view()) : json.null("next");
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
