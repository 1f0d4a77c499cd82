#include "net/wallet_cards.hpp"

namespace meguri::net {

void wallet_cards::see(const ledger::entry& one) {
    if (const auto* const enrolled = std::get_if<ledger::person_enrolled>(&one.what))
        all_.push_back({1, one.position, enrolled->card, enrolled->card_ends});
    if (const auto* const bound = std::get_if<ledger::card_bound>(&one.what))
        all_.push_back({bound->ordinal, one.position, bound->card, bound->ends});
    if (const auto* const renewed = std::get_if<ledger::card_renewed>(&one.what)) {
        retire(renewed->retired);
        all_.push_back({renewed->ordinal, one.position, renewed->card, renewed->card_ends});
    }
    if (const auto* const retired = std::get_if<ledger::card_retired>(&one.what)) retire(retired->ordinal);
}

void wallet_cards::retire(std::uint32_t ordinal) {
    for (auto& one : all_)
        if (one.ordinal == ordinal) one.is_retired = true;
}

} // namespace meguri::net
