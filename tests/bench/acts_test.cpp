// A load that knows what each answer must be, and an audit that finds what is amiss.
#include "bench/act_audit.hpp"
#include "bench/act_mix.hpp"
#include "bench/act_source.hpp"
#include "bench/answer_text.hpp"
#include "bench/errand.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace meguri::bench {
namespace {

TEST(act_mix, reads_a_name_or_shares_and_refuses_the_rest) {
    EXPECT_EQ(act_mix{}.text(), "pay");
    EXPECT_EQ(act_mix{"refunds"}.text(), "refunds");
    EXPECT_EQ(act_mix{"pay=70,refunds=30"}.text(), "pay=70,refunds=30");
    EXPECT_EQ(act_mix{"all"}.text(), "pay=50,hold_capture=10,refunds=10,retries=10,reversals=10,declines=10");
    for (const auto* const wrong :
         {"", "payments", "pay=", "pay=x", "pay=1x", "pay=0", "pay,", "pay=-1", "pay=2000000"})
        EXPECT_THROW(act_mix{wrong}, std::invalid_argument) << wrong;
}

TEST(act_mix, draws_by_its_shares) {
    const act_mix mix{"pay=70,retries=30"};
    std::mt19937_64 random{1};
    std::map<life, int> drawn;
    for (int i = 0; i < 10'000; ++i) ++drawn[mix.draw(random)];
    EXPECT_EQ(drawn.size(), 2U);
    EXPECT_NEAR(drawn[life::pay], 7'000, 250);
}

// --- what an answer must be ---

constexpr std::string_view plain_header = "HTTP/1.1 201 Created\r\nContent-Length: 2";
constexpr std::string_view replayed_header = "HTTP/1.1 201 Created\r\nIdempotent-Replayed: true";
constexpr const char* paid_body =
    R"({"id":"au_1","status":"captured","amount":5,"captured":5,"refunded":0,"decline_code":null})";

struct answer_row {
    const char* what;
    errand asked;
    http_answer answer;
    bool is_right;
};

errand asked_of(act_kind kind, unsigned amount, unsigned captured = 0, unsigned refunded = 0) {
    errand one;
    one.kind = kind;
    one.amount = amount;
    one.authorized = 5;
    one.captured = captured;
    one.refunded = refunded;
    one.payment_id = "au_1";
    return one;
}

errand again_of(repetition how) {
    auto one = asked_of(act_kind::pay, 5);
    one.again = how;
    one.recorded_answer = digest_of(paid_body);
    return one;
}

std::vector<answer_row> rows_of_payments() {
    constexpr const char* held = R"({"id":"au_1","status":"authorized","amount":5,"captured":0,"refunded":0})";
    constexpr const char* declined =
        R"({"id":"au_1","status":"declined","amount":5,"captured":0,"refunded":0,"decline_code":"insufficient_points"})";
    const auto pay = asked_of(act_kind::pay, 5);
    return {
        {"paid", pay, {201, plain_header, paid_body}, true},
        {"replayed, though it was asked once", pay, {201, replayed_header, paid_body}, false},
        {"of another amount", asked_of(act_kind::pay, 4), {201, plain_header, paid_body}, false},
        {"held instead of paid", pay, {201, plain_header, held}, false},
        {"declined instead of paid", pay, {201, plain_header, declined}, false},
        {"a problem", pay, {409, plain_header, R"({"code":"invalid_state"})"}, false},
        {"held", asked_of(act_kind::hold, 5), {201, plain_header, held}, true},
        {"declined", asked_of(act_kind::without_points, 5), {201, plain_header, declined}, true},
        {"declined for another reason", asked_of(act_kind::frozen_wallet, 5), {201, plain_header, declined}, false},
        {"paid instead of declined", asked_of(act_kind::unknown_code, 5), {201, plain_header, paid_body}, false},
        {"the same again", again_of(repetition::same), {201, replayed_header, paid_body}, true},
        {"the same again, not replayed", again_of(repetition::same), {201, plain_header, paid_body}, false},
        {"another answer", again_of(repetition::same), {201, replayed_header, held}, false},
        {"key reused",
         again_of(repetition::other_body),
         {422, plain_header, R"({"code":"idempotency_key_reused"})"},
         true},
        {"key reused and paid", again_of(repetition::other_body), {201, plain_header, paid_body}, false},
    };
}

std::vector<answer_row> rows_of_steps() {
    constexpr const char* in_part =
        R"({"id":"au_1","status":"captured","amount":5,"captured":5,"refunded":2,"refund":{"id":"re_1","amount":2}})";
    constexpr const char* wholly =
        R"({"id":"au_1","status":"refunded","amount":5,"captured":5,"refunded":5,"refund":{"id":"re_2","amount":3}})";
    constexpr const char* reversed =
        R"({"id":"rv_1","idempotency_key":"k-1","authorization":{"id":"au_1","status":"reversed","amount":5,"captured":5,"refunded":5}})";
    constexpr const char* barred = R"({"id":"rv_1","idempotency_key":"k-1","authorization":null})";
    constexpr const char* captured = R"({"id":"au_1","status":"captured","amount":5,"captured":3,"refunded":0})";
    constexpr const char* other = R"({"id":"au_2","status":"captured","amount":5,"captured":3,"refunded":0})";
    return {
        {"captured in part", asked_of(act_kind::capture, 3), {201, plain_header, captured}, true},
        {"captured more", asked_of(act_kind::capture, 2), {201, plain_header, captured}, false},
        {"another's capture", asked_of(act_kind::capture, 3), {201, plain_header, other}, false},
        {"refunded in part", asked_of(act_kind::refund, 2, 5), {201, plain_header, in_part}, true},
        {"refunded the rest", asked_of(act_kind::refund, 3, 5, 2), {201, plain_header, wholly}, true},
        {"refunded another part", asked_of(act_kind::refund, 1, 5, 1), {201, plain_header, in_part}, false},
        {"reversed", asked_of(act_kind::reversal, 5, 5), {201, plain_header, reversed}, true},
        {"reversed, and nothing given back", asked_of(act_kind::reversal, 5), {201, plain_header, reversed}, false},
        {"barred", asked_of(act_kind::bar, 5), {201, plain_header, barred}, true},
        {"found what was not there", asked_of(act_kind::bar, 5), {201, plain_header, reversed}, false},
    };
}

TEST(errand, knows_what_its_answer_must_be) {
    for (const auto& rows : {rows_of_payments(), rows_of_steps()})
        for (const auto& row : rows) EXPECT_EQ(is_as_expected(row.asked, row.answer, "k-1"), row.is_right) << row.what;
    EXPECT_FALSE(is_as_expected(asked_of(act_kind::bar, 5),
                                {201, plain_header, R"({"id":"rv_1","idempotency_key":"k-2","authorization":null})"},
                                "k-1"))
        << "another's key";
}

// --- what is remembered ---

act_source source_of(const std::string& tag, std::string_view mix) {
    act_source source{tag};
    source.add_till("te_x");
    source.add_code("042021", "CODE");
    source.mix_by(act_mix{mix});
    source.let_wait(0);
    return source;
}

std::string paid_answer(const act_source& source, std::uint32_t number) {
    const auto amount = std::to_string(source.acts()[number].amount);
    return R"({"id":"au_)" + std::to_string(number) + R"(","status":"captured","amount":)" + amount +
           R"(,"captured":)" + amount + R"(,"refunded":0})";
}

TEST(act_source, remembers_what_was_told_of_each_act) {
    auto source = source_of("tag", "pay");
    std::string request;
    for (const std::uint32_t connection : {0U, 1U, 0U, 0U, 1U}) source.next_request(connection, request);
    source.on_response(1, {201, plain_header, paid_answer(source, 2)});
    source.on_response(0, {201, plain_header, R"({"id":"au_1","status":"declined"})"});
    source.on_response(0, {503, "\r\nRetry-After: 1", R"({"code":"overloaded"})"});
    source.on_response(0, {503, plain_header, R"({"code":"outcome_unknown"})"});
    source.on_response(1, {503, plain_header, R"({"code":"overloaded"})"});
    std::vector<told> all;
    for (const auto& one : source.acts()) all.push_back(one.answer);
    using enum told;
    EXPECT_EQ(all, (std::vector<told>{nothing, otherwise, as_expected, refused, nothing, refused}));
    EXPECT_EQ(source.acts()[2].id_digest, digest_of("au_2"));
    EXPECT_EQ(source.faults().size(), 2U) << "one declined, one that does not say when to come again";
    EXPECT_EQ(source.shed(), 3U);
    EXPECT_NE(request.find("Idempotency-Key: tag-000000000004\r\n"), std::string::npos) << request;
    EXPECT_EQ(source.number_of("tag-000000000004"), 4U);
    for (const auto* const other : {"", "tag-4", "tog-000000000004", "tag-0000000000045"})
        EXPECT_EQ(source.number_of(other), 0U) << other;
}

TEST(act_source, gives_no_answer_of_new_connections_to_what_was_asked_on_lost_ones) {
    auto source = source_of("lost", "pay");
    std::string request;
    source.next_request(0, request);
    source.begin_connections();
    source.next_request(0, request);
    source.on_response(0, {201, plain_header, paid_answer(source, 2)});
    EXPECT_EQ(source.acts()[1].answer, told::nothing);
    EXPECT_EQ(source.acts()[2].answer, told::as_expected);
}

TEST(act_source, does_what_follows_an_act_only_after_its_answer) {
    auto source = source_of("then", "refunds");
    std::string request;
    source.next_request(0, request);
    source.next_request(0, request);
    EXPECT_EQ(request.find("/refunds"), std::string::npos);
    source.on_response(0, {201, plain_header, paid_answer(source, 1)});
    request.clear();
    source.next_request(0, request);
    EXPECT_TRUE(request.starts_with("POST /v1/authorizations/au_1/refunds HTTP/1.1\r\n")) << request;
    EXPECT_EQ(source.acts()[3].of, 1U);
    EXPECT_EQ(source.acts()[3].kind, act_kind::refund);
}

TEST(act_source, repeats_the_very_request_under_the_same_key) {
    auto source = source_of("again", "retries");
    std::string first;
    source.next_request(0, first);
    source.on_response(0, {201, plain_header, paid_answer(source, 1)});
    std::string second;
    source.next_request(0, second);
    EXPECT_EQ(source.acts().size(), 2U) << "no act of its own";
    const auto key = std::string{"again-000000000001"};
    EXPECT_NE(second.find(key), std::string::npos);
    EXPECT_EQ(second == first, source.repeated().asked == 1);
    EXPECT_EQ(source.repeated().asked + source.key_reused().asked, 1U);
}

TEST(act_source, asks_what_was_signed_ahead_first_each_by_its_own_credential) {
    auto source = source_of("card", "pay");
    source.sign_ahead(3, [](const errand& one, const std::string& key) {
        return R"({"type":"card","signature":")" + key + "/" + std::to_string(one.amount) + R"("})";
    });
    for (const std::uint32_t number : {1U, 2U}) {
        std::string request;
        source.next_request(0, request);
        const auto key = source.key_of(number);
        const auto credential = R"("credential":{"type":"card","signature":")" + key + "/" +
                                std::to_string(source.acts()[number].amount) + R"("},"capture":true)";
        EXPECT_NE(request.find("Idempotency-Key: " + key + "\r\n"), std::string::npos) << request;
        EXPECT_NE(request.find(credential), std::string::npos) << request;
        source.on_response(0, {201, plain_header, paid_answer(source, number)});
        EXPECT_EQ(source.acts()[number].answer, told::as_expected);
    }
    EXPECT_EQ(source.signed_left(), 1U);
    source.drop_signed();
    std::string request;
    source.next_request(0, request);
    EXPECT_NE(request.find(R"("credential":{"type":"code","value":")"), std::string::npos) << request;
    EXPECT_NE(request.find(source.key_of(4)), std::string::npos) << "a key is never asked with twice: " << request;
}

// --- the audit ---

std::deque<act> told_of_three() {
    std::deque<act> acts{act{}};
    acts.push_back(act{11, 0, 0, 5, act_kind::pay, told::as_expected});
    acts.push_back(act{22, 1, 0, 2, act_kind::refund, told::as_expected});
    acts.push_back(act{33, 0, 0, 4, act_kind::without_points, told::as_expected});
    return acts;
}

std::vector<ledger_act> ledger_of_three() {
    return {{1, ledger_fact::captured, {}, 5, 11, 0, 0},
            {2, ledger_fact::refund, {}, 2, 22, 11, 0},
            {3, ledger_fact::declined, "insufficient_points", 4, 33, 0, 0}};
}

struct audit_row {
    const char* what;
    void (*change)(std::deque<act>&, std::vector<ledger_act>&);
    std::uint64_t audit_result::*counted; // null: it passes
};

TEST(act_audit, finds_each_planted_fault) {
    using acts = std::deque<act>;
    using ledger = std::vector<ledger_act>;
    const std::vector<audit_row> rows{
        {"as told", [](acts&, ledger&) {}, nullptr},
        {"an answer was lost", [](acts& told, ledger&) { told[1].answer = told::nothing; }, nullptr},
        {"one is missing", [](acts&, ledger& has) { has.pop_back(); }, &audit_result::missing},
        {"one is there twice", [](acts&, ledger& has) { has.push_back(has[1]); }, &audit_result::doubled},
        {"one without an answer is there twice",
         [](acts& told, ledger& has) {
             told[1].answer = told::nothing;
             has.push_back(has[0]);
         },
         &audit_result::doubled},
        {"a declined one was captured", [](acts&, ledger& has) { has[2].fact = ledger_fact::captured; },
         &audit_result::different},
        {"declined for another reason", [](acts&, ledger& has) { has[2].decline_code = "wallet_frozen"; },
         &audit_result::different},
        {"of another amount", [](acts&, ledger& has) { ++has[0].amount; }, &audit_result::different},
        {"under another id", [](acts&, ledger& has) { ++has[0].id_digest; }, &audit_result::different},
        {"a refund of another payment", [](acts&, ledger& has) { ++has[1].payment_id_digest; },
         &audit_result::different},
        {"another key was reversed", [](acts&, ledger& has) { has[1].named = 3; }, &audit_result::different},
        {"told what it must not be", [](acts& told, ledger&) { told[1].answer = told::otherwise; },
         &audit_result::different},
        {"a refused one is there", [](acts& told, ledger&) { told[3].answer = told::refused; },
         &audit_result::refused_but_there},
        {"one that nobody asked for", [](acts&, ledger& has) { has.push_back({4}); }, &audit_result::unasked},
        {"one with a key of nobody's", [](acts&, ledger& has) { has.push_back({0}); }, &audit_result::unasked},
    };
    for (const auto& row : rows) {
        auto told = told_of_three();
        auto has = ledger_of_three();
        row.change(told, has);
        act_audit audit{told};
        for (const auto& one : has) audit.see(one);
        const auto result = audit.result();
        EXPECT_EQ(result.passed(), row.counted == nullptr) << row.what;
        if (row.counted != nullptr) {
            EXPECT_EQ(result.*row.counted, 1U) << row.what;
        }
    }
}

} // namespace
} // namespace meguri::bench
