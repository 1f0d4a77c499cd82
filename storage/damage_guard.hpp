// LMDB trusts its pages: one that lost what was written to it may lead it to memory that is not there. While a ledger
// is opened or verified and nothing is served yet, this turns such an end (SIGSEGV, SIGBUS) into a message that says
// where the reader had got to and what to do. One at a time; any thread may note a position.
#pragma once

#include "ledger/ids.hpp"

#include <array>
#include <csignal>
#include <filesystem>

namespace meguri::storage {

class damage_guard {
public:
    explicit damage_guard(const std::filesystem::path& folder);
    ~damage_guard();
    damage_guard(const damage_guard&) = delete;
    damage_guard& operator=(const damage_guard&) = delete;

    // Everything up to this journal position is whole.
    static void passed(ledger::journal_position at) noexcept;
    // The position after the last one passed; 0 where none was, or nobody guards.
    [[nodiscard]] static ledger::journal_position next() noexcept;

private:
    static constexpr std::array<int, 2> signals{SIGSEGV, SIGBUS};
    std::array<struct sigaction, signals.size()> before_{};
};

} // namespace meguri::storage
