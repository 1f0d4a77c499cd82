#include "net/card_payment_text.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

void append_line(std::string& to, std::string_view part) {
    EXPECTS(std::all_of(part.begin(), part.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
    to.append(part).push_back('\n');
}

} // namespace

std::string text_to_sign(const card_payment& payment) {
    std::string text;
    text.reserve(256);
    append_line(text, "MEGURI-PAY-1");
    append_line(text, payment.merchant);
    append_line(text, payment.outlet);
    append_line(text, payment.program ? payment.program->text() : std::string{});
    append_line(text, std::to_string(payment.amount.value()));
    append_line(text, payment.capture ? "true" : "false");
    append_line(text, payment.idempotency_key);
    append_line(text, ledger::to_rfc3339(payment.signed_at));
    return text;
}

} // namespace meguri::net
