// Payments under load from several clients that remember what they were told, to be held against the ledger after the
// switch was killed or its disk was full.
#pragma once

#include "tests/support/api_client.hpp"

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace meguri::test {

struct remembered_payment {
    std::string key;
    std::size_t wallet = 0;
    std::int64_t amount = 0;
    std::string answer; // the 201's body; empty where none came
};

class remembering_clients {
public:
    remembering_clients(const small_town& town, std::uint64_t seed) : town_{town}, seed_{seed} {}

    // Each client pays until its connection breaks or it is answered 503.
    void start(std::uint16_t port, std::size_t clients, const std::string& tag);
    void join();

    [[nodiscard]] std::size_t acknowledged() const;
    // Every acknowledged payment is there exactly once and answers the same bytes again; every other one is there
    // wholly or not at all, which its repetition settles. Then each wallet has what was granted less what was captured.
    void expect_all_there(std::uint16_t port, const std::string& operator_key, std::int64_t granted);

private:
    void pay_until_it_breaks(std::uint16_t port, std::size_t client, const std::string& tag);
    void repeat_all(std::uint16_t port);

    const small_town& town_;
    std::uint64_t seed_;
    std::vector<std::thread> threads_;
    std::vector<std::vector<remembered_payment>> by_client_;
    std::vector<remembered_payment> settled_; // of earlier rounds, all with their answers
};

} // namespace meguri::test
