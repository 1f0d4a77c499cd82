#include "net/resource_conversions.hpp"

#include "net/failure_limit.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_conversion.hpp"
#include "net/resource_undecided.hpp"
#include "net/write_page.hpp"
#include "storage/index_keys.hpp"

#include <charconv>
#include <string>

namespace meguri::net {
namespace {

constexpr text_bounds partner_reference_bounds{1, 64};
constexpr text_bounds coupon_code_bounds{1, 64};
constexpr text_bounds unit_bounds{1, 32};

[[nodiscard]] ledger::partner_id partner_of(const call& from) noexcept {
    return ledger::partner_id{from.by.caller.kind == ledger::caller_kind::partner ? from.by.caller.id : 0};
}

// The number of a proposal in the path, without a zero in front.
std::optional<std::uint32_t> proposal_in_path(const call& from) noexcept {
    const std::string_view text = from.route.captured[1];
    std::uint32_t number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc{} || end != text.data() + text.size() || text.front() == '0') return std::nullopt;
    return number;
}

asked decide_terms(call& from, bool approve) {
    const auto partner = from.id(storage::id_kind::partner);
    const auto number = proposal_in_path(from);
    if (!partner || !number) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{approve ? body.text_or("reason", {}, reason_bounds) : body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::decide_conversion_terms{ledger::partner_id{*partner}, *number, approve, std::move(reason)}};
}

std::uint64_t units_in(json_fields& body, std::string_view name) {
    return static_cast<std::uint64_t>(body.integer(name, 1, static_cast<std::int64_t>(ledger::conversion_units_max)));
}

std::optional<ledger::points> limit_in(json_fields& body, std::string_view name) {
    const auto most = body.optional_integer(name, 1, ledger::campaign_budget_max);
    return most ? ledger::points::from(*most) : std::nullopt;
}

// Whom the points are for: by MyKey ID or by wallet, and by one of them alone.
struct named_wallet {
    ledger::wallet_id wallet;
    ledger::my_key_id my_key;
};
named_wallet read_named_wallet(json_fields& body, const storage::key_ring& keys) {
    const auto my_key_text = body.text_or("mykey_id", {}, id_bounds);
    const auto wallet_text = body.text_or("wallet", {}, id_bounds);
    named_wallet named;
    if (my_key_text.empty() == wallet_text.empty()) {
        body.refuse("mykey_id", problem_code::invalid_value, "Name either the MyKey ID or the wallet.");
        return named;
    }
    if (!my_key_text.empty()) {
        const auto id = ledger::my_key_id::parse(my_key_text);
        if (id)
            named.my_key = *id;
        else
            body.refuse("mykey_id", problem_code::invalid_value, "Must be eight characters of A to Z and 0 to 9.");
        return named;
    }
    const auto wallet = keys.decode_id(storage::id_kind::wallet, wallet_text);
    if (wallet)
        named.wallet = ledger::wallet_id{*wallet};
    else
        body.refuse("wallet", problem_code::wallet_unknown, {});
    return named;
}

// What only all terms together can say.
void check_terms(json_fields& body, const ledger::conversion_terms& terms) {
    if (terms.minimum % terms.step != 0)
        body.refuse("minimum_units", problem_code::invalid_value, "Must be a multiple of step_units.");
    else if (ledger::convert(terms.minimum, terms.rate).amount.is_zero())
        body.refuse("minimum_units", problem_code::invalid_value, "Must be worth a point at least.");
    else if (terms.per_person_day && *terms.per_person_day < ledger::convert(terms.minimum, terms.rate).amount)
        body.refuse("per_person_day", problem_code::invalid_value, "Must have room for minimum_units.");
    else if (!ledger::are_possible(terms))
        body.refuse("per_partner_day", problem_code::invalid_value, "Must have room for minimum_units.");
}

// The conversion, or the coupon's issue, at that place, if the caller may see it: partners see their own.
template <class Fact>
tl::expected<std::optional<ledger::entry>, problem> own_entry(call& from, ledger::journal_position position) {
    auto found = from.ledger.entry_at(position);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const fact = *found ? std::get_if<Fact>(&(**found).what) : nullptr;
    const auto only = partner_of(from);
    if (fact == nullptr || (only && fact->partner != only)) return std::nullopt;
    return std::move(*found);
}

problem_or_none answer_conversion(call& from, ledger::journal_position position, http_response& answer) {
    const auto found = own_entry<ledger::points_converted>(from, position);
    if (!found) return found.error();
    if (!*found) return problem{problem_code::not_found};
    json_writer json{answer.body};
    json.begin_object();
    write_conversion(json, **found, std::get<ledger::points_converted>((**found).what), from.ids);
    json.end_object();
    return std::nullopt;
}

problem_or_none write_found_coupon(json_writer& json, call& from, const ledger::entry& issue) {
    const auto& code = std::get<ledger::coupon_changed>(issue.what).what->code;
    const auto position = from.ledger.find_conversion(storage::index_kind::coupon, code);
    if (!position || !*position) return problem{problem_code::read_failed};
    const auto newest = from.ledger.entry_at(**position);
    if (!newest || !*newest) return problem{problem_code::read_failed};
    write_coupon(json, issue, **newest, from.ids);
    return std::nullopt;
}

} // namespace

