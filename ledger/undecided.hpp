// Undecided points (留保ポイント): converted from a partner's, and no program chosen for them yet. They stand in a
// pseudo-program of their partner, where nothing can be spent and nothing expires, and leave it once: transferred
// (移行) to the program that the resident chooses, or, where none was chosen, to that of the home municipality
// (基本自治体) when 14 days are over. Their expiry begins with the transfer: it is the program that says how long its
// points are good.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/contract.hpp"
#include "ledger/ids.hpp"
#include "ledger/local_gov_code.hpp"

#include <cstdint>

namespace meguri::ledger {

// Through the 14th day in Japan after that of the conversion, which does not count (Civil Code, article 140).
inline constexpr std::int32_t undecided_days = 14;

// 9999-12-31: the last day of a lot that waits for its program.
inline constexpr jst_day never_expires{2'932'896};

[[nodiscard]] constexpr bool is_undecided(program_code code) noexcept { return code.is_pseudo(); }

// Where the points of one partner's customers stand until they are decided.
[[nodiscard]] inline program_code undecided_program(partner_id partner) noexcept {
    EXPECTS(partner && partner.value() <= 0xFFFF'FFFF - program_code::pseudo_first);
    return program_code::as_stored(program_code::pseudo_first + static_cast<std::uint32_t>(partner.value()));
}
[[nodiscard]] inline partner_id partner_of(program_code code) noexcept {
    EXPECTS(is_undecided(code));
    return partner_id{code.number() - program_code::pseudo_first};
}

// When points that were converted at that time go to the home municipality.
[[nodiscard]] constexpr instant decided_by_default_at(instant converted_at) noexcept {
    return jst_day::of(converted_at).plus_days(undecided_days).end();
}

} // namespace meguri::ledger
