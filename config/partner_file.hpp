// The partners at which residents may link their accounts, as a file of the operator says: where each is reached, and
// as whom. It stands beside the secrets that it names and not in the journal: an address decides to whom a secret and a
// resident are sent, so it belongs to whoever may read the secret. What a conversion is worth are the partner's terms,
// which two persons agree on.
//
//   [[partner]]
//   id = "par_..."                                          # as POST /v1/partners gave it
//   client_id = "meguri"
//   client_secret_file = "/etc/meguri/card.secret"          # its first line
//   authorization_endpoint = "https://card.example.jp/oauth/authorize"   # RFC 6749, 3.1
//   token_endpoint = "https://card.example.jp/oauth/token"               # RFC 6749, 3.2
//   revocation_endpoint = "https://card.example.jp/oauth/revoke"         # RFC 7009; may be left out
//   account_endpoint = "https://card.example.jp/v1/account"
//   conversions_endpoint = "https://card.example.jp/v1/conversions"
//   scope = "points"                                        # may be left out
//   authorities = ""                                        # PEM; may be left out: the system's
#pragma once

#include "config/error.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meguri::config {

struct partner_entry {
    std::string id;
    std::string client_id;
    std::string client_secret_file;
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string revocation_endpoint; // empty: none
    std::string account_endpoint;
    std::string conversions_endpoint;
    std::string scope;
    std::string authorities;
};

// Errors name the file, the line and the key. An empty file name: none.
[[nodiscard]] tl::expected<std::vector<partner_entry>, error> load_partner_file(const std::string& file);
[[nodiscard]] tl::expected<std::vector<partner_entry>, error> parse_partner_file(std::string_view text,
                                                                                 const std::string& file);

} // namespace meguri::config
