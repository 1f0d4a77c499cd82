// How often a password may be tried for a MyKey ID, whether anybody has that ID or not: five times, then not for a
// quarter of an hour, and twice as long after each further wrong one, a day at most. A right one begins anew. Shared by
// all io threads.
//
// In memory alone: what an attacker does must not make the journal grow. A restart forgives; the addresses' own limit
// and the cost of each try stand. Who tries wrong passwords for somebody else's ID locks that ID out of checkouts by
// password for a while, and never out of anything that the card opens.
//
// The table never grows: in a full row the ID whose last try is longest ago gives its place up. Rows are chosen by a
// random key, so that nobody can aim at the one of a certain ID.
#pragma once

#include "ledger/my_key_id.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace meguri::net {

class password_tries {
public:
    static constexpr std::uint32_t free_tries = 5;
    static constexpr std::int64_t first_pause_ms = 15 * 60'000LL;
    static constexpr std::int64_t longest_pause_ms = 24 * 3'600'000LL;

    password_tries();

    // Any thread; `now_ms`: wall clock, Unix milliseconds.

    // Whether another try is admitted. It counts as a wrong one until forgive(), so that many at once are not more.
    [[nodiscard]] bool begin(ledger::my_key_id id, std::int64_t now_ms);
    // The password was right.
    void forgive(ledger::my_key_id id);

private:
    static constexpr std::size_t rows = 4'096;
    static constexpr std::size_t places = 4;
    struct place {
        ledger::my_key_id id;
        std::uint32_t wrong = 0;
        std::int64_t last_ms = 0;
        std::int64_t closed_until_ms = 0;
    };
    using row = std::array<place, places>;
    [[nodiscard]] row& row_of(ledger::my_key_id id);

    std::mutex mutex_;
    std::array<unsigned char, 16> key_;
    std::vector<row> rows_;
};

} // namespace meguri::net
