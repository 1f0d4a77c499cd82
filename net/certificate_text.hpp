// A client certificate as an operator names it: the PEM text itself, or its SHA-256 in hex as
// `openssl x509 -noout -fingerprint -sha256` prints it. Pure; any thread.
#pragma once

#include "ledger/certificate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meguri::net {

// nullopt: neither one PEM certificate and nothing else, nor 64 hex digits, colons between pairs or not.
[[nodiscard]] std::optional<ledger::certificate_digest> parse_certificate(std::string_view text);

// 64 hex digits in small letters.
[[nodiscard]] std::string text_of(const ledger::certificate_digest& one);

} // namespace meguri::net
