// `manifest.json` of a backup: which segments it consists of. Written last and by a rename, so a backup is what its
// manifest says, whatever else lies beside it.
//
//   {
//   "format": 1,
//   "ledger": "<16 hexadecimal digits>",            as the journal's first entry names it
//   "key": "<32 hexadecimal digits>",               fingerprint of the key file
//   "segments": [
//   {"file": "segment-...mgs", "first": 1, "last": 100000, "bytes": 23456789, "hash": "<64 hexadecimal digits>"}
//   ],
//   "chain": "<64 hexadecimal digits>",             the chain's hash at the last entry
//   "recorded_at": "2026-04-01T03:04:05.678Z",      when the last entry was recorded
//   "manifest_hash": "<64 hexadecimal digits>"      BLAKE2b-256 of everything before this line
//   }
#pragma once

#include "ledger/digest.hpp"
#include "storage/chain_hash.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::storage {

inline constexpr std::string_view manifest_file_name = "manifest.json";

struct noted_segment {
    ledger::journal_position first = 0;
    ledger::journal_position last = 0;
    std::uint64_t file_bytes = 0;
    chain_hash hash{}; // at the file's end, of all of it
    friend bool operator==(const noted_segment&, const noted_segment&) = default;
};

struct backup_manifest {
    std::uint64_t ledger = 0;
    ledger::digest128 key; // key_ring::fingerprint()
    std::vector<noted_segment> segments;
    chain_end end; // of the last segment
    friend bool operator==(const backup_manifest&, const backup_manifest&) = default;
};

[[nodiscard]] std::string to_json(const backup_manifest& one);
// Takes what to_json() wrote and nothing else: segments from position 1 on, without a gap, at least one. Errors:
// backup_damaged, version_too_new.
[[nodiscard]] tl::expected<backup_manifest, error> parse_manifest(std::string_view text);

} // namespace meguri::storage
