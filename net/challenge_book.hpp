// The challenges that cards are asked to sign: each is random, for one purpose, good once and for a minute. Shared by
// all io threads, because the answer may come to another one than the question; in memory alone, because a minute later
// none of them matters.
//
// How many there can be is bounded twice: each network gets so many a second, and those of the last minute, used or
// not, are counted together.
#pragma once

#include "net/failure_limit.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace meguri::net {

enum class challenge_purpose : std::uint8_t {
    login,   // of a resident alone
    rebind,  // of a card that takes another one's place
    support, // of a resident at a support desk
    recover, // of a card that takes the place of one that is gone
};
inline constexpr std::array<std::string_view, 4> challenge_purpose_names{"login", "rebind", "support", "recover"};
[[nodiscard]] constexpr std::string_view name_of(challenge_purpose one) noexcept {
    return challenge_purpose_names[static_cast<std::size_t>(one)];
}

inline constexpr std::int64_t challenge_valid_ms = 60'000;

struct challenge_settings {
    std::uint32_t open_max = 65'536;          // of the last minute
    failure_limit_settings of_a_network = {}; // how many one may ask for
};

class challenge_book {
public:
    enum class refused : std::uint8_t { too_many_from_there, full };
    struct opened {
        std::string text; // ch_ and 32 characters of base64url: 192 random bits
        std::int64_t ends_at_ms = 0;
    };

    explicit challenge_book(const challenge_settings& with) : open_max_{with.open_max}, limit_{with.of_a_network} {}

    // All of these on any thread. `now_ms`: wall clock, Unix milliseconds; `steady_ns`: the steady clock.
    [[nodiscard]] tl::expected<opened, refused> open(challenge_purpose of, client_network from, std::int64_t now_ms,
                                                     std::int64_t steady_ns);
    // Whether it was open, for that purpose. It is not any more, whatever the answer.
    [[nodiscard]] bool consume(std::string_view text, challenge_purpose of, std::int64_t now_ms);

    // From now on; those that are open stay so.
    void set(const challenge_settings& with);
    [[nodiscard]] std::size_t open_ones() const;

private:
    struct open_challenge {
        challenge_purpose purpose;
        std::int64_t ends_at_ms;
    };
    struct given_challenge {
        std::string text;
        std::int64_t ends_at_ms;
    };
    void forget_ended(std::int64_t now_ms);

    mutable std::mutex mutex_;
    std::uint32_t open_max_;
    failure_limit limit_;
    std::unordered_map<std::string, open_challenge> open_;
    std::deque<given_challenge> given_; // in order, those that were used too
};

} // namespace meguri::net
