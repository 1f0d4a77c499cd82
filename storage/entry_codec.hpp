// A journal entry as bytes. All numbers are little-endian; "v" is an unsigned LEB128 number in its shortest form, "z"
// the same of a zigzagged signed one, "text" a v length and that many bytes. Whoever decodes gets the entry that was
// encoded or an error, whatever the bytes are; there is exactly one encoding of every entry.
//
//   offset  size  field
//        0     4  CRC32C of everything after it
//        4     1  version: 4 where a lot or a campaign has an earmark, else 3 where a campaign's terms are of
//                 benefits, else 2 where it has an origin, else 1
//        5     1  flags: 1 = the last entry of its batch, a trailer follows the fact
//        6     1  kind: the fact's index in ledger::fact
//        7     1  present: 1 caller, 2 person, 4 idempotency key, 8 fingerprint, 16 wallet, 32 merchant,
//                 64 key number, 128 request
//        8     v  position
//              8  decided_at, ms since 1970
//                 caller: kind 1, id v | person v | key text | fingerprint 16
//                 wallet: id v, sequence v, previous position v
//                 merchant: id v, previous position v, terms version v
//                 key number v | request: process 8, number v
//                 the fact, see storage/entry_codec_layout.hpp
//                 trailer: recorded_at 8, chain hash 32
//
// The chain hash covers, after the previous hash, each record's length (8) and bytes from offset 4 on, without the
// hash.
#pragma once

#include "ledger/entry.hpp"
#include "storage/chain_hash.hpp"
#include "storage/error.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace meguri::storage {

inline constexpr std::uint8_t entry_version = 4; // the newest; nothing is written in a newer one than it needs

// Under which number a fact is stored.
template <class Fact, std::size_t Index = 0>
inline constexpr std::size_t number_of_fact = [] {
    if constexpr (std::is_same_v<Fact, std::variant_alternative_t<Index, ledger::fact_kinds>>)
        return ledger::fact_numbers[Index];
    else
        return number_of_fact<Fact, Index + 1>;
}();

struct batch_trailer {
    ledger::instant recorded_at;
    chain_hash hash{};
};

struct journal_record {
    ledger::entry what;
    std::optional<batch_trailer> end_of_batch; // of the last entry of a batch
};

// Appends the entry's record to `out`, its checksum still open. Contract: its lots have terms.
void encode(const ledger::entry& one, std::vector<std::byte>& out);
// Marks the record as the last of its batch and appends a trailer whose hash is still open.
void append_trailer(std::vector<std::byte>& out, std::size_t record_begin, ledger::instant recorded_at);
void set_trailer_hash(std::span<std::byte> record, const chain_hash& hash) noexcept;
void set_checksum(std::span<std::byte> record) noexcept;

// Errors: corrupt, version_too_new; the position is the caller's to add.
[[nodiscard]] tl::expected<journal_record, error> decode(bytes record);
// The same checks of checksum and version without the entry: nullopt inside a batch.
[[nodiscard]] tl::expected<std::optional<batch_trailer>, error> trailer_of(bytes record);
// The number of the record's fact, perhaps one that this program does not know, without any check; std::variant_npos
// where the record is too short to say.
[[nodiscard]] std::size_t kind_of(bytes record) noexcept;

// Feeds one record into its batch's hash: `last` where it carries the trailer.
void add_to_chain(chain_hasher& hasher, bytes record, bool last);

} // namespace meguri::storage
