#include "net/resource_gateway.hpp"

#include "net/card_gateway.hpp"
#include "net/gateway_signature.hpp"

namespace meguri::net {

// An event that comes twice, late or in another order says nothing new: the purchase decides.
asked take_gateway_event(call& from) {
    if (from.gateway_secret.empty()) return refused(problem_code::not_found);
    if (!is_signed_by_gateway(from.request.gateway_signature, from.request.body, from.gateway_secret,
                              from.request.received_at_ms))
        return tl::unexpected{problem{problem_code::unauthenticated, "The event is not signed by the gateway."}};
    const auto told = read_payment_event(from.json, from.request.body);
    if (!told) return tl::unexpected{problem{problem_code::malformed_request, "That is no event of a payment."}};
    const auto newest = from.ledger.newest_of_purchase(told->reference);
    if (!newest) return refused(problem_code::read_failed);
    const auto purchase = *newest ? ledger::purchase_in(**newest) : std::nullopt;
    if (!purchase || !purchase->card) return refused(problem_code::not_found);
    return ledger::command{ledger::note_card_payment{purchase->program, told->reference, told->news, told->id,
                                                     told->redirect, told->amount}};
}

} // namespace meguri::net
