// A Bloom filter over digests that are uniform already. All bits of one digest lie in one cache line, so that the usual
// question, about a key that is not there, costs one miss per run. Immutable once filled: read from all threads.
#pragma once

#include "ledger/digest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace meguri::storage {

class bloom_filter {
public:
    static constexpr std::size_t bits_per_key = 10;
    static constexpr std::size_t block_bytes = 64;

    bloom_filter() = default;
    explicit bloom_filter(std::uint64_t keys) : blocks_(blocks_for(keys)) {}

    // The 512-bit blocks that `keys` keys need; at least one.
    [[nodiscard]] static std::size_t blocks_for(std::uint64_t keys) noexcept {
        return static_cast<std::size_t>((keys * bits_per_key + block_bytes * 8 - 1) / (block_bytes * 8)) + (keys == 0);
    }

    void insert(const ledger::digest128& digest) noexcept;
    // False: certainly not there. True: there, or one time in about a hundred not.
    [[nodiscard]] bool may_contain(const ledger::digest128& digest) const noexcept;

    // The bits as they are stored: little-endian words.
    [[nodiscard]] std::size_t size_bytes() const noexcept { return blocks_.size() * block_bytes; }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return std::as_bytes(std::span{blocks_}); }
    [[nodiscard]] std::span<std::byte> writable_bytes() noexcept { return std::as_writable_bytes(std::span{blocks_}); }

private:
    static constexpr std::size_t words = block_bytes / sizeof(std::uint64_t);
    struct alignas(block_bytes) block {
        std::array<std::uint64_t, words> bits{};
    };
    static_assert(sizeof(block) == block_bytes);

    [[nodiscard]] std::size_t block_of(const ledger::digest128& digest) const noexcept;

    std::vector<block> blocks_;
};

} // namespace meguri::storage
