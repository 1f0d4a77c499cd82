// Conversions and coupons through real actors, journal and state store, stepped: what is under way at once never passes
// a limit of the day, a reference and a coupon count once, and terms change between conversions.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

class conversions : public payment_scene {
protected:
    void begin(std::int64_t per_person, std::int64_t per_partner, std::uint32_t io_threads = 1) {
        open(io_threads);
        furnish();
        const auto first = stepped_switch::first_operator();
        const auto added =
            running->decided<ledger::operator_added>(first, ledger::command{ledger::add_operator{"検査"}});
        checker_.caller = {ledger::caller_kind::operator_, added.id.value()};
        checker_.person = added.id.value();
        airline = running->decided<ledger::partner_added>(first, ledger::command{ledger::add_partner{"航空"}}).id;
        partner_.caller = {ledger::caller_kind::partner, airline.value()};
        terms_ = {"マイル", {1, 2}, 10, 1, yen(per_person), yen(per_partner)};
        approve();
    }
    void propose() {
        running->decided<ledger::conversion_terms_changed>(
            stepped_switch::first_operator(), ledger::command{ledger::propose_conversion_terms{
                                                  airline, std::make_shared<const ledger::conversion_terms>(terms_)}});
    }
    void approve() {
        propose();
        running->decided<ledger::conversion_terms_changed>(
            checker_, ledger::command{ledger::decide_conversion_terms{airline, ++approved_, true, {}}});
    }
    actors::operation_ptr convert(std::string key, std::string reference, std::uint64_t units,
                                  std::optional<ledger::wallet_id> to = {}) {
        return running->submit(
            partner_,
            ledger::command{ledger::convert_points{airline, to.value_or(wallet), {}, std::move(reference), units, {}}},
            std::move(key));
    }
    ledger::digest128 coupon_of(std::int64_t amount, const std::string& reference) {
        const auto issued = running->decided<ledger::coupon_changed>(
            partner_, ledger::command{ledger::issue_coupon{
                          airline, reference, 0, yen(amount), {}, ledger::jst_day::of(running->now).plus_days(3)}});
        return issued.what->code;
    }
    actors::operation_ptr redeem(std::string key, const ledger::digest128& code, ledger::wallet_id to) {
        return running->submit(stepped_switch::first_operator(),
                               ledger::command{ledger::redeem_coupon{to, {}, code, {}}}, std::move(key));
    }
    ledger::wallet_id another_wallet() {
        return running
            ->decided<ledger::wallet_opened>(stepped_switch::first_operator(), ledger::command{ledger::open_wallet{}})
            .id;
    }
    ledger::partner stands() {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_conversions{airline});
        return *op->partner_seen;
    }
    static void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }

    ledger::partner_id airline;
    actors::principal partner_;
    actors::principal checker_;
    ledger::conversion_terms terms_;
    std::uint32_t approved_ = 0;
};

