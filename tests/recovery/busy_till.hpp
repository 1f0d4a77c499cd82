// A till of a merchant of its own at which one wallet pays without a pause, a point at a time, while something is done
// to the switch or its ledger; it remembers what it asked and was told, and when.
#pragma once

#include "ledger/calendar.hpp"
#include "tests/support/api_client.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace meguri::test {

class busy_till {
public:
    static constexpr std::int64_t granted = 1'000'000; // to the wallet

    struct told_payment {
        std::string answer;
        ledger::instant asked_at; // by the machine's wall clock
        ledger::instant told_at;
    };

    // Pays from now on. `name` tells its keys from another till's.
    busy_till(api_client& as_operator, std::uint16_t port, std::string name = "busy");
    ~busy_till() { stop(); }
    busy_till(const busy_till&) = delete;
    busy_till& operator=(const busy_till&) = delete;
    void stop();

    [[nodiscard]] std::size_t acknowledged() const;
    // Waits until so many more are acknowledged; false when that takes longer than ten seconds.
    [[nodiscard]] bool wait_for_more(std::size_t payments) const;
    // The first so many payments are there: each key answers the same bytes again.
    void expect_there(std::uint16_t port, std::size_t payments) const;

    // Once it has stopped: all of them, in order.
    [[nodiscard]] const std::vector<told_payment>& payments() const noexcept { return payments_; }
    // Asks for the payment of that number once more, or for the first time.
    [[nodiscard]] http_reply ask(http_client& over, std::size_t number) const;
    [[nodiscard]] const std::string& key() const noexcept { return key_; }
    [[nodiscard]] const std::string& merchant() const noexcept { return merchant_; }
    [[nodiscard]] const small_town::purse& purse() const noexcept { return purse_; }

private:
    void pay(std::uint16_t port);

    std::string name_;
    std::string merchant_;
    std::string key_;
    small_town::purse purse_;
    mutable std::mutex mutex_;
    std::vector<told_payment> payments_;
    std::atomic<bool> enough_{false};
    std::thread thread_;
};

[[nodiscard]] ledger::instant wall_clock_now();

} // namespace meguri::test
