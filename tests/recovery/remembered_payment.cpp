#include "tests/recovery/remembered_payment.hpp"

#include <gtest/gtest.h>

#include <array>

namespace meguri::test {

namespace json = boost::json;

std::ostream& operator<<(std::ostream& out, const standing& one) {
    return out << (one.status.empty() ? "nothing" : one.status) << ", captured " << one.captured << ", refunded "
               << one.refunded;
}

json::value authorization_in(const std::string& answer) {
    auto told = json::parse(answer);
    auto& members = told.as_object();
    if (auto* const reversed = members.if_contains("authorization")) return *reversed;
    members.erase("refund");
    return told;
}

standing standing_of(const json::value& authorization) {
    if (authorization.is_null()) return {};
    return {text_at(authorization, "status"), authorization.at("captured").as_int64(),
            authorization.at("refunded").as_int64()};
}

// --- what is asked ---

std::string remembered_payment::path() const { return "/v1/authorizations/" + text_at(shown_, "id"); }

void remembered_payment::add(step_kind kind, std::int64_t amount, const json::value& body, std::string key) {
    static constexpr std::array<const char*, 4> ends{"", "/captures", "/voids", "/refunds"};
    std::string to = kind == step_kind::attempt  ? "/v1/authorizations"
                   : kind == step_kind::reversal ? "/v1/reversals"
                                                 : path() + ends[static_cast<std::size_t>(kind)];
    steps_.push_back({kind, amount, std::move(to), json::serialize(body), std::move(key), {}});
}

void remembered_payment::attempt(const small_town& town, std::string key) {
    auto body = payment(town.wallets[wallet_], amount_);
    body.as_object()["capture"] = !is_hold_;
    add(step_kind::attempt, amount_, body, std::move(key));
}

void remembered_payment::reverse(std::string key) {
    add(step_kind::reversal, 0, {{"idempotency_key", steps_.front().key}}, std::move(key));
}

void remembered_payment::go_on(dice& random, std::string key) {
    const bool is_hold = stands_.status == "authorized";
    const std::int64_t most = is_hold ? amount_ : stands_.captured - stands_.refunded;
    const std::int64_t part = random.one_in(2) ? most : random.between(1, most);
    const json::value some = part == most ? json::object{} : json::object{{"amount", part}};
    if (random.one_in(6)) return reverse(std::move(key));
    if (!is_hold) return add(step_kind::refund, part, some, std::move(key));
    if (random.one_in(4)) return add(step_kind::voiding, 0, json::object{}, std::move(key));
    add(step_kind::capture, part, some, std::move(key));
}

// --- what is answered ---

standing remembered_payment::expected_after(const remembered_step& step) const {
    standing next = stands_;
    standing first = is_hold_ ? standing{"authorized", 0, 0} : standing{"captured", amount_, 0};
    switch (step.kind) {
    case step_kind::attempt: return first;
    case step_kind::capture: return {"captured", step.amount, 0};
    case step_kind::voiding: return {"voided", 0, 0};
    case step_kind::refund:
        next.refunded += step.amount;
        next.status = next.refunded == next.captured ? "refunded" : "captured";
        return next;
    case step_kind::reversal:
        if (next.status.empty()) next = first; // its answer was lost
        return {"reversed", next.captured, next.captured};
    }
    return {};
}

void remembered_payment::told(std::string answer, bool clock_is_turned) {
    auto& step = steps_.back();
    const bool never_came = step.kind == step_kind::reversal && stands_.status.empty();
    shown_ = authorization_in(answer);
    const standing is = standing_of(shown_);
    const standing expected = expected_after(step);
    step.answer = std::move(answer);
    stands_ = is;
    if (never_came && is.status.empty()) return; // the lost attempt had not been taken in
    if (clock_is_turned && (is.status == "expired" || is.status == "declined")) return;
    EXPECT_EQ(is, expected) << step.path << ' ' << step.body << " of " << steps_.front().key;
}

void remembered_payment::ended(json::value as_shown) {
    shown_ = std::move(as_shown);
    stands_ = standing_of(shown_);
}

} // namespace meguri::test
