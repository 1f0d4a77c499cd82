#include "ledger/accounts.hpp"

#include "ledger/undecided.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace meguri::ledger {
namespace {

const instant now = noon("2026-11-23");

entry entry_of(fact what) {
    entry made;
    made.what = std::move(what);
    return made;
}

lot_use lot_of(program_code program, std::int64_t amount, std::string_view funded_by) {
    return {lot_terms_of(1, program, "2027-03-31", now, funded_by), yen(amount)};
}

payment_decided payment_of(std::vector<lot_use> lots, payment_status status,
                           decline_code decline = decline_code::none) {
    payment_decided paid;
    paid.status = status;
    paid.decline = decline;
    paid.lots = std::move(lots);
    return paid;
}

// Of a payment that it leaves in that state.
payment_changed step_of(payment_status then, bool was_held) {
    payment_state after;
    after.status = then;
    payment_changed made;
    made.after = std::make_shared<const payment_state>(after);
    made.was_held = was_held;
    return made;
}

// Undecided points of two partners find their program.
points_transferred transfer_of(std::int64_t of_card_company, std::int64_t of_airline) {
    return {resident,
            false,
            {lot_of(undecided_program(card_company), of_card_company, "partner:card"),
             lot_of(undecided_program(airline), of_airline, "partner:airline")},
            {lot_of(ishinomaki, of_card_company, "partner:card"), lot_of(ishinomaki, of_airline, "partner:airline")}};
}

correction_decided corrected(correction_kind kind, std::vector<lot_use> lots) {
    correction_decided made;
    made.approved = !lots.empty();
    made.what =
        std::make_shared<const correction>(correction{kind, ishinomaki, yen(1), source("national:x"), {}, "二重付与"});
    made.lots = std::move(lots);
    return made;
}

// {program, account, side, amount} of each posting, in order.
using line = std::tuple<std::string, std::string, char, std::int64_t>;
std::vector<line> posted_by(fact what) {
    std::vector<line> lines;
    for_each_posting(entry_of(std::move(what)), [&](const posting& one) {
        lines.emplace_back(one.program.text(), name_of(one.on), one.to == side::debit ? 'D' : 'C', one.amount.value());
    });
    return lines;
}

TEST(accounts, have_stored_numbers_and_shown_names) {
    struct row {
        std::uint8_t number;
        std::string_view name;
    };
    for (const auto [number, name] : {
             row{0, "funding:budget"},      row{1, "funding:national"},   row{2, "funding:partner"},
             row{3, "funding:purchase"},    row{4, "funding:donation"},   row{5, "wallets:available"},
             row{6, "wallets:held"},        row{7, "merchants:payable"},  row{8, "merchants:settled"},
             row{9, "expired:budget"},      row{10, "expired:national"},  row{11, "expired:partner"},
             row{12, "expired:purchase"},   row{13, "expired:donation"},  row{14, "cancelled:budget"},
             row{15, "cancelled:national"}, row{16, "cancelled:partner"}, row{17, "cancelled:purchase"},
             row{18, "cancelled:donation"}, row{19, "clearing:in"},       row{20, "clearing:out"},
             row{21, "money:received"},     row{22, "money:for_points"},  row{23, "money:unmatched"},
             row{24, "money:to_return"},    row{28, "money:debited"},     row{29, "money:captured"},
             row{30, "money:lost"},
         })
        EXPECT_EQ(name_of(static_cast<account>(number)), name);
    EXPECT_EQ(accounts, 31u);
    EXPECT_EQ(accounts_of_points, 21u);
    EXPECT_EQ(of(account::funding, funding_kind::budget), account::funding);
    EXPECT_EQ(static_cast<int>(of(account::expired, funding_kind::donation)), 13);
    EXPECT_EQ(static_cast<int>(of(account::cancelled, funding_kind::budget)), 14);
}

TEST(postings, a_grant_is_owed_by_its_funder) {
    for (const auto kind : {"budget", "national", "partner", "purchase", "donation"}) {
        const std::string name{kind};
        EXPECT_EQ(
            posted_by(points_granted{resident, lot_of(ishinomaki, 5000, name + ":x")}),
            (std::vector<line>{{"042021", "funding:" + name, 'D', 5000}, {"042021", "wallets:available", 'C', 5000}}));
    }
}

TEST(postings, an_expiry_goes_to_its_funders_account) {
    EXPECT_EQ(posted_by(points_expired{resident, {lot_of(ishinomaki, 10, "budget:x"), lot_of(aso, 20, "donation:y")}}),
              (std::vector<line>{{"042021", "wallets:available", 'D', 10},
                                 {"042021", "expired:budget", 'C', 10},
                                 {"432148", "wallets:available", 'D', 20},
                                 {"432148", "expired:donation", 'C', 20}}));
}

TEST(postings, a_captured_payment_is_payable_to_the_merchant) {
    EXPECT_EQ(posted_by(payment_of({lot_of(ishinomaki, 300, "budget:x"), lot_of(ishinomaki, 40, "partner:y")},
                                   payment_status::captured)),
              (std::vector<line>{{"042021", "wallets:available", 'D', 300},
                                 {"042021", "merchants:payable", 'C', 300},
                                 {"042021", "wallets:available", 'D', 40},
                                 {"042021", "merchants:payable", 'C', 40}}));
}

TEST(postings, an_authorized_payment_is_held) {
    EXPECT_EQ(posted_by(payment_of({lot_of(ishinomaki, 300, "budget:x")}, payment_status::authorized)),
              (std::vector<line>{{"042021", "wallets:available", 'D', 300}, {"042021", "wallets:held", 'C', 300}}));
}

TEST(postings, a_capture_leaves_the_hold_for_the_merchant_and_the_wallet) {
    auto step = step_of(payment_status::captured, true);
    step.captured = {lot_of(ishinomaki, 300, "budget:x")};
    step.returned = {lot_of(ishinomaki, 40, "budget:x")};
    step.lapsed = {lot_of(ishinomaki, 7, "partner:y")};
    EXPECT_EQ(posted_by(step), (std::vector<line>{{"042021", "wallets:held", 'D', 300},
                                                  {"042021", "merchants:payable", 'C', 300},
                                                  {"042021", "wallets:held", 'D', 40},
                                                  {"042021", "wallets:available", 'C', 40},
                                                  {"042021", "wallets:held", 'D', 7},
                                                  {"042021", "expired:partner", 'C', 7}}));
}

TEST(postings, a_refund_is_taken_from_what_the_merchant_is_owed) {
    auto step = step_of(payment_status::captured, false);
    step.returned = {lot_of(ishinomaki, 40, "budget:x")};
    step.lapsed = {lot_of(ishinomaki, 7, "partner:y")};
    EXPECT_EQ(posted_by(step), (std::vector<line>{{"042021", "merchants:payable", 'D', 40},
                                                  {"042021", "wallets:available", 'C', 40},
                                                  {"042021", "merchants:payable", 'D', 7},
                                                  {"042021", "expired:partner", 'C', 7}}));
}

TEST(postings, a_conversion_is_owed_by_the_partner_in_its_pseudo_program) {
    EXPECT_EQ(posted_by(points_granted{resident, lot_of(undecided_program(card_company), 70, "partner:card")}),
              (std::vector<line>{{"1000003", "funding:partner", 'D', 70}, {"1000003", "wallets:available", 'C', 70}}));
}

TEST(postings, a_transfer_balances_on_both_sides_through_clearing) {
    EXPECT_EQ(posted_by(transfer_of(70, 40)), (std::vector<line>{{"1000003", "wallets:available", 'D', 70},
                                                                 {"1000003", "clearing:out", 'C', 70},
                                                                 {"1000008", "wallets:available", 'D', 40},
                                                                 {"1000008", "clearing:out", 'C', 40},
                                                                 {"042021", "clearing:in", 'D', 70},
                                                                 {"042021", "wallets:available", 'C', 70},
                                                                 {"042021", "clearing:in", 'D', 40},
                                                                 {"042021", "wallets:available", 'C', 40}}));
}

TEST(postings, a_correction_is_owed_by_its_funder_or_cancelled_for_it) {
    EXPECT_EQ(posted_by(corrected(correction_kind::credit, {lot_of(ishinomaki, 70, "national:x")})),
              (std::vector<line>{{"042021", "funding:national", 'D', 70}, {"042021", "wallets:available", 'C', 70}}));
    EXPECT_EQ(posted_by(corrected(correction_kind::debit,
                                  {lot_of(ishinomaki, 70, "national:x"), lot_of(ishinomaki, 5, "national:x")})),
              (std::vector<line>{{"042021", "wallets:available", 'D', 70},
                                 {"042021", "cancelled:national", 'C', 70},
                                 {"042021", "wallets:available", 'D', 5},
                                 {"042021", "cancelled:national", 'C', 5}}));
}

TEST(postings, a_grant_from_a_campaign_is_issued_like_any_other) {
    EXPECT_EQ(posted_by(campaign_granted{resident, 17, "健康ウォーク", lot_of(ishinomaki, 70, "budget:042021:health")}),
              (std::vector<line>{{"042021", "funding:budget", 'D', 70}, {"042021", "wallets:available", 'C', 70}}));
}

TEST(postings, a_conversion_is_issued_where_it_lands) {
    points_converted converted;
    converted.lot = lot_of(ishinomaki, 70, "partner:par_x");
    EXPECT_EQ(posted_by(converted),
              (std::vector<line>{{"042021", "funding:partner", 'D', 70}, {"042021", "wallets:available", 'C', 70}}));
}

bank_transfer came(transfer_status status, std::int64_t amount) {
    bank_transfer one;
    one.program = ishinomaki;
    one.line.amount = yen(amount);
    one.status = status;
    return one;
}

purchase_paid bought(transfer_status status) {
    return {std::make_shared<const purchase>(), lot_of(ishinomaki, 70, "purchase:042021:counter"),
            std::make_shared<const bank_transfer>(came(status, 70))};
}

TEST(postings, money_for_points_came_in_or_had_waited) {
    EXPECT_EQ(posted_by(bought(transfer_status::matched)),
              (std::vector<line>{{"042021", "funding:purchase", 'D', 70},
                                 {"042021", "wallets:available", 'C', 70},
                                 {"042021", "money:received", 'D', 70},
                                 {"042021", "money:for_points", 'C', 70}}));
    EXPECT_EQ(posted_by(bought(transfer_status::assigned)),
              (std::vector<line>{{"042021", "funding:purchase", 'D', 70},
                                 {"042021", "wallets:available", 'C', 70},
                                 {"042021", "money:unmatched", 'D', 70},
                                 {"042021", "money:for_points", 'C', 70}}));
}

TEST(postings, money_that_nobody_could_tell_waits_or_is_to_be_returned) {
    const auto step = [](transfer_step how) {
        return transfer_changed{how, std::make_shared<const bank_transfer>(came(transfer_status::unmatched, 70))};
    };
    EXPECT_EQ(posted_by(step(transfer_step::arrival)),
              (std::vector<line>{{"042021", "money:received", 'D', 70}, {"042021", "money:unmatched", 'C', 70}}));
    EXPECT_EQ(posted_by(step(transfer_step::return_approval)),
              (std::vector<line>{{"042021", "money:unmatched", 'D', 70}, {"042021", "money:to_return", 'C', 70}}));
    for (const auto quiet :
         {transfer_step::assignment_proposal, transfer_step::return_proposal, transfer_step::rejection})
        EXPECT_TRUE(posted_by(step(quiet)).empty());
}

TEST(postings, what_goes_back_is_cancelled_and_owed_in_money) {
    const purchase_refunded back{std::make_shared<const purchase>(), lot_of(ishinomaki, 70, "purchase:042021:counter")};
    EXPECT_EQ(posted_by(back), (std::vector<line>{{"042021", "wallets:available", 'D', 70},
                                                  {"042021", "cancelled:purchase", 'C', 70},
                                                  {"042021", "money:for_points", 'D', 70},
                                                  {"042021", "money:to_return", 'C', 70}}));
}

TEST(postings, money_comes_by_account_transfer_and_through_the_gateway) {
    const auto lot = lot_of(ishinomaki, 70, "purchase:042021:card");
    EXPECT_EQ(posted_by(purchase_debited{std::make_shared<const purchase>(), lot}),
              (std::vector<line>{{"042021", "funding:purchase", 'D', 70},
                                 {"042021", "wallets:available", 'C', 70},
                                 {"042021", "money:debited", 'D', 70},
                                 {"042021", "money:for_points", 'C', 70}}));
    EXPECT_EQ(posted_by(purchase_captured{std::make_shared<const purchase>(), lot}),
              (std::vector<line>{{"042021", "funding:purchase", 'D', 70},
                                 {"042021", "wallets:available", 'C', 70},
                                 {"042021", "money:captured", 'D', 70},
                                 {"042021", "money:for_points", 'C', 70}}));
}

TEST(postings, money_that_cannot_be_credited_is_paid_back_by_the_gateway) {
    purchase of;
    of.program = ishinomaki;
    of.amount = yen(70);
    const auto step = [&of](purchase_step how) {
        return purchase_changed{how, std::make_shared<const purchase>(of), {}, {}};
    };
    EXPECT_EQ(posted_by(step(purchase_step::card_refund_owed)),
              (std::vector<line>{{"042021", "money:captured", 'D', 70}, {"042021", "money:to_return", 'C', 70}}));
    EXPECT_EQ(posted_by(step(purchase_step::card_refunded)),
              (std::vector<line>{{"042021", "money:to_return", 'D', 70}, {"042021", "money:captured", 'C', 70}}));
    for (const auto quiet : {purchase_step::card_pending, purchase_step::card_refusal, purchase_step::debit_refusal})
        EXPECT_TRUE(posted_by(step(quiet)).empty());
}

TEST(postings, a_chargeback_takes_what_is_unspent_and_loses_the_rest) {
    purchase of;
    of.program = ishinomaki;
    of.amount = yen(100);
    of.card.emplace().lost = yen(20);
    of.refund.emplace().amount = yen(10);
    const purchase_charged_back fact{std::make_shared<const purchase>(of),
                                     lot_of(ishinomaki, 70, "purchase:042021:card")};
    EXPECT_EQ(posted_by(fact), (std::vector<line>{{"042021", "wallets:available", 'D', 70},
                                                  {"042021", "cancelled:purchase", 'C', 70},
                                                  {"042021", "money:for_points", 'D', 70},
                                                  {"042021", "money:captured", 'C', 70},
                                                  {"042021", "money:to_return", 'D', 10},
                                                  {"042021", "money:captured", 'C', 10},
                                                  {"042021", "money:lost", 'D', 20},
                                                  {"042021", "money:captured", 'C', 20}}));
}

TEST(postings, a_row_of_a_file_is_issued_like_any_other) {
    const auto lot = lot_of(ishinomaki, 70, "budget:042021:health");
    EXPECT_EQ(posted_by(recipient_granted{resident, 17, 20, 0, "健康ウォーク", lot}),
              (std::vector<line>{{"042021", "funding:budget", 'D', 70}, {"042021", "wallets:available", 'C', 70}}));
}

TEST(postings, a_benefit_is_issued_and_what_is_clawed_back_is_cancelled) {
    const auto lot = lot_of(ishinomaki, 70, "budget:042021:health");
    EXPECT_EQ(posted_by(benefit_granted{resident, 17, "benefit", {}, 20, 0, 0, lot}),
              (std::vector<line>{{"042021", "funding:budget", 'D', 70}, {"042021", "wallets:available", 'C', 70}}));
    EXPECT_EQ(posted_by(points_clawed_back{resident, 17, 30, 0, lot}),
              (std::vector<line>{{"042021", "wallets:available", 'D', 70}, {"042021", "cancelled:budget", 'C', 70}}));
}

TEST(postings, nothing_else_moves_points) {
    const std::vector<fact> quiet{
        ledger_opened{1, false},
        operator_added{operator_id{1}, "", {}},
        staff_added{ishinomaki, staff_id{1}, "", {}},
        partner_added{partner_id{1}, "", {}},
        program_opened{{ishinomaki, "", 180, false, {}, false}},
        merchant_joined{fishmonger, "", {ishinomaki}},
        outlet_added{outlet_kind::terminal, till, "", {}},
        wallet_opened{resident},
        code_issued{resident, 1, code_kind::card, {}, {}},
        freeze_changed{freeze_subject::wallet, 41, true, ""},
        payment_of({}, payment_status::declined, decline_code::wallet_frozen),
        step_of(payment_status::declined, false),
        key_barred{fishmonger, "k"},
        limits_set{limit_subject::wallet, 41, {}, ""},
        home_chosen{resident, ishinomaki},
        terminal_certificates_changed{till, {}, ""},
        card_bound{resident, 1, {}, {}},
        card_retired{resident, 1, 1, ""},
        my_key_changed{},
        person_enrolled{},
        password_set{},
        support_session_opened{},
        card_renewed{},
        correction_proposed{resident, corrected(correction_kind::debit, {}).what},
        corrected(correction_kind::debit, {}), // rejected
        epoch_began{},
        key_issued{{caller_kind::terminal, till.value()}, {}, {}, {}},
        key_revoked{{caller_kind::terminal, till.value()}, 1, {}, ""},
        campaign_proposed{},
        campaign_changed{},
        conversion_terms_changed{},
        coupon_changed{},
        partner_reconciled{},
        purchase_terms_set{},
        purchase_changed{purchase_step::request, std::make_shared<const purchase>(), {}, {}},
        mandate_changed{},
        debits_ordered{},
        activation_changed{},
        terminal_activated{},
        once_code_issued{},
        code_blocked{},
        application_changed{},
        account_changed{},
        link_changed{},
        linked_conversion_changed{},
        recipients_listed{},
        recipients_accepted{},
        recipients_left_out{},
        eligibility_listed{},
        eligibility_changed{},
        event_changed{},
        clawback_changed{},
        merchant_categories_set{fishmonger, {}, ""},
    };
    EXPECT_EQ(quiet.size() + 14, std::variant_size_v<fact_kinds>) << "a new fact needs a row here or a test above";
    for (const auto& one : quiet) EXPECT_TRUE(posted_by(one).empty()) << one.index();
}

TEST(books, add_up_entry_by_entry) {
    books state;
    EXPECT_TRUE(state.balanced()) << "an empty ledger balances";
    apply(state, entry_of(points_granted{resident, lot_of(ishinomaki, 1000, "budget:x")}));
    apply(state, entry_of(points_granted{resident, lot_of(aso, 70, "purchase:y")}));
    apply(state, entry_of(payment_of({lot_of(ishinomaki, 300, "budget:x")}, payment_status::captured)));
    apply(state, entry_of(payment_of({lot_of(ishinomaki, 50, "budget:x")}, payment_status::authorized)));
    apply(state, entry_of(points_expired{resident, {lot_of(ishinomaki, 200, "budget:x")}}));
    EXPECT_TRUE(state.balanced());

    ASSERT_EQ(state.programs.size(), 2u);
    EXPECT_EQ(state.programs[0].program, ishinomaki);
    const auto net = [](const program_accounts& one, account on) {
        const auto& sums = one.sums[static_cast<std::size_t>(on)];
        return sums.debits.value() - sums.credits.value();
    };
    const auto& first = state.of(ishinomaki);
    EXPECT_EQ(net(first, of(account::funding, funding_kind::budget)), 1000);
    EXPECT_EQ(net(first, account::available), -450);
    EXPECT_EQ(first.sums[static_cast<std::size_t>(account::available)].debits, yen(550));
    EXPECT_EQ(first.sums[static_cast<std::size_t>(account::available)].credits, yen(1000));
    EXPECT_EQ(net(first, account::payable), -300);
    EXPECT_EQ(net(first, account::held), -50);
    EXPECT_EQ(net(first, of(account::expired, funding_kind::budget)), -200);
    EXPECT_EQ(first.debits(), yen(1550));
    EXPECT_EQ(first.credits(), yen(1550));
    const auto& second = state.of(aso);
    EXPECT_EQ(net(second, of(account::funding, funding_kind::purchase)), 70);
    EXPECT_EQ(net(second, account::available), -70);
}

TEST(books, balance_what_left_the_pseudo_programs_with_what_came_to_the_others) {
    books state;
    apply(state, entry_of(points_granted{resident, lot_of(undecided_program(card_company), 100, "partner:card")}));
    apply(state, entry_of(points_granted{resident, lot_of(undecided_program(airline), 40, "partner:airline")}));
    apply(state, entry_of(transfer_of(70, 40)));
    ASSERT_TRUE(state.balanced());
    const auto sums = [&](program_code program, account on) {
        return state.of(program).sums[static_cast<std::size_t>(on)];
    };
    EXPECT_EQ(sums(undecided_program(card_company), account::clearing_out).credits, yen(70));
    EXPECT_EQ(sums(undecided_program(airline), account::clearing_out).credits, yen(40));
    EXPECT_EQ(sums(ishinomaki, account::clearing_in).debits, yen(110));
    EXPECT_EQ(sums(ishinomaki, account::available).credits, yen(110));

    books one_side = state; // the program is balanced in itself
    auto& in_ishinomaki = one_side.of(ishinomaki);
    in_ishinomaki.sums[static_cast<std::size_t>(account::clearing_in)].debits = yen(111);
    in_ishinomaki.sums[static_cast<std::size_t>(account::available)].credits = yen(111);
    EXPECT_TRUE(in_ishinomaki.balanced());
    EXPECT_FALSE(one_side.balanced());
}

TEST(books, count_payments_by_outcome) {
    books state;
    for (std::uint8_t number = 0; number <= decline_codes; ++number) {
        const auto code = static_cast<decline_code>(number);
        const auto status = number == 0 ? payment_status::captured : payment_status::declined;
        for (int i = 0; i <= number; ++i) apply(state, entry_of(payment_of({}, status, code)));
    }
    for (std::size_t number = 0; number <= decline_codes; ++number)
        EXPECT_EQ(state.payments_by_outcome[number], number + 1);
}

TEST(books, notice_any_account_that_is_off) {
    const auto available = static_cast<std::size_t>(account::available);
    const auto payable = static_cast<std::size_t>(account::payable);
    books right;
    apply(right, entry_of(points_granted{resident, lot_of(ishinomaki, 100, "budget:x")}));
    ASSERT_TRUE(right.balanced());

    books lost_a_point = right;
    lost_a_point.of(ishinomaki).sums[available].credits = yen(99);
    EXPECT_FALSE(lost_a_point.balanced());

    books made_a_point = right;
    made_a_point.of(ishinomaki).sums[payable].credits = yen(1);
    EXPECT_FALSE(made_a_point.balanced());

    books overspent = right; // debits equal credits, yet wallets are below zero
    overspent.of(ishinomaki).sums[available].debits = yen(101);
    overspent.of(ishinomaki).sums[payable].credits = yen(101);
    EXPECT_FALSE(overspent.balanced());

    books across_programs = right; // one too few here, one too many there
    across_programs.of(ishinomaki).sums[available].credits = yen(99);
    across_programs.of(aso).sums[available].credits = yen(1);
    EXPECT_FALSE(across_programs.balanced());
}

TEST(books_contract, a_transfer_that_loses_points_on_its_way_aborts) {
    books state;
    apply(state, entry_of(points_granted{resident, lot_of(undecided_program(card_company), 100, "partner:card")}));
    auto lost = transfer_of(70, 1);
    lost.to.pop_back();
    EXPECT_DEATH(apply(state, entry_of(lost)), "ENSURES broken");
}

TEST(books_contract, sums_beyond_the_limit_abort) {
    books state;
    apply(state, entry_of(points_granted{resident, lot_of(ishinomaki, points::value_max, "budget:x")}));
    EXPECT_DEATH(apply(state, entry_of(points_granted{resident, lot_of(ishinomaki, 1, "budget:x")})), "EXPECTS broken");
}

} // namespace
} // namespace meguri::ledger
