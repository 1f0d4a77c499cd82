#include "storage/verify_rules.hpp"

namespace meguri::storage {
namespace {

// In the order of `rule`.
constexpr std::array<const char*, rules> names{
    "journal: records whole, positions dense, hashes chained",
    "journal: entries name the wallet and merchant of their fact",
    "wallets: sequences dense",
    "wallets: previous positions right",
    "merchants: previous positions right",
    "wallets: decision times never go back",
    "amounts: 1 to 100,000,000",
    "lots: nothing taken that is not there",
    "payments: the sum of lots of their own program",
    "payments: accepted by the merchant's terms",
    "codes: one-time codes used once",
    "keys: each idempotency key in one entry",
    "registry: everything new added once",
    "postings: debits equal credits in every entry",
    "books: balanced in every program",
    "books: equal to the sum over wallets",
    "books: equal to the sum over merchants",
    "state: can be opened",
    "state: checkpoint is the journal's",
    "state: wallets equal to the replay",
    "state: merchants equal to the replay",
    "state: programs and parties equal to the replay",
    "state: books equal to the replay",
    "state: codes and keys equal to the replay",
    "index: idempotency keys equal to the replay",
    "index: references equal to the replay",
};

} // namespace

rule_tally::rule_tally() {
    for (std::size_t i = 0; i < rules; ++i) all_[i].name = names[i];
}

} // namespace meguri::storage
