#include "net/resource_purchases.hpp"

#include "net/json_fields.hpp"
#include "net/ordered_debits.hpp"
#include "net/query_parameters.hpp"
#include "net/render_purchase.hpp"
#include "net/write_page.hpp"

#include <array>
#include <string>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 3> purchase_methods{"counter", "account_transfer", "card"};
constexpr std::array purchase_method_values{ledger::purchase_method::counter, ledger::purchase_method::account_transfer,
                                            ledger::purchase_method::card};

// The program whose points are sold, if it is the caller's.
tl::expected<ledger::program_code, problem> seller_in_path(const call& from) {
    const std::string_view text = from.route.captured[0];
    if (!ledger::local_gov_code::is_six_digits(text)) return tl::unexpected{problem{problem_code::not_found}};
    const auto code = ledger::local_gov_code::parse(text);
    if (!code) return tl::unexpected{problem{problem_code::not_found}};
    if (from.is_staff() && *code != from.by.municipality) return tl::unexpected{problem{problem_code::forbidden}};
    return *code;
}

std::optional<ledger::debit_terms> debit_terms_in(json_fields& body) {
    auto given = body.optional_object("account_transfer");
    if (!given) return std::nullopt;
    ledger::debit_terms terms;
    const std::string_view consignor = given->text("consignor_code", {10, 10});
    const auto upper = ledger::parse_digits(consignor.substr(0, 5), 5);
    const auto lower = consignor.size() == 10 ? ledger::parse_digits(consignor.substr(5), 5) : std::nullopt;
    if (upper && lower) terms.consignor = std::uint64_t{*upper} * 100'000 + *lower;
    if (terms.consignor == 0)
        given->refuse("consignor_code", problem_code::invalid_value, "Must be ten digits, as the bank gave them.");
    terms.day = static_cast<std::int32_t>(given->integer("debit_day", 1, 31));
    terms.lead_days = static_cast<std::int32_t>(given->integer("lead_days", 0, ledger::debit_lead_days_max));
    given->finish();
    return terms;
}

} // namespace

ledger::wallet_id buyer_in(json_fields& body, const call& from) {
    const std::string_view wallet_text = body.text_or("wallet", {}, id_bounds);
    const std::string_view my_key_text = body.text_or("mykey_id", {}, id_bounds);
    if (from.is_resident() && wallet_text.empty() && my_key_text.empty()) return ledger::wallet_id{from.by.caller.id};
    if (wallet_text.empty() == my_key_text.empty()) {
        body.refuse("wallet", problem_code::malformed_request, "Either wallet or mykey_id must be there.");
        return {};
    }
    if (my_key_text.empty()) {
        const ledger::wallet_id wallet{from.keys.decode_id(storage::id_kind::wallet, wallet_text).value_or(0)};
        if (!wallet || !from.knows(wallet)) body.refuse("wallet", problem_code::wallet_unknown, {});
        return wallet;
    }
    const auto id = ledger::my_key_id::parse(my_key_text);
    const auto owner = id ? from.ledger.find_my_key(*id) : std::nullopt;
    if (!owner) body.refuse("mykey_id", problem_code::read_failed, {});
    const bool is_known = owner && *owner && (**owner).is_active && from.knows((**owner).wallet);
    if (owner && !is_known) body.refuse("mykey_id", problem_code::wallet_unknown, {});
    return is_known ? (**owner).wallet : ledger::wallet_id{};
}

asked set_purchase_terms(call& from) {
    const auto program = seller_in_path(from);
    if (!program) return tl::unexpected{program.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::purchase_terms terms;
    terms.minimum = body.amount("minimum");
    terms.maximum = body.amount("maximum");
    terms.per_day = body.amount("per_day");
    terms.per_month = body.amount("per_month");
    terms.days_to_pay = static_cast<std::int32_t>(body.integer("days_to_pay", 0, ledger::days_to_pay_max));
    terms.refund_days = static_cast<std::int32_t>(body.integer_or("refund_days", 0, 0, ledger::refund_days_max));
    terms.debits = debit_terms_in(body);
    terms.cards = body.boolean_or("card", false);
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (terms.maximum < terms.minimum)
        body.refuse("maximum", problem_code::invalid_value, "Must not be less than minimum.");
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::set_purchase_terms{*program, terms, std::move(reason)}};
}

