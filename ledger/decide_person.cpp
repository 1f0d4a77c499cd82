// How somebody becomes known, by a card that nobody showed before, and how they are known without it.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

namespace meguri::ledger {

tl::expected<person_enrolled, refusal> decide(const enroll_person& asked, wallet_id id, const my_key_offer& offer,
                                              instant now) {
    EXPECTS(id && offer.id && !offer.wish_is_taken);
    if (!asked.facts.is_good_at(now)) return tl::unexpected{refusal::card_not_accepted};
    return person_enrolled{id, asked.facts.ends, asked.card, offer.id};
}

tl::expected<card_renewed, refusal> decide(const renew_card& asked, const wallet& of, instant now) {
    EXPECTS(asked.retired >= 1 && asked.retired <= of.codes_issued);
    if (of.code_is_used(asked.retired)) return tl::unexpected{refusal::card_retired};
    if (!asked.facts.is_good_at(now)) return tl::unexpected{refusal::card_not_accepted};
    return card_renewed{of.id, asked.retired, of.codes_issued + 1, asked.facts.ends, asked.card};
}

tl::expected<password_set, refusal> decide(const set_password& asked, const wallet& of) {
    EXPECTS(!asked.hash.empty() && asked.hash.size() <= password_hash_max);
    if (!of.my_key) return tl::unexpected{refusal::invalid_state};
    return password_set{of.id, asked.hash};
}

} // namespace meguri::ledger
