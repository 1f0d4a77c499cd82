// A point program (ポイント事業): one kind of points, named by its issuer's code, and where it may be spent.
#pragma once

#include "ledger/limits.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/purchase_terms.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

// Numbers are stored: never change them. Points issued by a municipality itself are exempt from the Payment Services
// Act; other issuers report base-date balances (domain.md, Law).
enum class issuer_kind : std::uint8_t { municipality = 1, prefecture = 2, other = 3 };

[[nodiscard]] std::string_view name_of(issuer_kind kind) noexcept;
[[nodiscard]] std::optional<issuer_kind> parse_issuer_kind(std::string_view text) noexcept;

inline constexpr std::int32_t expiry_days_max = 3650;
inline constexpr std::int32_t hold_days_default = 7;
inline constexpr std::int32_t hold_days_max = 400;

struct program {
    program_code code;
    std::string name;
    std::int32_t expiry_days = 0; // 1 to expiry_days_max: what a grant without a date of its own gets
    bool online_only = false;     // spent through shops' keys, refused at a till
    issuer_kind issuer = issuer_kind::municipality;
    bool frozen = false;
    std::int32_t hold_days = hold_days_default; // 1 to hold_days_max: how long a hold may wait for its capture
    limits limit = {};                          // of each wallet's payments
    std::optional<purchase_terms> sale = {};    // none: it sells no points
};

} // namespace meguri::ledger
