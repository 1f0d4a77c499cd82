// Payments of one point each for the load generator, every one with an idempotency key and a reference of its own.
// Counts the answers and remembers none of them.
#pragma once

#include "bench/http_load.hpp"
#include "bench/request_text.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace meguri::bench {

class payment_source final : public load_source {
public:
    // `tag`: at most 16 characters of visible ASCII that make the keys this run's own.
    explicit payment_source(std::string tag) : text_{std::move(tag)} {}

    void add_till(const std::string& bearer_key) { text_.add_till(bearer_key); }
    void add_code(const std::string& program, const std::string& code) { text_.add_code(program, code); }
    // Codes one after the other instead of at random.
    void in_turn() noexcept { in_turn_ = true; }

    void next_request(std::uint32_t connection, std::string& out) override;
    void on_response(std::uint32_t connection, const http_answer& answer) override;

    [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }
    [[nodiscard]] std::uint64_t unexpected() const noexcept { return unexpected_; } // answers other than 201
    [[nodiscard]] std::uint64_t declined() const noexcept { return declined_; }

private:
    request_text text_;
    std::mt19937_64 random_{1};
    std::uint64_t number_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t unexpected_ = 0;
    std::uint64_t declined_ = 0;
    bool in_turn_ = false;
};

} // namespace meguri::bench
