// What responders said of cards lately, shared by all io threads. An answer says nothing any more once it was fetched
// too long ago or has ended. Bounded: of more cards than it has room for, those asked for longest ago are forgotten,
// and asked for again when they come.
#pragma once

#include "net/card_revocations.hpp"
#include "net/card_status.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace meguri::net {

class card_statuses {
public:
    explicit card_statuses(std::size_t cards_max = 200'000) : cards_max_{cards_max} {} // some 60 MB

    // All of these on any thread. False: what is known already was said later, so that is what stays.
    bool learn(const card_certificate& card, const card_status& said, ledger::instant fetched_at);
    // unknown: nothing was learned of it, or it says nothing any more.
    [[nodiscard]] revocation look_up(const card_certificate& card, ledger::instant now, std::int64_t age_max_ms) const;
    [[nodiscard]] std::size_t size() const;

private:
    struct known {
        card_status said;
        ledger::instant fetched_at;
        std::uint64_t number = 0; // of its learning
    };
    struct learned {
        std::string card;
        std::uint64_t number;
    };

    const std::size_t cards_max_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, known> cards_;
    std::deque<learned> order_; // oldest first; those that were learned again stand there twice
    std::uint64_t numbers_ = 0;
};

// Names a card among those of all authorities: numbers alone are given by each.
[[nodiscard]] std::string name_of(const card_certificate& card);

} // namespace meguri::net