// --- terms ---

asked propose_conversion_terms(call& from) {
    const auto partner = from.id(storage::id_kind::partner);
    if (!partner) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::conversion_terms terms;
    terms.unit = body.text("unit", unit_bounds);
    auto rate = body.object("rate");
    terms.rate.points = static_cast<std::uint32_t>(rate.integer("points", 1, ledger::conversion_rate::part_max));
    terms.rate.units = static_cast<std::uint32_t>(rate.integer("units", 1, ledger::conversion_rate::part_max));
    rate.finish();
    terms.minimum = units_in(body, "minimum_units");
    terms.step = units_in(body, "step_units");
    terms.per_person_day = limit_in(body, "per_person_day");
    terms.per_partner_day = limit_in(body, "per_partner_day");
    body.finish();
    if (!fault) check_terms(body, terms);
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::propose_conversion_terms{
        ledger::partner_id{*partner}, std::make_shared<const ledger::conversion_terms>(std::move(terms))}};
}

asked approve_conversion_terms(call& from) { return decide_terms(from, true); }

asked reject_conversion_terms(call& from) { return decide_terms(from, false); }

asked read_conversion_terms(call& from) {
    const auto partner = from.id(storage::id_kind::partner);
    if (!partner) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_conversions{ledger::partner_id{*partner}};
}

asked read_own_conversion_terms(call& from) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_conversions{partner_of(from)};
}

problem_or_none render_conversion_terms(rendering& to) {
    json_writer json{to.body};
    json.begin_object();
    write_partner_terms(json, *to.done.partner_seen, to.ids);
    json.end_object();
    return std::nullopt;
}

// --- conversions ---

asked convert_points(call& from) {
    if (!partner_of(from)) return credit_undecided(from);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reference{body.text("reference", partner_reference_bounds)};
    const auto units = units_in(body, "units");
    const auto named = read_named_wallet(body, from.keys);
    const auto program = body.optional_program("program");
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::convert_points{partner_of(from), named.wallet, named.my_key, std::move(reference),
                                                  units, program.value_or(ledger::program_code{})}};
}

problem_or_none get_conversion(call& from, http_response& answer) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto position = from.id(storage::id_kind::conversion);
    return position ? answer_conversion(from, *position, answer) : problem{problem_code::not_found};
}

// By the reference; an operator names the partner, too.
problem_or_none find_conversion(call& from, http_response& answer) {
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const std::string reference = query.text("reference", partner_reference_bounds);
    auto partner = partner_of(from);
    if (!partner) {
        const auto named = from.keys.decode_id(storage::id_kind::partner, query.text("partner", id_bounds));
        partner = ledger::partner_id{named.value_or(0)};
    }
    query.finish();
    if (fault) return std::move(*fault);
    const auto digest = from.keys.digest_of_conversion(partner, reference);
    const auto position = from.ledger.find_conversion(storage::index_kind::conversion_reference, digest);
    if (!position) return problem{problem_code::read_failed};
    if (!*position) return problem{problem_code::not_found};
    const auto found = from.ledger.entry_at(**position);
    if (!found || !*found) return problem{problem_code::read_failed};
    const auto* const issued = std::get_if<ledger::coupon_changed>(&(**found).what);
    if (issued == nullptr) return answer_conversion(from, **position, answer);
    const auto newest = from.ledger.find_conversion(storage::index_kind::coupon, issued->what->code);
    if (!newest || !*newest) return problem{problem_code::read_failed};
    return answer_conversion(from, **newest, answer); // of a coupon that was not redeemed there is none
}

