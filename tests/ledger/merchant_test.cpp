#include "ledger/merchant.hpp"

#include "tests/ledger/scene.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace meguri::ledger {
namespace {

entry merchant_entry(journal_position position, fact what) {
    entry made;
    made.position = position;
    made.merchant = fishmonger;
    made.what = std::move(what);
    return made;
}

merchant joined() {
    merchant state;
    apply(state, merchant_entry(1, merchant_joined{fishmonger, "魚屋", {ishinomaki, aso}}));
    apply(state, merchant_entry(2, outlet_added{outlet_kind::terminal, till, "レジ1", {}}));
    apply(state, merchant_entry(3, outlet_added{outlet_kind::shop, web_shop, "通販", {}}));
    return state;
}

payment_decided payment_of(program_code program, std::int64_t amount, payment_status status) {
    payment_decided paid;
    paid.merchant = fishmonger;
    paid.program = program;
    paid.amount = yen(amount);
    paid.status = status;
    paid.decline = status == payment_status::declined ? decline_code::insufficient_points : decline_code::none;
    return paid;
}

TEST(merchant, joins_with_terms_of_version_one) {
    merchant state;
    apply(state, merchant_entry(9, merchant_joined{fishmonger, "魚屋", {ishinomaki, aso}}));
    EXPECT_EQ(state.name, "魚屋");
    ASSERT_NE(state.terms, nullptr);
    EXPECT_EQ(state.terms->version, 1u);
    EXPECT_EQ(state.terms->id, fishmonger);
    EXPECT_FALSE(state.terms->frozen);
    EXPECT_EQ(state.terms->programs, (std::vector{ishinomaki, aso}));
    EXPECT_TRUE(state.terms->outlets.empty());
    EXPECT_EQ(state.last_position, 9u);
}

TEST(merchant, every_change_of_its_terms_is_a_new_version_and_leaves_the_old_one_alone) {
    merchant state = joined();
    EXPECT_EQ(state.terms->version, 3u);
    const merchant_terms_ptr before = state.terms;
    apply(state, merchant_entry(4, freeze_changed{freeze_subject::terminal, till.value(), true, ""}));
    EXPECT_EQ(state.terms->version, 4u);
    EXPECT_TRUE(state.terms->find(till)->frozen);
    EXPECT_FALSE(state.terms->find(web_shop)->frozen);
    EXPECT_FALSE(state.terms->frozen);
    apply(state, merchant_entry(5, freeze_changed{freeze_subject::shop, web_shop.value(), true, ""}));
    apply(state, merchant_entry(6, freeze_changed{freeze_subject::terminal, till.value(), false, ""}));
    apply(state, merchant_entry(7, freeze_changed{freeze_subject::merchant, fishmonger.value(), true, ""}));
    EXPECT_EQ(state.terms->version, 7u);
    EXPECT_TRUE(state.terms->frozen);
    EXPECT_FALSE(state.terms->find(till)->frozen);
    EXPECT_TRUE(state.terms->find(web_shop)->frozen);

    EXPECT_EQ(before->version, 3u) << "a payment on its way still sees the terms that it was handed";
    EXPECT_FALSE(before->frozen);
    EXPECT_FALSE(before->find(till)->frozen);
}

TEST(merchant, payments_leave_the_terms_alone) {
    merchant state = joined();
    const merchant_terms_ptr before = state.terms;
    apply(state, merchant_entry(4, payment_of(ishinomaki, 100, payment_status::captured)));
    EXPECT_EQ(state.terms, before);
}

TEST(merchant, finds_only_its_own_outlets_and_programs) {
    const merchant state = joined();
    const merchant_terms& terms = *state.terms;
    EXPECT_EQ(terms.find(till)->name, "レジ1");
    EXPECT_EQ(terms.find(web_shop)->kind, outlet_kind::shop);
    for (const outlet_id stranger : {outlet_id{}, outlet_id{fishmonger, 0}, outlet_id{fishmonger, 3},
                                     outlet_id{merchant_id{8}, 1}, outlet_id{fishmonger, 1, 1}})
        EXPECT_EQ(terms.find(stranger), nullptr) << stranger.value();
    EXPECT_TRUE(terms.accepts(ishinomaki));
    EXPECT_TRUE(terms.accepts(aso));
    EXPECT_FALSE(terms.accepts(miyagi));
    EXPECT_FALSE(terms.accepts({}));
}

TEST(merchant, is_owed_what_was_captured_by_program) {
    merchant state = joined();
    apply(state, merchant_entry(10, payment_of(aso, 500, payment_status::captured)));
    apply(state, merchant_entry(11, payment_of(ishinomaki, 300, payment_status::captured)));
    apply(state, merchant_entry(12, payment_of(ishinomaki, 44, payment_status::captured)));
    apply(state, merchant_entry(13, payment_of(ishinomaki, 7, payment_status::authorized)));
    apply(state, merchant_entry(14, payment_of(ishinomaki, 1'000'000, payment_status::declined)));
    apply(state, merchant_entry(15, payment_of(kumamoto, 1, payment_status::declined)));
    EXPECT_EQ(state.payments, 6u);
    ASSERT_EQ(state.totals.size(), 2u) << "a decline leaves no trace in the totals";
    EXPECT_EQ(state.totals[0].program, ishinomaki);
    EXPECT_EQ(state.totals[0].captured, yen(344));
    EXPECT_EQ(state.totals[0].pending, yen(7));
    EXPECT_EQ(state.totals[0].payable(), 344);
    EXPECT_EQ(state.totals[1].program, aso);
    EXPECT_EQ(state.totals[1].captured, yen(500));
    EXPECT_EQ(state.totals[1].pending, yen(0));
}

TEST(merchant, is_owed_what_steps_leave) {
    merchant state = joined();
    journal_position position = 10;
    const auto step = [&](payment_step what, std::int64_t amount, std::int64_t part, bool was_held) {
        payment_state after;
        after.position = position;
        after.merchant = fishmonger;
        after.program = aso;
        after.amount = yen(amount);
        payment_changed made;
        made.step = what;
        made.after = std::make_shared<const payment_state>(after);
        made.part = yen(part);
        made.was_held = was_held;
        apply(state, merchant_entry(++position, made));
    };
    const auto expect = [&](std::int64_t pending, std::int64_t captured, std::int64_t refunded) {
        ASSERT_EQ(state.totals.size(), 1u);
        EXPECT_EQ(state.totals[0].pending, yen(pending)) << position;
        EXPECT_EQ(state.totals[0].captured, yen(captured)) << position;
        EXPECT_EQ(state.totals[0].refunded, yen(refunded)) << position;
    };
    for (int i = 0; i < 4; ++i)
        apply(state, merchant_entry(++position, payment_of(aso, 500, payment_status::authorized)));
    expect(2000, 0, 0);
    step(payment_step::capture, 500, 300, true);
    expect(1500, 300, 0);
    step(payment_step::voiding, 500, 500, true);
    expect(1000, 300, 0);
    step(payment_step::hold_expiry, 500, 500, true);
    expect(500, 300, 0);
    step(payment_step::reversal, 500, 500, true);
    expect(0, 300, 0);
    step(payment_step::refund, 500, 100, false);
    expect(0, 300, 100);
    step(payment_step::reversal, 500, 200, false);
    expect(0, 300, 300);
    step(payment_step::reversal, 500, 0, false); // of a decline
    expect(0, 300, 300);
    EXPECT_EQ(state.totals[0].payable(), 0);
    EXPECT_EQ(state.payments, 4u) << "a step is no payment";
    apply(state, merchant_entry(++position, key_barred{fishmonger, "k"}));
    expect(0, 300, 300);
    apply(state, merchant_entry(++position, terminal_certificates_changed{till, {certificate_digest{{1}}}, "r"}));
    expect(0, 300, 300);
    EXPECT_EQ(state.last_position, position);
}

TEST(merchant, may_owe_after_a_refund_of_what_was_paid_out) {
    const merchant_totals totals{ishinomaki, {}, yen(100), yen(130)};
    EXPECT_EQ(totals.payable(), -30);
}

// Journal order extends each wallet's order, not each merchant's.
TEST(merchant, payments_fold_in_any_order) {
    constexpr std::array programs{ishinomaki, aso, miyagi, kumamoto};
    constexpr std::array statuses{payment_status::captured, payment_status::authorized, payment_status::declined};
    for (const auto seed : test::seeds(20)) {
        SCOPED_TRACE("MEGURI_SEED=" + std::to_string(seed));
        test::dice dice{seed};
        std::vector<entry> payments;
        std::map<program_code, std::pair<std::int64_t, std::int64_t>> captured_and_pending;
        for (journal_position position = 4; position < 300; ++position) {
            const auto program = dice.any_of(programs);
            const auto status = dice.any_of(statuses);
            const auto amount = dice.between(1, points::command_max);
            payments.push_back(merchant_entry(position, payment_of(program, amount, status)));
            if (status == payment_status::captured) captured_and_pending[program].first += amount;
            if (status == payment_status::authorized) captured_and_pending[program].second += amount;
        }
        for (int order = 0; order < 5; ++order) {
            std::shuffle(payments.begin(), payments.end(), dice.engine());
            merchant state = joined();
            for (const auto& one : payments) apply(state, one);
            EXPECT_EQ(state.payments, payments.size());
            EXPECT_EQ(state.last_position, 299u);
            ASSERT_EQ(state.totals.size(), captured_and_pending.size());
            std::size_t at = 0;
            for (const auto& [program, sums] : captured_and_pending) {
                EXPECT_EQ(state.totals[at].program, program);
                EXPECT_EQ(state.totals[at].captured, yen(sums.first));
                EXPECT_EQ(state.totals[at].pending, yen(sums.second));
                ++at;
            }
        }
    }
}

TEST(merchant_contract, a_wrong_entry_aborts) {
    merchant state = joined();
    const auto tell = [&state](fact what) { apply(state, merchant_entry(4, std::move(what))); };
    EXPECT_DEATH(tell(merchant_joined{fishmonger, "", {}}), "EXPECTS broken") << "joined twice";
    EXPECT_DEATH(tell(outlet_added{outlet_kind::terminal, outlet_id{fishmonger, 4}, "", {}}), "EXPECTS broken")
        << "a number left out";
    EXPECT_DEATH(tell(outlet_added{outlet_kind::terminal, till, "", {}}), "EXPECTS broken") << "a number twice";
    EXPECT_DEATH(tell(outlet_added{outlet_kind::terminal, outlet_id{merchant_id{8}, 3}, "", {}}), "EXPECTS broken")
        << "another merchant's";
    EXPECT_DEATH(tell(freeze_changed{freeze_subject::terminal, outlet_id{fishmonger, 3}.value(), true, ""}),
                 "EXPECTS broken");
    EXPECT_DEATH(tell(freeze_changed{freeze_subject::terminal, outlet_id{merchant_id{8}, 1}.value(), true, ""}),
                 "EXPECTS broken")
        << "another merchant's";
    EXPECT_DEATH(tell(freeze_changed{freeze_subject::merchant, 8, true, ""}), "EXPECTS broken");
    EXPECT_DEATH(tell(wallet_opened{resident}), "EXPECTS broken") << "not a merchant's";
    merchant nobody;
    EXPECT_DEATH(apply(nobody, merchant_entry(4, payment_of(aso, 1, payment_status::captured))), "EXPECTS broken");
    EXPECT_DEATH(apply(nobody, merchant_entry(4, outlet_added{outlet_kind::terminal, till, "", {}})), "EXPECTS broken");
}

} // namespace
} // namespace meguri::ledger
