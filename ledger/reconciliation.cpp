#include "ledger/reconciliation.hpp"

#include "ledger/contract.hpp"

#include <map>

namespace meguri::ledger {
namespace {

points sum_of(const std::vector<stated_conversion>& all) {
    points sum;
    for (const auto& one : all) {
        const auto next = sum.plus(one.stated.amount);
        EXPECTS(next.has_value()); // of a file of some megabytes, or of what wallets have room for
        sum = *next;
    }
    return sum;
}

} // namespace

std::string_view name_of(difference_kind kind) noexcept {
    switch (kind) {
    case difference_kind::other_amount: return "other_amount";
    case difference_kind::missing_here: return "missing_here";
    case difference_kind::missing_there: return "missing_there";
    }
    return {};
}

std::vector<difference> compare(const std::vector<stated_conversion>& theirs,
                                const std::vector<stated_conversion>& ours, reconciliation& into) {
    std::map<std::string_view, const stated_conversion*> unmet;
    for (const auto& one : ours) {
        const bool is_first = unmet.emplace(one.reference, &one).second;
        EXPECTS(is_first);
    }
    std::vector<difference> found;
    into.matched = into.other_amount = into.missing_here = 0;
    for (const auto& one : theirs) {
        const auto mine = unmet.find(one.reference);
        if (mine == unmet.end()) {
            ++into.missing_here;
            found.push_back({difference_kind::missing_here, one.reference, one.line, one.stated, std::nullopt});
            continue;
        }
        if (mine->second->stated == one.stated) {
            ++into.matched;
        } else {
            ++into.other_amount;
            found.push_back({difference_kind::other_amount, one.reference, one.line, one.stated, mine->second->stated});
        }
        unmet.erase(mine);
    }
    into.missing_there = static_cast<std::uint32_t>(unmet.size());
    for (const auto& [reference, one] : unmet)
        found.push_back({difference_kind::missing_there, std::string{reference}, 0, std::nullopt, one->stated});
    into.theirs = sum_of(theirs);
    into.ours = sum_of(ours);
    return found;
}

bool adds_up(const reconciliation& one) noexcept {
    const auto read = std::uint64_t{one.matched} + one.other_amount + one.missing_here;
    return read + one.faulty == one.lines;
}

} // namespace meguri::ledger
