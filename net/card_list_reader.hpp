// The thread that reads the revocation lists of cards again whenever their file has changed, so that no io thread waits
// for a list of a million numbers. Made and ended by the server.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace meguri::net {

class card_trust;

class card_list_reader {
public:
    explicit card_list_reader(card_trust& reads) : reads_{reads} {}
    ~card_list_reader() { join(); }
    card_list_reader(const card_list_reader&) = delete;
    card_list_reader& operator=(const card_list_reader&) = delete;

    void start();
    void join();
    // Reads them where they have changed, and logs what is wrong with them unless that was said before. Any thread but
    // an io thread.
    void read_once();

private:
    void run();

    card_trust& reads_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string complaint_; // the last one; empty: all is well
    bool ending_ = false;
    std::thread thread_;
};

} // namespace meguri::net
