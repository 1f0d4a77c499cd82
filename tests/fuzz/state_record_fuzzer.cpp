// The state store's records: whatever is decoded encodes to the same bytes again. The first byte of an input says which
// kind of record it is, the record without its checksum follows.
#include "ledger/contract.hpp"
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"
#include "tests/fuzz/fuzzing.hpp"

namespace meguri::fuzz {
namespace {

using storage::record_buffer;
using storage::record_view;

constexpr ledger::wallet_id wallet{17};
constexpr ledger::merchant_id merchant{5};

template <class Value>
void encode_again(record_buffer& out, const Value& one) {
    storage::encode(out, one);
}
template <class Value>
void encode_again(record_buffer& out, const storage::positioned<Value>& one) {
    storage::encode(out, one.value, one.applied);
}
void encode_again(record_buffer& out, ledger::journal_position newest) { storage::encode_follow_up(out, newest); }

template <class Decoded>
void check(const record_buffer& record, const std::optional<Decoded>& decoded) {
    if (!decoded) return;
    record_buffer again;
    encode_again(again, *decoded);
    ENSURES(again == record);
}

void check_kind(unsigned kind, const record_buffer& record) {
    const auto program = *ledger::program_code::parse("042021");
    switch (kind) {
    case 0: return check(record, storage::decode_wallet(record, wallet));
    case 1: return check(record, storage::decode_merchant(record, merchant));
    case 2: return check(record, storage::decode_program(record, program));
    case 3: return check(record, storage::decode_party(record, ledger::caller_kind::partner, 3));
    case 4: return check(record, storage::decode_code(record));
    case 5: return check(record, storage::decode_bearer(record));
    case 6: return check(record, storage::decode_follow_up(record));
    case 7: return check(record, storage::decode_accounts(record, program));
    case 8: return check(record, storage::decode_outcomes(record));
    case 9: return check(record, storage::decode_checkpoint(record));
    case 10: return check(record, storage::decode_keys(record));
    default: return;
    }
}

} // namespace

void try_input(input bytes) {
    if (bytes.empty()) return;
    record_buffer record;
    storage::seal_bytes(record, bytes.subspan(1));
    check_kind(std::to_integer<unsigned>(bytes.front()), record);
}

} // namespace meguri::fuzz
