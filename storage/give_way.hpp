// For threads that work behind the payments: they offer the core to whoever waits for it every so often. A kernel that
// looks only at its ticks (CONFIG_HZ=250: every 4 ms) whether a thread has had its share would leave an io thread
// waiting as long. Any thread, each with an object of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <thread>

namespace meguri::storage {

class give_way {
public:
    // `every`: so many steps, a power of two.
    explicit constexpr give_way(std::uint32_t every) noexcept : mask_{every - 1} {}
    void step() noexcept {
        if ((++steps_ & mask_) == 0) std::this_thread::yield();
    }

private:
    std::uint32_t mask_;
    std::uint32_t steps_ = 0;
};

// std::sort by <, offering the core every 1,024 comparisons.
template <std::ranges::random_access_range Range>
void sort_giving_way(Range& all) {
    give_way way{1'024};
    std::sort(all.begin(), all.end(), [&way](const auto& a, const auto& b) {
        way.step();
        return a < b;
    });
}

} // namespace meguri::storage
