// The thread that fetches the revocation lists of cards, where they have an address, and reads them again whenever
// their file has changed, so that no io thread waits for a list of a million numbers. Made and ended by the server.
#pragma once

#include "net/card_list_fetcher.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace meguri::net {

class card_list_reader {
public:
    explicit card_list_reader(card_trust& reads) : reads_{reads}, fetcher_{reads} {}
    ~card_list_reader() { join(); }
    card_list_reader(const card_list_reader&) = delete;
    card_list_reader& operator=(const card_list_reader&) = delete;

    void start();
    void join();
    // Reads them where they have changed, and logs what is wrong with them unless that was said before. Any thread but
    // an io thread.
    void read_once();
    // From where they are fetched from now on. Any thread.
    void fetch_from(card_list_sources sources) { fetcher_.use(std::move(sources)); }
    [[nodiscard]] const card_list_probes& probes() const noexcept { return fetcher_.probes(); }

private:
    void run();
    void fetch();

    card_trust& reads_;
    card_list_fetcher fetcher_;
    std::string fetch_complaint_; // the last one; on the thread itself
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string complaint_; // the last one; empty: all is well
    bool ending_ = false;
    std::thread thread_;
};

} // namespace meguri::net
