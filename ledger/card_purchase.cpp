#include "ledger/card_purchase.hpp"

namespace meguri::ledger {

std::string_view name_of(card_stage stage) noexcept {
    switch (stage) {
    case card_stage::begun: return "begun";
    case card_stage::pending: return "pending";
    case card_stage::captured: return "captured";
    case card_stage::declined: return "declined";
    case card_stage::timed_out: return "timed_out";
    case card_stage::refund_owed: return "refund_owed";
    case card_stage::refunded: return "refunded";
    case card_stage::charged_back: return "charged_back";
    }
    return {};
}

} // namespace meguri::ledger
