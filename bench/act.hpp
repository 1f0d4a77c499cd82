// What a till does, with all that must follow from it: one row of a table each. A load is made of acts, each under an
// idempotency key of its own; the audit holds the ledger against the same rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meguri::bench {

enum class act_kind : std::uint8_t {
    pay,
    hold,
    capture,
    voiding,
    refund,
    reversal,
    bar,            // the reversal of a payment that has not arrived
    late,           // that payment
    unknown_code,   // a payment with a code of nobody's
    wrong_program,  // of a program that the merchant does not accept
    without_points, // by a wallet that has none
    frozen_wallet,
};
inline constexpr std::size_t act_kinds = 12;

// What the ledger has of an act.
enum class ledger_fact : std::uint8_t { captured, authorized, declined, capture, voiding, refund, reversal, barred };

struct act_rule {
    std::string_view name;
    ledger_fact fact;
    std::string_view decline_code; // empty unless declined
};
inline constexpr std::array<act_rule, act_kinds> act_rules{{
    {"pay", ledger_fact::captured, {}},
    {"hold", ledger_fact::authorized, {}},
    {"capture", ledger_fact::capture, {}},
    {"void", ledger_fact::voiding, {}},
    {"refund", ledger_fact::refund, {}},
    {"reversal", ledger_fact::reversal, {}},
    {"reversal_before_arrival", ledger_fact::barred, {}},
    {"late_payment", ledger_fact::declined, "reversed_before_arrival"},
    {"unknown_code", ledger_fact::declined, "credential_unknown"},
    {"wrong_program", ledger_fact::declined, "program_not_accepted"},
    {"without_points", ledger_fact::declined, "insufficient_points"},
    {"frozen_wallet", ledger_fact::declined, "wallet_frozen"},
}};
[[nodiscard]] constexpr const act_rule& rule_of(act_kind kind) { return act_rules[static_cast<std::size_t>(kind)]; }

[[nodiscard]] constexpr bool is_payment(act_kind kind) {
    const auto fact = rule_of(kind).fact;
    return fact == ledger_fact::captured || fact == ledger_fact::authorized || fact == ledger_fact::declined;
}

// refused: a problem, so nothing happened. otherwise: a decision, but not the one that had to be.
enum class told : std::uint8_t { nothing, as_expected, otherwise, refused };

// Sixteen bytes, so that tens of millions can be held.
struct act {
    std::uint64_t id_digest = 0; // of the id that was told: see digest_of()
    std::uint32_t of = 0;        // the act that it follows; 0: none
    std::uint16_t till = 0;
    std::uint8_t amount = 0; // paid, held, captured or given back
    act_kind kind : 5 = act_kind::pay;
    told answer : 3 = told::nothing;
};
static_assert(sizeof(act) == 16);

} // namespace meguri::bench
