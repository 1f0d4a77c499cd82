#include "actors/my_key_claims.hpp"

#include "ledger/contract.hpp"
#include "storage/key_ring.hpp"
#include "storage/thread_reader.hpp"

#include <utility>

namespace meguri::actors {

// In this order: what was claimed is released only after the index knows it.
tl::expected<bool, storage::error> my_key_claims::claim(ledger::my_key_id id, storage::thread_reader& reader) {
    if (claimed_.contains(id)) return false;
    auto given = reader.find_my_key(id);
    if (!given) return tl::unexpected{std::move(given.error())};
    if (*given) return false;
    claimed_.insert(id);
    return true;
}

tl::expected<ledger::my_key_offer, storage::error>
my_key_claims::offer(const ledger::issue_my_key& asked, storage::thread_reader& reader, const storage::key_ring& keys) {
    ledger::my_key_offer made;
    if (asked.wish) {
        auto free = claim(asked.wish, reader);
        if (!free) return tl::unexpected{std::move(free.error())};
        if (*free) {
            made.id = asked.wish;
            return made;
        }
        made.wish_is_taken = true;
    }
    for (std::uint32_t drawing = 1;; ++drawing) {
        const auto id = keys.my_key(asked.wallet, drawing, keys.epochs().mark());
        auto free = claim(id, reader);
        if (!free) return tl::unexpected{std::move(free.error())};
        if (!*free) continue;
        made.id = id;
        return made;
    }
}

void my_key_claims::release(ledger::my_key_id id) {
    const auto released = claimed_.erase(id);
    EXPECTS(released == 1);
}

} // namespace meguri::actors
