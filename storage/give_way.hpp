// For threads that work behind the payments: they offer the core to whoever waits for it every so often. A kernel that
// looks only at its ticks (CONFIG_HZ=250: every 4 ms) whether a thread has had its share would leave an io thread
// waiting as long. Whoever falls behind must stop offering: beside threads that never rest it would get nothing. Any
// thread, each with an object of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <thread>

namespace meguri::storage {

class give_way {
public:
    // From now on the core is kept, or offered again.
    void hurry(bool yes) noexcept { hurries_ = yes; }
    // Work was done: an entry, a record or the like.
    void step() noexcept { did(weight_of_step); }
    void compared() noexcept { did(1); }
    // How often it was offered.
    [[nodiscard]] std::uint64_t offers() const noexcept { return offers_; }

private:
    static constexpr std::uint32_t weight_of_step = 32; // comparisons
    static constexpr std::uint32_t offered_every = 1'024;

    void did(std::uint32_t weight) noexcept {
        done_ += weight;
        if (done_ < offered_every) return;
        done_ = 0;
        if (hurries_) return;
        ++offers_;
        std::this_thread::yield();
    }

    std::uint32_t done_ = 0;
    std::uint64_t offers_ = 0;
    bool hurries_ = false;
};

// As std::sort by <.
template <std::ranges::random_access_range Range>
void sort(Range& all, give_way& way) {
    std::sort(all.begin(), all.end(), [&way](const auto& a, const auto& b) {
        way.compared();
        return a < b;
    });
}

} // namespace meguri::storage
