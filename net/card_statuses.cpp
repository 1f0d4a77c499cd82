#include "net/card_statuses.hpp"

#include <utility>

namespace meguri::net {

std::string name_of(const card_certificate& card) { return card.issued_by + card.serial; }

bool card_statuses::learn(const card_certificate& card, const card_status& said, ledger::instant fetched_at) {
    auto name = name_of(card);
    const std::lock_guard lock{mutex_};
    auto& one = cards_[name];
    if (one.number != 0 && said.begins < one.said.begins) return false;
    one = {said, fetched_at, ++numbers_};
    order_.push_back({std::move(name), numbers_});
    // The first of the order is forgotten unless it was learned again since; twice as many entries as cards at most.
    while (cards_.size() > cards_max_ || order_.size() > 2 * cards_max_) {
        const auto oldest = std::move(order_.front());
        order_.pop_front();
        const auto at = cards_.find(oldest.card);
        if (at != cards_.end() && at->second.number == oldest.number) cards_.erase(at);
    }
    return true;
}

revocation card_statuses::look_up(const card_certificate& card, ledger::instant now, std::int64_t age_max_ms) const {
    const std::lock_guard lock{mutex_};
    const auto at = cards_.find(name_of(card));
    if (at == cards_.end()) return revocation::unknown;
    const auto& [said, fetched_at, number] = at->second;
    if (now > fetched_at.plus_ms(age_max_ms) || now > said.ends) return revocation::unknown;
    return said.is_revoked ? revocation::revoked : revocation::good;
}

std::size_t card_statuses::size() const {
    const std::lock_guard lock{mutex_};
    return cards_.size();
}

} // namespace meguri::net
