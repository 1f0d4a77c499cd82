// The digests of keys and codes that an entry carries: the text itself is derived again whenever it is shown, and never
// stored.
#pragma once

#include "ledger/entry.hpp"
#include "storage/key_ring.hpp"

namespace meguri::actors {

[[nodiscard]] inline ledger::digest128 new_key(const storage::key_ring& keys, ledger::caller_kind kind,
                                               std::uint64_t id, std::uint32_t number = 1) {
    return keys.digest_of_bearer(keys.bearer_key(kind, id, keys.epochs().mark(), number - 1).reveal());
}

[[nodiscard]] inline ledger::digest128 new_code(const storage::key_ring& keys, const ledger::code_issued& issued) {
    const auto text = keys.code_text(issued.wallet, issued.ordinal, issued.kind, keys.epochs().mark());
    return keys.digest_of_code(text.reveal());
}
[[nodiscard]] inline ledger::digest128 new_code(const storage::key_ring& keys, const ledger::once_code_issued& issued) {
    const auto text = keys.numeric_code_text(issued.wallet, issued.ordinal, issued.format, keys.epochs().mark());
    return keys.digest_of_code(text.reveal());
}
// Of the one that was printed for a blocked one.
[[nodiscard]] inline ledger::digest128 new_code(const storage::key_ring& keys, const ledger::code_blocked& blocked) {
    return new_code(keys, ledger::code_issued{blocked.wallet, blocked.reissued_as, ledger::code_kind::card, {}, {}});
}

} // namespace meguri::actors
