#include "net/problem.hpp"

#include "net/json_document.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/support/openapi_file.hpp"
#include "tests/support/openapi_schema.hpp"

#include <gtest/gtest.h>

#include <set>

namespace meguri::net {
namespace {

TEST(problem, has_one_line_per_code) {
    std::set<std::string_view> names;
    for (const auto& one : all_problems()) {
        EXPECT_TRUE(names.insert(one.name).second) << one.name;
        EXPECT_EQ(parse_problem_code(one.name), one.code);
        EXPECT_EQ(one.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789"), std::string_view::npos)
            << one.name;
        EXPECT_GE(one.status, 400);
        EXPECT_FALSE(one.title.empty());
        EXPECT_TRUE(is_utf8(one.title_ja) && one.title_ja.size() > one.title_ja.find_first_not_of("abc")) << one.name;
        EXPECT_EQ(one.retryable, one.status == 503 || one.status == 408 || one.status == 429) << one.name;
    }
    EXPECT_EQ(parse_problem_code("nonsense"), std::nullopt);
}

TEST(problem, renders_as_rfc_9457) {
    const auto answer = to_response({problem_code::amount_out_of_range, "Must be \"1\".", "/amount"}, 77);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.content_type, "application/problem+json");
    const std::string request_id = test::member(answer.body, "request_id");
    EXPECT_EQ(answer.body,
              R"({"type":"urn:meguri:problem:amount_out_of_range",)"
              R"("title":"The amount must be 1 to 100,000,000 points.","status":400,)"
              R"("detail":"Must be \"1\".","code":"amount_out_of_range","request_id":")" +
                  request_id +
                  R"(","retryable":false,)"
                  R"("detail_ja":"ポイント数は1から100,000,000の整数で指定してください。","pointer":"/amount"})");
}

TEST(problem, of_every_code_is_as_the_file_says) {
    const auto& root = test::openapi_file();
    const auto& schema = root.at_pointer("/components/schemas/Problem");
    for (const auto& one : all_problems()) {
        const auto answer = to_response({one.code, {}, {}, "limit"}, 1);
        EXPECT_EQ(answer.status, one.status);
        EXPECT_EQ(answer.www_authenticate, one.status == 401);
        const auto faults = test::schema_faults(root, schema, boost::json::parse(answer.body));
        EXPECT_TRUE(faults.empty()) << faults.front();
    }
    EXPECT_EQ(to_response({problem_code::overloaded}, 1).retry_after_s, 1);
    EXPECT_GT(to_response({problem_code::not_ready}, 1).retry_after_s, 0);
    EXPECT_EQ(to_response({problem_code::ledger_stopped}, 1).retry_after_s, 0);
    EXPECT_EQ(to_response({problem_code::too_many_failures}, 1).retry_after_s, 1);
}

TEST(problem, maps_every_refusal) {
    using ledger::refusal;
    const actors::request grants =
        ledger::command{ledger::grant{{}, {}, {}, {}, *ledger::funding_source::parse("budget:x")}};
    const actors::request joins = ledger::command{ledger::join_merchant{}};
    const actors::request freezes = ledger::command{ledger::set_freeze{}};
    const actors::request applies = ledger::command{ledger::submit_application{}};
    const actors::request decides_application = ledger::command{ledger::decide_application{}};
    const actors::request changes_account = ledger::command{ledger::propose_account{}};
    const actors::request activates = ledger::command{ledger::activate_terminal{}};
    const actors::request revokes_code = ledger::command{ledger::revoke_activation{}};
    const actors::request issues_code = ledger::command{ledger::issue_activation{}};
    const actors::request pays = ledger::command{ledger::authorize{}};
    const actors::request captures = ledger::command{ledger::capture_payment{}};
    const actors::request reverses = ledger::command{ledger::reverse_attempt{}};
    const actors::request credits =
        ledger::command{ledger::credit_undecided{{}, {}, {}, *ledger::funding_source::parse("partner:x")}};
    const actors::request chooses_home = ledger::command{ledger::choose_home{}};
    const actors::request transfers = ledger::command{ledger::transfer_undecided{}};
    const actors::request proposes = ledger::command{ledger::propose_correction{}};
    const actors::request decides = ledger::command{ledger::decide_correction{}};
    const actors::request issues = ledger::command{ledger::issue_key{}};
    const actors::request revokes = ledger::command{ledger::revoke_key{}};
    const actors::request begins = ledger::command{ledger::propose_campaign{}};
    const actors::request grants_from = ledger::command{ledger::grant_from_campaign{}};
    ledger::convert_points by_my_key;
    by_my_key.my_key = ledger::my_key_id::drawn_by(1);
    const actors::request converts = ledger::command{by_my_key};
    const actors::request converts_to = ledger::command{ledger::convert_points{}};
    const actors::request issues_coupon = ledger::command{ledger::issue_coupon{}};
    const actors::request redeems = ledger::command{ledger::redeem_coupon{}};
    const actors::request sends_file = ledger::command{ledger::accept_recipients{}};
    const actors::request sends_list = ledger::command{ledger::accept_eligibility{}};
    const actors::request redeems_event = ledger::command{ledger::redeem_event{}};
    const actors::request buys = ledger::command{ledger::request_purchase{}};
    const actors::request cancels = ledger::command{ledger::cancel_purchase{}};
    const actors::request mandates = ledger::command{ledger::request_mandate{}};
    const actors::request orders = ledger::command{ledger::order_debits{}};
    const actors::request hears = ledger::command{ledger::take_debit_result{}};
    const actors::request is_told = ledger::command{ledger::note_card_payment{}};
    const actors::request takes = ledger::command{ledger::take_transfer{}};
    const actors::request assigns = ledger::command{ledger::propose_for_transfer{}};
    const actors::request reads = actors::read_wallet{};
    const actors::request logs_in = actors::log_in{};
    struct row {
        refusal why;
        const actors::request& asked;
        std::string_view code;
        std::string_view pointer;
    };
    const row rows[] = {
        {refusal::program_exists, joins, "program_exists", "/code"},
        {refusal::program_unknown, grants, "program_unknown", "/program"},
        {refusal::program_unknown, joins, "program_unknown", "/programs"},
        {refusal::program_unknown, transfers, "program_unknown", "/program"},
        {refusal::program_unknown, proposes, "program_unknown", "/program"},
        {refusal::program_unknown, chooses_home, "program_unknown", "/municipality"},
        {refusal::program_unknown, freezes, "not_found", "-"},
        {refusal::program_required, pays, "program_required", "/program"},
        {refusal::municipality_unknown, freezes, "not_found", "-"},
        {refusal::merchant_unknown, freezes, "not_found", "-"},
        {refusal::outlet_unknown, freezes, "not_found", "-"},
        {refusal::outlets_exhausted, freezes, "outlets_exhausted", "-"},
        {refusal::wallet_unknown, grants, "wallet_unknown", "/wallet"},
        {refusal::wallet_unknown, credits, "wallet_unknown", "/wallet"},
        {refusal::wallet_unknown, proposes, "wallet_unknown", "/wallet"},
        {refusal::wallet_unknown, transfers, "not_found", "-"},
        {refusal::wallet_unknown, chooses_home, "not_found", "-"},
        {refusal::wallet_unknown, reads, "not_found", "-"},
        {refusal::wallet_unknown, freezes, "not_found", "-"},
        {refusal::expires_in_the_past, grants, "expires_in_the_past", "/expires_on"},
        {refusal::expires_too_far, grants, "expires_too_far", "/expires_on"},
        {refusal::expires_in_the_past, proposes, "expires_in_the_past", "/expires_on"},
        {refusal::expires_in_the_past, decides, "expires_in_the_past", "-"},
        {refusal::balance_too_large, grants, "balance_too_large", "-"},
        {refusal::forbidden, freezes, "forbidden", "-"},
        {refusal::payment_unknown, captures, "not_found", "-"},
        {refusal::terminal_inactive, captures, "terminal_inactive", "-"},
        {refusal::invalid_state, captures, "invalid_state", "-"},
        {refusal::amount_exceeds_remaining, captures, "amount_exceeds_remaining", "/amount"},
        {refusal::amount_exceeds_remaining, transfers, "amount_exceeds_remaining", "/amount"},
        {refusal::amount_exceeds_remaining, decides, "amount_exceeds_remaining", "-"},
        {refusal::nothing_undecided, transfers, "nothing_undecided", "-"},
        {refusal::corrections_exhausted, proposes, "corrections_exhausted", "-"},
        {refusal::second_person_required, decides, "second_person_required", "-"},
        {refusal::activation_code_unknown, activates, "activation_code_unknown", "/code"},
        {refusal::activation_code_unknown, revokes_code, "not_found", "-"},
        {refusal::activation_codes_exhausted, issues_code, "activation_codes_exhausted", "-"},
        {refusal::activation_code_used, activates, "activation_code_used", "/code"},
        {refusal::activation_code_expired, activates, "activation_code_expired", "/code"},
        {refusal::application_exists, applies, "application_exists", "-"},
        {refusal::program_unknown, applies, "program_unknown", "/programs"},
        {refusal::program_exists, applies, "program_exists", "/code"},
        {refusal::program_unknown, decides_application, "program_unknown", "-"},
        {refusal::program_exists, decides_application, "program_exists", "-"},
        {refusal::application_unknown, decides_application, "not_found", "-"},
        {refusal::bank_unknown, applies, "bank_unknown", "/account/bank"},
        {refusal::branch_unknown, applies, "branch_unknown", "/account/branch"},
        {refusal::bank_table_missing, applies, "bank_table_missing", "-"},
        {refusal::account_unchanged, changes_account, "account_unchanged", "/account"},
        {refusal::effective_in_the_past, changes_account, "effective_in_the_past", "/effective_from"},
        {refusal::already_linked, ledger::link_account{}, "already_linked", "-"},
        {refusal::account_linked_elsewhere, ledger::link_account{}, "account_linked_elsewhere", "-"},
        {refusal::not_linked, ledger::end_link{}, "not_linked", "-"},
        {refusal::conversion_terms_changed, ledger::convert_points{}, "invalid_state", "-"},
        {refusal::linked_conversions_exhausted, ledger::convert_linked{}, "partner_unavailable", "-"},
        {refusal::account_change_unknown, changes_account, "not_found", "-"},
        {refusal::not_reversible, reverses, "not_reversible", "/idempotency_key"},
        {refusal::campaign_unknown, grants_from, "not_found", "-"},
        {refusal::campaigns_exhausted, begins, "campaigns_exhausted", "-"},
        {refusal::campaign_not_open, begins, "expires_in_the_past", "/last_day"},
        {refusal::campaign_not_open, grants_from, "campaign_not_open", "-"},
        {refusal::amount_not_allowed, grants_from, "amount_not_allowed", "/amount"},
        {refusal::budget_exceeded, grants_from, "budget_exceeded", "-"},
        {refusal::already_granted, grants_from, "already_granted", "/occasion"},
        {refusal::wallet_unknown, grants_from, "wallet_unknown", "/wallet"},
        {refusal::card_unknown, logs_in, "card_unknown", "/certificate"},
        {refusal::card_retired, logs_in, "card_not_accepted", "/certificate"},
        {refusal::card_already_bound, logs_in, "card_already_bound", "/certificate"},
        {refusal::conversion_terms_unknown, converts, "conversion_terms_missing", "-"},
        {refusal::units_below_minimum, converts, "units_below_minimum", "/units"},
        {refusal::units_off_step, converts, "units_off_step", "/units"},
        {refusal::conversion_too_large, converts, "amount_out_of_range", "/units"},
        {refusal::conversion_limit_reached, converts, "conversion_limit_reached", "-"},
        {refusal::reference_reused, converts, "reference_reused", "/reference"},
        {refusal::my_key_unknown, converts, "mykey_id_unknown", "/mykey_id"},
        {refusal::wallet_frozen, converts, "wallet_unavailable", "/mykey_id"},
        {refusal::wallet_frozen, converts_to, "wallet_unavailable", "/wallet"},
        {refusal::wallet_frozen, redeems, "wallet_unavailable", "/wallet"},
        {refusal::wallet_unknown, converts_to, "wallet_unknown", "/wallet"},
        {refusal::program_unknown, redeems, "program_unknown", "/program"},
        {refusal::program_unknown, issues_coupon, "program_unknown", "/program"},
        {refusal::expires_in_the_past, issues_coupon, "expires_in_the_past", "/last_day"},
        {refusal::expires_too_far, issues_coupon, "expires_too_far", "/last_day"},
        {refusal::coupon_unknown, redeems, "coupon_unknown", "/code"},
        {refusal::coupon_redeemed, redeems, "coupon_redeemed", "-"},
        {refusal::coupon_blocked, redeems, "coupon_blocked", "-"},
        {refusal::coupon_expired, redeems, "coupon_expired", "-"},
        {refusal::too_many_tries, redeems, "too_many_tries", "-"},
        {refusal::budget_exceeded, sends_file, "budget_exceeded", "-"},
        {refusal::campaign_not_open, sends_file, "campaign_not_open", "-"},
        {refusal::recipients_refused, sends_file, "recipients_refused", "-"},
        {refusal::recipients_repeated, sends_file, "recipients_repeated", "-"},
        {refusal::recipients_refused, sends_list, "recipients_refused", "-"},
        {refusal::person_required, grants_from, "person_required", "-"},
        {refusal::eligibility_missing, grants_from, "eligibility_missing", "-"},
        {refusal::not_eligible, grants_from, "not_eligible", "-"},
        {refusal::measure_too_small, grants_from, "measure_too_small", "/measured"},
        {refusal::event_not_open, redeems_event, "event_not_open", "-"},
        {refusal::event_code_over, redeems_event, "event_code_over", "/code"},
        {refusal::events_exhausted, sends_list, "events_exhausted", "-"},
        {refusal::nothing_granted, sends_list, "nothing_granted", "-"},
        {refusal::clawbacks_exhausted, sends_list, "clawbacks_exhausted", "-"},
        {refusal::already_granted, redeems_event, "already_granted", "-"},
        {refusal::wallet_frozen, redeems_event, "wallet_unavailable", "-"},
        {refusal::recipients_exhausted, sends_file, "recipients_exhausted", "-"},
        {refusal::wallet_unknown, buys, "wallet_unknown", "/wallet"},
        {refusal::program_unknown, buys, "program_unknown", "/program"},
        {refusal::program_unknown, takes, "not_found", "-"},
        {refusal::purchase_not_offered, buys, "purchase_not_offered", "/program"},
        {refusal::purchase_amount_not_allowed, buys, "purchase_amount_not_allowed", "/amount"},
        {refusal::purchase_limit_reached, buys, "purchase_limit_reached", "/amount"},
        {refusal::purchase_unknown, cancels, "not_found", "-"},
        {refusal::purchase_unknown, assigns, "purchase_unknown", "/purchase"},
        {refusal::refund_not_allowed, cancels, "refund_not_allowed", "-"},
        {refusal::nothing_unspent, cancels, "nothing_unspent", "-"},
        {refusal::mandate_exists, mandates, "mandate_exists", "-"},
        {refusal::bank_unknown, mandates, "bank_unknown", "/account/bank"},
        {refusal::wallet_unknown, mandates, "wallet_unknown", "/wallet"},
        {refusal::mandate_missing, buys, "mandate_missing", "/method"},
        {refusal::program_unknown, orders, "program_unknown", "/program"},
        {refusal::nothing_to_debit, orders, "nothing_to_debit", "/debit_day"},
        {refusal::collection_account_missing, orders, "collection_account_missing", "-"},
        {refusal::debit_result_differs, hears, "debit_result_differs", "-"},
        {refusal::purchase_unknown, hears, "not_found", "-"},
        {refusal::card_payment_differs, is_told, "card_payment_differs", "-"},
        {refusal::transfer_differs, takes, "transfer_differs", "/line_number"},
        {refusal::holder_unknown, revokes, "not_found", "-"},
        {refusal::key_unknown, revokes, "not_found", "-"},
        {refusal::keys_exhausted, issues, "keys_exhausted", "-"},
        {refusal::last_operator_key, revokes, "last_operator_key", "-"},
    };
    for (const auto& one : rows) {
        const auto found = problem_of(one.why, one.asked);
        EXPECT_EQ(text_of(found.code).name, one.code);
        EXPECT_EQ(found.pointer.value_or("-"), one.pointer) << one.code;
    }
}

} // namespace
} // namespace meguri::net
