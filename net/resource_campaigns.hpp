// POST, GET /v1/programs/{code}/campaigns
// GET /v1/campaigns/{id}
// POST /v1/campaigns/{id}/approvals, /rejections, /closing, /grants
// POST /v1/campaigns/{id}/increases, /increases/{number}/approvals, /increases/{number}/rejections
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// The campaign that the path names: staff do not learn of another municipality's that it exists.
struct named_campaign : ledger::campaign_ref {
    ledger::campaign_terms_ptr terms; // they never change
};
[[nodiscard]] tl::expected<named_campaign, problem> campaign_in_path(const call& from);

// A rejection without a reason helps nobody.
[[nodiscard]] tl::expected<std::string, problem> read_reason(call& from, bool is_required);

[[nodiscard]] asked propose_campaign(call& from);
[[nodiscard]] asked approve_campaign(call& from);
[[nodiscard]] asked reject_campaign(call& from);
[[nodiscard]] asked close_campaign(call& from);
[[nodiscard]] asked propose_increase(call& from);
[[nodiscard]] asked approve_increase(call& from);
[[nodiscard]] asked reject_increase(call& from);
[[nodiscard]] asked grant_from_campaign(call& from);

[[nodiscard]] asked read_campaigns(call& from);
[[nodiscard]] problem_or_none render_campaigns_read(rendering& to);
[[nodiscard]] asked read_campaign(call& from);
[[nodiscard]] problem_or_none render_campaign_read(rendering& to);

} // namespace meguri::net
