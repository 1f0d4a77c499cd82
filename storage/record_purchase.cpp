// What the state store keeps of money that paid nothing when it came.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

namespace meguri::storage {
namespace {

constexpr std::uint8_t unmatched_version = 1;

} // namespace

void encode(record_buffer& out, const unmatched_record& one) {
    record_writer record{out, unmatched_version};
    record.number(one.newest);
    record.number(static_cast<std::uint8_t>(one.is_open));
    record.seal();
}

std::optional<unmatched_record> decode_unmatched(record_view record) {
    record_reader in{record, unmatched_version};
    unmatched_record found;
    found.newest = in.number<ledger::journal_position>();
    found.is_open = in.boolean();
    if (!in.complete()) return std::nullopt;
    return found;
}

} // namespace meguri::storage
