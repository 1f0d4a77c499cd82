#include "storage/verify_links.hpp"

namespace meguri::storage {

bool verify_links::allows(const ledger::entry& one) const {
    if (const auto* const asked = std::get_if<ledger::linked_conversion_changed>(&one.what))
        return asked->step != ledger::linked_conversion_step::asked ||
               is_linked(asked->partner, asked->what->wallet, asked->what->link);
    const auto* const link = std::get_if<ledger::link_changed>(&one.what);
    if (link == nullptr) return true;
    const ledger::partner_link& what = *link->what;
    if (link->step == ledger::link_step::linked)
        return !of_persons_.contains({link->partner, what.wallet}) && !accounts_.contains(what.account);
    return is_linked(link->partner, what.wallet, link->link) &&
           of_persons_.at({link->partner, what.wallet}).account == what.account;
}

void verify_links::take(const ledger::entry& one) {
    const auto* const link = std::get_if<ledger::link_changed>(&one.what);
    if (link == nullptr || link->step == ledger::link_step::renewed) return;
    const ledger::partner_link& what = *link->what;
    if (link->step == ledger::link_step::ended) {
        of_persons_.erase({link->partner, what.wallet});
        accounts_.erase(what.account);
        return;
    }
    of_persons_[{link->partner, what.wallet}] = {one.position, what.account};
    accounts_[what.account] = what.wallet;
}

bool verify_links::is_linked(ledger::partner_id partner, ledger::wallet_id wallet,
                             ledger::journal_position link) const {
    const auto known = of_persons_.find({partner, wallet});
    return known != of_persons_.end() && known->second.at == link;
}

} // namespace meguri::storage
