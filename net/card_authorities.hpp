// The authorities that issue cards' certificates, pinned by the operator: several generations of one name, told apart
// by key identifier and signature. Whatever authority a card names or brings along is never trusted. Immutable; any
// thread.
#pragma once

#include "net/error.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <vector>

struct x509_st;
struct X509_crl_st;

namespace meguri::net {

// SHA-256 of its certificate: names an authority beyond a reload.
using authority_name = std::string;

class card_authorities {
public:
    struct authority {
        std::shared_ptr<x509_st> certificate;
        authority_name name;
    };

    // PEM text of 1 or more certificates. Errors: bad_card_authorities, with `origin` in its words.
    [[nodiscard]] static tl::expected<card_authorities, error> parse(const std::string& pem, const std::string& origin);

    // Who issued the certificate, dates aside; null: none of these.
    [[nodiscard]] const authority* issuer_of(x509_st& certificate) const;
    // Whose key signed the list; null: none of these.
    [[nodiscard]] const authority* signer_of(X509_crl_st& list) const;
    [[nodiscard]] const std::vector<authority>& all() const noexcept { return all_; }

private:
    std::vector<authority> all_;
};

} // namespace meguri::net
