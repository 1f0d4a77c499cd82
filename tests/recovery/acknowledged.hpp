// Payments and what follows them under load, from several clients that remember what they were told, to be held against
// the ledger after the switch was killed, stopped or its disk failed: captured at once, held, captured in part, voided,
// refunded, reversed, some attempts with their answers thrown away. Each client has payments of its own, so it knows
// how they stand; it goes on with them in the next round.
#pragma once

#include "tests/recovery/remembered_payment.hpp"
#include "tests/support/http_client.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace meguri::test {

// To each wallet of a town in these tests, where nothing else is said; never spent to the end.
inline constexpr std::int64_t granted = 1'000'000;

class remembering_clients {
public:
    // `clock_is_turned`: somebody turns the switch's clock, so that holds end and points expire meanwhile.
    remembering_clients(const small_town& town, std::uint64_t seed, bool clock_is_turned = false)
        : town_{town},
          seed_{seed},
          clock_is_turned_{clock_is_turned} {}

    // Each client goes on until its connection breaks, it is answered 503 or finish() is called. As many clients each
    // time.
    void start(std::uint16_t port, std::size_t clients);
    void join();
    void finish();
    // The switch is about to be told to end: from now on it may say that it takes nothing more.
    void expect_end() noexcept { end_is_expected_ = true; }
    // From now on the disk fails: before the switch has stopped, a look-up may fail too, and then nothing was done.
    void expect_failed_reads() noexcept { failed_reads_are_expected_ = true; }

    // Steps with an answer, of all rounds. Any thread.
    [[nodiscard]] std::size_t acknowledged() const noexcept { return acknowledged_.load(); }
    // Waits until so many more are acknowledged; false when that takes longer than ten seconds.
    [[nodiscard]] bool wait_for_more(std::size_t steps) const;

    // Every acknowledged step of this round, and some of the rounds before, is there exactly once: the authorization
    // stands as told last, and every key answers the same bytes again. A step without an answer is there wholly or not
    // at all, which its repetition or a reversal settles. Then each wallet has what was granted less what it paid
    // (unless the clock is turned), and the merchant's totals and the trial balance agree.
    void expect_all_there(std::uint16_t port, const std::string& operator_key, std::int64_t granted_each);

private:
    struct client {
        std::string name;
        dice random;
        std::vector<remembered_payment> payments;
        std::vector<std::size_t> open;    // of them: those that may go on
        std::vector<std::size_t> touched; // of them: in this round
        std::size_t steps = 0;
    };

    void live(client& mine, std::uint16_t port);
    // The payment whose step is to be asked for next.
    [[nodiscard]] std::size_t choose(client& mine) const;
    [[nodiscard]] http_reply ask(http_client& over, const remembered_step& step) const;
    [[nodiscard]] boost::json::value show(http_client& over, const remembered_payment& one) const;
    void note_end_of_hold(http_client& over, remembered_payment& one) const;

    void check(client& mine, std::uint16_t port) const;
    void check(http_client& over, client& mine, remembered_payment& one) const;
    void settle(http_client& over, client& mine, remembered_payment& one) const;
    void repeat(http_client& over, const remembered_payment& one) const;
    void expect_sums(std::uint16_t port, const std::string& operator_key, std::int64_t granted_each) const;

    const small_town& town_;
    std::uint64_t seed_;
    bool clock_is_turned_;
    std::vector<client> clients_;
    std::vector<std::thread> threads_;
    std::atomic<bool> enough_{false};
    std::atomic<bool> end_is_expected_{false};
    std::atomic<bool> failed_reads_are_expected_{false};
    std::atomic<std::size_t> acknowledged_{0};
};

} // namespace meguri::test