asked request_purchase(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::request_purchase wanted;
    wanted.wallet = buyer_in(body, from);
    wanted.program = body.program("program");
    wanted.amount = body.amount("amount");
    wanted.method = purchase_method_values[body.one_of("method", purchase_methods)];
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (from.is_staff() && wanted.program != from.by.municipality) return refused(problem_code::forbidden);
    return ledger::command{wanted};
}

tl::expected<ledger::purchase, problem> purchase_named(const call& from, std::string_view id) {
    const auto position = from.keys.decode_id(storage::id_kind::purchase, id);
    if (!position) return tl::unexpected{problem{problem_code::not_found}};
    const auto found = from.ledger.entry_at(*position);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const requested = *found ? std::get_if<ledger::purchase_changed>(&(*found)->what) : nullptr;
    auto purchase = requested != nullptr ? ledger::purchase_in(**found) : std::nullopt;
    if (!purchase || !from.knows(purchase->program) || !from.knows(purchase->wallet))
        return tl::unexpected{problem{problem_code::not_found}};
    return *std::move(purchase);
}

asked cancel_purchase(call& from) {
    const auto purchase = purchase_named(from, from.route.captured[0]);
    if (!purchase) return tl::unexpected{purchase.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::cancel_purchase{purchase->program, purchase->wallet, purchase->reference, std::move(reason)}};
}

namespace {

asked decide_refund(call& from, bool approve) {
    const auto purchase = purchase_named(from, from.route.captured[0]);
    if (!purchase) return tl::unexpected{purchase.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{approve ? body.text_or("reason", {}, reason_bounds) : body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::decide_refund{purchase->program, purchase->wallet, purchase->reference, approve, std::move(reason)}};
}

} // namespace

asked propose_refund(call& from) {
    const auto purchase = purchase_named(from, from.route.captured[0]);
    if (!purchase) return tl::unexpected{purchase.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::propose_refund{purchase->program, purchase->wallet, purchase->reference, std::move(reason)}};
}

asked approve_refund(call& from) { return decide_refund(from, true); }

asked reject_refund(call& from) { return decide_refund(from, false); }

namespace {

// Whether the bank has been asked to debit it. One of which the mandate ended before is not among the order's debits.
tl::expected<bool, problem> is_ordered(const call& from, const ledger::purchase& one) {
    if (!one.debit || one.status != ledger::purchase_status::awaiting_payment) return false;
    const auto at = from.ledger.find_joining(from.keys.digest_of_debits(one.program, one.last_day));
    if (!at) return tl::unexpected{problem{problem_code::read_failed}};
    if (!*at) return false;
    const auto order = ordered_debits::find(from.ledger, **at);
    if (!order) return tl::unexpected{order.error()};
    const auto entry_at = reader_of(from.ledger);
    for (const auto ended : (**order).ended) {
        const auto entry = entry_at(ended);
        if (!entry) return tl::unexpected{problem{problem_code::read_failed}};
        if (ledger::mandate_in(*entry)->position == one.debit->mandate) return false;
    }
    return true;
}

problem_or_none write_as_it_stands(json_writer& json, const call& from, ledger::purchase_reference reference) {
    const auto newest = from.ledger.newest_of_purchase(reference);
    const auto purchase = newest && *newest ? ledger::purchase_in(**newest) : std::nullopt;
    if (!purchase) return problem{problem_code::read_failed};
    const auto ordered = is_ordered(from, *purchase);
    if (!ordered) return ordered.error();
    json.begin_object();
    write_purchase(json, *purchase, ledger::jst_day::of(from.now()), from.ids, *ordered);
    json.end_object();
    return std::nullopt;
}

} // namespace

problem_or_none get_purchase(call& from, http_response& answer) {
    const auto requested = purchase_named(from, from.route.captured[0]);
    if (!requested) return requested.error();
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    json_writer json{answer.body};
    return write_as_it_stands(json, from, requested->reference);
}

problem_or_none list_purchases(call& from, http_response& answer) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return problem{problem_code::not_found};
    const auto list = storage::number_of_list(ledger::wallet_id{*wallet}, storage::list_kind::purchases);
    return write_list(from, answer, list, [&](json_writer& json, ledger::journal_position position) -> problem_or_none {
        const auto request = from.ledger.entry_at(position);
        const auto purchase = request && *request ? ledger::purchase_in(**request) : std::nullopt;
        if (!purchase) return problem{problem_code::read_failed};
        if (!from.knows(purchase->program)) return std::nullopt;
        return write_as_it_stands(json, from, purchase->reference);
    });
}

} // namespace meguri::net
