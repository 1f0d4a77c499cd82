// Bulk requests as bytes for the load generator: a fixed number of payments of one point each, every line with an
// idempotency key of its own.
#pragma once

#include "bench/http_load.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace meguri::bench {

class bulk_source final : public load_source {
public:
    // `tag`: at most 16 characters of visible ASCII that make the keys this run's own. `lines`: 1 to 1,000.
    bulk_source(std::string tag, std::uint32_t lines) : tag_{std::move(tag)}, lines_{lines} {}

    void add_till(const std::string& bearer_key) { tills_.push_back(bearer_key); }
    void add_code(const std::string& program, const std::string& code);

    void next_request(std::uint32_t connection, std::string& out) override;
    void on_response(std::uint32_t connection, const http_answer& answer) override;

    [[nodiscard]] std::uint64_t captured() const noexcept { return captured_; } // lines
    // Lines that were anything else, and all lines of a request that was refused.
    [[nodiscard]] std::uint64_t unexpected() const noexcept { return unexpected_; }

private:
    std::string tag_;
    std::uint32_t lines_;
    std::vector<std::string> tills_;
    std::vector<std::string> line_ends_; // of each code, from behind the key on
    std::string body_;
    std::mt19937_64 random_{1};
    std::uint64_t number_ = 0;
    std::uint64_t captured_ = 0;
    std::uint64_t unexpected_ = 0;
};

} // namespace meguri::bench
