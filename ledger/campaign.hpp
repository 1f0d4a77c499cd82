// A campaign as it stands: proposed by one person, approved by another, and what was granted from its budget (domain
// rules 13 and 14). Changed by apply() alone, from entries alone; the campaigns' actor, the checkpointer and `meguri
// verify` use the same function.
#pragma once

#include "ledger/entry.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class campaign_status : std::uint8_t { proposed = 1, approved = 2, rejected = 3, closed = 4 };

[[nodiscard]] std::string_view name_of(campaign_status status) noexcept;

// More budget, which waits for its second person.
struct budget_increase {
    std::uint32_t number = 0; // within the campaign, from 1
    points amount;
    person_ref maker;
    std::string reason;
    friend bool operator==(const budget_increase&, const budget_increase&) = default;
};

struct campaign {
    program_code program;
    journal_position position = 0;      // of its proposal: what its id names
    journal_position last_position = 0; // of the last entry applied that has one
    campaign_terms_ptr terms;
    person_ref maker;
    instant proposed_at;
    campaign_status status = campaign_status::proposed;
    person_ref checker; // who approved or rejected it; none yet
    points budget;      // approved
    points granted;
    points reserved; // for rows of accepted files that are not granted yet
    std::uint64_t grants = 0;
    std::uint32_t increases = 0; // proposed so far
    std::optional<budget_increase> open_increase;
    std::vector<recipient_file> files;             // accepted, in their order
    std::optional<eligibility_list> eligible;      // in force
    std::optional<eligibility_list> open_eligible; // waits to take its place
    std::vector<campaign_clawback> clawbacks;      // in the order of their proposals
    points clawed_back;                            // of what was granted: the budget has it again
    std::vector<campaign_event> events;            // in the order of their openings

    // The file that was accepted there; null: none of this campaign.
    [[nodiscard]] recipient_file* file(journal_position acceptance) noexcept;
    [[nodiscard]] const recipient_file* file(journal_position acceptance) const noexcept;
    [[nodiscard]] bool has_file(const file_digest& digest) const noexcept;
    [[nodiscard]] campaign_clawback* clawback(journal_position proposal) noexcept;
    [[nodiscard]] const campaign_clawback* clawback(journal_position proposal) const noexcept;
    // The event that was opened there; null: none of this campaign.
    [[nodiscard]] const campaign_event* event(journal_position opening) const noexcept;
    // Whether it is more than campaigns were before there were benefits.
    [[nodiscard]] bool has_benefits() const noexcept;
    // What is granted and not taken back and what is reserved, together with `more`; nullopt: more than the budget.
    [[nodiscard]] std::optional<points> taken_with(points more) const noexcept;
};

// All of one program, in the order of their proposals.
using campaign_list = std::vector<campaign>;
[[nodiscard]] campaign* find_campaign(campaign_list& in, journal_position proposal) noexcept;

// The program and the proposal of the campaign that the entry began, changed or granted from; 0: none.
struct campaign_ref {
    program_code program;
    journal_position proposal = 0;
    friend auto operator<=>(const campaign_ref&, const campaign_ref&) noexcept = default;
};
[[nodiscard]] campaign_ref campaign_of(const entry& one) noexcept;

// What the entry granted from a campaign; null members: it is no grant.
struct campaign_grant_seen {
    journal_position campaign = 0;
    wallet_id wallet;
    const std::string* occasion = nullptr;
    const lot_use* lot = nullptr;
};
[[nodiscard]] campaign_grant_seen campaign_grant_in(const entry& one) noexcept;

// Whether the entry may follow: two different persons, granted by the rule, on its days and within the approved budget.
// For those who check decisions. Contract: it concerns this campaign, or is the proposal of a new one.
[[nodiscard]] bool follows(const campaign& before, const entry& one);

// Contract: as follows(), which holds.
void apply(campaign& state, const entry& applied);

} // namespace meguri::ledger
