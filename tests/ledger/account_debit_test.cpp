// Debit days, and the rules of mandates, orders of debits and what the bank says, as tables.
#include "ledger/account_debit.hpp"
#include "ledger/decide.hpp"
#include "ledger/purchase.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const purchase_reference debit_number = *purchase_reference::from_number(8'271'650'394);
const instant debit_asked_at = noon("2026-10-18");
const debit_terms on_27th{12'345'678, 27, 7};

bank_account account_of_resident() { return {125, 404, account_type::ordinary, 1'234'567, "ﾔﾏﾀﾞ ﾊﾅｺ", "zengin-code"}; }

program_table debiting() {
    auto programs = programs_open({ishinomaki, aso});
    programs.find(ishinomaki)->sale = purchase_terms{yen(1'000), yen(10'000), yen(15'000), yen(20'000), 7, 0, on_27th};
    programs.find(aso)->sale = purchase_terms{yen(1'000), yen(10'000), yen(15'000), yen(20'000), 7};
    return programs;
}

entry debit_entry(fact what, journal_position position = 50, instant at = debit_asked_at) {
    entry one;
    one.position = position;
    one.caller = {first_operator.kind, first_operator.id};
    one.person = first_operator.id;
    one.wallet = resident;
    one.decided_at = at;
    one.what = std::move(what);
    return one;
}

debit_mandate mandate_that_is(mandate_status status) {
    return {40, ishinomaki, resident, account_of_resident(), status};
}

request_purchase by_debit(std::int64_t amount, program_code program = ishinomaki) {
    return {resident, program, yen(amount), purchase_method::account_transfer};
}

