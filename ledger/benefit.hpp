// Policy benefits: who may have points of a campaign, and when. A list of the eligible comes as a CSV, every line of it
// checked first; the first one of a campaign is in force at once, each later one takes its place when a second person
// approves it. And occasions of events, at which residents redeem a code that the staff show.
//
//   eligibility_listed *   the rows, some hundred an entry: they mean nothing until a change names them
//   eligibility_changed    accepted, or proposed and then approved or rejected
//   event_changed          opened, closed
//   benefit_granted        to one person: from which list, at which event, for which measure
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/digest.hpp"
#include "ledger/ids.hpp"
#include "ledger/my_key_id.hpp"
#include "ledger/payment.hpp"
#include "ledger/person.hpp"
#include "ledger/recipients.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

// Somebody who may have the benefit: the wallet that had the MyKey ID of the line, or whose MyKey ID has that digest
// under the campaign's key when it is asked for.
struct eligible_row {
    wallet_id wallet; // none: the digest says who
    digest128 digest;
    std::uint64_t measured = 0; // of rules by measure; 0 for all others
    friend bool operator==(const eligible_row&, const eligible_row&) noexcept = default;
};

// Numbers are stored: never change them.
enum class eligibility_step : std::uint8_t { acceptance = 1, proposal = 2, approval = 3, rejection = 4 };
enum class event_step : std::uint8_t { opening = 1, closing = 2 };

// A list of a campaign, named by the entry that accepted or proposed it.
struct eligibility_list {
    journal_position position = 0;
    file_digest digest{};
    std::uint32_t rows = 0;
    person_ref maker;
    friend bool operator==(const eligibility_list&, const eligibility_list&) = default;
};

inline constexpr std::size_t campaign_events_max = 200;    // of one campaign, over all its days
inline constexpr std::int32_t event_rotation_min_s = 5;    // shorter, and nobody can scan it
inline constexpr std::int32_t event_rotation_max_s = 3600; // longer, and it is as good as printed
inline constexpr std::int32_t event_grace_max_s = 10;      // so long an old code is taken: scanning takes a moment
inline constexpr std::int32_t event_hours_max = 366 * 24;  // from its beginning to its end
// Codes of one event are numbered from its beginning; not more than stand in three bytes of the code.
inline constexpr std::uint32_t event_code_last = 0xFFFFFF;

// An occasion at which residents redeem a code.
struct campaign_event {
    journal_position position = 0; // of its opening: what its id and its codes name
    std::string name;              // the occasion of its grants, 1 to 64 characters
    instant begins;
    instant ends;               // not from then on
    std::int32_t rotates_s = 0; // so often another code is shown; 0: one for all the time, to be printed
    bool closed = false;
    friend bool operator==(const campaign_event&, const campaign_event&) = default;
};
[[nodiscard]] bool is_possible(const campaign_event& one) noexcept;
// Which of the event's codes is shown at that time. Contract: the event has begun.
[[nodiscard]] std::uint32_t code_shown_at(const campaign_event& of, instant now) noexcept;
// Whether that code is taken then: the one that is shown, or the one before it for a moment.
[[nodiscard]] bool is_code_taken(const campaign_event& of, std::uint32_t code, instant now) noexcept;

// --- facts ---

// A part of a list whose rows were checked.
struct eligibility_listed {
    program_code program;
    journal_position campaign = 0; // of its proposal
    std::uint32_t first_row = 0;   // within the list
    std::vector<eligible_row> rows;
};
struct eligibility_changed {
    program_code program;
    journal_position campaign = 0;
    eligibility_step step = eligibility_step::acceptance;
    journal_position list = 0; // of the acceptance or proposal; 0: this is it
    file_digest digest{};
    std::uint32_t rows = 0;
    std::vector<journal_position> lists; // of an acceptance or proposal: its eligibility_listed, in their order
    person_ref maker;                    // who brought the list; the entry's person did this step
    std::string reason;                  // may be empty
};
struct event_changed {
    program_code program;
    journal_position campaign = 0;
    event_step step = event_step::opening;
    campaign_event what; // of an opening its position is 0: this is it
    std::string reason;  // of a closing
};
// A new lot from the campaign's budget, for a person: one entry says both.
struct benefit_granted {
    wallet_id wallet;
    journal_position campaign = 0;
    std::string occasion;       // of the campaign and the person, as of campaign_granted
    my_key_id my_key;           // of the person; none: the campaign does not ask for one, and there is none
    journal_position list = 0;  // that the person is on; 0: none is asked for
    journal_position event = 0; // at which a code was redeemed; 0: none was
    std::uint64_t measured = 0; // of rules by measure
    lot_use lot;                // the whole lot, new
};

// --- on the way ---

// What a benefit rests on, as its campaign has found it; the wallet takes it only if the person is still the same.
struct benefit_basis {
    std::string occasion;
    my_key_id my_key;
    journal_position list = 0;
    journal_position event = 0;
    std::uint64_t measured = 0;
    bool needs_person = false;
};

} // namespace meguri::ledger
