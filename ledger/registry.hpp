// What is few and known to all: the programs, and the people and partners who hold keys. One actor owns it.
#pragma once

#include "ledger/entry.hpp"
#include "ledger/program_table.hpp"

#include <vector>

namespace meguri::ledger {

struct party {
    caller_kind kind = caller_kind::none; // operator_, municipality (a staff member) or partner
    std::uint64_t id = 0;
    program_code municipality; // of a staff member
    std::string name;
};

struct registry {
    std::uint64_t ledger = 0;
    bool for_tests = false;
    program_table programs;
    std::vector<party> parties;
    epoch_list epochs;
    journal_position last_position = 0;
};

// Null where there is no such party.
[[nodiscard]] const party* find_party(const registry& in, caller_kind kind, std::uint64_t id) noexcept;

// Whether the entry changes the registry.
[[nodiscard]] bool concerns_registry(const entry& one) noexcept;

void apply(registry& state, const entry& applied);

} // namespace meguri::ledger
