#include "net/ledger_view.hpp"

#include "storage/journal_writer.hpp"
#include "storage/store.hpp"
#include "storage/thread_reader.hpp"

namespace meguri::net {

auto store_view::find_bearer(const ledger::digest128& key) -> read<std::optional<actors::principal>> {
    auto found = reader_.find_bearer(key);
    if (!found) return tl::unexpected{std::move(found.error())};
    if (!*found) return std::nullopt;
    const storage::bearer_owner& owner = **found;
    const auto keys = reader_.find_keys(owner.holder());
    if (!keys) return tl::unexpected{keys.error()};
    const auto* const one = keys->find(owner.key_number);
    if (one == nullptr || one->revoked) return std::nullopt; // unknown: ended so long ago that it is forgotten
    return actors::principal{owner.caller, owner.person,     owner.municipality, owner.merchant,
                             owner.outlet, owner.key_number, one->scopes,        one->ends_at};
}

auto store_view::keys_of(const ledger::key_holder& holder) -> read<ledger::key_chain> {
    return reader_.find_keys(holder);
}

auto store_view::find_certificates(ledger::outlet_id terminal) -> read<std::vector<ledger::certificate_digest>> {
    return reader_.find_certificates(terminal);
}

auto store_view::find_my_key(ledger::my_key_id id) -> read<std::optional<storage::known_my_key>> {
    return reader_.find_my_key(id);
}

auto store_view::find_password(ledger::wallet_id wallet) -> read<std::optional<std::string>> {
    return reader_.find_password(wallet);
}

auto store_view::find_conversion(storage::index_kind kind, const ledger::digest128& digest)
    -> read<std::optional<ledger::journal_position>> {
    return reader_.find_conversion(kind, digest);
}

auto store_view::conversion_list(std::uint64_t list, ledger::journal_position before, std::size_t limit)
    -> read<std::vector<ledger::journal_position>> {
    return reader_.find_conversion_list(list, before, limit);
}

auto store_view::newest_of_purchase(ledger::purchase_reference reference) -> read<std::optional<ledger::entry>> {
    return reader_.find_purchase(reference);
}

auto store_view::newest_of_transfer(const ledger::digest128& line) -> read<std::optional<ledger::entry>> {
    return reader_.find_transfer(line);
}

auto store_view::find_joining(const ledger::digest128& joining) -> read<std::optional<ledger::journal_position>> {
    return reader_.find_joining(joining);
}

auto store_view::entry_at(ledger::journal_position position) -> read<std::optional<ledger::entry>> {
    if (position == 0 || position > store_.writer().durable_position()) return std::nullopt;
    auto found = reader_.read(position);
    if (!found) return tl::unexpected{std::move(found.error())};
    return std::move(*found);
}

auto store_view::newest_of_payment(ledger::journal_position decision) -> read<std::optional<ledger::entry>> {
    const auto step = reader_.find_follow_up(decision);
    if (!step) return tl::unexpected{step.error()};
    return entry_at(step->value_or(decision));
}

auto store_view::payments_under(const ledger::digest128& reference, std::size_t limit)
    -> read<std::vector<ledger::journal_position>> {
    return reader_.find_references(reference, limit);
}

auto store_view::acts_before(ledger::journal_position before, std::size_t limit)
    -> read<std::vector<ledger::journal_position>> {
    return reader_.find_acts(before, limit);
}

ledger::books store_view::books() { return store_.writer().books_at().second; }

} // namespace meguri::net
