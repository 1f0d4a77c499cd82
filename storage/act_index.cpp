#include "storage/act_index.hpp"

#include "ledger/administrative.hpp"
#include "storage/record_bytes.hpp"

#include <cstring>

namespace meguri::storage {
namespace {

constexpr std::string_view complete_key = "acts";
constexpr std::size_t puts_a_transaction_max = 4'000;

// The acts of the entries from there on, until there are many of them or the checkpoint is reached, where it arrived.
tl::expected<std::vector<ledger::journal_position>, error>
gather(journal_reader& entries, ledger::journal_position& arrived, ledger::journal_position checkpoint) {
    std::vector<ledger::journal_position> acts;
    const auto read = entries.read_from(arrived + 1, [&](journal_record&& record) {
        arrived = record.what.position;
        if (ledger::is_administrative(record.what)) acts.push_back(arrived);
        return arrived < checkpoint && acts.size() < puts_a_transaction_max;
    });
    if (!read) return tl::unexpected{read.error()};
    return acts;
}

} // namespace

tl::expected<void, error> put_act(lmdb::write_transaction& within, const state_databases& in,
                                  ledger::journal_position act) {
    const lmdb::integer_key key{act};
    return within.put(in.acts, key.view(), {});
}

tl::expected<ledger::journal_position, error> get_acts_complete_to(const lmdb::transaction& within,
                                                                   const state_databases& in) {
    auto stored = within.get(in.meta, bytes_of(complete_key));
    if (!stored) return tl::unexpected{std::move(stored.error())};
    ledger::journal_position position = 0;
    if (!*stored) return position;
    if ((**stored).size() != sizeof position) return tl::unexpected{state_damaged("the administrative acts")};
    std::memcpy(&position, (**stored).data(), sizeof position);
    return position;
}

tl::expected<void, error> put_acts_complete_to(lmdb::write_transaction& within, const state_databases& in,
                                               ledger::journal_position position) {
    return within.put(in.meta, bytes_of(complete_key), std::as_bytes(std::span{&position, 1}));
}

tl::expected<std::vector<ledger::journal_position>, error>
get_acts(lmdb::transaction& within, const state_databases& in, ledger::journal_position before, std::size_t limit) {
    auto over = within.open_cursor(in.acts);
    if (!over) return tl::unexpected{std::move(over.error())};
    const lmdb::integer_key key{before};
    auto placed = before != 0 ? over->at_least(key.view()) : lmdb::maybe_record{std::nullopt};
    if (!placed) return tl::unexpected{std::move(placed.error())};
    auto at = *placed ? over->previous() : over->last();
    std::vector<ledger::journal_position> found;
    for (; at && *at && found.size() < limit; at = over->previous()) {
        const auto position = lmdb::integer_key::from((**at).key);
        if (!position) return tl::unexpected{state_damaged("an administrative act")};
        found.push_back(*position);
    }
    if (!at) return tl::unexpected{std::move(at.error())};
    return found;
}

tl::expected<void, error> complete_acts(state_store& state, journal_reader& entries,
                                        ledger::journal_position checkpoint) {
    auto seen = state.begin_read();
    if (!seen) return tl::unexpected{std::move(seen.error())};
    const auto from = get_acts_complete_to(*seen, state.databases());
    if (!from) return tl::unexpected{from.error()};
    ledger::journal_position arrived = *from;
    while (arrived < checkpoint) {
        const auto acts = gather(entries, arrived, checkpoint);
        if (!acts) return tl::unexpected{acts.error()};
        auto within = state.begin_write();
        if (!within) return tl::unexpected{std::move(within.error())};
        for (const auto one : *acts)
            if (auto put = put_act(*within, state.databases(), one); !put) return put;
        if (auto put = put_acts_complete_to(*within, state.databases(), arrived); !put) return put;
        if (auto committed = std::move(*within).commit(); !committed) return committed;
    }
    return {};
}

} // namespace meguri::storage
