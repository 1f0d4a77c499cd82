#include "storage/bloom_filter.hpp"

#include "ledger/contract.hpp"

#include <bit>

namespace meguri::storage {
namespace {

static_assert(std::endian::native == std::endian::little, "the bits are stored as they lie in memory");

// Seven places of 9 bits each come out of one word: the best number of bits at ten bits a key.
constexpr unsigned probes = 7;
constexpr unsigned place_bits = 9;

} // namespace

std::size_t bloom_filter::block_of(const ledger::digest128& digest) const noexcept {
    // The high word scaled to the number of blocks: no division, and no power of two needed.
    __extension__ using wide = unsigned __int128;
    return static_cast<std::size_t>(wide{digest.high} * blocks_.size() >> 64);
}

void bloom_filter::insert(const ledger::digest128& digest) noexcept {
    EXPECTS(!blocks_.empty());
    block& one = blocks_[block_of(digest)];
    std::uint64_t rest = digest.low;
    for (unsigned i = 0; i < probes; ++i, rest >>= place_bits)
        one.bits[rest >> 6 & 7] |= std::uint64_t{1} << (rest & 63);
}

bool bloom_filter::may_contain(const ledger::digest128& digest) const noexcept {
    if (blocks_.empty()) return false;
    const block& one = blocks_[block_of(digest)];
    std::uint64_t rest = digest.low;
    for (unsigned i = 0; i < probes; ++i, rest >>= place_bits)
        if ((one.bits[rest >> 6 & 7] >> (rest & 63) & 1) == 0) return false;
    return true;
}

} // namespace meguri::storage
