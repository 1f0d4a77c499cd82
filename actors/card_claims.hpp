// The cards that are being bound just now, of all io threads, so that one card never comes to two wallets: their actors
// decide apart from each other, and what is on its way to the disk stands in no index.
#pragma once

#include "ledger/digest.hpp"

#include <memory>
#include <mutex>
#include <unordered_set>

namespace meguri::actors {

class card_claims {
public:
    // Held until the last copy of what is returned is gone; null: somebody else holds it. Any thread.
    [[nodiscard]] std::shared_ptr<const void> claim(const ledger::digest128& card) {
        const std::lock_guard lock{held_->mutex};
        if (!held_->cards.insert(card).second) return nullptr;
        return {held_.get(), [held = held_, card](const void*) {
                    const std::lock_guard releasing{held->mutex};
                    held->cards.erase(card);
                }};
    }

private:
    struct claimed {
        std::mutex mutex;
        std::unordered_set<ledger::digest128> cards;
    };
    std::shared_ptr<claimed> held_ = std::make_shared<claimed>();
};

} // namespace meguri::actors
