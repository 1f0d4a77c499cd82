// Which MyKey IDs are about to be given out. Part of the registry's actor, who alone decides that an ID is still free:
// it is claimed until the operation that wants it has ended, so nobody else is offered it meanwhile; afterwards the
// index knows it.
#pragma once

#include "ledger/commands.hpp"
#include "ledger/decide.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <unordered_set>

namespace meguri::storage {
class key_ring;
class thread_reader;
} // namespace meguri::storage

namespace meguri::actors {

class my_key_claims {
public:
    // The wish, or where it was given out before, and where none was made, one that is drawn. Claimed.
    [[nodiscard]] tl::expected<ledger::my_key_offer, storage::error>
    offer(const ledger::issue_my_key& asked, storage::thread_reader& reader, const storage::key_ring& keys);
    void release(ledger::my_key_id id);

private:
    // Whether it was free.
    [[nodiscard]] tl::expected<bool, storage::error> claim(ledger::my_key_id id, storage::thread_reader& reader);

    std::unordered_set<ledger::my_key_id> claimed_;
};

} // namespace meguri::actors
