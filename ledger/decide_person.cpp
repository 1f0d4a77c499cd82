// How somebody becomes known: by a card that nobody showed before.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

namespace meguri::ledger {

tl::expected<person_enrolled, refusal> decide(const enroll_person& asked, wallet_id id, const my_key_offer& offer,
                                              instant now) {
    EXPECTS(id && offer.id && !offer.wish_is_taken);
    if (!asked.facts.is_good_at(now)) return tl::unexpected{refusal::card_not_accepted};
    return person_enrolled{id, asked.facts.ends, asked.card, offer.id};
}

} // namespace meguri::ledger
