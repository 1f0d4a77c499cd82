// What the switch asks of a partner, as requests, and what their answers say. OAuth 2.0 with PKCE (RFC 6749, 7636) and
// revocation (RFC 7009) for the account; for conversions what a partner of ours offers:
//
//   GET  account                       Bearer           {"sub": "...", ...}
//   PUT  conversions/{reference}       Bearer           {"units": 5000} -> {"status": "reserved"}
//   POST conversions/{reference}/confirmation  Basic    {} -> {"status": "confirmed"}
//   POST conversions/{reference}/cancellation  Basic    {} -> {"status": "cancelled"}
//
// The reference is ours and once for ever, so each of them can be repeated: a reference that is known answers how it
// stands. A reservation stands until it is confirmed or cancelled; a cancellation of a reference that never came keeps
// it from coming later. What ends a reservation needs no consent any more, so we identify ourselves (Basic).
#pragma once

#include "ledger/linked_conversion.hpp"
#include "net/partner_connections.hpp"
#include "net/web_exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace meguri::net {

// What a partner gave for an account, sealed into the journal as JSON.
struct partner_tokens {
    std::string access;
    std::string refresh;         // empty: none
    std::int64_t ends_at_ms = 0; // of the access; 0: it was not said
};
[[nodiscard]] std::string text_of(const partner_tokens& tokens);
[[nodiscard]] std::optional<partner_tokens> parse_tokens(std::string_view text);

// Where the resident is sent to.
[[nodiscard]] std::string authorization_url(const partner_connection& to, std::string_view redirect_uri,
                                            std::string_view state, std::string_view challenge);

class partner_calls {
public:
    explicit partner_calls(std::int64_t timeout_ms = 10'000) noexcept : timeout_ms_{timeout_ms} {}

    [[nodiscard]] web_request exchange_code(const partner_connection& to, const std::string& redirect_uri,
                                            const std::string& code, const std::string& verifier) const;
    [[nodiscard]] web_request refresh(const partner_connection& to, const std::string& refresh_token) const;
    [[nodiscard]] web_request ask_account(const partner_connection& to, const std::string& access) const;
    // Contract: the partner has a revocation endpoint.
    [[nodiscard]] web_request revoke(const partner_connection& to, const std::string& token) const;
    [[nodiscard]] web_request reserve(const partner_connection& to, const std::string& access,
                                      const ledger::linked_conversion& what) const;
    [[nodiscard]] web_request confirm(const partner_connection& to, const ledger::linked_conversion& what) const;
    [[nodiscard]] web_request cancel(const partner_connection& to, const ledger::linked_conversion& what) const;

private:
    [[nodiscard]] web_request request_to(const partner_connection& to, web_method method, std::string url) const;
    [[nodiscard]] web_request form_to(const partner_connection& to, const std::string& url,
                                      const form_pairs& form) const;
    [[nodiscard]] web_request end_of(const partner_connection& to, const ledger::linked_conversion& what,
                                     const char* how) const;
    std::int64_t timeout_ms_;
};

// nullopt: it is not what RFC 6749, 5.1 asks for. `before`: what is kept where the answer says nothing of it.
[[nodiscard]] std::optional<partner_tokens> tokens_in(const web_response& answer, std::int64_t now_ms,
                                                      const std::string& refresh_before = {});
// A text of the answer's object; empty: there is none.
[[nodiscard]] std::string text_in(const web_response& answer, std::string_view name);
// The account's name; empty: there is none that can be one.
[[nodiscard]] std::string subject_in(const web_response& answer);
// Why the partner refuses, for people: its "error" as far as it is a word, else the status.
[[nodiscard]] std::string refusal_in(const web_response& answer);

} // namespace meguri::net
