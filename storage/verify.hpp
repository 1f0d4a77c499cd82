// `meguri verify`: replays the journal from its first entry, checks every hash and every rule on the way, and compares
// what comes out with the stored state, record by record. Called by main on its own thread, while no switch runs.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace meguri::storage {

struct verify_rule {
    std::string name; // as it is printed
    std::uint64_t checked = 0;
    std::uint64_t violated = 0;
    std::string first_violation; // where and what; empty where there is none
};

// A restore that the journal tells of.
struct verified_epoch {
    std::uint32_t number = 0;
    ledger::journal_position after = 0; // the last entry that was kept
    ledger::instant began_at;
    friend bool operator==(const verified_epoch&, const verified_epoch&) noexcept = default;
};

struct verify_report {
    ledger::journal_position entries = 0;
    ledger::journal_position checkpoint = 0; // up to where the state store was compared; 0 where there is none
    std::uint64_t wallets = 0;
    std::uint64_t merchants = 0;
    std::vector<verified_epoch> epochs; // none where the ledger was never restored
    std::vector<verify_rule> rules;

    [[nodiscard]] bool all_agree() const noexcept;
    // A table for people: one line per rule, then one per epoch.
    [[nodiscard]] std::string text() const;
};

// Errors: the folder is no ledger, is in use, or cannot be read at all. Everything that is read and is wrong is in the
// report.
[[nodiscard]] tl::expected<verify_report, error> verify(const std::filesystem::path& folder);

} // namespace meguri::storage
