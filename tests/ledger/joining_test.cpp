// Applications and changes of accounts: who may decide what, and what follows from it.
#include "ledger/joining.hpp"

#include "tests/ledger/scene.hpp"

namespace meguri::ledger {
namespace {

const instant noon_today = noon("2026-11-26");

bank_account_ptr account_number(std::uint32_t number) {
    return std::make_shared<const bank_account>(
        bank_account{125, 404, account_type::ordinary, number, "ｱﾍﾞ", "zengin-code 1"});
}

application_ptr merchant_application(std::vector<program_code> programs = {ishinomaki}) {
    application what;
    what.name = "石巻鮮魚";
    what.account = *account_number(1);
    what.categories = {"food"};
    what.programs = std::move(programs);
    return std::make_shared<const application>(std::move(what));
}

application_ptr municipality_application(program_code code = kumamoto) {
    application what;
    what.kind = applicant_kind::municipality;
    what.name = "熊本県";
    what.opened = {code, "熊本県ポイント", 180, false, issuer_kind::prefecture, false};
    return std::make_shared<const application>(std::move(what));
}

// An entry of that person at that place.
entry by(person_ref who, journal_position position, fact what) {
    entry one;
    one.position = position;
    one.decided_at = noon_today;
    one.caller = {who.kind, who.id};
    one.person = who.id;
    one.what = std::move(what);
    return one;
}

entry submitted(application_ptr what, journal_position position = 17) {
    return by(first_operator, position,
              application_changed{application_step::submitted, 0, {}, {}, std::move(what), {}});
}

template <class Decision>
std::optional<refusal> refusal_of(const Decision& decision) {
    return decision ? std::nullopt : std::optional{decision.error()};
}

const program_table open = programs_open({ishinomaki, aso});

TEST(submit_application, is_refused_where_the_same_is_open_or_approved) {
    const submit_application asked{merchant_application()};
    EXPECT_EQ(refusal_of(decide(asked, nullptr, open)), std::nullopt);
    const entry before = submitted(merchant_application());
    EXPECT_EQ(refusal_of(decide(asked, &before, open)), refusal::application_exists);
    const auto approved = by(second_operator, 18,
                             *decide(decide_application{17, applicant_kind::merchant, true, ""}, second_operator,
                                     &before, fishmonger, open));
    EXPECT_EQ(refusal_of(decide(asked, &approved, open)), refusal::application_exists);
    const auto refused =
        by(second_operator, 18,
           *decide(decide_application{17, applicant_kind::merchant, false, "x"}, second_operator, &before, {}, open));
    EXPECT_EQ(refusal_of(decide(asked, &refused, open)), std::nullopt);
}

TEST(submit_application, is_refused_by_what_the_table_of_banks_says) {
    const std::pair<account_verdict, refusal> rows[] = {{account_verdict::bank_unknown, refusal::bank_unknown},
                                                        {account_verdict::branch_unknown, refusal::branch_unknown},
                                                        {account_verdict::no_table, refusal::bank_table_missing}};
    for (const auto& [verdict, why] : rows) {
        EXPECT_EQ(refusal_of(decide(submit_application{merchant_application(), verdict}, nullptr, open)), why);
        const propose_account asked{{}, account_number(2), day("2026-12-01"), "r", verdict};
        EXPECT_EQ(refusal_of(decide(asked, nullptr, noon_today)), why);
    }
}

TEST(submit_application, names_programs_that_are_open_and_opens_one_that_is_not) {
    EXPECT_EQ(refusal_of(decide(submit_application{merchant_application({ishinomaki, miyagi})}, nullptr, open)),
              refusal::program_unknown);
    EXPECT_EQ(refusal_of(decide(submit_application{municipality_application(aso)}, nullptr, open)),
              refusal::program_exists);
    EXPECT_EQ(refusal_of(decide(submit_application{municipality_application()}, nullptr, open)), std::nullopt);
}

TEST(decide_application, needs_another_person_and_an_open_application) {
    const entry before = submitted(merchant_application());
    const decide_application approve{17, applicant_kind::merchant, true, ""};
    EXPECT_EQ(refusal_of(decide(approve, first_operator, &before, fishmonger, open)), refusal::second_person_required);
    EXPECT_EQ(refusal_of(decide(approve, second_operator, nullptr, fishmonger, open)), refusal::application_unknown);
    EXPECT_EQ(refusal_of(decide(approve, second_operator, &before, fishmonger, programs_open({aso}))),
              refusal::program_unknown);
    const auto approved = decide(approve, second_operator, &before, fishmonger, open);
    ASSERT_TRUE(approved.has_value());
    EXPECT_EQ(approved->maker, first_operator);
    EXPECT_EQ(approved->merchant, fishmonger);
    const entry after = by(second_operator, 18, *approved);
    EXPECT_EQ(refusal_of(decide(approve, {caller_kind::operator_, 3}, &after, fishmonger, open)),
              refusal::invalid_state);
    EXPECT_EQ(merchant_joined_by(after.what), fishmonger);
    EXPECT_EQ(account_said_by(after)->account, *account_number(1));
    EXPECT_EQ(account_said_by(after)->holder, (account_holder{applicant_kind::merchant, fishmonger.value()}));
}

TEST(decide_application, of_a_municipality_opens_its_program_once) {
    const entry before = submitted(municipality_application());
    const decide_application approve{17, applicant_kind::municipality, true, ""};
    EXPECT_EQ(refusal_of(decide(approve, second_operator, &before, {}, programs_open({kumamoto}))),
              refusal::program_exists)
        << "opened directly meanwhile";
    const entry after = by(second_operator, 18, *decide(approve, second_operator, &before, {}, open));
    ASSERT_NE(program_opened_by(after.what), nullptr);
    EXPECT_EQ(program_opened_by(after.what)->code, kumamoto);
    EXPECT_EQ(program_opened_by(before.what), nullptr);
    EXPECT_EQ(account_of(after)->holder, (account_holder{applicant_kind::municipality, kumamoto.number()}));
    EXPECT_FALSE(account_of(before).has_value());
}

const account_holder shop{applicant_kind::merchant, fishmonger.value()};

TEST(propose_account, is_of_today_or_later_another_account_and_one_at_a_time) {
    const auto ask = [](std::uint32_t number, const char* from, const entry* newest) {
        return refusal_of(decide(propose_account{shop, account_number(number), day(from), "r"}, newest, noon_today));
    };
    EXPECT_EQ(ask(2, "2026-11-26", nullptr), std::nullopt);
    EXPECT_EQ(ask(2, "2026-11-25", nullptr), refusal::effective_in_the_past);
    const entry before = submitted(merchant_application());
    const entry joined = by(second_operator, 18,
                            *decide(decide_application{17, applicant_kind::merchant, true, ""}, second_operator,
                                    &before, fishmonger, open));
    EXPECT_EQ(ask(1, "2026-12-01", &joined), refusal::account_unchanged);
    EXPECT_EQ(ask(2, "2026-12-01", &joined), std::nullopt);
    const entry proposed =
        by(first_operator, 19,
           *decide(propose_account{shop, account_number(2), day("2026-12-01"), "r"}, &joined, noon_today));
    EXPECT_EQ(ask(3, "2026-12-01", &proposed), refusal::invalid_state);
}

TEST(decide_account, needs_another_person_and_holds_from_its_day_on) {
    const entry proposed =
        by(first_operator, 19,
           *decide(propose_account{shop, account_number(2), day("2026-12-01"), "r"}, nullptr, noon_today));
    const decide_account approve{shop, 19, true, ""};
    EXPECT_EQ(refusal_of(decide(approve, first_operator, &proposed, noon_today)), refusal::second_person_required);
    EXPECT_EQ(refusal_of(decide(approve, second_operator, nullptr, noon_today)), refusal::account_change_unknown);
    EXPECT_EQ(refusal_of(decide(decide_account{shop, 7, true, ""}, second_operator, &proposed, noon_today)),
              refusal::invalid_state);
    EXPECT_EQ(decide(approve, second_operator, &proposed, noon_today)->effective_from, day("2026-12-01"));
    const auto late = decide(approve, second_operator, &proposed, noon("2026-12-24"));
    EXPECT_EQ(late->effective_from, day("2026-12-24")) << "not from before its approval";
    const entry after = by(second_operator, 20, *late);
    EXPECT_EQ(refusal_of(decide(approve, second_operator, &after, noon("2026-12-24"))), refusal::invalid_state);
    EXPECT_EQ(account_said_by(after)->previous, 19U);
    EXPECT_FALSE(account_said_by(proposed).has_value());
    const entry refused =
        by(second_operator, 20,
           *decide(decide_account{shop, 19, false, "不鮮明"}, second_operator, &proposed, noon_today));
    EXPECT_FALSE(account_said_by(refused).has_value());
}

// What `meguri verify` asks: every wrong one of a right decision is seen.
TEST(joining_follows, sees_what_cannot_be) {
    const entry before = submitted(merchant_application());
    const auto right =
        *decide(decide_application{17, applicant_kind::merchant, true, ""}, second_operator, &before, fishmonger, open);
    const auto holds = [&before](application_changed change, person_ref who = second_operator) {
        const entry one = by(who, 18, change);
        return follows(&before, one, change);
    };
    EXPECT_TRUE(holds(right));
    EXPECT_FALSE(holds(right, first_operator)) << "its own maker";
    auto wrong = right;
    wrong.merchant = {};
    EXPECT_FALSE(holds(wrong));
    wrong = right;
    wrong.maker = second_operator;
    EXPECT_FALSE(holds(wrong));
    wrong = right;
    wrong.application = 16;
    EXPECT_FALSE(holds(wrong));
    wrong = right;
    wrong.step = application_step::submitted;
    EXPECT_FALSE(holds(wrong));

    const entry proposed =
        by(first_operator, 19,
           *decide(propose_account{shop, account_number(2), day("2026-12-01"), "r"}, nullptr, noon_today));
    EXPECT_TRUE(follows(nullptr, proposed, std::get<account_changed>(proposed.what)));
    EXPECT_FALSE(follows(&proposed, proposed, std::get<account_changed>(proposed.what))) << "one is open";
    const auto approved = *decide(decide_account{shop, 19, true, ""}, second_operator, &proposed, noon_today);
    const auto account_holds = [&proposed](account_changed change, person_ref who = second_operator) {
        const entry one = by(who, 20, change);
        return follows(&proposed, one, change);
    };
    EXPECT_TRUE(account_holds(approved));
    EXPECT_FALSE(account_holds(approved, first_operator));
    auto altered = approved;
    altered.account = account_number(3);
    EXPECT_FALSE(account_holds(altered));
    altered = approved;
    altered.previous = 0;
    EXPECT_FALSE(account_holds(altered));
    altered = approved;
    altered.effective_from = day("2026-11-30");
    EXPECT_FALSE(account_holds(altered));
}

} // namespace
} // namespace meguri::ledger
