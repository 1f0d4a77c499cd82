// Daily reconciliation (domain rule 15): what a partner says of a day of Japan, against what stands here, by reference.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/points.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

struct stated_amounts {
    std::uint64_t units = 0; // 0: a coupon whose value was said in points
    points amount;
    friend bool operator==(const stated_amounts&, const stated_amounts&) noexcept = default;
};

// One conversion as one of the sides has it.
struct stated_conversion {
    std::string reference;
    stated_amounts stated;
    std::uint32_t line = 0; // of the partner's file; 0: ours
};

enum class difference_kind : std::uint8_t {
    other_amount,  // both have it, with other units or points
    missing_here,  // the partner's alone
    missing_there, // ours alone
};
[[nodiscard]] std::string_view name_of(difference_kind kind) noexcept;

struct difference {
    difference_kind kind = difference_kind::other_amount;
    std::string reference;
    std::uint32_t line = 0; // of the file; 0: it is not in it
    std::optional<stated_amounts> theirs;
    std::optional<stated_amounts> ours;
};

// SHA-256 of the file's bytes.
using file_sha256 = std::array<std::byte, 32>;

// What came of a file, as the journal keeps it.
struct reconciliation {
    jst_day day;
    file_sha256 file{};
    std::uint32_t lines = 0;  // without the first, which names the columns, and empty ones
    std::uint32_t faulty = 0; // that could not be read, and were not compared
    std::uint32_t matched = 0;
    std::uint32_t other_amount = 0;
    std::uint32_t missing_here = 0;
    std::uint32_t missing_there = 0;
    points theirs; // the sum of what could be read
    points ours;   // of all conversions that count to the day
    friend bool operator==(const reconciliation&, const reconciliation&) noexcept = default;
    [[nodiscard]] std::uint32_t ours_count() const noexcept { return matched + other_amount + missing_there; }
};

// Fills in what the comparison finds, beside the day, the file and its faulty lines. Differences come in the order of
// the file's lines, then those that it lacks, by reference. Contract: no reference comes twice on either side.
[[nodiscard]] std::vector<difference> compare(const std::vector<stated_conversion>& theirs,
                                              const std::vector<stated_conversion>& ours, reconciliation& into);

// Whether its numbers fit each other. For those who check decisions.
[[nodiscard]] bool adds_up(const reconciliation& one) noexcept;

} // namespace meguri::ledger
