// Policy benefits through real actors, journal and state store, stepped: lists of the eligible, codes of events, and
// one grant for each person, however many ask at once and whatever ends in between.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

// Lines that are read already.
class eligible_at_hand final : public ledger::recipients_source {
public:
    explicit eligible_at_hand(std::vector<ledger::read_recipient> lines) : lines_{std::move(lines)} {
        for (std::size_t i = 0; i < lines_.size(); ++i) lines_[i].line = static_cast<std::uint32_t>(i + 2);
    }
    bool read_some(std::size_t lines_max, std::vector<ledger::read_recipient>& into,
                   std::vector<ledger::faulty_line>&) override {
        for (std::size_t i = 0; i < lines_max && next_ < lines_.size(); ++i) into.push_back(lines_[next_++]);
        return next_ < lines_.size();
    }
    void tell(const ledger::faulty_line& one) override { told.push_back(one); }
    [[nodiscard]] std::size_t faults() const noexcept override { return told.size(); }

    std::vector<ledger::faulty_line> told;

private:
    std::vector<ledger::read_recipient> lines_;
    std::size_t next_ = 0;
};

class benefits : public payment_scene {
protected:
    struct person {
        ledger::wallet_id wallet;
        ledger::my_key_id id;
    };

    void begin(const std::function<void(ledger::campaign_terms&)>& change, std::int64_t budget = 100'000,
               std::uint32_t io_threads = 1) {
        open(io_threads);
        furnish();
        const auto added = running->decided<ledger::operator_added>(stepped_switch::first_operator(),
                                                                    ledger::command{ledger::add_operator{"検査"}});
        second.caller = {ledger::caller_kind::operator_, added.id.value()};
        second.person = added.id.value();
        ledger::campaign_terms terms{"子育て応援",
                                     *ledger::funding_source::parse("budget:042021:child"),
                                     yen(budget),
                                     *ledger::parse_date("2026-01-01"),
                                     *ledger::parse_date("2027-03-31"),
                                     ledger::amount_rule::fixed,
                                     yen(100),
                                     {}};
        change(terms);
        const auto op = running->ask(stepped_switch::first_operator(),
                                     ledger::command{ledger::propose_campaign{
                                         ishinomaki, std::make_shared<const ledger::campaign_terms>(terms)}});
        campaign = op->record.position;
        running->decided<ledger::campaign_changed>(
            second, ledger::command{ledger::decide_campaign{ishinomaki, campaign, true, {}}});
    }
    person new_person() {
        const auto by = stepped_switch::first_operator();
        const auto made = running->decided<ledger::wallet_opened>(by, ledger::command{ledger::open_wallet{}}).id;
        const auto given =
            running->decided<ledger::my_key_changed>(by, ledger::command{ledger::issue_my_key{made, {}}});
        return {made, given.after};
    }
    static ledger::read_recipient by_id(const person& one, std::uint64_t measured = 0) {
        ledger::read_recipient line;
        line.my_key = one.id;
        line.measured = measured;
        return line;
    }
    ledger::read_recipient by_digest(const person& one, std::uint64_t measured = 0) {
        ledger::read_recipient line;
        line.digest = running->store().keys().digest_of_eligible(campaign, one.id);
        line.measured = measured;
        return line;
    }
    actors::operation_ptr bring(std::vector<ledger::read_recipient> lines, unsigned char digest = 1) {
        source = std::make_shared<eligible_at_hand>(std::move(lines));
        ledger::accept_eligibility asked{ishinomaki, campaign, {}, source};
        asked.digest.fill(std::byte{digest});
        return running->ask(stepped_switch::first_operator(), ledger::command{std::move(asked)},
                            "list" + std::to_string(digest));
    }
    void decide_list(bool approve) {
        running->decided<ledger::eligibility_changed>(
            second, ledger::command{ledger::decide_eligibility{ishinomaki, campaign, approve, "確認"}});
    }
    static actors::principal as(const person& one) {
        actors::principal by;
        by.caller = {ledger::caller_kind::resident, one.wallet.value()};
        return by;
    }
    actors::operation_ptr submit_for(const person& one, const std::string& occasion, const std::string& key,
                                     std::size_t thread = 0) {
        return running->submit(
            stepped_switch::first_operator(),
            ledger::command{ledger::grant_from_campaign{ishinomaki, campaign, one.wallet, occasion, {}, 0}}, key,
            thread);
    }
    actors::operation_ptr apply_as(const person& one, const std::string& key = "k") {
        return running->ask(as(one),
                            ledger::command{ledger::grant_from_campaign{
                                ishinomaki, campaign, one.wallet, std::string{ledger::benefit_occasion}, {}, 0}},
                            key);
    }
    ledger::journal_position open_event(std::int32_t rotates_s = 0, const char* name = "健康ウォーク") {
        const ledger::campaign_event event{0, name, running->now, running->now.plus_ms(3'600'000), rotates_s, false};
        return running
            ->ask(stepped_switch::first_operator(), ledger::command{ledger::open_event{ishinomaki, campaign, event}})
            ->record.position;
    }
    [[nodiscard]] ledger::command code_of(ledger::journal_position event, const person& by,
                                          std::uint32_t number = 0) const {
        return ledger::redeem_event{ishinomaki, campaign, event, number, by.wallet};
    }
    std::int64_t available(ledger::wallet_id one) {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_wallet{one});
        return op->wallet_seen->available(ishinomaki, ledger::jst_day::of(running->now)).value();
    }
    ledger::campaign stands() {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_campaigns{ishinomaki, campaign});
        return op->campaigns_seen.at(0);
    }
    static void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }

    ledger::journal_position campaign = 0;
    actors::principal second;
    std::shared_ptr<eligible_at_hand> source;
};

