// The rules of MyKey IDs within one wallet. That no two wallets get the same one the registry's actor sees to, who
// makes the offer.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

namespace meguri::ledger {

tl::expected<my_key_changed, refusal> decide(const issue_my_key& asked, const my_key_offer& offer, const wallet& of) {
    EXPECTS(offer.id);
    if (!asked.wish) {
        if (of.my_key) return tl::unexpected{refusal::invalid_state};
        return my_key_changed{of.id, my_key_step::issued, {}, offer.id, {}, my_key_wishes_max, {}};
    }
    if (!of.my_key || of.my_key_wishes == 0) return tl::unexpected{refusal::invalid_state};
    if (!offer.wish_is_taken)
        return my_key_changed{of.id, my_key_step::wish_granted, of.my_key, offer.id, asked.wish, 0, {}};
    const std::uint32_t left = of.my_key_wishes - 1;
    if (left > 0) return my_key_changed{of.id, my_key_step::wish_taken, of.my_key, of.my_key, asked.wish, left, {}};
    return my_key_changed{of.id, my_key_step::drawn_instead, of.my_key, offer.id, asked.wish, 0, {}};
}

tl::expected<my_key_changed, refusal> decide(const revoke_my_key& asked, const wallet& of) {
    if (!of.my_key) return tl::unexpected{refusal::invalid_state};
    return my_key_changed{of.id, my_key_step::revoked, of.my_key, {}, {}, 0, asked.reason};
}

bool follows(const wallet& before, const my_key_changed& change) noexcept {
    if (change.before != before.my_key) return false;
    const bool is_new = change.after && change.after != change.before;
    switch (change.step) {
    case my_key_step::issued:
        return !change.before && is_new && !change.wished && change.wishes_left == my_key_wishes_max;
    case my_key_step::wish_granted:
        return change.before && is_new && change.after == change.wished && before.my_key_wishes > 0 &&
               change.wishes_left == 0;
    case my_key_step::wish_taken:
        return change.before && change.after == change.before && change.wished && change.wishes_left > 0 &&
               change.wishes_left + 1 == before.my_key_wishes;
    case my_key_step::drawn_instead:
        return change.before && is_new && change.wished && change.after != change.wished && before.my_key_wishes == 1 &&
               change.wishes_left == 0;
    case my_key_step::revoked: return change.before && !change.after && !change.wished && change.wishes_left == 0;
    }
    return false;
}

} // namespace meguri::ledger
