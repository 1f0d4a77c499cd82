#include "bench/suite/peer.hpp"

namespace meguri::bench {

std::vector<std::string> faults_of(const peer_books& books) {
    std::vector<std::string> faults;
    const auto expect = [&](auto found, auto wanted, const std::string& what) {
        if (found != wanted)
            faults.push_back(what + ": " + std::to_string(found) + " instead of " + std::to_string(wanted));
    };
    const auto total = static_cast<std::int64_t>(books.acknowledged) * peer_amount;
    if (books.acknowledged == 0) faults.emplace_back("no payment was approved");
    expect(books.rows, books.acknowledged, "journal rows");
    expect(books.keys, books.acknowledged, "idempotency keys");
    expect(books.journal_sum, total, "sum of the journal");
    expect(books.debited, total, "debited from wallets");
    expect(books.credited, total, "credited to merchants");
    return faults;
}

} // namespace meguri::bench
