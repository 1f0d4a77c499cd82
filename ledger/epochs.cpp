#include "ledger/epochs.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

// Of the newest epoch that holds it. Few epochs, and mostly the newest one's numbers are asked for.
template <class Holds>
epoch_mark newest(const std::vector<epoch>& all, Holds holds) noexcept {
    const auto found = std::find_if(all.rbegin(), all.rend(), holds);
    return found != all.rend() ? found->mark : epoch_mark{};
}

} // namespace

void epoch_list::begin(const epoch& next) {
    EXPECTS(next.number == number() + 1 && next.number <= epoch::number_max && is_new(next.mark));
    EXPECTS(all_.empty() || all_.back().first < next.first);
    all_.push_back(next);
}

bool epoch_list::is_new(epoch_mark mark) const noexcept {
    return mark && std::none_of(all_.begin(), all_.end(), [mark](const epoch& one) { return one.mark == mark; });
}

epoch_mark epoch_list::mark_at(journal_position position) const noexcept {
    return newest(all_, [position](const epoch& one) { return one.first <= position; });
}

epoch_mark epoch_list::mark_of_wallet(std::uint64_t number) const noexcept {
    return newest(all_, [number](const epoch& one) { return one.last_wallet < number; });
}

epoch_mark epoch_list::mark_of_merchant(std::uint64_t number) const noexcept {
    return newest(all_, [number](const epoch& one) { return one.last_merchant < number; });
}

epoch_mark epoch_list::mark_of_party(std::uint64_t number) const noexcept {
    return newest(all_, [number](const epoch& one) { return one.last_party < number; });
}

epoch_mark epoch_list::mark_of(outlet_id outlet) const noexcept {
    const std::uint32_t number = outlet.epoch();
    return number >= 1 && number <= all_.size() ? all_[number - 1].mark : epoch_mark{};
}

} // namespace meguri::ledger
