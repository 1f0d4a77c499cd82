// The port to whoever takes card payments for the switch: what is asked of the gateway, and how its answers are read.
// Another gateway is another file behind the same functions. No card number is ever in either.
//
//   POST {url}/v1/payments                     {reference, amount, currency: "jpy", return_url}, Idempotency-Key: the
//                                              reference: the same payment however often it is asked for
//   GET  {url}/v1/payments/{id}
//   POST {url}/v1/payments/{id}/cancellation   answered with how it stands: it may be captured by then
//   POST {url}/v1/payments/{id}/refunds        of all of it, Idempotency-Key: refund-REFERENCE
//
// Each is answered with the payment: {id, reference, amount, redirect_url, status: requires_action | processing |
// captured | declined | canceled | refunded | charged_back}. The same stands in the gateway's events (webhooks):
// {type: "payment.updated", payment: {...}}.
#pragma once

#include "ledger/commands.hpp"
#include "net/json_fields.hpp"
#include "net/web_exchange.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meguri::net {

struct card_gateway {
    std::string url; // without a slash at its end; empty: there is no gateway
    std::string key; // bearer
    std::string authorities;
    std::string return_url; // where the gateway sends the resident back to

    [[nodiscard]] web_request create(const ledger::purchase& one) const;
    [[nodiscard]] web_request look_up(std::string_view payment) const;
    [[nodiscard]] web_request cancel(std::string_view payment) const;
    [[nodiscard]] web_request refund(std::string_view payment, ledger::purchase_reference of) const;

private:
    [[nodiscard]] web_request about(std::string_view payment, std::string_view what) const;
};

// What the gateway says of a payment.
struct told_payment {
    ledger::purchase_reference reference;
    std::string id;
    std::string redirect;
    ledger::points amount;
    ledger::card_news news = ledger::card_news::pending;
};
// Of an answer's body; nullopt where it is none.
[[nodiscard]] std::optional<told_payment> read_payment(json_document& document, std::string_view body);
// Of an event's.
[[nodiscard]] std::optional<told_payment> read_payment_event(json_document& document, std::string_view body);

} // namespace meguri::net
