// A payment as it stands: what was decided first, what has become of it since, and the lots that it still has. Every
// follow-up entry carries the state after it, so the newest one alone says all about the payment.
#pragma once

#include "ledger/ids.hpp"
#include "ledger/payment.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meguri::ledger {

struct payment_state {
    journal_position position = 0; // of its decision: what its id names; 0 while that is on its way to the disk
    std::uint64_t sequence = 0;    // of its decision within the wallet
    instant decided_at;
    merchant_id merchant;
    outlet_kind outlet_is = outlet_kind::terminal;
    outlet_id outlet;
    wallet_id wallet;     // none where the credential was unknown
    program_code program; // as named by the caller, perhaps nobody's
    points amount;        // authorized
    std::string reference;
    payment_status status = payment_status::declined;
    decline_code decline = decline_code::none;
    points captured;
    points refunded;               // by refunds and by a reversal
    std::optional<points> balance; // what the wallet could still spend in that program; none without a wallet
    instant capture_before;        // 0 unless authorized
    std::vector<lot_use> lots;     // held, or captured and not given back; in the order of spending

    [[nodiscard]] bool is_hold() const noexcept { return status == payment_status::authorized; }
};
using payment_state_ptr = std::shared_ptr<const payment_state>;

} // namespace meguri::ledger
