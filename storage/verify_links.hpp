// What `meguri verify` knows of residents' accounts at partners while it replays: which are linked, and to whom.
#pragma once

#include "ledger/entry.hpp"

#include <map>
#include <utility>

namespace meguri::storage {

class verify_links {
public:
    // Whether the entry may follow: an account is linked to one wallet at most, a wallet to one account of a partner,
    // and conversions begin with a link that has not ended. What is neither may.
    [[nodiscard]] bool allows(const ledger::entry& one) const;
    // Contract: it is allowed.
    void take(const ledger::entry& one);

private:
    struct active_link {
        ledger::journal_position at = 0;
        ledger::digest128 account;
    };
    [[nodiscard]] bool is_linked(ledger::partner_id partner, ledger::wallet_id wallet,
                                 ledger::journal_position link) const;

    std::map<std::pair<ledger::partner_id, ledger::wallet_id>, active_link> of_persons_;
    std::map<ledger::digest128, ledger::wallet_id> accounts_;
};

} // namespace meguri::storage