TEST_F(benefits, go_to_those_on_the_list_by_id_and_by_digest_once) {
    begin([](auto& terms) {
        terms.eligible_only = true;
        terms.rule = ledger::amount_rule::steps;
        terms.steps = {{1'000, yen(50)}, {8'000, yen(100)}};
    });
    const auto a = new_person();
    const auto b = new_person();
    const auto stranger = new_person();
    const auto idle = new_person();
    expect_refused(apply_as(a, "early"), refusal::eligibility_missing);
    ASSERT_EQ(bring({by_id(a, 8'000), by_digest(b, 1'200), by_id(idle, 999)})->end, ending::decided);
    ASSERT_EQ(apply_as(a)->end, ending::decided);
    ASSERT_EQ(apply_as(b)->end, ending::decided);
    EXPECT_EQ(available(a.wallet), 100);
    EXPECT_EQ(available(b.wallet), 50);
    expect_refused(apply_as(a, "again"), refusal::already_granted);
    EXPECT_EQ(apply_as(a)->end, ending::replayed);
    expect_refused(apply_as(stranger), refusal::not_eligible);
    expect_refused(apply_as(idle), refusal::measure_too_small);
    EXPECT_EQ(stands().granted, yen(150));
}

TEST_F(benefits, of_a_list_with_a_wrong_line_are_nobodys) {
    begin([](auto& terms) { terms.eligible_only = true; });
    const auto a = new_person();
    auto unknown = by_id(a);
    unknown.my_key = ledger::my_key_id::drawn_by(1);
    const auto op = bring({by_id(a), by_digest(a), unknown, by_id(a)});
    expect_refused(op, refusal::recipients_refused);
    ASSERT_EQ(source->told.size(), 3U);
    EXPECT_EQ(source->told[0].fault, ledger::line_fault::line_repeated) << "the digest is the same person's";
    EXPECT_EQ(source->told[1].fault, ledger::line_fault::mykey_id_unknown);
    EXPECT_EQ(source->told[2].fault, ledger::line_fault::line_repeated);
    EXPECT_FALSE(stands().eligible.has_value());
}

TEST_F(benefits, follow_another_list_once_a_second_person_approved_it) {
    begin([](auto& terms) { terms.eligible_only = true; });
    const auto a = new_person();
    const auto b = new_person();
    bring({by_id(a)});
    const auto proposed = bring({by_id(b)}, 2);
    EXPECT_EQ(std::get<ledger::eligibility_changed>(proposed->record.what).step, ledger::eligibility_step::proposal);
    expect_refused(apply_as(b, "early"), refusal::not_eligible);
    expect_refused(running->ask(stepped_switch::first_operator(),
                                ledger::command{ledger::decide_eligibility{ishinomaki, campaign, true, {}}}),
                   refusal::second_person_required);
    decide_list(false);
    expect_refused(apply_as(b, "rejected"), refusal::not_eligible);
    bring({by_id(b)}, 3);
    decide_list(true);
    EXPECT_EQ(apply_as(b)->end, ending::decided);
    expect_refused(apply_as(a), refusal::not_eligible);
    open(1); // and it is so after a restart
    expect_refused(apply_as(a, "after"), refusal::not_eligible);
    expect_refused(apply_as(b, "after"), refusal::already_granted);
}

