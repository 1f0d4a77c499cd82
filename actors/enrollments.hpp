// The cards of which a person is being made just now, and who else came with the same card meanwhile. Part of the
// registry's actor, whom every log-in passes: so two log-ins at once with one new card are one person.
#pragma once

#include "actors/operation.hpp"

#include <unordered_map>
#include <utility>
#include <vector>

namespace meguri::actors {

class enrollments {
public:
    // Whether the operation waits for another one with its card.
    [[nodiscard]] bool waits(const operation_ptr& op, const ledger::digest128& card) {
        const auto first = under_way_.find(card);
        if (first == under_way_.end()) return false;
        first->second.push_back(op);
        return true;
    }
    void begin(const ledger::digest128& card) { under_way_.try_emplace(card); }
    // Those that waited. What became of the card stands in an index by now.
    [[nodiscard]] std::vector<operation_ptr> end(const ledger::digest128& card) {
        auto ended = under_way_.extract(card);
        return ended.empty() ? std::vector<operation_ptr>{} : std::move(ended.mapped());
    }

private:
    std::unordered_map<ledger::digest128, std::vector<operation_ptr>> under_way_;
};

} // namespace meguri::actors
