// Payments as bytes for the load generator, put together from prepared parts: a request costs it little more than the
// copy. Each has an idempotency key and a reference of its own.
#pragma once

#include "bench/http_load.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace meguri::bench {

class payment_source final : public load_source {
public:
    // `tag`: at most 16 characters of visible ASCII that make the keys this run's own.
    explicit payment_source(std::string tag) : tag_{std::move(tag)} {}

    void add_till(const std::string& bearer_key);
    void add_code(const std::string& program, const std::string& code);
    // Codes one after the other instead of at random.
    void in_turn() noexcept { in_turn_ = true; }

    void next_request(std::uint32_t connection, std::string& out) override;
    void on_response(std::uint32_t connection, int status, std::string_view body) override;

    [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }
    [[nodiscard]] std::uint64_t unexpected() const noexcept { return unexpected_; } // answers other than 201
    [[nodiscard]] std::uint64_t declined() const noexcept { return declined_; }

private:
    std::string tag_;
    std::vector<std::string> heads_;  // of each till, up to the number in the key
    std::vector<std::string> bodies_; // of each code, up to the number in the reference
    std::mt19937_64 random_{1};
    std::uint64_t number_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t unexpected_ = 0;
    std::uint64_t declined_ = 0;
    bool in_turn_ = false;
};

} // namespace meguri::bench
