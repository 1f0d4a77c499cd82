// A partner's file of one day: CSV whose first line names the columns reference, units and amount, in any order.
//
//   reference   1 to 64 characters, each once
//   units       digits; empty for a coupon whose value was said in points
//   amount      points, digits
#pragma once

#include "ledger/reconciliation.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace meguri::net {

enum class partner_column : std::uint8_t { none, reference, units, amount };
[[nodiscard]] std::string_view name_of(partner_column column) noexcept; // "-" for none

// A line that is not compared, and why.
struct faulty_row {
    std::uint32_t line = 0;
    partner_column column = partner_column::none; // none: the line as a whole
    std::string_view what;                        // static text
};

struct partner_file {
    bool has_columns = false; // else the first line is not as it has to be, and nothing was read
    std::uint32_t lines = 0;  // behind the first, without empty ones
    std::vector<ledger::stated_conversion> read;
    std::vector<faulty_row> faults;
};
[[nodiscard]] partner_file read_partner_file(std::string_view text);

} // namespace meguri::net
