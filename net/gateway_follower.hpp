// Follows purchases by card at the gateway until they have ended, on a thread of its own: asks for the payment, polls
// it when no event comes, gives up, cancels, pays back. It knows nothing that is not in the journal: a purchase is
// followed once its request is durable, and after a crash again, from the list of the last days' purchases by card.
// What the gateway says goes to the switch as a command, and only when that is durable the follower goes on from it.
#pragma once

#include "net/card_gateway.hpp"
#include "net/gateway_probes.hpp"
#include "net/io_loop.hpp"
#include "net/web_client.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>

namespace meguri::storage {
class store;
} // namespace meguri::storage

namespace meguri::net {

struct gateway_follower_settings {
    card_gateway at;
    std::int64_t give_up_ms = 1'800'000; // after the request: what is not captured by then is refused
    std::int64_t poll_ms = 30'000;
};

class gateway_follower {
public:
    // How long a payment is looked after that was given up, and might still be captured.
    static constexpr std::int64_t follow_days = 8;
    static constexpr std::size_t under_way_max = 32;

    // `wall_ms`: Unix milliseconds; `tell`: to the switch. Both are called on the follower's thread. The probes outlive
    // it.
    gateway_follower(gateway_follower_settings with, const storage::store& store, gateway_probes& probes,
                     std::function<std::int64_t()> wall_ms, std::function<void(ledger::note_card_payment)> tell);
    ~gateway_follower();
    gateway_follower(const gateway_follower&) = delete;
    gateway_follower& operator=(const gateway_follower&) = delete;

    // The store is running.
    void start();
    void join();
    // How the purchase stands now. Any thread.
    void note(const ledger::purchase& one);

private:
    struct followed {
        ledger::purchase purchase;
        std::string payment;       // as the gateway said in this run, where nothing durable says it yet
        std::int64_t due_ms = 0;   // steady
        std::int64_t since_ms = 0; // steady: that it is at this stage
        std::uint32_t failures = 0;
        bool is_under_way = false;
    };
    struct ticking;
    struct question {
        gateway_question what = gateway_question::creation;
        web_request request;
    };

    void find_open();
    void take(const ledger::purchase& one);
    void wait_for_tick();
    void tick();
    void act(followed& one);
    void count();
    void heard(ledger::purchase_reference reference, gateway_probes::of_question& counts, const web_result& result);
    void understood(followed& one, const told_payment& told);
    void failed(followed& one, std::string_view why);
    [[nodiscard]] bool is_followed(const ledger::purchase& one) const;
    [[nodiscard]] question next_question(const followed& one) const;

    const gateway_follower_settings with_;
    const storage::store& store_;
    gateway_probes& probes_;
    const std::function<std::int64_t()> wall_ms_;
    const std::function<void(ledger::note_card_payment)> tell_;
    io_loop loop_; // its own: turns do nothing
    std::unique_ptr<ticking> ticking_;
    json_document document_;
    std::unordered_map<ledger::purchase_reference, followed> followed_;
    std::size_t under_way_ = 0;
    std::thread thread_;
};

} // namespace meguri::net
