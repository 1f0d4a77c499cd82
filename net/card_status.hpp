// What an authority says of one card by OCSP (RFC 6960): the question as it is sent, and the answer as it is believed.
// Believed is what the authority that issued the card signed itself, or a responder to whose certificate it gave that
// use (id-kp-OCSPSigning) and which it issued itself; nothing that the answer brings along is trusted for another
// reason. Pure; any thread.
#pragma once

#include "ledger/calendar.hpp"
#include "net/card_authorities.hpp"
#include "net/card_certificate.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ocsp_request_st;

namespace meguri::net {

struct card_status {
    bool is_revoked = false;
    ledger::instant begins; // thisUpdate
    ledger::instant ends;   // nextUpdate; without one: as old as the answer may get, from thisUpdate on
};

// A responder's clock may be ahead of ours by so much.
inline constexpr std::int64_t responder_ahead_max_ms = 5 * 60'000LL;

class card_question {
public:
    // nullopt: none of the authorities issued the card.
    [[nodiscard]] static std::optional<card_question> of(const card_certificate& card,
                                                         const card_authorities& authorities);

    [[nodiscard]] std::string der() const;
    // Errors: why nothing is known by it, in words. `age_max_ms`: of an answer that does not say when it ends.
    [[nodiscard]] tl::expected<card_status, std::string> read(std::string_view answer, ledger::instant now,
                                                              std::int64_t age_max_ms) const;

private:
    std::shared_ptr<x509_st> issuer_;
    std::shared_ptr<ocsp_request_st> asked_;
};

} // namespace meguri::net
