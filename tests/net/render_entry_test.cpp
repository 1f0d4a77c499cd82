#include "net/render_entry.hpp"

#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using storage::id_kind;
using test::program;

std::string id(id_kind kind, std::uint64_t value) { return test::scene_keys().encode_id(kind, value).str(); }
std::string key(ledger::caller_kind kind, std::uint64_t value) {
    return test::scene_keys().bearer_key(kind, value, {}).reveal();
}

ledger::entry entry_of(ledger::fact what) {
    ledger::entry one;
    one.position = 41;
    one.decided_at = ledger::instant{1'775'012'645'678}; // 2026-04-01T03:04:05.678Z
    one.what = std::move(what);
    return one;
}

std::string rendered(const ledger::fact& what) {
    id_texts ids{test::scene_keys()};
    std::string body;
    render_entry(body, entry_of(what), ids);
    std::string again;
    render_entry(again, entry_of(what), ids);
    EXPECT_EQ(body, again); // ids come from memory the second time
    return body;
}

const std::string created = R"("created_at":"2026-04-01T03:04:05.678Z"})";

TEST(render_entry, a_captured_payment) {
    EXPECT_EQ(
        rendered(test::sample_payment()),
        R"({"id":")" + id(id_kind::authorization, 41) +
            R"(","status":"captured","amount":1200,"captured":1200,"refunded":0,"program":"042021","merchant":")" +
            id(id_kind::merchant, 7) + R"(","terminal":")" + id(id_kind::terminal, 7 << 16 | 1) +
            R"(","shop":null,"reference":"R-000123","approval_number":"511877","decline_code":null,)" +
            R"("balance":3800,"capture_before":null,)" + created);
}

TEST(render_entry, a_declined_payment_of_nobodys_code_at_a_shop) {
    ledger::payment_decided declined;
    declined.merchant = ledger::merchant_id{7};
    declined.outlet_is = ledger::outlet_kind::shop;
    declined.outlet = ledger::outlet_id{declined.merchant, 2};
    declined.program = program("000000");
    declined.amount = *ledger::points::from(100'000'000);
    declined.decline = ledger::decline_code::credential_unknown;
    EXPECT_EQ(
        rendered(declined),
        R"({"id":")" + id(id_kind::authorization, 41) +
            R"(","status":"declined","amount":100000000,"captured":0,"refunded":0,"program":"000000","merchant":")" +
            id(id_kind::merchant, 7) + R"(","terminal":null,"shop":")" + id(id_kind::shop, 7 << 16 | 2) +
            R"(","reference":null,"approval_number":null,"decline_code":"credential_unknown",)" +
            R"("balance":null,"capture_before":null,)" + created);
}

TEST(render_entry, a_hold) {
    auto held = test::sample_payment();
    held.status = ledger::payment_status::authorized;
    held.capture_before = ledger::instant{1'775'617'445'678};
    const auto body = rendered(held);
    EXPECT_EQ(test::member(body, "status"), "authorized");
    EXPECT_EQ(test::member(body, "captured"), "0");
    EXPECT_EQ(test::member(body, "capture_before"), "2026-04-08T03:04:05.678Z");
}

