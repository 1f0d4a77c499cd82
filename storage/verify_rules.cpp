#include "storage/verify_rules.hpp"

#include <string_view>

namespace meguri::storage {
namespace {

struct named_rule {
    rule which;
    std::string_view name;
};

// All but the invariants, which name themselves.
constexpr named_rule names[] = {
    {rule::chain, "journal: records whole, positions dense, hashes chained"},
    {rule::belongs, "journal: entries name the wallet and merchant of their fact"},
    {rule::wallet_chain, "wallets: previous positions right"},
    {rule::merchant_chain, "merchants: previous positions right"},
    {rule::payment_terms, "payments: accepted by the merchant's terms"},
    {rule::payment_decisions, "payments: each step has its decision"},
    {rule::keys_once, "keys: each idempotency key made one entry"},
    {rule::access, "access: each key follows from those that its holder had"},
    {rule::my_keys_once, "MyKey IDs: each given out once"},
    {rule::registry, "registry: everything new added once, programs open before their points"},
    {rule::campaigns, "campaigns: two persons, granted = sum of grants within the budget, each occasion once"},
    {rule::conversions, "conversions: by approved terms, floor of units x rate, within limits, each reference once, "
                        "each account linked once"},
    {rule::reconciliations, "reconciliations: of days that are over, with all conversions of them"},
    {rule::benefits, "benefits: lists whole, granted to persons, and to the eligible where a list says who"},
    {rule::clawbacks, "claw-backs: two persons, of the campaign's grants, each row once"},
    {rule::recipients, "recipients: accepted as listed, each row granted as listed or left out, once"},
    {rule::purchases, "purchases: within their terms, credited once, each line of a statement once"},
    {rule::joinings, "joining: two persons, applications decided once, accounts in a chain"},
    {rule::epochs, "epochs: each restore's begins where it says, with a mark of its own"},
    {rule::postings, "postings: debits equal credits in every entry"},
    {rule::books, "books: balanced in every program"},
    {rule::books_and_wallets, "books: equal to the sum over wallets"},
    {rule::books_and_merchants, "books: equal to the sum over merchants"},
    {rule::books_and_money, "books: money received = for points + unmatched + to return, as the transfers say"},
    {rule::state_opens, "state: can be opened"},
    {rule::state_checkpoint, "state: checkpoint is the journal's"},
    {rule::state_wallets, "state: wallets equal to the replay"},
    {rule::state_merchants, "state: merchants equal to the replay"},
    {rule::state_follow_ups, "state: newest steps of payments equal to the replay"},
    {rule::state_certificates, "state: newest certificates of terminals equal to the replay"},
    {rule::state_campaigns, "state: campaigns equal to the replay"},
    {rule::state_occasions, "state: grants of occasions equal to the replay"},
    {rule::state_conversions, "state: partners and their conversions equal to the replay"},
    {rule::state_joinings, "state: newest entries about what joins equal to the replay"},
    {rule::state_my_keys, "state: newest entries of MyKey IDs equal to the replay"},
    {rule::state_passwords, "state: newest entries of passwords equal to the replay"},
    {rule::state_purchases, "state: newest entries of purchases and transfers equal to the replay"},
    {rule::state_due, "state: what is due follows from the wallets"},
    {rule::state_registry, "state: programs and parties equal to the replay"},
    {rule::state_books, "state: books equal to the replay"},
    {rule::state_credentials, "state: codes and keys equal to the replay"},
    {rule::state_acts, "state: index of administrative acts equal to the replay"},
    {rule::index_idempotency, "index: idempotency keys equal to the replay"},
    {rule::index_reference, "index: references equal to the replay"},
};
static_assert(std::size(names) + ledger::wallet_invariants_count == rules);

} // namespace

rule_tally::rule_tally() {
    for (const auto& one : names) all_[static_cast<std::size_t>(one.which)].name = one.name;
    const auto& invariants = ledger::names_of_wallet_invariants();
    for (std::size_t i = 0; i < invariants.size(); ++i)
        all_[static_cast<std::size_t>(rule_of_invariant(i))].name = invariants[i];
}

} // namespace meguri::storage