TEST_F(benefits, of_an_event_are_one_for_a_person_of_64_at_once) {
    for (const std::uint32_t threads : {1U, 2U}) {
        running.reset();
        std::filesystem::remove_all(folder / "ledger");
        begin([](auto&) {}, 100'000, threads);
        const auto one = new_person();
        const auto event = open_event();
        std::vector<actors::operation_ptr> all;
        for (std::uint32_t i = 0; i < 64; ++i)
            all.push_back(running->submit(as(one), code_of(event, one), "k" + std::to_string(i), i % threads));
        running->settle();
        std::size_t granted = 0;
        for (const auto& op : all) {
            if (op->end == ending::decided)
                ++granted;
            else
                expect_refused(op, refusal::already_granted);
        }
        EXPECT_EQ(granted, 1U);
        EXPECT_EQ(available(one.wallet), 100);
        EXPECT_EQ(stands().granted, yen(100));
    }
}

TEST_F(benefits, of_an_event_stay_within_the_budget_of_many_at_once) {
    begin([](auto&) {}, 1'050, 2);
    std::vector<person> people;
    for (int i = 0; i < 32; ++i) people.push_back(new_person());
    const auto event = open_event();
    std::vector<actors::operation_ptr> all;
    for (const auto& one : people) all.push_back(running->submit(as(one), code_of(event, one), "k", all.size() % 2));
    running->settle();
    EXPECT_EQ(std::ranges::count(all, ending::decided, [](const auto& op) { return op->end; }), 10);
    for (const auto& op : all)
        if (op->end != ending::decided) expect_refused(op, refusal::budget_exceeded);
    EXPECT_EQ(stands().granted, yen(1'000));
}

TEST_F(benefits, of_an_event_are_for_persons_whatever_became_of_their_id) {
    begin([](auto&) {});
    const auto event = open_event();
    const person anonymous{wallet, {}};
    expect_refused(running->ask(as(anonymous), code_of(event, anonymous), "k"), refusal::person_required);
    const auto one = new_person();
    ASSERT_EQ(running->ask(as(one), code_of(event, one), "k")->end, ending::decided);
    const auto by = stepped_switch::first_operator();
    running->decided<ledger::my_key_changed>(by, ledger::command{ledger::revoke_my_key{one.wallet, "紛失"}});
    expect_refused(running->ask(as(one), code_of(event, one), "k2"), refusal::already_granted);
    running->decided<ledger::my_key_changed>(by, ledger::command{ledger::issue_my_key{one.wallet, {}}});
    expect_refused(running->ask(as(one), code_of(event, one), "k3"), refusal::already_granted);
    EXPECT_EQ(available(one.wallet), 100);
}

TEST_F(benefits, of_an_event_need_the_code_that_is_shown) {
    begin([](auto&) {});
    const auto one = new_person();
    const auto event = open_event(30);
    running->now = running->now.plus_ms(65'000);
    expect_refused(running->ask(as(one), code_of(event, one, 0), "k0"), refusal::event_code_over);
    expect_refused(running->ask(as(one), code_of(event, one, 3), "k1"), refusal::event_code_over);
    EXPECT_EQ(running->ask(as(one), code_of(event, one, 1), "k2")->end, ending::decided) << "shown till just now";
    const auto other = new_person();
    running->decided<ledger::event_changed>(stepped_switch::first_operator(),
                                            ledger::command{ledger::close_event{ishinomaki, campaign, event, "雨天"}});
    expect_refused(running->ask(as(other), code_of(event, other, 2), "k"), refusal::event_not_open);
    const auto late = open_event(0, "二回目");
    running->now = running->now.plus_ms(3'600'000);
    expect_refused(running->ask(as(other), code_of(late, other), "k3"), refusal::event_not_open);
}

TEST_F(benefits, for_persons_count_by_person_where_staff_grant_them) {
    begin([](auto& terms) { terms.per_person = true; }, 1'050, 2);
    std::vector<actors::operation_ptr> all;
    const auto one = new_person();
    for (std::uint32_t i = 0; i < 64; ++i) all.push_back(submit_for(one, "清掃", "k" + std::to_string(i), i % 2));
    running->settle();
    EXPECT_EQ(std::ranges::count(all, ending::decided, [](const auto& op) { return op->end; }), 1);
    const auto event = open_event(0, "清掃"); // the same occasion
    expect_refused(running->ask(as(one), code_of(event, one), "k"), refusal::already_granted);
    const auto refused = submit_for({wallet, {}}, "清掃", "anonymous2");
    running->settle();
    expect_refused(refused, refusal::person_required);
}

TEST_F(benefits, for_persons_are_not_for_rows_of_wallets_without_an_id) {
    begin([](auto& terms) { terms.per_person = true; });
    const auto one = new_person();
    ledger::read_recipient row;
    row.occasion = "清掃";
    row.amount = yen(100);
    row.wallet = wallet;
    auto good = row;
    good.wallet = one.wallet;
    const auto send = [&](std::vector<ledger::read_recipient> lines, unsigned char digest) {
        source = std::make_shared<eligible_at_hand>(std::move(lines));
        ledger::accept_recipients asked{ishinomaki, campaign, {}, source};
        asked.digest.fill(std::byte{digest});
        return running->ask(stepped_switch::first_operator(), ledger::command{std::move(asked)},
                            "file" + std::to_string(digest));
    };
    expect_refused(send({good, row}, 1), refusal::recipients_refused);
    ASSERT_EQ(source->told.size(), 1U);
    EXPECT_EQ(source->told[0].fault, ledger::line_fault::person_required);
    EXPECT_EQ(send({good}, 2)->end, ending::decided);
    EXPECT_EQ(available(one.wallet), 100);
}

} // namespace
} // namespace meguri::test
