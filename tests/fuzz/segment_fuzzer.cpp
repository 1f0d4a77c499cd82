// Segments of a backup: whatever is read without an error is what the builder makes of the same entries, so that every
// segment has one file only.
#include "ledger/contract.hpp"
#include "storage/archive_segment.hpp"
#include "tests/fuzz/fuzzing.hpp"

#include <algorithm>
#include <sodium.h>
#include <vector>

namespace meguri::fuzz {
namespace {

// What is changed in an input would not come past the file's hash.
void set_hash(std::vector<std::byte>& file) {
    constexpr std::size_t hash_bytes = sizeof(storage::chain_hash);
    if (file.size() < hash_bytes) return;
    const std::size_t covered = file.size() - hash_bytes;
    auto* const raw = reinterpret_cast<unsigned char*>(file.data());
    crypto_generichash(raw + covered, hash_bytes, raw, covered, nullptr, 0);
}

bool is_expected(const storage::error& why) {
    return why.code == storage::errc::backup_damaged || why.code == storage::errc::version_too_new;
}

} // namespace

void try_input(input bytes) {
    std::vector<std::byte> file{bytes.begin(), bytes.end()};
    ENSURES(sodium_init() >= 0);
    set_hash(file);
    const auto head = storage::parse_segment_head(file);
    const auto segment = storage::parse_segment(file);
    ENSURES(segment ? head == segment->head : is_expected(segment.error()));
    if (!segment) return;
    const auto records = storage::check_entries(*segment);
    if (!records) {
        ENSURES(is_expected(records.error()));
        return;
    }
    ENSURES(records->size() == head->entries());
    storage::segment_builder built{head->ledger, head->before};
    for (const auto record : *records) built.add(record);
    built.end_batch(head->after);
    ENSURES(std::move(built).finish() == file);
}

} // namespace meguri::fuzz
