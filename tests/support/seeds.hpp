// Random numbers of property tests: every run has a seed of its own, which is printed, and MEGURI_SEED=<seed> runs that
// one alone again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace meguri::test {

// The seeds of `runs` runs, or the one of MEGURI_SEED.
[[nodiscard]] inline std::vector<std::uint64_t> seeds(std::size_t runs) {
    if (const char* const given = std::getenv("MEGURI_SEED")) {
        std::cout << "[  SEED    ] MEGURI_SEED=" << given << '\n';
        return {std::stoull(given)};
    }
    const std::uint64_t first = std::random_device{}();
    std::cout << "[  SEED    ] MEGURI_SEED=" << first << " and the " << runs - 1 << " after it\n";
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 0; i < runs; ++i) all.push_back(first + i);
    return all;
}

class dice {
public:
    explicit dice(std::uint64_t seed) : engine_{seed} {}

    // 0 to n - 1.
    [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
    [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) {
        return least + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(most - least + 1));
    }
    [[nodiscard]] bool one_in(std::size_t n) { return below(n) == 0; }
    template <class Sequence>
    [[nodiscard]] const auto& any_of(const Sequence& choices) {
        return choices[below(choices.size())];
    }
    [[nodiscard]] std::mt19937_64& engine() noexcept { return engine_; }

private:
    std::mt19937_64 engine_;
};

} // namespace meguri::test
