#include "bench/errand.hpp"

#include "bench/answer_text.hpp"

namespace meguri::bench {
namespace {

constexpr std::string_view replayed = "\r\nIdempotent-Replayed: true";

struct expected_payment {
    std::string_view status;
    unsigned captured = 0;
    unsigned refunded = 0;
};

expected_payment payment_after(const errand& asked) {
    const unsigned given_back = asked.refunded + asked.amount;
    switch (rule_of(asked.kind).fact) {
    case ledger_fact::captured: return {"captured", asked.amount, 0};
    case ledger_fact::authorized: return {"authorized", 0, 0};
    case ledger_fact::capture: return {"captured", asked.amount, 0};
    case ledger_fact::voiding: return {"voided", 0, 0};
    case ledger_fact::refund:
        return {given_back == asked.captured ? "refunded" : "captured", asked.captured, given_back};
    case ledger_fact::reversal: return {"reversed", asked.captured, asked.captured > 0 ? given_back : 0};
    case ledger_fact::declined:
    case ledger_fact::barred: break;
    }
    return {"declined", 0, 0};
}

bool shows(const expected_payment& expected, unsigned authorized, std::string_view body) {
    return text_behind(body, R"("status":")") == expected.status && number_behind(body, R"("amount":)") == authorized &&
           number_behind(body, R"("captured":)") == expected.captured &&
           number_behind(body, R"("refunded":)") == expected.refunded;
}

bool names(const errand& asked, std::string_view body, std::string_view key_of_followed) {
    constexpr std::string_view id = R"("id":")";
    switch (rule_of(asked.kind).fact) {
    case ledger_fact::captured:
    case ledger_fact::authorized: return text_behind(body, id).starts_with("au_");
    case ledger_fact::declined:
        return text_behind(body, id).starts_with("au_") &&
               text_behind(body, R"("decline_code":")") == rule_of(asked.kind).decline_code;
    case ledger_fact::capture:
    case ledger_fact::voiding: return text_behind(body, id) == asked.payment_id;
    case ledger_fact::refund:
        return text_behind(body, id) == asked.payment_id &&
               text_behind(body, R"("refund":{"id":")").starts_with("re_") &&
               number_behind(body.substr(body.find(R"("refund":{)")), R"("amount":)") == asked.amount;
    case ledger_fact::reversal:
        return text_behind(body, id).starts_with("rv_") &&
               text_behind(body, R"("idempotency_key":")") == key_of_followed &&
               text_behind(body, R"("authorization":{"id":")") == asked.payment_id;
    case ledger_fact::barred:
        return text_behind(body, id).starts_with("rv_") &&
               text_behind(body, R"("idempotency_key":")") == key_of_followed &&
               body.find(R"("authorization":null)") != std::string_view::npos;
    }
    return false;
}

} // namespace

bool is_as_expected(const errand& asked, const http_answer& answer, std::string_view key_of_followed) {
    const bool is_replayed = answer.header.find(replayed) != std::string_view::npos;
    switch (asked.again) {
    case repetition::same:
        return answer.status == 201 && is_replayed && digest_of(answer.body) == asked.recorded_answer;
    case repetition::other_body:
        return answer.status == 422 && text_behind(answer.body, R"("code":")") == "idempotency_key_reused";
    case repetition::none: break;
    }
    if (answer.status != 201 || is_replayed || !names(asked, answer.body, key_of_followed)) return false;
    const unsigned authorized = is_payment(asked.kind) ? asked.amount : asked.authorized;
    return asked.kind == act_kind::bar || shows(payment_after(asked), authorized, answer.body);
}

std::string_view id_of_act(act_kind kind, std::string_view body) {
    return text_behind(body, kind == act_kind::refund ? R"("refund":{"id":")" : R"("id":")");
}

} // namespace meguri::bench