// Each step answers the payment, named by its decision at 41 and dated by it, as the step left it.
TEST(render_entry, what_followed_a_payment) {
    using ledger::payment_status;
    using ledger::payment_step;
    const auto authorization = [&](std::string_view status, std::string_view captured, std::string_view refunded) {
        return R"("id":")" + id(id_kind::authorization, 41) + R"(","status":")" + std::string{status} +
               R"(","amount":1200,"captured":)" + std::string{captured} + R"(,"refunded":)" + std::string{refunded} +
               R"(,"program":"042021","merchant":")" + id(id_kind::merchant, 7) + R"(","terminal":")" +
               id(id_kind::terminal, 7 << 16 | 1) +
               R"(","shop":null,"reference":"R-000123","approval_number":"511877","decline_code":null,)" +
               R"("balance":3800,"capture_before":null,"created_at":"2026-04-01T03:04:05.678Z")";
    };
    const auto answer = [](const ledger::fact& what) {
        id_texts ids{test::scene_keys()};
        ledger::entry one = entry_of(what);
        one.position = 50;
        one.decided_at = ledger::instant{1'775'099'999'999}; // not the payment's
        EXPECT_EQ(status_of(one), 201);
        std::string body;
        render_entry(body, one, ids);
        return body;
    };
    EXPECT_EQ(answer(test::sample_step(payment_step::capture, payment_status::captured)),
              "{" + authorization("captured", "900", "0") + "}");
    EXPECT_EQ(answer(test::sample_step(payment_step::refund, payment_status::captured, 300)),
              "{" + authorization("captured", "900", "300") + R"(,"refund":{"id":")" + id(id_kind::refund, 50) +
                  R"(","amount":300}})");
    EXPECT_EQ(answer(test::sample_step(payment_step::reversal, payment_status::reversed, 900)),
              R"({"id":")" + id(id_kind::reversal, 50) + R"(","idempotency_key":"k-1","authorization":{)" +
                  authorization("reversed", "900", "900") + "}}");
    EXPECT_EQ(answer(ledger::key_barred{ledger::merchant_id{7}, "k\"1"}),
              R"({"id":")" + id(id_kind::reversal, 50) + R"(","idempotency_key":"k\"1","authorization":null})");
}

TEST(render_entry, a_reference_keeps_its_characters) {
    auto paid = test::sample_payment();
    paid.reference = "レシート\"1\"\\";
    EXPECT_NE(rendered(paid).find(R"("reference":"レシート\"1\"\\",)"), std::string::npos);
}

TEST(render_entry, what_came_into_being) {
    using kind = ledger::caller_kind;
    const ledger::merchant_id merchant{7};
    const ledger::outlet_id terminal{merchant, 1};
    const ledger::outlet_id shop{merchant, 2};
    const std::string m = R"("merchant":")" + id(id_kind::merchant, 7) + "\",";
    struct row {
        ledger::fact what;
        std::string body;
    };
    const row rows[] = {
        {ledger::operator_added{ledger::operator_id{1}, "A", {}}, R"({"id":")" + id(id_kind::operator_, 1) +
                                                                      R"(","name":"A","key":")" +
                                                                      key(kind::operator_, 1) + "\"," + created},
        {ledger::staff_added{program("042021"), ledger::staff_id{2}, "A", {}},
         R"({"id":")" + id(id_kind::staff, 2) + R"(","municipality":"042021","name":"A","key":")" +
             key(kind::municipality, 2) + "\"," + created},
        {ledger::partner_added{ledger::partner_id{3}, "A", {}},
         R"({"id":")" + id(id_kind::partner, 3) + R"(","name":"A","key":")" + key(kind::partner, 3) + "\"," + created},
        {ledger::program_opened{
             {program("042021"), "石巻市アイポイント", 180, true, ledger::issuer_kind::other, false}},
         R"({"id":"042021","code":"042021","name":"石巻市アイポイント","expiry_days":180,"online_only":true,)"
         R"("issuer_kind":"other","hold_days":7,)" +
             created},
        {ledger::merchant_joined{merchant, "A \"B\"", {program("042021"), program("432148")}},
         R"({"id":")" + id(id_kind::merchant, 7) + R"(","name":"A \"B\"","programs":["042021","432148"],)" + created},
        {ledger::outlet_added{ledger::outlet_kind::terminal, terminal, "レジ1", {}},
         R"({"id":")" + id(id_kind::terminal, terminal.value()) + "\"," + m + R"("name":"レジ1","key":")" +
             key(kind::terminal, terminal.value()) + "\"," + created},
        {ledger::outlet_added{ledger::outlet_kind::shop, shop, "A", {}},
         R"({"id":")" + id(id_kind::shop, shop.value()) + "\"," + m + R"("name":"A","key":")" +
             key(kind::shop, shop.value()) + "\"," + created},
        {ledger::wallet_opened{ledger::wallet_id{3}}, R"({"id":")" + id(id_kind::wallet, 3) + "\"," + created},
        {ledger::code_issued{ledger::wallet_id{3}, 2, ledger::code_kind::card, {}, {}},
         R"({"value":")" + test::scene_keys().code_text(ledger::wallet_id{3}, 2, ledger::code_kind::card, {}).reveal() +
             R"(","kind":"card","wallet":")" + id(id_kind::wallet, 3) + R"(","valid_until":null,)" + created},
        {ledger::code_issued{ledger::wallet_id{3}, 2, ledger::code_kind::once, ledger::instant{1'775'012'945'678}, {}},
         R"({"value":")" + test::scene_keys().code_text(ledger::wallet_id{3}, 2, ledger::code_kind::once, {}).reveal() +
             R"(","kind":"once","wallet":")" + id(id_kind::wallet, 3) +
             R"(","valid_until":"2026-04-01T03:09:05.678Z",)" + created},
        {ledger::terminal_activated{terminal, "レジ1", {}, 4},
         R"({"id":")" + id(id_kind::terminal, terminal.value()) + "\"," + m + R"("name":"レジ1","key":")" +
             key(kind::terminal, terminal.value()) + "\"," + created},
        {ledger::activation_changed{
             merchant, 4, ledger::activation_step::issued, ledger::instant{1'775'012'945'678}, {}, {}},
         R"({"number":4,)" + m + R"("code":")" + test::scene_keys().activation(merchant, 4, {}).shown() +
             R"(","valid_until":"2026-04-01T03:09:05.678Z",)" + created},
        {ledger::once_code_issued{ledger::wallet_id{3}, 2, ledger::instant{1'775'012'945'678}, {}, {"28", 20}},
         R"({"value":")" + test::scene_keys().numeric_code_text(ledger::wallet_id{3}, 2, {"28", 20}, {}).reveal() +
             R"(","kind":"once","wallet":")" + id(id_kind::wallet, 3) +
             R"(","valid_until":"2026-04-01T03:09:05.678Z",)" + created},
        {ledger::code_blocked{ledger::wallet_id{3}, 1, 17, "汚損", 2, {}},
         R"({"id":")" + id(id_kind::entry, 41) + R"(","value":")" +
             test::scene_keys().code_text(ledger::wallet_id{3}, 2, ledger::code_kind::card, {}).reveal() +
             R"(","kind":"card","replaces":")" + id(id_kind::entry, 17) + R"(","wallet":")" + id(id_kind::wallet, 3) +
             R"(","reason":"汚損",)" + created},
        {ledger::points_granted{ledger::wallet_id{3}, test::sample_lot("042021", 5000)},
         R"({"id":")" + id(id_kind::grant, 41) + R"(","wallet":")" + id(id_kind::wallet, 3) +
             R"(","program":"042021","amount":5000,"expires_on":"2027-03-31","source":"budget:042021:health",)" +
             created},
    };
    for (const auto& one : rows) {
        EXPECT_EQ(rendered(one.what), one.body);
        EXPECT_EQ(status_of(entry_of(one.what)), 201);
    }
}

