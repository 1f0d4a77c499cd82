// What tills ask, as bytes for the load generator, put together from prepared parts: a request costs it little more
// than the copy. Each act has a number, from which its idempotency key and its reference follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

class request_text {
public:
    // `tag`: at most 16 characters of visible ASCII that make the keys this run's own.
    explicit request_text(std::string tag) : tag_{std::move(tag)} {}

    void add_till(const std::string& bearer_key);
    // All of the same program, and of the same length.
    void add_code(const std::string& program, const std::string& code);
    [[nodiscard]] std::size_t tills() const noexcept { return tills_.size(); }
    [[nodiscard]] std::size_t codes() const noexcept { return codes_.size() / code_length_; }
    [[nodiscard]] std::string_view code(std::size_t index) const {
        return std::string_view{codes_}.substr(index * code_length_, code_length_);
    }
    [[nodiscard]] const std::string& program() const noexcept { return program_; }

    struct payment {
        std::uint64_t number = 0;
        std::string_view program;
        std::string_view code;
        unsigned amount = 1;
        bool capture = true;
        std::string_view credential = {}; // JSON, instead of the code
    };
    void authorization(std::string& out, std::size_t till, const payment& asked);
    // `what`: captures, voids or refunds. `amount` 0: all.
    void step(std::string& out, std::size_t till, std::uint64_t number, std::string_view payment_id,
              std::string_view what, unsigned amount);
    // Of the attempt with the key of that number.
    void reversal(std::string& out, std::size_t till, std::uint64_t number, std::uint64_t reversed);

    [[nodiscard]] std::string key_of(std::uint64_t number) const;
    // Of a key that this made; 0 of any other.
    [[nodiscard]] std::uint64_t number_of(std::string_view idempotency_key) const;

private:
    void finish(std::string& out, std::size_t till, std::uint64_t number) const;

    std::string tag_;
    std::string program_;
    std::string codes_; // one after the other
    std::size_t code_length_ = 1;
    std::vector<std::string> tills_; // from behind the path on, up to the number in the key
    std::string body_;
};

} // namespace meguri::bench
