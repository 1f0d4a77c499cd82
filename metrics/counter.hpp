// A number with one writer thread that any thread may read.
#pragma once

#include <atomic>
#include <cstdint>

namespace meguri::metrics {

class counter {
public:
    // The writer's thread only: a plain addition, because no other writer can come between.
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }
    void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
    void raise_to(std::uint64_t n) noexcept {
        if (n > value()) set(n);
    }
    // Any thread.
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

} // namespace meguri::metrics