TEST(render_entry, what_opens_nothing_any_more) {
    const ledger::code_blocked blocked{ledger::wallet_id{3}, 1, 17, "紛失", 0, {}};
    EXPECT_EQ(rendered(blocked), R"({"id":")" + id(id_kind::entry, 17) + R"(","wallet":")" + id(id_kind::wallet, 3) +
                                     R"(","reason":"紛失","blocked_at":"2026-04-01T03:04:05.678Z"})");
    const ledger::activation_changed revoked{
        ledger::merchant_id{7}, 4, ledger::activation_step::revoked, {}, {}, "誤り"};
    EXPECT_EQ(rendered(revoked), R"({"number":4,"merchant":")" + id(id_kind::merchant, 7) +
                                     R"(","reason":"誤り","revoked_at":"2026-04-01T03:04:05.678Z"})");
    for (const ledger::fact& one : {ledger::fact{blocked}, ledger::fact{revoked}})
        EXPECT_EQ(status_of(entry_of(one)), 200);
}

TEST(render_entry, what_was_frozen) {
    using ledger::freeze_subject;
    const std::string rest = R"(","frozen":true,"reason":"紛失","changed_at":"2026-04-01T03:04:05.678Z"})";
    struct row {
        freeze_subject subject;
        std::uint64_t value;
        std::string shown;
    };
    const row rows[] = {
        {freeze_subject::wallet, 3, id(id_kind::wallet, 3)},
        {freeze_subject::merchant, 7, id(id_kind::merchant, 7)},
        {freeze_subject::terminal, 7 << 16 | 1, id(id_kind::terminal, 7 << 16 | 1)},
        {freeze_subject::shop, 7 << 16 | 2, id(id_kind::shop, 7 << 16 | 2)},
        {freeze_subject::program, 42021, "042021"},
    };
    for (const auto& one : rows) {
        const ledger::freeze_changed fact{one.subject, one.value, true, "紛失"};
        EXPECT_EQ(rendered(fact), "{\"id\":\"" + one.shown + rest);
        EXPECT_EQ(status_of(entry_of(fact)), 200);
    }
}

