// A My Number card as requests hand it over: its certificate, and with a payment the signature and when it signed.
#pragma once

#include "ledger/card.hpp"
#include "net/card_trust.hpp"
#include "net/json_fields.hpp"

#include <memory>
#include <string>

namespace meguri::net {

struct card_credential {
    std::shared_ptr<const card_certificate> certificate; // null: faulted
    std::string signature;
    ledger::instant signed_at;
};

// The member `certificate`: base64 of its DER. Null: faulted.
[[nodiscard]] std::shared_ptr<const card_certificate> read_certificate(json_fields& from, card_trust& trust);
// The member `signature`: base64.
[[nodiscard]] std::string read_signature(json_fields& from);
// The members `certificate`, `signature` and `signed_at`.
[[nodiscard]] card_credential read_card_credential(json_fields& from, card_trust& trust);

} // namespace meguri::net
