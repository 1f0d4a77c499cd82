// The sessions of residents who logged in. Shared by all io threads: a token opens the same session wherever its
// connection is served, and one that was revoked is refused everywhere at once. Of a token only a digest is kept, by a
// key that ends with the process.
//
// They are in memory alone. A session says nothing that the ledger must know, and a fact for each log-in and each use
// would make the journal grow with visits instead of points. What a resident notices is that a restart of the switch
// asks for the card again; what it spares is that no revocation can be undone by a crash, and that no copy of the disk
// holds anything that opens a wallet. A switch that is restarted many times a day would change it.
//
// One mutex for all: it is held for a look into a table, by residents' requests alone.
#pragma once

#include "actors/operation.hpp"
#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"
#include "ledger/scope.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace meguri::net {

inline constexpr std::string_view session_token_prefix = "se_";
inline constexpr std::int64_t checkout_session_ms = 15 * 60'000LL; // or less, where all sessions are shorter
inline constexpr std::int64_t desk_session_ms = 30 * 60'000LL;     // likewise

struct session_settings {
    std::int64_t idle_ms = 30 * 60'000LL;        // without a request
    std::int64_t absolute_ms = 12 * 3'600'000LL; // however busy it is
    std::uint32_t sessions_max = 100'000;
};

// How its resident was known.
enum class session_origin : std::uint8_t {
    card,
    password, // of a checkout: shows the balance, changes nothing, and is short
    desk,     // by the card, with an attendant who acts: no code and no password comes to them
};
inline constexpr std::array<std::string_view, 3> session_origin_names{"card", "password", "desk"};
[[nodiscard]] constexpr std::string_view name_of(session_origin one) noexcept {
    return session_origin_names[static_cast<std::size_t>(one)];
}

struct new_session {
    session_origin origin = session_origin::card;
    std::uint32_t card = 0;                       // its ordinal among the wallet's codes
    std::uint64_t attendant = 0;                  // the staff member who acts in it
    std::optional<ledger::scope_set> scopes = {}; // none: those of its origin
};

struct resident_session {
    std::uint64_t number = 0; // random
    session_origin origin = session_origin::card;
    std::uint32_t card = 0; // its ordinal among the wallet's codes; 0: no card was shown
    ledger::scope_set scopes = ledger::scope_set::unrestricted();
    ledger::instant opened_at;
    ledger::instant used_at;      // last
    ledger::instant idle_ends_at; // unless it is used before
    ledger::instant ends_at;
};

class resident_sessions {
public:
    static constexpr std::size_t of_a_wallet_max = 16;

    explicit resident_sessions(const session_settings& with);

    struct opened {
        std::string token; // se_ and 32 characters of base64url: 192 random bits
        resident_session session;
    };

    // All of these on any thread.

    // nullopt: there are too many. Where the wallet has of_a_wallet_max already, the one that was not used for the
    // longest time ends.
    [[nodiscard]] std::optional<opened> open(ledger::wallet_id of, const new_session& wanted, ledger::instant now);
    // Whose token it is; it counts as used. Null: nobody's, or its session has ended.
    [[nodiscard]] std::shared_ptr<const actors::principal> use(std::string_view token, ledger::instant now);
    // The newest first.
    [[nodiscard]] std::vector<resident_session> all_of(ledger::wallet_id wallet, ledger::instant now) const;
    // Whether the wallet had it.
    bool end(ledger::wallet_id of, std::uint64_t number, ledger::instant now);
    // The session that showed the card before knows the new one; all others end.
    void renewed(ledger::wallet_id of, std::uint64_t session, std::uint32_t card, ledger::instant now);
    // All that were opened by a password.
    void end_checkouts(ledger::wallet_id of);
    // All but that one (0: all). How many there were.
    std::size_t end_all(ledger::wallet_id of, std::uint64_t but, ledger::instant now);

    // Of sessions that are open, too.
    void set(const session_settings& with);
    // Forgets some of those that have ended. Call about once a second.
    void sweep(ledger::instant now);
    [[nodiscard]] std::size_t size() const;

private:
    using digest = std::array<unsigned char, 32>;
    struct digest_hash {
        std::size_t operator()(const digest& one) const noexcept;
    };
    struct kept {
        std::shared_ptr<const actors::principal> who;
        session_origin origin;
        std::uint32_t card;
        ledger::instant opened_at;
        ledger::instant used_at;
    };
    using table = std::unordered_map<digest, kept, digest_hash>;

    [[nodiscard]] digest digest_of(std::string_view token) const noexcept;
    [[nodiscard]] resident_session shown(const kept& one) const;
    [[nodiscard]] ledger::instant end_of(const kept& one) const;
    [[nodiscard]] bool has_ended(const kept& one, ledger::instant now) const;
    void make_room_in(ledger::wallet_id wallet, ledger::instant now);
    void forget(table::iterator one);
    void sweep_buckets(std::size_t count, ledger::instant now);

    std::array<unsigned char, 32> key_;
    mutable std::mutex mutex_;
    session_settings settings_;
    table all_;
    std::unordered_map<ledger::wallet_id, std::vector<digest>> of_wallets_; // in the order of their opening
    std::size_t next_bucket_ = 0;                                           // to be swept
};

} // namespace meguri::net