TEST(render_entry, what_was_limited) {
    using ledger::limit_subject;
    const ledger::limits set{*ledger::points::from(100), {*ledger::points::from(500), 5}, {{}, 3}};
    const std::string rest = R"(","per_payment":100,"per_day":{"amount":500,"count":5},)"
                             R"("per_hour":{"amount":null,"count":3},"reason":"上限",)"
                             R"("changed_at":"2026-04-01T03:04:05.678Z"})";
    const std::pair<ledger::limits_set, std::string> rows[] = {
        {{limit_subject::wallet, 3, set, "上限"}, id(id_kind::wallet, 3)},
        {{limit_subject::program, 42021, set, "上限"}, "042021"},
        {{limit_subject::merchant, 7, set, "上限"}, id(id_kind::merchant, 7)},
        {{limit_subject::terminal, 7 << 16 | 1, set, "上限"}, id(id_kind::terminal, 7 << 16 | 1)},
        {{limit_subject::shop, 7 << 16 | 2, set, "上限"}, id(id_kind::shop, 7 << 16 | 2)},
    };
    for (const auto& [fact, shown] : rows) {
        EXPECT_EQ(rendered(fact), "{\"id\":\"" + shown + rest);
        EXPECT_EQ(status_of(entry_of(fact)), 200);
    }
    auto declined = test::sample_payment();
    declined.status = ledger::payment_status::declined;
    declined.decline = ledger::decline_code::limit_exceeded;
    declined.limit = ledger::reached_limit{limit_subject::merchant, ledger::limit_kind::day_amount};
    EXPECT_EQ(test::member(rendered(declined), "detail"), "merchant: amount per day");
    EXPECT_EQ(test::member(rendered(test::sample_payment()), "detail"), "");
}

TEST(render_entry, which_certificates_a_terminal_needs) {
    const ledger::terminal_certificates_changed fact{
        ledger::outlet_id{7 << 16 | 1}, {ledger::certificate_digest{{0xab}}}, "初回"};
    EXPECT_EQ(rendered(fact), R"({"id":")" + id(id_kind::terminal, 7 << 16 | 1) + R"(","certificates":["ab)" +
                                  std::string(62, '0') +
                                  R"("],"reason":"初回","changed_at":"2026-04-01T03:04:05.678Z"})");
    EXPECT_EQ(status_of(entry_of(fact)), 200);
}

TEST(render_entry, what_a_merchant_sells) {
    const ledger::merchant_categories_set fact{ledger::merchant_id{7}, *ledger::category_set::from({"gifts", "food"}),
                                               "業種変更"};
    EXPECT_EQ(rendered(fact), R"({"id":")" + id(id_kind::merchant, 7) +
                                  R"(","categories":["food","gifts"],"reason":"業種変更",)"
                                  R"("changed_at":"2026-04-01T03:04:05.678Z"})");
    EXPECT_EQ(status_of(entry_of(fact)), 200);
}

TEST(render_entry, which_card_pays_and_which_does_no_more) {
    const std::string card = R"({"id":")" + id(id_kind::card, 41) + R"(","wallet":")" + id(id_kind::wallet, 3);
    const ledger::card_bound bound{ledger::wallet_id{3}, 2, ledger::instant{1'775'012'945'678}, {}};
    EXPECT_EQ(rendered(bound), card + R"(","ends_at":"2026-04-01T03:09:05.678Z",)" + created);
    EXPECT_EQ(status_of(entry_of(bound)), 201);
    const ledger::card_retired retired{ledger::wallet_id{3}, 2, 41, "紛失"};
    EXPECT_EQ(rendered(retired), card + R"(","reason":"紛失","retired_at":"2026-04-01T03:04:05.678Z"})");
    EXPECT_EQ(status_of(entry_of(retired)), 200);
}