purchase debit_requested() {
    const auto made =
        decide(by_debit(5'000), debiting(), {}, debit_number, debit_asked_at, debit_plan{40, day("2026-10-27")});
    return *purchase_in(debit_entry(*made));
}

TEST(debit_day, is_the_day_of_the_month_or_its_last) {
    struct row {
        std::int32_t day_of_month;
        std::string_view from;
        std::string_view expected;
    };
    const row rows[] = {
        {27, "2026-10-01", "2026-10-27"}, {27, "2026-10-27", "2026-10-27"}, {27, "2026-10-28", "2026-11-27"},
        {27, "2026-12-28", "2027-01-27"}, {31, "2026-02-01", "2026-02-28"}, {31, "2028-02-01", "2028-02-29"},
        {31, "2026-04-30", "2026-04-30"}, {31, "2026-05-01", "2026-05-31"}, {30, "2026-02-10", "2026-02-28"},
        {1, "2026-10-02", "2026-11-01"},  {28, "2026-02-28", "2026-02-28"},
    };
    for (const auto& one : rows)
        EXPECT_EQ(to_date(debit_day_from({1, one.day_of_month, 7}, day(one.from))), one.expected)
            << one.day_of_month << " from " << one.from;
}

TEST(debit_day, is_the_next_that_the_bank_can_be_told_of_and_is_not_closed) {
    const auto open = [](jst_day) { return false; };
    EXPECT_EQ(next_debit_day(on_27th, day("2026-10-20"), open), day("2026-10-27"));
    EXPECT_EQ(next_debit_day(on_27th, day("2026-10-21"), open), day("2026-11-27"));
    const auto until_year = [](jst_day one) { return one < day("2027-01-01"); };
    EXPECT_EQ(next_debit_day(on_27th, day("2026-10-20"), until_year), day("2027-01-27"));
}

TEST(request_mandate, is_refused) {
    struct row {
        program_code program;
        account_verdict verdict;
        std::optional<mandate_status> newest;
        std::optional<refusal> why;
    };
    const row rows[] = {
        {ishinomaki, account_verdict::good, std::nullopt, std::nullopt},
        {ishinomaki, account_verdict::good, mandate_status::refused, std::nullopt},
        {ishinomaki, account_verdict::good, mandate_status::ended, std::nullopt},
        {kumamoto, account_verdict::no_table, mandate_status::confirmed, refusal::bank_table_missing},
        {ishinomaki, account_verdict::bank_unknown, std::nullopt, refusal::bank_unknown},
        {ishinomaki, account_verdict::branch_unknown, std::nullopt, refusal::branch_unknown},
        {kumamoto, account_verdict::good, std::nullopt, refusal::program_unknown},
        {aso, account_verdict::good, std::nullopt, refusal::purchase_not_offered},
        {ishinomaki, account_verdict::good, mandate_status::requested, refusal::mandate_exists},
        {ishinomaki, account_verdict::good, mandate_status::confirmed, refusal::mandate_exists},
    };
    for (const auto& one : rows) {
        const request_mandate asked{resident, one.program, std::make_shared<const bank_account>(account_of_resident()),
                                    one.verdict};
        const auto newest = one.newest ? std::optional{mandate_that_is(*one.newest)} : std::nullopt;
        const auto made = decide(asked, newest ? &*newest : nullptr, 45, debiting());
        EXPECT_EQ(made.has_value() ? std::nullopt : std::optional{made.error()}, one.why);
        if (!made) continue;
        EXPECT_EQ(made->after->account, account_of_resident());
        EXPECT_EQ(made->previous, 45u);
        purchase_before before;
        before.mandate = newest ? &*newest : nullptr;
        EXPECT_TRUE(follows(before, debit_entry(*made)));
    }
}

TEST(change_mandate, goes_one_way) {
    using enum mandate_status;
    for (const auto from : {requested, confirmed, refused, ended})
        for (const auto to : {confirmed, refused, ended}) {
            const auto newest = mandate_that_is(from);
            const auto made = decide(change_mandate{ishinomaki, resident, 40, to, "銀行回答"}, &newest, 46);
            const bool may = from == requested || (from == confirmed && to == ended);
            ASSERT_EQ(made.has_value(), may) << name_of(from) << " to " << name_of(to);
            if (!made) continue;
            EXPECT_EQ(made->after->status, to);
            purchase_before before;
            before.mandate = &newest;
            EXPECT_TRUE(follows(before, debit_entry(*made)));
            before.mandate = nullptr;
            EXPECT_FALSE(follows(before, debit_entry(*made)));
        }
    const auto newest = mandate_that_is(requested);
    EXPECT_EQ(decide(change_mandate{ishinomaki, resident, 39, confirmed, {}}, &newest, 46).error(),
              refusal::invalid_state)
        << "another one";
}

TEST(request_purchase, by_account_transfer_needs_a_mandate_and_is_for_a_debit_day) {
    const auto today = debit_asked_at;
    EXPECT_EQ(decide(by_debit(5'000, aso), debiting(), {}, debit_number, today).error(), refusal::purchase_not_offered);
    EXPECT_EQ(decide(by_debit(5'000), debiting(), {}, debit_number, today).error(), refusal::mandate_missing);
    EXPECT_EQ(decide(by_debit(999), debiting(), {}, debit_number, today, debit_plan{40, day("2026-10-27")}).error(),
              refusal::purchase_amount_not_allowed);
    const auto of = debit_requested();
    EXPECT_EQ(of.last_day, day("2026-10-27"));
    EXPECT_EQ(of.debit, (purchase_debit{40, debit_result::none}));
    const auto made = decide(by_debit(5'000), debiting(), {}, debit_number, today, debit_plan{40, day("2026-10-27")});
    const auto terms = *debiting().find(ishinomaki)->sale;
    const auto good = mandate_that_is(mandate_status::confirmed);
    purchase_before before;
    before.terms = &terms;
    EXPECT_FALSE(follows(before, debit_entry(*made))) << "without a mandate";
    before.mandate = &good;
    EXPECT_TRUE(follows(before, debit_entry(*made)));
    before.is_day_ordered = true;
    EXPECT_FALSE(follows(before, debit_entry(*made))) << "for a day that is closed";
    before.is_day_ordered = false;
    const auto late = decide(by_debit(5'000), debiting(), {}, debit_number, today, debit_plan{40, day("2026-10-28")});
    EXPECT_FALSE(follows(before, debit_entry(*late))) << "for no debit day";
    const auto ended = mandate_that_is(mandate_status::ended);
    before.mandate = &ended;
    EXPECT_FALSE(follows(before, debit_entry(*made)));
}

TEST(order_debits, is_refused) {
    const auto account = std::make_shared<const bank_account>(account_of_resident());
    struct row {
        program_code program;
        bank_account_ptr account;
        bool is_any;
        std::string_view on;
        std::optional<refusal> why;
    };
    const row rows[] = {
        {ishinomaki, account, true, "2026-10-27", std::nullopt},
        {ishinomaki, account, true, "2026-10-18", std::nullopt},
        {kumamoto, nullptr, false, "2026-10-17", refusal::program_unknown},
        {aso, nullptr, false, "2026-10-17", refusal::purchase_not_offered},
        {ishinomaki, nullptr, false, "2026-10-17", refusal::collection_account_missing},
        {ishinomaki, account, false, "2026-10-27", refusal::nothing_to_debit},
        {ishinomaki, account, true, "2026-10-17", refusal::nothing_to_debit},
    };
    for (const auto& one : rows) {
        const auto made =
            decide(order_debits{one.program, day(one.on), one.account}, one.is_any, debiting(), debit_asked_at);
        EXPECT_EQ(made.has_value() ? std::nullopt : std::optional{made.error()}, one.why) << one.on;
        if (!made) continue;
        EXPECT_EQ(made->what->consignor, on_27th.consignor);
    }
}

TEST(debits, end_as_the_bank_says) {
    const auto of = debit_requested();
    const purchase_usage used{day("2026-10-18"), yen(6'000), yen(8'000)};
    purchase_before before;
    before.bought = &of;
    before.usage = used;
    before.is_day_ordered = before.is_ordered = true;
    for (const auto why :
         {debit_result::insufficient_funds, debit_result::no_account, debit_result::stopped_by_depositor,
          debit_result::no_mandate, debit_result::stopped_by_consignor, debit_result::other}) {
        const auto told = not_debited(of, why, used, debit_asked_at);
        EXPECT_EQ(told.after->status, purchase_status::refused);
        EXPECT_EQ(told.after->debit->result, why);
        EXPECT_EQ(told.usage.on_day, yen(1'000)) << "it may be asked for again";
        EXPECT_TRUE(follows(before, debit_entry(told, 60)));
    }
    const auto paid = debited(of);
    EXPECT_EQ(paid.credited, yen(5'000));
    const purchase_debited fact{std::make_shared<const purchase>(paid),
                                {std::make_shared<const lot_terms>(lot_terms{
                                     1, ishinomaki, *funding_source::parse("purchase:042021:account_transfer"),
                                     day("2027-10-18"), debit_asked_at}),
                                 yen(5'000)}};
    EXPECT_TRUE(follows(before, debit_entry(fact, 60)));
    before.is_ordered = false;
    EXPECT_FALSE(follows(before, debit_entry(fact, 60))) << "nobody asked the bank for it";
    EXPECT_FALSE(follows(before, debit_entry(not_debited(of, debit_result::other, used, debit_asked_at), 60)));
    EXPECT_FALSE(follows(before, debit_entry(*decide(cancel_purchase{ishinomaki, resident, debit_number, "不要"}, of,
                                                     used, debit_asked_at),
                                             60)))
        << "the day is closed";
    before.is_day_ordered = false;
    EXPECT_TRUE(follows(before, debit_entry(*decide(cancel_purchase{ishinomaki, resident, debit_number, "不要"}, of,
                                                    used, debit_asked_at),
                                            60)));
}

TEST(debits, are_not_paid_by_another_way) {
    const auto of = debit_requested();
    const transfer_line line{day("2026-10-20"), yen(5'000), "ﾔﾏﾀﾞ ﾊﾅｺ", debit_number.text(), "000017"};
    EXPECT_EQ(decide(take_transfer{ishinomaki, line}, &of).transfer.why, transfer_mismatch::other_method);
    const auto waits = transfer_of_debit(of, transfer_mismatch::not_creditable);
    EXPECT_EQ(waits.line.number, "DEBIT-" + debit_number.text());
    EXPECT_LE(waits.line.number.size(), transfer_line::number_max);
}

TEST(status_name, tells_what_was_ordered) {
    auto of = debit_requested();
    EXPECT_EQ(status_name(of, day("2026-10-18"), false), "awaiting_payment");
    EXPECT_EQ(status_name(of, day("2026-10-28"), false), "expired");
    EXPECT_EQ(status_name(of, day("2026-10-28"), true), "ordered");
    of.status = purchase_status::refused;
    EXPECT_EQ(status_name(of, day("2026-10-28"), true), "refused");
}

} // namespace
} // namespace meguri::ledger
