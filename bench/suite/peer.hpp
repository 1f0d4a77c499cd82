// One of the programs that the switch is measured beside: it does the same payments, or a part that bounds them.
#pragma once

#include "bench/latency_histogram.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace meguri::bench {

// What all peers are loaded with. More merchants than a demo town has: a row that every payment locks would decide.
constexpr std::uint32_t peer_wallets = 3'000;
constexpr std::uint32_t peer_merchants = 1'000;
constexpr std::int64_t peer_opening_balance = 1'000'000'000;
constexpr std::int64_t peer_amount = 1;

constexpr const char* payment_work =
    "idempotency key checked and stored, balance checked, wallet and merchant updated, journal row";

// A peer whose program this machine does not have.
class missing_peer : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What a peer holds after the load, read back from it.
struct peer_books {
    std::uint64_t acknowledged = 0; // approvals that clients were told
    std::uint64_t keys = 0;
    std::uint64_t rows = 0; // of the journal
    std::int64_t journal_sum = 0;
    std::int64_t debited = 0;  // from all wallets
    std::int64_t credited = 0; // to all merchants
};

// What does not check out, as sentences; none where the work was done.
[[nodiscard]] std::vector<std::string> faults_of(const peer_books& books);

struct peer_round {
    double per_second = 0;
    latency_histogram latency;
};

class peer {
public:
    virtual ~peer() = default;
    [[nodiscard]] virtual peer_round measure(double seconds) = 0;
    // After the last round: what does not check out.
    [[nodiscard]] virtual std::vector<std::string> faults() = 0;
};

struct peer_kind {
    std::string name;
    std::string durability;
    std::string work;
    std::function<std::string()> version;                                  // throws missing_peer
    std::function<std::unique_ptr<peer>(const std::string& folder)> start; // in an empty folder
};

[[nodiscard]] peer_kind postgres_kind();
[[nodiscard]] peer_kind redis_kind(std::uint32_t pipeline);
[[nodiscard]] peer_kind lmdb_kind();
[[nodiscard]] peer_kind appended_sync_kind();
[[nodiscard]] peer_kind direct_write_kind();
[[nodiscard]] peer_kind constant_kind(const std::string& program);
[[nodiscard]] peer_kind nginx_kind();
[[nodiscard]] peer_kind meguri_kind(const std::string& program);

} // namespace meguri::bench
