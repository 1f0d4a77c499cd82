#include "net/card_credential.hpp"

#include "net/base64.hpp"
#include "net/resource.hpp"

namespace meguri::net {
namespace {

// In base64: four characters for three bytes.
constexpr text_bounds certificate_bounds{4, (card_certificate_bytes_max + 2) / 3 * 4};
constexpr text_bounds signature_bounds{4, 1'024};
constexpr text_bounds instant_bounds{24, 24};

} // namespace

std::shared_ptr<const card_certificate> read_certificate(json_fields& from, card_trust& trust) {
    const auto der = decode_base64(from.text("certificate", certificate_bounds));
    auto found = der ? trust.read(*der) : nullptr;
    if (found == nullptr)
        from.refuse("certificate", problem_code::invalid_value, "Must be one certificate, in base64 of its DER.");
    return found;
}

bool call::waits_for(const std::shared_ptr<const card_certificate>& card) {
    if (cards_were_asked || !cards.must_ask(*card, now())) return false;
    to_ask.push_back(card);
    return true;
}

std::string read_signature(json_fields& from) {
    auto signature = decode_base64(from.text("signature", signature_bounds));
    if (!signature) from.refuse("signature", problem_code::invalid_value, "Must be base64.");
    return std::move(signature).value_or(std::string{});
}

card_credential read_card_credential(json_fields& from, card_trust& trust) {
    card_credential found;
    found.certificate = read_certificate(from, trust);
    found.signature = read_signature(from);
    // Whoever signs writes the instant as we do, or the signed text could not be rebuilt from it.
    const auto text = from.text("signed_at", instant_bounds);
    const auto at = ledger::parse_rfc3339(text);
    if (!at || ledger::to_rfc3339(*at) != text)
        from.refuse("signed_at", problem_code::invalid_value, "Must be as 2026-04-01T03:04:05.678Z, in UTC.");
    found.signed_at = at.value_or(ledger::instant{});
    return found;
}

} // namespace meguri::net
