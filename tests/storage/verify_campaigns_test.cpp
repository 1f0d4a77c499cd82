// `meguri verify` of campaigns, benefits and files of recipients.
#include "tests/storage/verify_scene.hpp"

namespace meguri::storage {
namespace {

using namespace ledger;
using test::names;
using test::report_of;
using test::some_wallet_with_lots;
using test::store_state;
using test::tamper;
using test::town;
using test::verify_of_a_town;

class verify_of_campaigns : public verify_of_a_town {
protected:
    // An approved one of which so much was granted, on one occasion.
    campaign approved_with_grant(std::int64_t budget, std::int64_t amount) {
        const auto& program = town_.stands().registry.programs.programs.front();
        const auto today = jst_day::of(town_.now());
        const campaign_terms terms{"歩いて健康",          *funding_source::parse("budget:042021:health"),
                                   *points::from(budget), today,
                                   today.plus_days(9),    amount_rule::up_to,
                                   *points::from(1'000),  {}};
        town_.tell(campaign_proposed{program.code, std::make_shared<const campaign_terms>(terms)});
        const campaign& one = town_.stands().campaigns.back();
        const person_ref checker{one.maker.kind, one.maker.id + 1};
        town_.tell(*decide(decide_campaign{one.program, one.position, true, ""}, checker, one));
        town_.tell(granted(one, amount, "walk"));
        return town_.stands().campaigns.back();
    }
    [[nodiscard]] campaign_granted granted(const campaign& from, std::int64_t amount, const char* occasion) {
        const auto& to = some_wallet_with_lots(town_);
        const grant asked{to.id, from.program, *points::from(amount), {}, from.terms->source};
        return {to.id, from.position, occasion, decide(asked, to, town_.stands().registry.programs, town_.now())->lot};
    }
    const names campaigns_{"campaigns: two persons, granted = sum of grants within the budget, each occasion once"};
};

TEST_F(verify_of_campaigns, notices_more_than_the_budget) {
    const auto one = approved_with_grant(100, 60);
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(granted(one, 41, "clean"));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_campaigns, notices_an_occasion_that_comes_twice) {
    const auto one = approved_with_grant(100, 60);
    town_.add(granted(one, 40, "walk"));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_campaigns, notices_one_that_one_person_approves) {
    const auto one = approved_with_grant(100, 60);
    town_.tell(*decide(propose_increase{one.program, one.position, *points::from(500), "r"}, one.maker, one));
    const auto open = town_.stands().campaigns.back();
    const person_ref checker{one.maker.kind, one.maker.id + 1};
    town_.add(*decide(decide_increase{one.program, one.position, 1, true, ""}, checker, open),
              [](entry& made) { made.caller.id = made.person = 1; });
    expect_wrong(campaigns_);
}

class verify_of_benefits : public verify_of_campaigns {
protected:
    // One for persons, one of whom is on its list.
    void list_one(bool by_digest = false) {
        const auto& program = town_.stands().registry.programs.programs.front();
        const auto today = jst_day::of(town_.now());
        campaign_terms terms{"子育て応援",          *funding_source::parse("budget:042021:child"),
                             *points::from(10'000), today,
                             today.plus_days(9),    amount_rule::steps,
                             *points::from(300),    {}};
        terms.steps = {{0, *points::from(100)}, {8'000, *points::from(300)}};
        terms.eligible_only = terms.per_person = true;
        for (const auto& [id, wallet] : town_.stands().wallets)
            if (wallet.my_key && !wallet.frozen) to_ = id;
        ASSERT_TRUE(to_) << "no person in this town";
        town_.tell(campaign_proposed{program.code, std::make_shared<const campaign_terms>(terms)});
        const campaign proposed = town_.stands().campaigns.back();
        const person_ref checker{proposed.maker.kind, proposed.maker.id + 1};
        town_.tell(*decide(decide_campaign{proposed.program, proposed.position, true, ""}, checker, proposed));
        const auto digest = town_.keys().digest_of_eligible(proposed.position, person().my_key);
        const eligible_row row = by_digest ? eligible_row{{}, digest, 9'000} : eligible_row{to_, {}, 9'000};
        town_.tell(eligibility_listed{program.code, proposed.position, 0, {row}});
        accepted_ = *decide(accept_eligibility{program.code, proposed.position, {}, nullptr}, proposed.maker,
                            town_.stands().campaigns.back(), 1, town_.now());
        accepted_.lists = {town_.journal().end().last};
    }
    [[nodiscard]] const wallet& person() { return town_.stands().wallets.at(to_); }
    [[nodiscard]] benefit_granted benefit(std::int64_t amount = 300, std::uint64_t measured = 9'000) {
        const campaign& of = town_.stands().campaigns.back();
        const grant asked{to_, of.program, *points::from(amount), {}, of.terms->source};
        return {to_,
                of.position,
                std::string{benefit_occasion},
                person().my_key,
                town_.journal().end().last,
                0,
                measured,
                decide(asked, person(), town_.stands().registry.programs, town_.now())->lot};
    }
    wallet_id to_;
    eligibility_changed accepted_;
    const names benefits_{"benefits: lists whole, granted to persons, and to the eligible where a list says who"};
};

TEST_F(verify_of_benefits, takes_who_is_on_the_list_by_wallet_and_by_digest) {
    for (const bool by_digest : {false, true}) {
        list_one(by_digest);
        town_.tell(accepted_);
        town_.tell(benefit());
        const auto report = report_of(town_);
        EXPECT_TRUE(report.all_agree()) << report.text();
    }
}

TEST_F(verify_of_benefits, notices_a_list_that_is_not_whole) {
    list_one();
    accepted_.rows = 2;
    town_.tell(eligibility_listed{accepted_.program, accepted_.campaign, 0, {{wallet_id{1}, {}, 0}}});
    town_.add(accepted_);
    expect_wrong(benefits_);
}

TEST_F(verify_of_benefits, notices_who_is_not_on_the_list) {
    list_one();
    town_.tell(accepted_);
    const auto listed = to_;
    for (const auto& [id, wallet] : town_.stands().wallets)
        if (wallet.my_key && id != listed) to_ = id;
    ASSERT_NE(to_, listed) << "one person in this town";
    town_.add(benefit());
    expect_wrong(benefits_);
}

TEST_F(verify_of_benefits, notices_another_measure_than_the_list_s) {
    list_one();
    town_.tell(accepted_);
    town_.add(benefit(300, 8'000));
    expect_wrong(benefits_);
}

TEST_F(verify_of_benefits, notices_an_amount_that_is_not_the_rule_s) {
    list_one();
    town_.tell(accepted_);
    town_.add(benefit(100));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_benefits, notices_a_person_who_is_somebody_else) {
    list_one();
    town_.tell(accepted_);
    auto wrong = benefit();
    wrong.my_key = my_key_id::drawn_by(wrong.my_key.number() + 1);
    town_.add(wrong);
    expect_wrong(benefits_);
}

class verify_of_recipients : public verify_of_campaigns {
protected:
    // A file of two rows of 10 points, of which none has come. Its acceptance stands behind its list.
    void accept_file(std::int64_t sum = 20, std::uint32_t rows = 2) {
        one_ = approved_with_grant(100, 60);
        to_ = some_wallet_with_lots(town_).id;
        town_.tell(recipients_listed{one_.program, one_.position, 0, {row(2, "清掃"), row(3, "花植え")}});
        recipients_accepted accepted{one_.program, one_.position, {}, rows, *points::from(sum), {}};
        accepted.digest.fill(std::byte{9});
        accepted.lists = {town_.journal().end().last};
        sum == 20 && rows == 2 ? town_.tell(accepted) : town_.add(accepted);
        file_ = town_.journal().end().last;
    }
    [[nodiscard]] recipient_row row(std::uint32_t line, const char* occasion) const {
        return {line, to_, occasion, *points::from(10), ""};
    }
    [[nodiscard]] recipient_granted granted_row(std::uint32_t row, const char* occasion, std::int64_t amount = 10) {
        const auto& to = town_.stands().wallets.at(to_);
        const grant asked{to_, one_.program, *points::from(amount), {}, one_.terms->source};
        return {to_, one_.position, file_,
                row, occasion,      decide(asked, to, town_.stands().registry.programs, town_.now())->lot};
    }
    campaign one_;
    wallet_id to_;
    journal_position file_ = 0;
    const names recipients_{"recipients: accepted as listed, each row granted as listed or left out, once"};
};

TEST_F(verify_of_recipients, takes_a_whole_file) {
    accept_file();
    town_.tell(granted_row(0, "清掃"));
    town_.tell(recipients_left_out{
        one_.program, one_.position, file_, 0, *points::from(10), {{1, 3, left_out_reason::wallet_frozen}}});
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
}

TEST_F(verify_of_recipients, notices_a_sum_that_is_not_the_list_s) {
    accept_file(21);
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_rows_that_are_not_listed) {
    accept_file(20, 3);
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_a_row_that_is_not_granted_as_listed) {
    accept_file();
    town_.add(granted_row(0, "花植え"));
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_another_amount_than_was_listed) {
    accept_file();
    town_.add(granted_row(0, "清掃", 9));
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_a_row_that_is_left_out_after_it_was_granted) {
    accept_file();
    town_.tell(granted_row(0, "清掃"));
    town_.add(recipients_left_out{
        one_.program, one_.position, file_, 0, *points::from(10), {{0, 2, left_out_reason::wallet_frozen}}});
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_a_row_that_comes_twice) {
    accept_file();
    town_.tell(granted_row(0, "清掃"));
    town_.add(granted_row(0, "清掃"));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_campaigns, notices_records_that_are_not_stored) {
    const auto one = approved_with_grant(100, 60);
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        record_buffer key;
        set_campaign_key(key, {one.program, one.position});
        auto other = one;
        other.granted = {};
        record_buffer record;
        encode(record, other);
        ASSERT_TRUE(within.put(in.campaigns, key, record).has_value());
        auto over = within.open_cursor(in.occasions).value();
        const auto first = over.first().value();
        ASSERT_TRUE(first.has_value());
        const record_buffer occasion{first->key.begin(), first->key.end()};
        ASSERT_TRUE(within.erase(in.occasions, occasion).value());
    });
    expect_wrong({"state: campaigns equal to the replay", "state: grants of occasions equal to the replay"});
}

} // namespace
} // namespace meguri::storage
