// The numbers under which the journal stores facts.
#include "ledger/entry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <type_traits>

namespace meguri::ledger {
namespace {

template <std::size_t Number, class Fact>
constexpr bool stored_as = [] {
    constexpr auto at = std::find(fact_numbers.begin(), fact_numbers.end(), Number);
    return std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(at - fact_numbers.begin()), fact_kinds>,
                          Fact>;
}();

static_assert(stored_as<0, ledger_opened>);
static_assert(stored_as<1, operator_added>);
static_assert(stored_as<2, staff_added>);
static_assert(stored_as<3, partner_added>);
static_assert(stored_as<4, program_opened>);
static_assert(stored_as<5, merchant_joined>);
static_assert(stored_as<6, outlet_added>);
static_assert(stored_as<7, wallet_opened>);
static_assert(stored_as<8, code_issued>);
static_assert(stored_as<9, freeze_changed>);
static_assert(stored_as<10, points_granted>);
static_assert(stored_as<11, points_expired>);
static_assert(stored_as<12, payment_decided>);
static_assert(stored_as<13, payment_changed>);
static_assert(stored_as<14, key_barred>);
static_assert(stored_as<15, limits_set>);
static_assert(stored_as<16, home_chosen>);
static_assert(stored_as<17, points_transferred>);
static_assert(stored_as<18, correction_proposed>);
static_assert(stored_as<19, correction_decided>);
static_assert(stored_as<20, epoch_began>);
static_assert(stored_as<21, key_issued>);
static_assert(stored_as<22, key_revoked>);
static_assert(stored_as<23, terminal_certificates_changed>);
static_assert(stored_as<24, card_bound>);
static_assert(stored_as<25, card_retired>);
static_assert(stored_as<26, campaign_proposed>);
static_assert(stored_as<27, campaign_changed>);
static_assert(stored_as<28, campaign_granted>);
static_assert(stored_as<29, my_key_changed>);
static_assert(stored_as<30, person_enrolled>);
static_assert(stored_as<31, password_set>);
static_assert(stored_as<32, support_session_opened>);
static_assert(stored_as<33, card_renewed>);
static_assert(stored_as<34, conversion_terms_changed>);
static_assert(stored_as<35, points_converted>);
static_assert(stored_as<36, coupon_changed>);
static_assert(stored_as<37, partner_reconciled>);
static_assert(stored_as<40, recipients_listed>);
static_assert(stored_as<41, recipients_accepted>);
static_assert(stored_as<42, recipient_granted>);
static_assert(stored_as<43, recipients_left_out>);
static_assert(stored_as<44, eligibility_listed>);
static_assert(stored_as<45, eligibility_changed>);
static_assert(stored_as<46, purchase_terms_set>);
static_assert(stored_as<47, purchase_changed>);
static_assert(stored_as<48, purchase_paid>);
static_assert(stored_as<49, transfer_changed>);
static_assert(stored_as<50, purchase_refunded>);
static_assert(stored_as<62, mandate_changed>);
static_assert(stored_as<63, debits_ordered>);
static_assert(stored_as<64, purchase_debited>);
static_assert(stored_as<65, purchase_captured>);
static_assert(stored_as<66, purchase_charged_back>);
static_assert(stored_as<52, activation_changed>);
static_assert(stored_as<53, terminal_activated>);
static_assert(stored_as<54, once_code_issued>);
static_assert(stored_as<55, code_blocked>);
static_assert(stored_as<56, application_changed>);
static_assert(stored_as<57, account_changed>);
static_assert(stored_as<58, link_changed>);
static_assert(stored_as<59, linked_conversion_changed>);
static_assert(stored_as<68, benefit_granted>);
static_assert(stored_as<69, event_changed>);
static_assert(stored_as<70, clawback_changed>);
static_assert(stored_as<71, points_clawed_back>);
static_assert(stored_as<72, merchant_categories_set>);

TEST(benefit_numbers, never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(eligibility_step::acceptance), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(eligibility_step::rejection), 4);
    EXPECT_EQ(static_cast<std::uint8_t>(event_step::opening), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(event_step::closing), 2);
    EXPECT_EQ(static_cast<std::uint8_t>(amount_rule::steps), 3);
    EXPECT_EQ(static_cast<std::uint8_t>(amount_rule::percentage), 4);
    EXPECT_EQ(static_cast<std::uint8_t>(left_out_reason::person_required), 6);
    EXPECT_EQ(static_cast<std::uint8_t>(left_out_reason::nothing_unspent), 7);
    EXPECT_EQ(static_cast<std::uint8_t>(clawback_step::proposal), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(clawback_step::rows_ended), 4);
    EXPECT_EQ(static_cast<std::uint8_t>(clawback_status::rejected), 3);
}

TEST(joining, numbers_never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(applicant_kind::municipality), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(applicant_kind::merchant), 2);
    EXPECT_EQ(static_cast<std::uint8_t>(application_step::submitted), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(application_step::refused), 3);
    EXPECT_EQ(static_cast<std::uint8_t>(account_step::proposed), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(account_step::refused), 3);
    EXPECT_EQ(static_cast<std::uint8_t>(account_type::savings), 4);
}

TEST(activation_step, numbers_never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(activation_step::issued), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(activation_step::revoked), 2);
}

TEST(limit_numbers, never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(limit_subject::wallet), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(limit_subject::program), 2);
    EXPECT_EQ(static_cast<std::uint8_t>(limit_subject::merchant), 3);
    EXPECT_EQ(static_cast<std::uint8_t>(limit_subject::terminal), 4);
    EXPECT_EQ(static_cast<std::uint8_t>(limit_subject::shop), 5);
    EXPECT_EQ(static_cast<std::uint8_t>(limit_kind::per_payment), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(limit_kind::hour_count), 5);
}

TEST(payment_step, numbers_never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(payment_step::capture), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(payment_step::voiding), 2);
    EXPECT_EQ(static_cast<std::uint8_t>(payment_step::hold_expiry), 3);
    EXPECT_EQ(static_cast<std::uint8_t>(payment_step::refund), 4);
    EXPECT_EQ(static_cast<std::uint8_t>(payment_step::reversal), 5);
}

TEST(caller_kind, numbers_never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(caller_kind::none), 0);
    EXPECT_EQ(static_cast<std::uint8_t>(caller_kind::operator_), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(caller_kind::municipality), 2);
    EXPECT_EQ(static_cast<std::uint8_t>(caller_kind::partner), 3);
    EXPECT_EQ(static_cast<std::uint8_t>(caller_kind::terminal), 4);
    EXPECT_EQ(static_cast<std::uint8_t>(caller_kind::shop), 5);
    EXPECT_EQ(static_cast<std::uint8_t>(caller_kind::activation), 7);
}

TEST(freeze_subject, numbers_never_change) {
    EXPECT_EQ(static_cast<std::uint8_t>(freeze_subject::wallet), 1);
    EXPECT_EQ(static_cast<std::uint8_t>(freeze_subject::merchant), 2);
    EXPECT_EQ(static_cast<std::uint8_t>(freeze_subject::terminal), 3);
    EXPECT_EQ(static_cast<std::uint8_t>(freeze_subject::shop), 4);
    EXPECT_EQ(static_cast<std::uint8_t>(freeze_subject::program), 5);
}

TEST(payment_decided, is_a_decline_until_something_else_is_said) {
    EXPECT_EQ(payment_decided{}.status, payment_status::declined);
}

} // namespace
} // namespace meguri::ledger
