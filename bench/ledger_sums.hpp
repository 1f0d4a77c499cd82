// What the merchants of a ledger have, summed up from their payments alone, to be held against the balances that the
// switch itself shows.
#pragma once

#include "ledger/entry.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace meguri::bench {

struct merchant_sums {
    std::int64_t pending = 0;
    std::int64_t captured = 0;
    std::int64_t refunded = 0;
    friend bool operator==(const merchant_sums&, const merchant_sums&) = default;
};

class ledger_sums {
public:
    void see(const ledger::entry& one);
    [[nodiscard]] const std::map<std::uint64_t, merchant_sums>& merchants() const noexcept { return merchants_; }
    [[nodiscard]] merchant_sums total() const;

private:
    std::map<std::uint64_t, merchant_sums> merchants_; // by number
};

// What the switch shows; of the trial balance's accounts credits less debits.
struct shown_sums {
    std::map<std::uint64_t, merchant_sums> merchants;
    bool is_balanced = false;
    std::int64_t held = 0;
    std::int64_t payable = 0;
};

// What does not agree, in words; empty where all does.
[[nodiscard]] std::vector<std::string> disagreements(const ledger_sums& summed, const shown_sums& shown);

} // namespace meguri::bench
