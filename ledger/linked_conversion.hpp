// A resident's account at a partner that is linked with their consent, and conversions that begin with it (domain rule
// 15): we ask for units there, the partner reserves them, one entry credits them here, the partner lets them go.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/ids.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/points.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace meguri::ledger {

inline constexpr std::size_t link_subject_max = 128; // bytes
inline constexpr std::size_t link_tokens_max = 8'192;
inline constexpr std::size_t linked_reason_max = 64;
// Of one partner at once: while it cannot be reached they wait, and no more begin.
inline constexpr std::size_t linked_conversions_open_max = 500;

// Numbers are stored: never change them.
enum class link_step : std::uint8_t {
    linked = 1,
    renewed = 2, // the partner gave other tokens
    ended = 3
};

struct partner_link {
    wallet_id wallet;
    std::string subject; // the partner's own name for the account, a pseudonym
    digest128 account;   // keyed, of partner and subject
    std::string tokens;  // sealed by the ledger's key file
    friend bool operator==(const partner_link&, const partner_link&) = default;
};
using partner_link_ptr = std::shared_ptr<const partner_link>;

// What becomes of a conversion from a linked account. That it was credited says points_converted, under its reference.
// Numbers are stored: never change them.
enum class linked_conversion_step : std::uint8_t {
    asked = 1,       // before anything is said to the partner
    declined = 2,    // by the partner: the end
    turned_down = 3, // here: what is reserved there is to be cancelled
    cancelled = 4,   // there: the end
    confirmed = 5    // there: the end
};

struct linked_conversion {
    wallet_id wallet;
    journal_position link = 0; // where the account was linked
    std::string reference;     // ours, by which the partner knows it: drawn at random, once for ever
    std::uint64_t units = 0;
    points amount;           // what they are worth by the terms
    std::uint32_t terms = 0; // the number of the partner's terms
    program_code program;    // none: they stay undecided
    friend bool operator==(const linked_conversion&, const linked_conversion&) = default;
};
using linked_conversion_ptr = std::shared_ptr<const linked_conversion>;

// One that has not ended.
struct open_linked_conversion {
    // Numbers are stored: never change them.
    enum class stage : std::uint8_t { asked = 1, credited = 2, turned_down = 3 };
    journal_position position = 0; // where it was asked for
    stage at = stage::asked;
    linked_conversion_ptr what;
};

} // namespace meguri::ledger
