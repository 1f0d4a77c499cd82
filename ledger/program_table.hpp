// All programs at one moment: an immutable snapshot that the registry publishes and every decision is handed.
#pragma once

#include "ledger/program.hpp"

#include <cstdint>
#include <vector>

namespace meguri::ledger {

struct program_table {
    std::uint64_t version = 0;     // one more with every change
    std::vector<program> programs; // by code

    [[nodiscard]] const program* find(program_code code) const noexcept;
    [[nodiscard]] program* find(program_code code) noexcept;
    // A program that is not there yet, in its place.
    void insert(program added);
};

} // namespace meguri::ledger
