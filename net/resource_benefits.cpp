#include "net/resource_benefits.hpp"

#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/recipients_csv.hpp"
#include "net/render_campaign.hpp"
#include "net/resource_campaigns.hpp"
#include "net/resource_recipients.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> eligibility_report_forms{"json", "csv"};
constexpr text_bounds event_name_bounds{1, 64};
constexpr text_bounds moment_bounds{20, 35};
constexpr text_bounds event_code_bounds{1, 64};

asked decide_eligibility(call& from, bool approve) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    return read_reason(from, !approve).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::decide_eligibility{campaign->program, campaign->proposal, approve, std::move(reason)}};
    });
}

// The entry that opened the event at that place; staff do not learn of another municipality's that it exists.
tl::expected<ledger::event_changed, problem> event_at(const call& from, ledger::journal_position opening) {
    auto found = from.ledger.entry_at(opening);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    auto* const opened = *found ? std::get_if<ledger::event_changed>(&(*found)->what) : nullptr;
    if (opened == nullptr || opened->step != ledger::event_step::opening ||
        (from.is_staff() && opened->program != from.by.municipality))
        return tl::unexpected{problem{problem_code::not_found}};
    opened->what.position = opening;
    return std::move(*opened);
}

tl::expected<ledger::event_changed, problem> event_in_path(const call& from) {
    const auto opening = from.id(storage::id_kind::event);
    if (!opening) return tl::unexpected{problem{problem_code::not_found}};
    return event_at(from, *opening);
}

ledger::instant moment_in(json_fields& body, std::string_view name) {
    const auto text = body.text(name, moment_bounds);
    const auto at = ledger::parse_rfc3339(text);
    if (!at) body.refuse(name, problem_code::invalid_value, "Must be a time as in RFC 3339.");
    return at.value_or(ledger::instant{});
}

} // namespace

asked accept_eligibility(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const bool as_csv = query.one_of_or("report", eligibility_report_forms, 0) == 1;
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const std::string_view file = from.request.body;
    auto source =
        std::make_shared<recipients_csv>(std::string{file}, from.keys, as_csv, recipients_csv::form::eligible);
    return ledger::command{
        ledger::accept_eligibility{campaign->program, campaign->proposal, digest_of_file(file), std::move(source)}};
}

asked approve_eligibility(call& from) { return decide_eligibility(from, true); }

asked reject_eligibility(call& from) { return decide_eligibility(from, false); }

problem_or_none get_eligibility_key(call& from, http_response& answer) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return campaign.error();
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto key = from.keys.eligibility_key(campaign->proposal);
    std::array<char, 2 * 32 + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), key.reveal().data(), key.reveal().size());
    json_writer json{answer.body};
    json.begin_object();
    json.plain("campaign", from.ids.encode(storage::id_kind::campaign, campaign->proposal).view());
    json.plain("algorithm", "HMAC-SHA-256");
    json.plain("key", hex.data());
    json.end_object();
    return std::nullopt;
}

// For whoever is logged in: what they are granted says the list alone.
asked apply_for_benefit(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (!campaign->terms->eligible_only) return refused(problem_code::invalid_state);
    const bool has_amount = campaign->terms->rule == ledger::amount_rule::up_to;
    if (has_amount) return refused(problem_code::invalid_state); // how much is for the staff to say
    return ledger::command{ledger::grant_from_campaign{campaign->program, campaign->proposal,
                                                       ledger::wallet_id{from.by.caller.id},
                                                       std::string{ledger::benefit_occasion}, std::nullopt, 0}};
}

// --- events ---

asked open_event(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::campaign_event event;
    event.name = body.text("occasion", event_name_bounds);
    event.begins = moment_in(body, "begins_at");
    event.ends = moment_in(body, "ends_at");
    event.rotates_s = static_cast<std::int32_t>(
        body.optional_integer("rotates_every_s", ledger::event_rotation_min_s, ledger::event_rotation_max_s)
            .value_or(0));
    body.finish();
    if (!is_possible(event))
        body.refuse("ends_at", problem_code::invalid_value, "Must lie after begins_at, by 366 days at most.");
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::open_event{campaign->program, campaign->proposal, std::move(event)}};
}

asked close_event(call& from) {
    const auto event = event_in_path(from);
    if (!event) return tl::unexpected{event.error()};
    return read_reason(from, true).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::close_event{event->program, event->campaign, event->what.position, std::move(reason)}};
    });
}

asked read_events(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_campaigns{campaign->program, campaign->proposal};
}

// Newest first: 200 at most.
problem_or_none render_events_read(rendering& to) {
    if (to.done.campaigns_seen.empty()) return problem{problem_code::not_found};
    const auto& campaign = to.done.campaigns_seen.front();
    json_writer json{to.body};
    json.begin_object().begin_array("data");
    for (auto one = campaign.events.rbegin(); one != campaign.events.rend(); ++one) {
        json.begin_object();
        write_event(json, campaign.position, *one, to.ids);
        json.end_object();
    }
    json.end_array().end_object();
    return std::nullopt;
}

// What is to be shown now and until when: the screen asks again then. Whether the event was closed meanwhile its
// redemption says.
problem_or_none get_event_code(call& from, http_response& answer) {
    const auto event = event_in_path(from);
    if (!event) return event.error();
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const auto picture = query.picture();
    query.finish();
    if (fault) return std::move(*fault);
    const ledger::campaign_event& what = event->what;
    if (from.now() >= what.ends) return problem{problem_code::event_not_open};
    const auto at = std::max(from.now(), what.begins); // before it begins: the first one, to be printed
    const auto number = code_shown_at(what, at);
    const std::int64_t rotates_ms = std::int64_t{what.rotates_s} * 1000;
    const auto begins = what.begins.plus_ms(number * rotates_ms);
    const auto ends = what.rotates_s == 0 ? what.ends : std::min(begins.plus_ms(rotates_ms), what.ends);
    const auto code = from.keys.event_code(what.position, number);
    if (picture != symbology::none) {
        draw_code(answer.body, picture, code);
        answer.content_type = svg_content_type;
        return std::nullopt;
    }
    json_writer json{answer.body};
    json.begin_object();
    json.plain("event", from.ids.encode(storage::id_kind::event, what.position).view());
    json.plain("code", code);
    json.plain("valid_from", ledger::to_rfc3339(begins));
    json.plain("valid_until", ledger::to_rfc3339(ends));
    json.end_object();
    return std::nullopt;
}

asked redeem_event(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto code = from.keys.read_event_code(body.text("code", event_code_bounds));
    body.finish();
    if (!code) body.refuse("code", problem_code::event_code_unknown, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto event = event_at(from, code->event);
    if (!event && event.error().code == problem_code::not_found)
        body.refuse("code", problem_code::event_code_unknown, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    if (!event) return tl::unexpected{event.error()};
    return ledger::command{ledger::redeem_event{event->program, event->campaign, code->event, code->number,
                                                ledger::wallet_id{from.by.caller.id}}};
}

} // namespace meguri::net
