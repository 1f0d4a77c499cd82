#include "net/card_gateway.hpp"

#include "net/json_writer.hpp"

#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 7> payment_statuses{"requires_action", "processing", "captured",    "declined",
                                                           "canceled",        "refunded",   "charged_back"};
constexpr std::array payment_news{ledger::card_news::pending,     ledger::card_news::pending,
                                  ledger::card_news::captured,    ledger::card_news::declined,
                                  ledger::card_news::declined,    ledger::card_news::refunded,
                                  ledger::card_news::charged_back};

// Ids go into paths: nothing that means something there.
bool is_payment_id(std::string_view text) noexcept {
    for (const char one : text)
        if (!((one >= '0' && one <= '9') || (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || one == '_' ||
              one == '-'))
            return false;
    return !text.empty() && text.size() <= ledger::purchase_card::payment_max;
}

// Members that a gateway adds are nothing to us.
std::optional<told_payment> payment_in(json_fields& fields, const request_fault& fault) {
    told_payment told;
    told.id = fields.text("id", {1, ledger::purchase_card::payment_max});
    const auto reference = ledger::purchase_reference::parse(fields.text("reference", {12, 12}));
    told.amount = fields.amount("amount");
    told.redirect = fields.text_or("redirect_url", {}, {1, ledger::purchase_card::redirect_max});
    told.news = payment_news[fields.one_of("status", payment_statuses)];
    if (fault || !reference || !is_payment_id(told.id)) return std::nullopt;
    if (!told.redirect.empty() && !parse_web_address(told.redirect)) return std::nullopt;
    told.reference = *reference;
    return told;
}

} // namespace

web_request card_gateway::about(std::string_view payment, std::string_view what) const {
    web_request asked;
    asked.url = url + "/v1/payments";
    if (!payment.empty()) asked.url += '/' + std::string{payment};
    asked.url += what;
    asked.fields.push_back({"Authorization", "Bearer " + key});
    asked.authorities = authorities;
    return asked;
}

web_request card_gateway::create(const ledger::purchase& one) const {
    auto asked = about({}, {});
    asked.method = web_method::post;
    asked.fields.push_back({"Idempotency-Key", one.reference.text()});
    asked.content_type = "application/json";
    json_writer json{asked.body};
    json.begin_object();
    json.plain("reference", one.reference.text()).number("amount", one.amount.value()).plain("currency", "jpy");
    json.text("return_url", return_url);
    json.end_object();
    return asked;
}

web_request card_gateway::look_up(std::string_view payment) const { return about(payment, {}); }

web_request card_gateway::cancel(std::string_view payment) const {
    auto asked = about(payment, "/cancellation");
    asked.method = web_method::post;
    asked.content_type = "application/json";
    asked.body = "{}";
    return asked;
}

web_request card_gateway::refund(std::string_view payment, ledger::purchase_reference of) const {
    auto asked = about(payment, "/refunds");
    asked.method = web_method::post;
    asked.fields.push_back({"Idempotency-Key", "refund-" + of.text()});
    asked.content_type = "application/json";
    asked.body = "{}";
    return asked;
}

std::optional<told_payment> read_payment(json_document& document, std::string_view body) {
    request_fault fault;
    json_fields fields{document, body, fault};
    if (fault) return std::nullopt;
    return payment_in(fields, fault);
}

std::optional<told_payment> read_payment_event(json_document& document, std::string_view body) {
    request_fault fault;
    json_fields fields{document, body, fault};
    if (fault || fields.text("type") != "payment.updated") return std::nullopt;
    json_fields payment = fields.object("payment");
    if (fault) return std::nullopt;
    return payment_in(payment, fault);
}

} // namespace meguri::net
