// The cards of a wallet, as its entries tell them: for who must know all of them, which the wallet itself does not keep
// apart from its other codes. On any thread.
#pragma once

#include "ledger/entry.hpp"

#include <cstdint>
#include <vector>

namespace meguri::net {

struct wallet_card {
    std::uint32_t ordinal = 0; // among the wallet's codes
    ledger::journal_position bound_at = 0;
    ledger::digest128 card;
    ledger::instant ends; // the last moment of its certificate
    bool is_retired = false;
};

class wallet_cards {
public:
    // The wallet's entries, oldest first.
    void see(const ledger::entry& one);
    // In the order of their binding.
    [[nodiscard]] const std::vector<wallet_card>& all() const noexcept { return all_; }
    void retire(std::uint32_t ordinal);

private:
    std::vector<wallet_card> all_;
};

} // namespace meguri::net
