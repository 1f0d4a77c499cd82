// What is asked of the gateway, and how what it says is read.
#include "net/card_gateway.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

const ledger::purchase_reference asked_for = *ledger::purchase_reference::from_number(8'271'650'394);
const card_gateway port{"https://gateway.example.jp", "k", {}, "https://points.example.jp/back"};

std::string told_as(const std::string& members) {
    return R"({"id":"pay_1","reference":")" + asked_for.text() + R"(","amount":5000,"new":[1])" + members + "}";
}

TEST(card_gateway, is_asked_under_the_reference) {
    ledger::purchase one;
    one.reference = asked_for;
    one.amount = *ledger::points::from(5'000);
    const auto asked = port.create(one);
    EXPECT_EQ(asked.url, "https://gateway.example.jp/v1/payments");
    EXPECT_EQ(asked.fields.at(0).value, "Bearer k");
    EXPECT_EQ(asked.fields.at(1).name, "Idempotency-Key");
    EXPECT_EQ(asked.fields.at(1).value, asked_for.text());
    EXPECT_EQ(asked.body, R"({"reference":")" + asked_for.text() +
                              R"(","amount":5000,"currency":"jpy","return_url":"https://points.example.jp/back"})");
    EXPECT_EQ(port.look_up("pay_1").url, "https://gateway.example.jp/v1/payments/pay_1");
    EXPECT_EQ(port.cancel("pay_1").url, "https://gateway.example.jp/v1/payments/pay_1/cancellation");
    EXPECT_EQ(port.refund("pay_1", asked_for).fields.at(1).value, "refund-" + asked_for.text());
}

TEST(card_gateway, says_how_a_payment_stands) {
    json_document document;
    using enum ledger::card_news;
    const std::pair<const char*, ledger::card_news> rows[] = {
        {"requires_action", pending}, {"processing", pending}, {"captured", captured},        {"declined", declined},
        {"canceled", declined},       {"refunded", refunded},  {"charged_back", charged_back}};
    for (const auto& [status, news] : rows) {
        const auto read = read_payment(document, told_as(R"(,"status":")" + std::string{status} + '"'));
        ASSERT_TRUE(read.has_value()) << status;
        EXPECT_EQ(read->news, news) << status;
        EXPECT_EQ(read->reference, asked_for);
    }
    const auto pending_one = R"(,"status":"requires_action","redirect_url":"https://gateway.example.jp/3ds/1")";
    EXPECT_EQ(read_payment(document, told_as(pending_one))->redirect, "https://gateway.example.jp/3ds/1");
    for (const auto* const wrong :
         {R"()", R"(,"status":"paid")", R"x(,"status":"captured","redirect_url":"javascript:alert(1)")x"})
        EXPECT_FALSE(read_payment(document, told_as(wrong)).has_value()) << wrong;
    EXPECT_FALSE(read_payment(document, "no JSON").has_value());
    EXPECT_FALSE(read_payment(document, R"({"id":"../x","reference":")" + asked_for.text() +
                                            R"(","amount":1,"status":"captured"})")
                     .has_value())
        << "an id goes into a path";
    const auto event = R"({"type":"payment.updated","payment":)" + told_as(R"(,"status":"captured")") + "}";
    EXPECT_TRUE(read_payment_event(document, event).has_value());
    EXPECT_FALSE(read_payment_event(document, told_as(R"(,"status":"captured")")).has_value());
}

} // namespace
} // namespace meguri::net
