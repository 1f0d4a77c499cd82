// What a client certificate is known by: the SHA-256 of its DER bytes, as RFC 8705 (3.1, `x5t#S256`) binds a token to
// one. Of the certificate and not of its key alone, so that a renewal is a new name that somebody has let in, and what
// the authority revoked stays out; a terminal may have two, the one in use and its successor.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace meguri::ledger {

struct certificate_digest {
    static constexpr std::size_t size = 32;
    std::array<std::uint8_t, size> bytes{};
    friend auto operator<=>(const certificate_digest&, const certificate_digest&) noexcept = default;
};

inline constexpr std::size_t certificates_max = 2; // of one terminal

} // namespace meguri::ledger
