// What the state store knows of a payment besides its journal entries: which of them is the newest.
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"

namespace meguri::storage {
namespace {
constexpr std::uint8_t follow_up_version = 1;
}

void encode_follow_up(record_buffer& out, ledger::journal_position newest) {
    record_writer record{out, follow_up_version};
    record.number(newest);
    record.seal();
}

std::optional<ledger::journal_position> decode_follow_up(record_view record) {
    record_reader in{record, follow_up_version};
    const auto newest = in.number<ledger::journal_position>();
    if (!in.complete() || newest == 0) return std::nullopt;
    return newest;
}

} // namespace meguri::storage
