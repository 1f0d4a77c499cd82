#include "ledger/program_table.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {
auto place_of(const std::vector<program>& programs, program_code code) {
    return std::lower_bound(programs.begin(), programs.end(), code,
                            [](const program& one, program_code wanted) { return one.code < wanted; });
}
} // namespace

const program* program_table::find(program_code code) const noexcept {
    const auto at = place_of(programs, code);
    return at != programs.end() && at->code == code ? &*at : nullptr;
}

program* program_table::find(program_code code) noexcept {
    const auto at = place_of(programs, code);
    return at != programs.end() && at->code == code ? &programs[static_cast<std::size_t>(at - programs.begin())]
                                                    : nullptr;
}

void program_table::insert(program added) {
    EXPECTS(find(added.code) == nullptr);
    programs.insert(place_of(programs, added.code), std::move(added));
}

} // namespace meguri::ledger
