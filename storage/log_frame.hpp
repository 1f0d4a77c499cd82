// One batch as it stands in the commit log, and in memory until it is filed in LMDB. All numbers little-endian:
//
//   offset  size  field
//        0     4  CRC32C of everything after it, padding excepted
//        4     4  bytes of the frame without its padding
//        8     8  the salt of the log that it was written to
//       16     8  the position of its first record
//       24     4  how many records
//       28     4  zero
//       32     4  of each record: its bytes
//                 the records, one after the other, as LMDB keeps them
//                 zeros up to a multiple of page_bytes
//
// A frame that was torn, or that an earlier run of the switch left, is told by its checksum and its salt.
#pragma once

#include "storage/chain_hash.hpp"
#include "storage/lmdb.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace meguri::storage {

class log_frame {
public:
    // What a direct write must begin at and be a multiple of, in the file and in memory.
    static constexpr std::size_t page_bytes = 4096;

    // Of sealed records, which begin at these places in `records`. Contract: at least one.
    log_frame(bytes records, std::span<const std::size_t> begins, ledger::journal_position first, std::uint64_t salt);
    // The frame that begins there; nullopt: none that is whole and of this salt.
    [[nodiscard]] static std::optional<log_frame> found_at(bytes begin, std::uint64_t salt);

    // The first position of a frame that begins there, whole or torn; nullopt: none of this salt does.
    [[nodiscard]] static std::optional<ledger::journal_position> begun_at(bytes begin, std::uint64_t salt) noexcept;

    [[nodiscard]] ledger::journal_position first() const noexcept { return first_; }
    [[nodiscard]] ledger::journal_position last() const noexcept { return first_ + count() - 1; }
    [[nodiscard]] std::size_t count() const noexcept { return ends_.size(); }
    // Contract: first() <= at <= last(). Valid as long as the frame.
    [[nodiscard]] bytes record(ledger::journal_position at) const noexcept;
    // What is written: whole pages that begin at a page.
    [[nodiscard]] bytes image() const noexcept { return {image_.get(), size_}; }
    [[nodiscard]] static std::size_t size_of(std::size_t records, std::size_t record_bytes) noexcept;

private:
    struct freer {
        void operator()(std::byte* memory) const noexcept { std::free(memory); } // NOLINT: of aligned_alloc
    };
    log_frame(std::size_t size, ledger::journal_position first);

    std::size_t size_;
    std::unique_ptr<std::byte[], freer> image_; // NOLINT: std::vector cannot align to a page
    ledger::journal_position first_;
    std::vector<std::uint32_t> ends_; // of each record within the image
    std::uint32_t records_at_ = 0;
};

} // namespace meguri::storage
