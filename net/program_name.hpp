// How a program is called in answers: its six digits, or, where undecided points stand, `undecided:` and their partner.
#pragma once

#include "ledger/undecided.hpp"
#include "storage/key_ring.hpp"

#include <string>

namespace meguri::net {

[[nodiscard]] inline std::string program_name(ledger::program_code code, const storage::key_ring& keys) {
    if (!ledger::is_undecided(code)) return code.text();
    const auto partner = ledger::partner_of(code);
    return "undecided:" + keys.encode_id(storage::id_kind::partner, partner.value()).str();
}

} // namespace meguri::net
