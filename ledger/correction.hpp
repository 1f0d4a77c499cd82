// A correction: points that a wallet was given or denied by mistake are taken or credited by a new entry. One person
// proposes it with its reason, another one approves it or not (domain rules 17 and 18).
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/funding.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/points.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class correction_kind : std::uint8_t {
    credit = 1, // a new lot
    debit = 2,  // from lots of that source, to `cancelled`
};

[[nodiscard]] constexpr std::string_view name_of(correction_kind kind) noexcept {
    return kind == correction_kind::credit ? "credit" : "debit";
}

struct correction {
    correction_kind kind = correction_kind::credit;
    program_code program;
    points amount;         // 1 to points::command_max
    funding_source source; // who pays for it, or gets it back
    jst_day expires_on;    // of a credit: its last day; of a debit 0
    std::string reason;
    friend bool operator==(const correction&, const correction&) = default;
};
using correction_ptr = std::shared_ptr<const correction>;

// So many may be open of one wallet.
inline constexpr std::size_t corrections_max = 16;

} // namespace meguri::ledger