// --- coupons ---

namespace {

// A resident need not name it, and has no other one.
named_wallet read_own_wallet(json_fields& body, const call& from) {
    const auto text = body.text_or("wallet", {}, id_bounds);
    if (!text.empty() && from.keys.decode_id(storage::id_kind::wallet, text) != from.by.caller.id)
        body.refuse("wallet", problem_code::wallet_unknown, {});
    return {ledger::wallet_id{from.by.caller.id}, {}};
}

// Codes that residents guess are counted by address too, beside the count of each wallet: whoever has many wallets has
// no more tries by that. Not those of an office, which redeems for many people from one address and has a key to lose.
problem_or_none count_guess(const call& from, const ledger::digest128& code) {
    if (!from.is_resident()) return std::nullopt;
    const auto address = from.request.from;
    const auto now_ns = from.request.received_steady_ns;
    const problem beyond{problem_code::too_many_failures, "Too many wrong codes were tried from this address."};
    if (from.tries.is_reached(address, now_ns)) return beyond;
    const auto known = from.ledger.find_conversion(storage::index_kind::coupon, code);
    if (!known) return problem{problem_code::read_failed};
    if (*known || from.tries.count(address, now_ns)) return std::nullopt;
    return beyond;
}

} // namespace

asked issue_coupon(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::issue_coupon wanted;
    wanted.partner = partner_of(from);
    wanted.reference = body.text("reference", partner_reference_bounds);
    const auto units = body.optional_integer("units", 1, static_cast<std::int64_t>(ledger::conversion_units_max));
    const auto amount = body.optional_amount("amount");
    wanted.program = body.optional_program("program").value_or(ledger::program_code{});
    wanted.last_day = body.date("last_day");
    body.finish();
    if (units.has_value() == amount.has_value())
        body.refuse("units", problem_code::invalid_value, "Give the value either in units or as an amount of points.");
    if (fault) return tl::unexpected{std::move(*fault)};
    wanted.units = static_cast<std::uint64_t>(units.value_or(0));
    wanted.amount = amount.value_or(ledger::points{});
    return ledger::command{std::move(wanted)};
}

asked block_coupon(call& from) {
    const auto position = from.id(storage::id_kind::coupon);
    if (!position) return refused(problem_code::not_found);
    const auto issue = own_entry<ledger::coupon_changed>(from, *position);
    if (!issue) return tl::unexpected{issue.error()};
    if (!*issue) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::block_coupon{std::get<ledger::coupon_changed>((**issue).what).partner, *position, std::move(reason)}};
}

asked redeem_coupon(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string_view code = body.text("code", coupon_code_bounds);
    const auto digest = from.keys.digest_of_coupon(code);
    const auto named = from.is_resident() ? read_own_wallet(body, from) : read_named_wallet(body, from.keys);
    const auto program = body.optional_program("program");
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (auto beyond = count_guess(from, digest)) return tl::unexpected{*std::move(beyond)};
    return ledger::command{
        ledger::redeem_coupon{named.wallet, named.my_key, digest, program.value_or(ledger::program_code{})}};
}

problem_or_none get_coupon(call& from, http_response& answer) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto position = from.id(storage::id_kind::coupon);
    if (!position) return problem{problem_code::not_found};
    const auto issue = own_entry<ledger::coupon_changed>(from, *position);
    if (!issue) return issue.error();
    if (!*issue) return problem{problem_code::not_found};
    json_writer json{answer.body};
    json.begin_object();
    if (auto failed = write_found_coupon(json, from, **issue)) return failed;
    json.end_object();
    return std::nullopt;
}

problem_or_none get_coupons(call& from, http_response& answer) {
    const auto list = storage::number_of_list(partner_of(from), storage::list_kind::coupons);
    return write_list(from, answer, list, [&](json_writer& json, ledger::journal_position position) -> problem_or_none {
        const auto issue = from.ledger.entry_at(position);
        if (!issue || !*issue) return problem{problem_code::read_failed};
        json.begin_object();
        if (auto failed = write_found_coupon(json, from, **issue)) return failed;
        json.end_object();
        return std::nullopt;
    });
}

} // namespace meguri::net
