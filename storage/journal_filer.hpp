// Brings what waits in the commit log into LMDB, on a thread of its own and in large transactions: their syncs are the
// same whether they hold ten entries or ten thousand, and nobody waits for them.
#pragma once

#include "storage/error.hpp"
#include "storage/journal.hpp"
#include "storage/journal_probes.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>

namespace meguri::storage {

struct filer_settings {
    std::uint64_t bytes_max = 1 << 20;      // it files when so many wait,
    std::chrono::milliseconds interval{50}; // or after so long
};

class journal_filer {
public:
    // The journal has a log and outlives the filer.
    explicit journal_filer(journal& of, const filer_settings& settings = {});
    ~journal_filer();
    journal_filer(const journal_filer&) = delete;
    journal_filer& operator=(const journal_filer&) = delete;

    // Files what waits, on the calling thread; false where nothing did. An error is final.
    [[nodiscard]] tl::expected<bool, error> step();
    // Starts the thread. `failed` is called on it, once, if filing fails: the journal takes nothing more then.
    void run(std::function<void(const error&)> failed);
    // Ends the thread. Idempotent.
    void stop();

    [[nodiscard]] const filer_probes& probes() const noexcept { return probes_; }

private:
    journal& journal_;
    const filer_settings settings_;
    filer_probes probes_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

} // namespace meguri::storage
