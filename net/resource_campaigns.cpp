#include "net/resource_campaigns.hpp"

#include "net/category_fields.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_campaign.hpp"

#include <array>
#include <charconv>
#include <string>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 4> amount_rules{"fixed", "up_to", "steps", "percentage"};
constexpr std::array<std::string_view, ledger::amount_steps_max> step_names{
    "steps/0",  "steps/1",  "steps/2",  "steps/3",  "steps/4",  "steps/5",  "steps/6",
    "steps/7",  "steps/8",  "steps/9",  "steps/10", "steps/11", "steps/12", "steps/13",
    "steps/14", "steps/15", "steps/16", "steps/17", "steps/18", "steps/19"};
constexpr text_bounds occasion_bounds{1, 64};

// The program in the path, if it is the caller's.
tl::expected<ledger::program_code, problem> program_in_path(const call& from) {
    const std::string_view text = from.route.captured[0];
    if (!ledger::local_gov_code::is_six_digits(text)) return tl::unexpected{problem{problem_code::not_found}};
    const auto code = ledger::local_gov_code::parse(text);
    if (!code) return tl::unexpected{problem{problem_code::invalid_local_gov_code}};
    if (from.is_staff() && *code != from.by.municipality) return tl::unexpected{problem{problem_code::forbidden}};
    return *code;
}

} // namespace

tl::expected<named_campaign, problem> campaign_in_path(const call& from) {
    const auto proposal = from.id(storage::id_kind::campaign);
    if (!proposal) return tl::unexpected{problem{problem_code::not_found}};
    const auto found = from.ledger.entry_at(*proposal);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const proposed = *found ? std::get_if<ledger::campaign_proposed>(&(*found)->what) : nullptr;
    if (proposed == nullptr || (from.is_staff() && proposed->program != from.by.municipality))
        return tl::unexpected{problem{problem_code::not_found}};
    return named_campaign{{proposed->program, *proposal}, proposed->terms};
}

namespace {

std::optional<std::uint32_t> increase_in_path(const call& from) noexcept {
    const std::string_view text = from.route.captured[1];
    std::uint32_t number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc{} || end != text.data() + text.size() || text.front() == '0') return std::nullopt;
    return number;
}

} // namespace

tl::expected<std::string, problem> read_reason(call& from, bool is_required) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{is_required ? body.text("reason", reason_bounds) : body.text_or("reason", {}, reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return reason;
}

namespace {

asked decide_campaign(call& from, bool approve) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    return read_reason(from, !approve).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::decide_campaign{campaign->program, campaign->proposal, approve, std::move(reason)}};
    });
}

asked decide_increase(call& from, bool approve) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    const auto number = increase_in_path(from);
    if (!number) return refused(problem_code::not_found);
    return read_reason(from, !approve).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::decide_increase{campaign->program, campaign->proposal, *number, approve, std::move(reason)}};
    });
}

ledger::points budget_in(json_fields& body, std::string_view name) {
    return ledger::points::from(body.integer(name, 1, ledger::campaign_budget_max)).value_or(ledger::points{});
}

// Staff give out their own municipality's budget alone; an operator may be told whose it is.
void check_source(json_fields& body, const call& from, const ledger::campaign_terms& terms) {
    const std::string own = "budget:" + from.by.municipality.text() + ':';
    if (from.is_staff() && !terms.source.text().starts_with(own))
        body.refuse("source", problem_code::invalid_value, "Must begin with " + own);
}

// What only all days together can say.
void check_days(json_fields& body, const ledger::campaign_terms& terms) {
    if (terms.last_day < terms.first_day)
        body.refuse("last_day", problem_code::invalid_value, "Must not lie before first_day.");
    if (terms.expires_on != ledger::jst_day{} && terms.expires_on < terms.last_day)
        body.refuse("expires_on", problem_code::invalid_value, "Must not lie before last_day.");
    if (terms.rule != ledger::amount_rule::steps && terms.per_grant > terms.budget)
        body.refuse("amount", problem_code::invalid_value, "Must not be more than the budget.");
}

// What the rule needs beside its amount, each where it belongs and nowhere else.
void read_rule(json_fields& body, ledger::campaign_terms& into) {
    const bool by_steps = into.rule == ledger::amount_rule::steps;
    const bool by_part = into.rule == ledger::amount_rule::percentage;
    const auto amount = body.optional_amount("amount");
    auto steps = body.optional_objects("steps", step_names);
    const auto part = body.optional_integer("basis_points", 1, ledger::basis_points_max);
    for (auto& one : steps) {
        const auto from = one.integer("from", 0, static_cast<std::int64_t>(ledger::measure_max));
        const auto given = one.amount("amount");
        one.finish();
        if (!into.steps.empty() && static_cast<std::uint64_t>(from) <= into.steps.back().from)
            one.refuse("from", problem_code::invalid_value, "Must be more than in the step before.");
        if (!into.steps.empty() && given <= into.steps.back().amount)
            one.refuse("amount", problem_code::invalid_value, "Must be more than in the step before.");
        into.steps.push_back({static_cast<std::uint64_t>(from), given});
    }
    const auto belongs = [&](std::string_view name, bool is_there, bool is_wanted) {
        if (is_there && !is_wanted) body.refuse(name, problem_code::invalid_value, "The rule has none.");
        if (!is_there && is_wanted) body.refuse(name, problem_code::malformed_request, "This member is required.");
    };
    belongs("amount", amount.has_value(), !by_steps);
    belongs("steps", !into.steps.empty(), by_steps);
    belongs("basis_points", part.has_value(), by_part);
    into.per_grant = by_steps && !into.steps.empty() ? into.steps.back().amount : amount.value_or(ledger::points{});
    into.basis_points = static_cast<std::uint32_t>(part.value_or(0));
}

} // namespace

