// Brings the revocation lists of cards from the authorities' addresses into the file that card_trust reads, on the
// thread of the lists. What is fetched replaces the file only where every list in it can be used and none is older than
// the one in use: so neither a broken answer nor an old list that somebody plays back takes the place of a good one. An
// answer that nothing has changed makes the file as new as it is. What cannot be fetched leaves the file as it is, and
// with it the time after which it says nothing any more.
#pragma once

#include "metrics/counter.hpp"
#include "net/web_fetch.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace meguri::net {

class card_trust;

struct card_list_sources {
    std::vector<std::string> urls; // of one list each, in PEM or DER; none: something else brings the file
    std::string file;
    std::string authorities; // for https; empty: the system's
    std::int64_t every_ms = 600'000;
    friend bool operator==(const card_list_sources&, const card_list_sources&) = default;
};

// Any thread reads them.
struct card_list_probes {
    metrics::counter fresh; // lists that were fetched anew
    metrics::counter unchanged;
    metrics::counter failed;
};

class card_list_fetcher {
public:
    explicit card_list_fetcher(const card_trust& judges) : judges_{judges} {}

    // From now on. Any thread.
    void use(card_list_sources sources);
    // Fetches if it is time. Empty: nothing is wrong; else what is, as it was the last time. On the thread of the
    // lists.
    [[nodiscard]] std::string fetch_when_due();
    // Any thread: what is being fetched is given up, and nothing more is fetched.
    void end() noexcept { ending_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] const card_list_probes& probes() const noexcept { return probes_; }

private:
    struct known_list {
        std::string url;
        std::string etag;
        std::string last_modified;
        std::string pem; // empty: not fetched yet
        std::chrono::system_clock::time_point fetched_at{};
    };

    // Empty where all of them are there.
    [[nodiscard]] std::string fetch_all();
    [[nodiscard]] std::string fetch_one(known_list& one);
    [[nodiscard]] std::string write() const;

    const card_trust& judges_;
    std::mutex mutex_; // of what use() sets
    card_list_sources wanted_;
    card_list_sources sources_; // in use; with all below on the thread of the lists alone
    std::vector<known_list> lists_;
    std::chrono::steady_clock::time_point due_{};
    std::string complaint_;
    std::atomic<bool> ending_{false};
    card_list_probes probes_;
};

} // namespace meguri::net
