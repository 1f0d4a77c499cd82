// Payments as bytes for the load generator, put together from prepared parts: a request costs it little more than the
// copy. Each has an idempotency key and a reference of its own.
#pragma once

#include "bench/http_load.hpp"
#include "bench/payment_audit.hpp"
#include "bench/wallet_choice.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>
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
    // Codes by Zipf's law, the first added the most; after the last was added. `exponent`: 0 to 10.
    void choose_by(double exponent) { choice_.emplace(bodies_.size(), exponent); }
    // Of the choice of tills and codes.
    void seed(std::uint64_t with) { random_.seed(with); }
    // Keeps what is told of each payment, for an audit. Before the first.
    void remember() noexcept { remembers_ = true; }
    // By number, from 1: nothing of number 0.
    [[nodiscard]] const std::vector<told>& answers_told() const noexcept { return told_; }
    // Of a key that next_request() made; 0 of any other.
    [[nodiscard]] std::uint64_t number_of(std::string_view idempotency_key) const;

    void begin_connections() override { asked_.clear(); }
    void next_request(std::uint32_t connection, std::string& out) override;
    void on_response(std::uint32_t connection, int status, std::string_view body) override;

    [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }
    [[nodiscard]] std::uint64_t unexpected() const noexcept { return unexpected_; } // answers other than 201
    [[nodiscard]] std::uint64_t shed() const noexcept { return shed_; }             // of these, 503
    [[nodiscard]] std::uint64_t declined() const noexcept { return declined_; }

private:
    std::string tag_;
    std::vector<std::string> heads_;  // of each till, up to the number in the key
    std::vector<std::string> bodies_; // of each code, up to the number in the reference
    std::mt19937_64 random_{1};
    std::uint64_t number_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t unexpected_ = 0;
    std::uint64_t shed_ = 0;
    std::uint64_t declined_ = 0;
    bool in_turn_ = false;
    std::optional<wallet_choice> choice_;
    bool remembers_ = false;
    std::vector<told> told_;
    std::vector<std::deque<std::uint64_t>> asked_; // by connection
};

} // namespace meguri::bench