asked propose_campaign(call& from) {
    const auto program = program_in_path(from);
    if (!program) return tl::unexpected{program.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string name{body.text("name")};
    auto source = body.funding_source("source");
    const auto budget = budget_in(body, "budget");
    const auto first_day = body.date("first_day");
    const auto last_day = body.date("last_day");
    const auto rule = static_cast<ledger::amount_rule>(body.one_of("amount_rule", amount_rules) + 1);
    const auto expires_on = body.optional_date("expires_on");
    const bool eligible_only = body.boolean_or("eligible_only", false);
    const bool per_person = body.boolean_or("per_person", false);
    auto earmark = read_optional_categories(body, "earmark");
    if (fault) return tl::unexpected{std::move(*fault)};
    ledger::campaign_terms read{std::move(name),
                                *std::move(source),
                                budget,
                                first_day,
                                last_day,
                                rule,
                                {},
                                expires_on.value_or(ledger::jst_day{})};
    read.eligible_only = eligible_only;
    read.per_person = per_person;
    read.earmark = std::move(earmark);
    read_rule(body, read);
    body.finish();
    if (expires_on == ledger::jst_day{}) body.refuse("expires_on", problem_code::expires_in_the_past, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    auto terms = std::make_shared<const ledger::campaign_terms>(std::move(read));
    check_days(body, *terms);
    check_source(body, from, *terms);
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::propose_campaign{*program, std::move(terms)}};
}

asked approve_campaign(call& from) { return decide_campaign(from, true); }

asked reject_campaign(call& from) { return decide_campaign(from, false); }

asked close_campaign(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    return read_reason(from, true).map([&](std::string reason) -> actors::request {
        return ledger::command{ledger::close_campaign{campaign->program, campaign->proposal, std::move(reason)}};
    });
}

asked propose_increase(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto amount = budget_in(body, "amount");
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::propose_increase{campaign->program, campaign->proposal, amount, std::move(reason)}};
}

asked approve_increase(call& from) { return decide_increase(from, true); }

asked reject_increase(call& from) { return decide_increase(from, false); }

asked grant_from_campaign(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string_view wallet_text = body.text("wallet", id_bounds);
    const auto& terms = *campaign->terms;
    std::string occasion{terms.eligible_only ? ledger::benefit_occasion : body.text("occasion", occasion_bounds)};
    const bool by_measure = is_by_measure(terms.rule);
    const auto amount = by_measure ? std::nullopt : body.optional_amount("amount");
    const bool wants_measure = by_measure && !terms.eligible_only; // else the list says it
    const auto measured =
        wants_measure ? body.integer("measured", 0, static_cast<std::int64_t>(ledger::measure_max)) : 0;
    body.finish();
    const auto wallet = from.keys.decode_id(storage::id_kind::wallet, wallet_text);
    if (!wallet) body.refuse("wallet", problem_code::wallet_unknown, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::grant_from_campaign{campaign->program, campaign->proposal,
                                                       ledger::wallet_id{*wallet}, std::move(occasion), amount,
                                                       static_cast<std::uint64_t>(measured)}};
}

asked read_campaigns(call& from) {
    const auto program = program_in_path(from);
    if (!program) return tl::unexpected{program.error()};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const page wanted = query.read_page(from.keys);
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    // One more than is shown says whether there is another page.
    return actors::read_campaigns{*program, 0, wanted.before.value_or(0), wanted.limit + 1};
}

problem_or_none render_campaigns_read(rendering& to) {
    const std::size_t limit = std::get<actors::read_campaigns>(to.done.asked).limit - 1;
    const auto& seen = to.done.campaigns_seen;
    json_writer json{to.body};
    json.begin_object().begin_array("data");
    for (std::size_t i = 0; i < seen.size() && i < limit; ++i) {
        json.begin_object();
        write_campaign(json, seen[i], to.ids);
        json.end_object();
    }
    json.end_array();
    seen.size() > limit
        ? json.plain("next", to.keys.encode_id(storage::id_kind::cursor, seen[limit - 1].position).view())
        : json.null("next");
    json.end_object();
    return std::nullopt;
}

asked read_campaign(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_campaigns{campaign->program, campaign->proposal};
}

problem_or_none render_campaign_read(rendering& to) {
    if (to.done.campaigns_seen.empty()) return problem{problem_code::not_found};
    json_writer json{to.body};
    json.begin_object();
    write_campaign(json, to.done.campaigns_seen.front(), to.ids);
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
