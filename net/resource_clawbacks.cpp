#include "net/resource_clawbacks.hpp"

#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/recipients_csv.hpp"
#include "net/render_campaign.hpp"
#include "net/resource_campaigns.hpp"
#include "net/resource_recipients.hpp"

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> clawback_report_forms{"json", "csv"};

// The proposal that the path names: staff do not learn of another municipality's that it exists.
tl::expected<actors::read_campaigns, problem> clawback_in_path(const call& from) {
    const auto proposal = from.id(storage::id_kind::clawback);
    if (!proposal) return tl::unexpected{problem{problem_code::not_found}};
    const auto found = from.ledger.entry_at(*proposal);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const proposed = *found ? std::get_if<ledger::clawback_changed>(&(*found)->what) : nullptr;
    if (proposed == nullptr || proposed->step != ledger::clawback_step::proposal ||
        (from.is_staff() && proposed->program != from.by.municipality))
        return tl::unexpected{problem{problem_code::not_found}};
    actors::read_campaigns wanted{proposed->program, proposed->campaign};
    wanted.file = *proposal;
    return wanted;
}

asked decide_clawback(call& from, bool approve) {
    const auto named = clawback_in_path(from);
    if (!named) return tl::unexpected{named.error()};
    return read_reason(from, !approve).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::decide_clawback{named->program, named->campaign, named->file, approve, std::move(reason)}};
    });
}

const ledger::campaign_clawback* clawback_seen(const rendering& to) noexcept {
    const auto& seen = to.done.campaigns_seen;
    return seen.empty() ? nullptr : seen.front().clawback(std::get<actors::read_campaigns>(to.done.asked).file);
}

} // namespace

asked propose_clawback_of_all(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    return read_reason(from, true).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::propose_clawback{campaign->program, campaign->proposal, nullptr, {}, std::move(reason)}};
    });
}

asked propose_clawback_of_file(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const bool as_csv = query.one_of_or("report", clawback_report_forms, 0) == 1;
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const std::string_view file = from.request.body;
    auto source =
        std::make_shared<recipients_csv>(std::string{file}, from.keys, as_csv, recipients_csv::form::clawback);
    return ledger::command{
        ledger::propose_clawback{campaign->program, campaign->proposal, std::move(source), digest_of_file(file), {}}};
}

asked approve_clawback(call& from) { return decide_clawback(from, true); }

asked reject_clawback(call& from) { return decide_clawback(from, false); }

asked read_clawbacks(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_campaigns{campaign->program, campaign->proposal};
}

// Newest first: 100 at most.
problem_or_none render_clawbacks_read(rendering& to) {
    if (to.done.campaigns_seen.empty()) return problem{problem_code::not_found};
    const auto& campaign = to.done.campaigns_seen.front();
    json_writer json{to.body};
    json.begin_object().begin_array("data");
    for (auto one = campaign.clawbacks.rbegin(); one != campaign.clawbacks.rend(); ++one) {
        json.begin_object();
        write_clawback(json, campaign, *one, to.ids);
        json.end_object();
    }
    json.end_array().end_object();
    return std::nullopt;
}

asked read_clawback(call& from) {
    auto wanted = clawback_in_path(from);
    if (!wanted) return tl::unexpected{wanted.error()};
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return *wanted;
}

problem_or_none render_clawback_read(rendering& to) {
    const auto* const clawback = clawback_seen(to);
    if (clawback == nullptr) return problem{problem_code::not_found};
    json_writer json{to.body};
    json.begin_object();
    write_clawback(json, to.done.campaigns_seen.front(), *clawback, to.ids);
    json.end_object();
    return std::nullopt;
}

asked read_clawback_report(call& from) {
    auto wanted = clawback_in_path(from);
    if (!wanted) return tl::unexpected{wanted.error()};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    wanted->report_as_csv = query.one_of_or("format", clawback_report_forms, 0) == 1;
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return *wanted;
}

// The rows of which nothing was left, in their order: what was taken of the others is in their wallets' statements.
problem_or_none render_clawback_report(rendering& to) {
    const auto* const clawback = clawback_seen(to);
    if (clawback == nullptr) return problem{problem_code::not_found};
    std::vector<ledger::left_out_row> rows;
    for (auto at = clawback->last_ended; at != 0;) {
        const auto entry = to.ledger.entry_at(at);
        if (!entry || !*entry) return problem{problem_code::read_failed};
        const auto& told = std::get<ledger::clawback_changed>((*entry)->what);
        rows.insert(rows.end(), told.ended.begin(), told.ended.end());
        at = told.previous;
    }
    write_row_report(to, std::move(rows));
    return std::nullopt;
}

} // namespace meguri::net
