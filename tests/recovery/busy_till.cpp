#include "tests/recovery/busy_till.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <utility>

namespace meguri::test {

ledger::instant wall_clock_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return ledger::instant{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

busy_till::busy_till(api_client& as_operator, std::uint16_t port, std::string name) : name_{std::move(name)} {
    merchant_ = text_at(as_operator.made("/v1/merchants", {{"name", name_}, {"programs", {"042021"}}}), "id");
    key_ = text_at(as_operator.made("/v1/merchants/" + merchant_ + "/terminals", {{"name", "1"}}), "key");
    const auto wallet = text_at(as_operator.made("/v1/wallets", boost::json::object{}), "id");
    purse_ = {wallet, text_at(as_operator.made("/v1/wallets/" + wallet + "/codes", {{"kind", "card"}}), "value")};
    as_operator.made("/v1/grants",
                     {{"wallet", wallet}, {"program", "042021"}, {"amount", granted}, {"source", "budget:042021"}},
                     name_);
    thread_ = std::thread{[this, port] { pay(port); }};
}

void busy_till::stop() {
    enough_ = true;
    if (thread_.joinable()) thread_.join();
}

std::size_t busy_till::acknowledged() const {
    const std::lock_guard lock{mutex_};
    return payments_.size();
}

bool busy_till::wait_for_more(std::size_t payments) const {
    const auto wanted = acknowledged() + payments;
    for (int i = 0; i < 2000 && acknowledged() < wanted; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return acknowledged() >= wanted;
}

void busy_till::expect_there(std::uint16_t port, std::size_t payments) const {
    http_client http{port};
    for (std::size_t i = 0; i < payments; ++i) {
        const auto reply = ask(http, i);
        EXPECT_EQ(reply.field("idempotent-replayed"), "true") << i << " was acknowledged and is gone";
        EXPECT_EQ(reply.body, payments_[i].answer) << i;
    }
}

http_reply busy_till::ask(http_client& over, std::size_t number) const {
    const http_fields fields{{"Authorization", "Bearer " + key_},
                             {"Content-Type", "application/json"},
                             {"Idempotency-Key", name_ + '-' + std::to_string(number)}};
    return over.ask("POST", "/v1/authorizations", fields, boost::json::serialize(payment(purse_, 1)));
}

void busy_till::pay(std::uint16_t port) try {
    http_client http{port};
    for (std::size_t number = 0; !enough_; ++number) {
        const auto asked_at = wall_clock_now();
        const auto reply = ask(http, number);
        ASSERT_EQ(reply.status, 201) << reply.body;
        const std::lock_guard lock{mutex_};
        payments_.push_back({reply.body, asked_at, wall_clock_now()});
    }
} catch (const std::exception& why) {
    ADD_FAILURE() << "while paying: " << why.what();
}

} // namespace meguri::test
