// Journal records: whatever is decoded encodes to the same bytes again, so that every entry has one record only.
#include "ledger/contract.hpp"
#include "storage/entry_codec.hpp"
#include "tests/fuzz/fuzzing.hpp"

#include <algorithm>
#include <vector>

namespace meguri::fuzz {
namespace {

constexpr std::size_t checksum_bytes = 4;

std::vector<std::byte> encoded(const storage::journal_record& one) {
    std::vector<std::byte> out;
    storage::encode(one.what, out);
    if (one.end_of_batch) {
        storage::append_trailer(out, 0, one.end_of_batch->recorded_at);
        storage::set_trailer_hash(out, one.end_of_batch->hash);
    }
    storage::set_checksum(out);
    return out;
}

} // namespace

// The input is a record; its checksum is made right, or nothing would come past it.
void try_input(input bytes) {
    std::vector<std::byte> record{bytes.begin(), bytes.end()};
    if (record.size() >= checksum_bytes) storage::set_checksum(record);
    const auto trailer = storage::trailer_of(record);
    const auto decoded = storage::decode(record);
    ENSURES(!decoded || trailer.has_value());
    if (!decoded) {
        const auto code = decoded.error().code;
        ENSURES(code == storage::errc::corrupt || code == storage::errc::version_too_new);
        return;
    }
    ENSURES(trailer->has_value() == decoded->end_of_batch.has_value());
    ENSURES(encoded(*decoded) == record);
}

} // namespace meguri::fuzz
