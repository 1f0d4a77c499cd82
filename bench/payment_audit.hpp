// Whether every payment that was acknowledged is in the ledger once, as it was told. A byte a payment, so that tens of
// millions can be held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace meguri::bench {

enum class told : std::uint8_t { nothing, captured, declined, refused }; // refused: a problem, so nothing happened

struct audit_result {
    std::uint64_t acknowledged = 0; // captured or declined
    std::uint64_t found = 0;        // of these
    std::uint64_t missing = 0;
    std::uint64_t doubled = 0;   // payments that the ledger has more than once
    std::uint64_t different = 0; // told captured and declined in the ledger, the other way round, or of another amount
    std::uint64_t refused_but_there = 0;
    std::uint64_t unasked = 0;              // payments of the load's tills with keys that it never made
    std::uint64_t unanswered_but_there = 0; // no fault: the answer was lost

    [[nodiscard]] bool passed() const noexcept {
        return missing == 0 && doubled == 0 && different == 0 && refused_but_there == 0 && unasked == 0;
    }
};

class payment_audit {
public:
    // What was told of payment n stands at n.
    explicit payment_audit(std::vector<told> answers) : told_{std::move(answers)}, seen_(told_.size()) {}

    // A payment of the ledger; 0 is nobody's number.
    void see(std::uint64_t number, bool captured, std::int64_t amount);
    [[nodiscard]] audit_result result() const;

    static constexpr std::int64_t amount_of_each = 1;

private:
    std::vector<told> told_;
    std::uint64_t unasked_ = 0;
    std::vector<std::uint8_t> seen_; // how often, up to 100; and whether it was not as told
    static constexpr std::uint8_t not_as_told = 128;
};

} // namespace meguri::bench