TEST_F(conversions, reserve_what_is_under_way_of_the_partner_s_limit) {
    begin(1'000, 100);
    const auto other = another_wallet();
    const auto third = another_wallet();
    const auto first = convert("a", "r1", 120);
    const auto second = convert("b", "r2", 82, other);
    const auto fits = convert("c", "r3", 80, third);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(second, refusal::conversion_limit_reached);
    EXPECT_EQ(fits->end, ending::decided);
    EXPECT_EQ(stands().today.amount, yen(100));
    running->now = running->now.plus_ms(day_ms);
    const auto next_day = convert("d", "r2", 82, other);
    running->settle();
    EXPECT_EQ(next_day->end, ending::decided) << "the reference of what was refused is free";
}

TEST_F(conversions, follow_each_other_to_one_person) {
    begin(100, 1'000, 2);
    const auto first = convert("a", "r1", 120);
    const auto second = convert("b", "r2", 82);
    const auto third = convert("c", "r3", 80);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(second, refusal::conversion_limit_reached);
    EXPECT_EQ(third->end, ending::decided);
    running->checkpoint();
    passivate();
    const auto later = convert("d", "r4", 10);
    running->settle();
    expect_refused(later, refusal::conversion_limit_reached);
    open(1);
    const auto after_all = convert("e", "r5", 10);
    running->settle();
    expect_refused(after_all, refusal::conversion_limit_reached);
}

// Two connections' requests are decided in another order than they were received in.
TEST_F(conversions, received_before_midnight_and_decided_after_count_to_the_new_day) {
    begin(1'000, 1'000, 2);
    const auto other = another_wallet();
    const auto code = coupon_of(70, "c1");
    const auto midnight = ledger::jst_day::of(running->now).end();
    running->now = midnight;
    const auto first = convert("a", "r1", 120);
    running->settle();
    ASSERT_EQ(first->end, ending::decided);
    running->now = midnight.plus_ms(-1);
    const auto late = convert("b", "r2", 82, other);
    const auto redeemed = redeem("c", code, another_wallet());
    running->settle();
    for (const auto& op : {late, redeemed}) {
        ASSERT_EQ(op->end, ending::decided);
        const auto day = std::get<ledger::points_converted>(op->record.what).day;
        EXPECT_EQ(day, ledger::jst_day::of(midnight));
        EXPECT_EQ(day, ledger::jst_day::of(op->record.decided_at)) << "of no day that has not begun";
    }
    EXPECT_EQ(stands().today.amount, yen(60 + 41 + 70));
    running->checkpoint();
}

TEST_F(conversions, give_back_what_a_wallet_refuses) {
    begin(100, 100);
    const auto nobody = convert("a", "r1", 200, ledger::wallet_id{777});
    running->settle();
    expect_refused(nobody, refusal::wallet_unknown);
    const auto after = convert("a", "r1", 200);
    running->settle();
    EXPECT_EQ(after->end, ending::decided);
}

TEST_F(conversions, are_repeated_under_their_reference_whatever_the_key) {
    begin(1'000, 1'000, 2);
    const auto first = convert("a", "r1", 100);
    const auto at_once = convert("b", "r1", 100);
    const auto another = convert("c", "r1", 101);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    EXPECT_EQ(at_once->end, ending::replayed);
    EXPECT_EQ(at_once->record.position, first->record.position);
    expect_refused(another, refusal::reference_reused);
    running->checkpoint();
    passivate();
    const auto later = convert("d", "r1", 100);
    running->settle();
    EXPECT_EQ(later->end, ending::replayed);
    EXPECT_EQ(stands().converted, yen(50));
}

TEST_F(conversions, stand_before_or_behind_a_change_of_terms_and_never_astride) {
    begin(10'000, 10'000);
    terms_.rate = {1, 1};
    propose();
    const auto before = convert("a", "r1", 100);
    const auto change = running->submit(
        checker_, ledger::command{ledger::decide_conversion_terms{airline, ++approved_, true, {}}}, "t");
    const auto behind = convert("b", "r2", 100, another_wallet());
    running->settle();
    EXPECT_EQ(change->end, ending::decided);
    const auto& old_terms = std::get<ledger::points_converted>(before->record.what);
    const auto& new_terms = std::get<ledger::points_converted>(behind->record.what);
    EXPECT_EQ(old_terms.terms, 1U);
    EXPECT_EQ(old_terms.lot.amount, yen(50));
    EXPECT_EQ(new_terms.terms, 2U);
    EXPECT_EQ(new_terms.lot.amount, yen(100));
    EXPECT_LT(before->record.position, change->record.position);
    EXPECT_LT(change->record.position, behind->record.position);
}

TEST_F(conversions, take_a_coupon_once) {
    begin(1'000, 1'000, 2);
    const auto code = coupon_of(30, "c1");
    const auto other = another_wallet();
    const auto first = redeem("a", code, wallet);
    const auto second = redeem("b", code, other);
    const auto again = redeem("a", code, wallet);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    expect_refused(second, refusal::coupon_redeemed);
    EXPECT_EQ(again->end, ending::replayed);
    running->checkpoint();
    passivate();
    open(1);
    const auto later = redeem("c", code, other);
    running->settle();
    expect_refused(later, refusal::coupon_redeemed);
    EXPECT_EQ(stands().coupons_redeemed, 1U);
    const auto reused = convert("d", "c1", 60);
    running->settle();
    expect_refused(reused, refusal::reference_reused);
}

TEST_F(conversions, leave_a_coupon_good_that_the_limit_refuses) {
    begin(20, 1'000);
    const auto code = coupon_of(15, "c1");
    const auto converted = convert("a", "r1", 12);
    running->settle();
    EXPECT_EQ(converted->end, ending::decided);
    const auto today = redeem("b", code, wallet);
    running->settle();
    expect_refused(today, refusal::conversion_limit_reached);
    running->now = running->now.plus_ms(day_ms);
    const auto tomorrow = redeem("c", code, wallet);
    running->settle();
    EXPECT_EQ(tomorrow->end, ending::decided);
    running->now = running->now.plus_ms(5 * day_ms);
}

TEST_F(conversions, refuse_coupons_that_are_over_blocked_or_none) {
    begin(1'000, 1'000);
    const auto code = coupon_of(15, "c1");
    const auto blocked = coupon_of(15, "c2");
    const auto issue = running->ask(stepped_switch::first_operator(), actors::read_conversions{airline});
    EXPECT_EQ(issue->partner_seen->coupons, 2U);
    const auto position = running->thread().reader().find_conversion(storage::index_kind::coupon, blocked).value();
    running->decided<ledger::coupon_changed>(partner_,
                                             ledger::command{ledger::block_coupon{airline, *position, "誤発行"}});
    const auto refused_one = redeem("a", blocked, wallet);
    running->settle();
    expect_refused(refused_one, refusal::coupon_blocked);
    running->now = running->now.plus_ms(4 * day_ms);
    const auto late = redeem("b", code, wallet);
    running->settle();
    expect_refused(late, refusal::coupon_expired);
    for (std::uint32_t i = 0; i <= actors::coupon_tries::failures_max; ++i) {
        const auto guess = redeem("g" + std::to_string(i), {i, 7}, wallet);
        running->settle();
        expect_refused(guess,
                       i < actors::coupon_tries::failures_max ? refusal::coupon_unknown : refusal::too_many_tries);
    }
    const auto other = redeem("o", {1, 7}, another_wallet());
    running->settle();
    expect_refused(other, refusal::coupon_unknown);
}

} // namespace
} // namespace meguri::test
