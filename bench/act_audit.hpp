// Whether every act that was acknowledged is in the ledger once, as it was told and under the id that was told. A byte
// an act beside the act itself, so that tens of millions can be held.
#pragma once

#include "bench/act.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace meguri::bench {

struct audit_result {
    std::uint64_t acknowledged = 0;
    std::uint64_t found = 0; // of these
    std::uint64_t missing = 0;
    std::uint64_t doubled = 0;   // acts that the ledger has more than once
    std::uint64_t different = 0; // not what was asked, or not what was told
    std::uint64_t refused_but_there = 0;
    std::uint64_t unasked = 0;              // acts of the load's tills with keys that it never made
    std::uint64_t unanswered_but_there = 0; // no fault: the answer was lost

    [[nodiscard]] bool passed() const noexcept {
        return missing == 0 && doubled == 0 && different == 0 && refused_but_there == 0 && unasked == 0;
    }
};

// An act as the ledger has it.
struct ledger_act {
    std::uint64_t number = 0; // of its key; 0 is nobody's
    ledger_fact fact = ledger_fact::captured;
    std::string_view decline_code = {};
    std::int64_t amount = 0;
    std::uint64_t id_digest = 0;         // of its id, as act::id_digest
    std::uint64_t payment_id_digest = 0; // of the payment that it changed; 0: none
    std::uint64_t named = 0;             // number of the key that it reversed; 0: none
};

class act_audit {
public:
    // What was told of act n stands at n; they outlive the audit.
    explicit act_audit(const std::deque<act>& acts) : acts_{acts}, seen_(acts.size()) {}

    void see(const ledger_act& one);
    [[nodiscard]] audit_result result() const;

private:
    [[nodiscard]] bool is_as_asked(const ledger_act& one) const;

    const std::deque<act>& acts_;
    std::uint64_t unasked_ = 0;
    std::vector<std::uint8_t> seen_; // how often, up to 100; and whether it was not as asked or told
    static constexpr std::uint8_t not_as_told = 128;
};

} // namespace meguri::bench
