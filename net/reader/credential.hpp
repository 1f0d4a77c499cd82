// The `credential` of a payment by card, as POST /v1/authorizations takes it, and what a card shows for a challenge, as
// POST /v1/sessions does.
#pragma once

#include "ledger/calendar.hpp"

#include <string>
#include <string_view>

namespace meguri::net::reader {

struct card_credential {
    std::string_view certificate; // DER
    std::string_view signature;
    ledger::instant signed_at;
};

struct shown_card {
    std::string_view challenge;
    std::string_view certificate; // DER
    std::string_view signature;
};

// One JSON object, without a line feed; bytes in base64.
[[nodiscard]] std::string to_json(const card_credential& credential);
[[nodiscard]] std::string to_json(const shown_card& shown);

} // namespace meguri::net::reader