TEST(render_entry, what_happened_to_undecided_points) {
    const std::string wallet = R"("wallet":")" + id(id_kind::wallet, 3) + "\",";
    const std::string partner = id(id_kind::partner, 3);
    EXPECT_EQ(rendered(test::sample_conversion()), R"({"id":")" + id(id_kind::grant, 41) + "\"," + wallet +
                                                       R"("partner":")" + partner +
                                                       R"(","amount":800,"source":"partner:)" + partner +
                                                       R"(","undecided_until":"2026-04-15T15:00:00.000Z",)" + created);
    EXPECT_EQ(status_of(entry_of(test::sample_conversion())), 201);

    auto transfer = test::sample_transfer();
    transfer.to.push_back(test::sample_lot("042021", 70)); // of another source
    EXPECT_EQ(rendered(transfer), R"({"id":")" + id(id_kind::entry, 41) + "\"," + wallet +
                                      R"("program":"042021","amount":570,"expires_on":"2026-10-02",)" +
                                      R"("lots":[{"amount":500,"source":"partner:)" + partner +
                                      R"("},{"amount":70,"source":"budget:042021:health"}],)" + created);
    EXPECT_EQ(status_of(entry_of(transfer)), 201);

    const ledger::home_chosen home{ledger::wallet_id{3}, program("432148")};
    EXPECT_EQ(rendered(home), R"({"id":")" + id(id_kind::wallet, 3) +
                                  R"(","home_municipality":"432148","changed_at":"2026-04-01T03:04:05.678Z"})");
    EXPECT_EQ(status_of(entry_of(home)), 200);
}

// The id is the proposal's, whoever decides it; the person is whose key asked, an operator or one of a staff.
TEST(render_entry, what_became_of_a_correction) {
    using enum ledger::correction_kind;
    const auto answer = [](ledger::fact what, ledger::caller_kind kind, std::uint64_t person) {
        id_texts ids{test::scene_keys()};
        auto one = entry_of(std::move(what));
        one.caller.kind = kind;
        one.person = person;
        EXPECT_EQ(status_of(one), 201);
        std::string body;
        render_entry(body, one, ids);
        return body;
    };
    const auto shown = [](std::string_view status, std::string_view kind, std::string_view expires_on,
                          const std::string& rest) {
        return R"({"id":")" + id(id_kind::correction, 41) + R"(","status":")" + std::string{status} +
               R"(","wallet":")" + id(id_kind::wallet, 3) + R"(","program":"042021","kind":")" + std::string{kind} +
               R"(","amount":300,"source":"budget:042021:health","expires_on":)" + std::string{expires_on} +
               R"(,"reason":"二重付与","proposed_by":")" + id(id_kind::staff, 2) + R"(","decided_by":)" + rest +
               R"(_at":"2026-04-01T03:04:05.678Z"})";
    };
    EXPECT_EQ(answer(test::sample_correction(debit), ledger::caller_kind::municipality, 2),
              shown("proposed", "debit", "null", R"(null,"decision_reason":null,"created)"));
    EXPECT_EQ(answer(test::sample_decision(credit, true), ledger::caller_kind::operator_, 1),
              shown("approved", "credit", "\"2027-03-31\"",
                    "\"" + id(id_kind::operator_, 1) + R"(","decision_reason":null,"decided)"));
    auto rejected = test::sample_decision(debit, false);
    rejected.reason = "違う";
    EXPECT_EQ(
        answer(rejected, ledger::caller_kind::municipality, 3),
        shown("rejected", "debit", "null", "\"" + id(id_kind::staff, 3) + R"(","decision_reason":"違う","decided)"));
}

TEST(approval_number, is_another_for_each_of_a_million_payments) {
    id_texts ids{test::scene_keys()};
    std::vector<bool> seen(1'000'000);
    ledger::entry one = entry_of(test::sample_payment());
    for (std::uint64_t position = 1; position <= 20'000; ++position) {
        one.position = position * 50; // a sample over the whole period
        std::string body;
        render_entry(body, one, ids);
        const auto number = std::stoul(test::member(body, "approval_number"));
        ASSERT_LT(number, seen.size());
        EXPECT_FALSE(seen[number]) << number;
        seen[number] = true;
    }
}

} // namespace
} // namespace meguri::net
