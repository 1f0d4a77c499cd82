// What the replay of `meguri verify` knows of claw-backs: the rows of each, and which are still to come. Part of
// verify; one thread.
#pragma once

#include "ledger/campaign.hpp"
#include "storage/error.hpp"
#include "storage/key_ring.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace meguri::storage {

struct verify_clawbacks {
    using read_entry = std::function<tl::expected<ledger::entry, error>(ledger::journal_position)>;
    using grants = std::map<ledger::digest128, ledger::journal_position>; // by occasion

    // Whether what it proposes was granted, or the rows that it ends were to come.
    [[nodiscard]] bool take(const ledger::clawback_changed& fact, const ledger::entry& one, const read_entry& read,
                            const key_ring& keys, const grants& known);
    // Whether the row is to come, and the lot the one of its grant.
    [[nodiscard]] bool take(const ledger::points_clawed_back& fact, const read_entry& read, const key_ring& keys,
                            const grants& known);

private:
    struct awaited {
        ledger::wallet_id wallet;
        std::string occasion;
        std::uint32_t line = 0;
        bool has_come = false;
    };
    [[nodiscard]] bool propose(const ledger::clawback_changed& fact, const ledger::entry& one, const read_entry& read,
                               const key_ring& keys, const grants& known);

    std::map<ledger::journal_position, std::vector<awaited>> proposals_;
};

} // namespace meguri::storage
