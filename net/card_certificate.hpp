// A card's certificate for user authentication, read and judged once: who issued it and whether it is of the right
// kind. What changes with time, its dates and its revocation, is judged at each use from what stands here. Immutable;
// any thread.
#pragma once

#include "ledger/calendar.hpp"
#include "net/card_authorities.hpp"

#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;
struct evp_md_st;

namespace meguri::net {

struct card_certificate {
    std::string identity;          // issuer and serial number, both in DER
    std::string serial;            // the number's bytes, highest first
    authority_name issued_by;      // empty: no authority that we know
    bool is_of_right_kind = false; // policy, use, algorithm, and no authority's
    ledger::instant begins;        // the later one of its own and its authority's
    ledger::instant ends;          // the earlier one: the last moment at which it is good
    std::shared_ptr<evp_pkey_st> key = {};
    const evp_md_st* digest = nullptr; // over what the key signs; null: not an algorithm that we allow

    [[nodiscard]] bool is_good() const noexcept { return !issued_by.empty() && is_of_right_kind; }
    // Whether its key signed the text: RSA-2048 by PKCS #1 v1.5 over SHA-256, P-384 by ECDSA over SHA-384 in DER.
    [[nodiscard]] bool signed_text(std::string_view text, std::string_view signature) const;
};

inline constexpr std::string_view user_authentication_policy = "1.2.392.200149.8.5.1.3.30";
inline constexpr std::size_t card_certificate_bytes_max = 4'096;

// As card_certificate::identity of the authority's card of that number.
[[nodiscard]] std::string identity_of(x509_st& authority, std::string_view serial);

// nullopt: not one certificate in DER and nothing else.
[[nodiscard]] std::optional<card_certificate> read_card_certificate(std::string_view der,
                                                                    const card_authorities& authorities);

} // namespace meguri::net
