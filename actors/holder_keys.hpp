// The keys of the holders whose actor this is part of: as far as they are durable from the store, what is decided since
// from memory. On the actor's io thread.
#pragma once

#include "ledger/commands.hpp"
#include "storage/key_ring.hpp"
#include "storage/thread_reader.hpp"

#include <tl/expected.hpp>

#include <map>

namespace meguri::actors {

class holder_keys {
public:
    // The holder's keys as they stand, to be decided on. Errors: as thread_reader's.
    [[nodiscard]] tl::expected<const ledger::key_chain*, storage::error> of(const ledger::key_holder& holder,
                                                                            storage::thread_reader& reader);
    // What was decided.
    void see(const ledger::entry& one);

private:
    std::map<ledger::key_holder, ledger::key_chain> known_;
};

// Whose keys the command changes; null for other commands.
[[nodiscard]] const ledger::key_holder* holder_changed_by(const ledger::command& asked) noexcept;

// The fact that follows, its key derived from the holder and the number. Contract: the holder may be changed by whoever
// asks. `municipality`: of a staff member.
[[nodiscard]] tl::expected<ledger::fact, ledger::refusal>
decide_key(const ledger::issue_key& asked, const ledger::key_chain& keys, ledger::program_code municipality,
           const storage::key_ring& ring, ledger::instant now);
[[nodiscard]] tl::expected<ledger::fact, ledger::refusal> decide_key(const ledger::revoke_key& asked,
                                                                     const ledger::key_chain& keys);

} // namespace meguri::actors
