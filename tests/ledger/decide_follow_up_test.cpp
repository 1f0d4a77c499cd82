// What may follow a payment: every command in every state, which lots move, and the checker that sees each forgery.
#include "ledger/decide.hpp"

#include "tests/ledger/scene.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace meguri::ledger {
namespace {

const instant paid_at = noon("2026-11-23");
const instant later = noon("2026-11-25");

constexpr std::int64_t ms_per_day = 86'400'000;

using step_or_refusal = tl::expected<payment_changed, refusal>;

// A payment of 1,200 points in the wallet that pays it: 600 of lot 1, which ends on 30 November, and 600 of lot 2.
class payment_story {
public:
    explicit payment_story(bool capture = false, std::int64_t amount = 1200) {
        wallet_.grant_lot(ishinomaki, 600, "2026-11-30", paid_at);
        wallet_.grant_lot(ishinomaki, 1000, "2027-03-31", paid_at);
        const known_code code = wallet_.take_code(code_kind::card, paid_at);
        const authorize asked{ishinomaki, yen(amount), "R-1", {}, capture};
        const auto merchant = fishmonger_accepting({ishinomaki});
        const auto programs = programs_open({ishinomaki});
        const payment_question question{asked, ishinomaki, merchant, programs, till, outlet_kind::terminal, code};
        wallet_.tell(decide(question, &wallet_.state(), paid_at), paid_at);
        const auto& payer = wallet_.state();
        if (!payer.holds.empty())
            payment_ = payer.holds.front();
        else
            payment_ = payment_after(wallet_entry(payer.sequence, paid_at, decide(question, &before_, paid_at)));
    }

    template <class Command>
    step_or_refusal ask(const Command& asked, instant at = later) {
        return take(decide(asked, payment_, wallet_.state(), at), at);
    }
    payment_changed reverse(instant at = later) {
        return *take(decide(reverse_attempt{"k-1"}, payment_, &wallet_.state(), at), at);
    }
    payment_changed expire(instant at) { return *take(end_of_hold(payment_, wallet_.state(), at), at); }

    [[nodiscard]] const payment_state& payment() const { return payment_; }
    [[nodiscard]] const wallet& payer() const { return wallet_.state(); }

private:
    step_or_refusal take(step_or_refusal made, instant at) {
        if (!made) return made;
        EXPECT_TRUE(follows(payment_, *made));
        wallet_.tell(*made, at);
        payment_ = *made->after;
        return made;
    }

    static wallet rich() {
        wallet_story story;
        story.grant_lot(ishinomaki, 600, "2026-11-30", paid_at);
        story.grant_lot(ishinomaki, 1000, "2027-03-31", paid_at);
        static_cast<void>(story.take_code(code_kind::card, paid_at));
        return story.state();
    }

    wallet_story wallet_;
    wallet before_ = rich();
    payment_state payment_;
};

std::vector<std::pair<std::int64_t, std::int64_t>> available_and_held(const wallet& one) {
    std::vector<std::pair<std::int64_t, std::int64_t>> found;
    for (const auto& lot : one.lots) found.emplace_back(lot.available.value(), lot.held.value());
    return found;
}
using amounts = std::vector<std::pair<std::int64_t, std::int64_t>>;

// --- which command is allowed when ---

TEST(payment_steps, are_allowed_by_state) {
    struct row {
        payment_status state;
        std::function<payment_story()> story;
        bool capture, voiding, refund; // allowed
        payment_status after_reversal;
    };
    const auto after = [](bool capture, auto act) {
        return [capture, act] {
            payment_story story{capture};
            act(story);
            return story;
        };
    };
    const auto nothing = [](payment_story&) {};
    const row rows[] = {
        {payment_status::authorized, after(false, nothing), true, true, false, payment_status::reversed},
        {payment_status::captured, after(true, nothing), false, false, true, payment_status::reversed},
        {payment_status::captured,
         after(false,
               [](auto& one) {
                   (void)one.ask(capture_payment{0, yen(900)});
               }),
         false, false, true, payment_status::reversed},
        {payment_status::captured,
         after(true,
               [](auto& one) {
                   (void)one.ask(refund_payment{0, yen(1)});
               }),
         false, false, true, payment_status::reversed},
        {payment_status::voided, after(false, [](auto& one) { (void)one.ask(void_payment{}); }), false, false, false,
         payment_status::voided},
        {payment_status::expired, after(false, [](auto& one) { one.expire(noon("2026-11-30")); }), false, false, false,
         payment_status::expired},
        {payment_status::refunded, after(true, [](auto& one) { (void)one.ask(refund_payment{}); }), false, false, false,
         payment_status::refunded},
        {payment_status::reversed, after(true, [](auto& one) { one.reverse(); }), false, false, false,
         payment_status::reversed},
        {payment_status::declined,
         [] {
             return payment_story{true, 5000};
         },
         false, false, false, payment_status::declined},
    };
    const auto allows = [](const row& one, const auto& command) {
        payment_story story = one.story();
        const payment_status before = story.payment().status;
        const auto made = story.ask(command);
        if (!made) {
            EXPECT_EQ(made.error(), refusal::invalid_state);
            EXPECT_EQ(story.payment().status, before);
        }
        return made.has_value();
    };
    for (const auto& one : rows) {
        SCOPED_TRACE(name_of(one.state));
        ASSERT_EQ(one.story().payment().status, one.state);
        EXPECT_EQ(allows(one, capture_payment{}), one.capture);
        EXPECT_EQ(allows(one, void_payment{}), one.voiding);
        EXPECT_EQ(allows(one, refund_payment{}), one.refund);
        payment_story story = one.story();
        const auto before = available_and_held(story.payer());
        const auto reversed = story.reverse();
        EXPECT_EQ(story.payment().status, one.after_reversal);
        EXPECT_EQ(reversed.reversed_key, "k-1");
        if (one.after_reversal != payment_status::reversed || one.state == payment_status::reversed) {
            EXPECT_TRUE(reversed.part.is_zero());
            EXPECT_EQ(available_and_held(story.payer()), before) << "nothing moves";
        } else {
            EXPECT_EQ(available_and_held(story.payer()), (amounts{{600, 0}, {1000, 0}}));
        }
    }
}

// --- amounts and lots ---

TEST(payment_steps, hold_for_the_programs_days_and_no_longer) {
    payment_story story;
    EXPECT_EQ(story.payment().capture_before, paid_at.plus_ms(7 * ms_per_day));
    EXPECT_EQ(available_and_held(story.payer()), (amounts{{0, 600}, {400, 600}}));
    EXPECT_EQ(next_due(story.payer()), paid_at.plus_ms(7 * ms_per_day));
    payment_story late;
    EXPECT_EQ(late.ask(capture_payment{}, paid_at.plus_ms(7 * ms_per_day)).error(), refusal::invalid_state);
    EXPECT_TRUE(late.ask(capture_payment{}, paid_at.plus_ms(7 * ms_per_day - 1)).has_value());
}

TEST(payment_steps, capture_the_first_lots_and_release_the_rest) {
    payment_story story;
    const auto made = story.ask(capture_payment{0, yen(900)});
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(taken(made->captured), (takes{{1, 600}, {2, 300}}));
    EXPECT_EQ(taken(made->returned), (takes{{2, 300}}));
    EXPECT_EQ(made->part, yen(900));
    EXPECT_EQ(story.payment().captured, yen(900));
    EXPECT_EQ(story.payment().amount, yen(1200));
    EXPECT_EQ(story.payment().balance, yen(700));
    EXPECT_EQ(story.payment().capture_before, instant{});
    EXPECT_EQ(available_and_held(story.payer()), (amounts{{700, 0}}));
    EXPECT_TRUE(story.payer().holds.empty());
}

TEST(payment_steps, capture_no_more_than_is_held) {
    EXPECT_EQ(payment_story{}.ask(capture_payment{0, yen(1201)}).error(), refusal::amount_exceeds_remaining);
    EXPECT_EQ(payment_story{}.ask(capture_payment{0, yen(1200)})->part, yen(1200));
    EXPECT_EQ(payment_story{}.ask(capture_payment{})->part, yen(1200));
}

TEST(payment_steps, refund_in_parts_what_was_spent_last_first) {
    payment_story story{true};
    EXPECT_EQ(available_and_held(story.payer()), (amounts{{400, 0}}));
    const auto first = story.ask(refund_payment{0, yen(700)});
    EXPECT_EQ(taken(first->returned), (takes{{2, 600}, {1, 100}}));
    EXPECT_EQ(story.payment().status, payment_status::captured);
    EXPECT_EQ(story.payment().refunded, yen(700));
    EXPECT_EQ(story.payment().balance, yen(1100));
    EXPECT_EQ(available_and_held(story.payer()), (amounts{{100, 0}, {1000, 0}})) << "a forgotten lot is there again";
    EXPECT_EQ(story.ask(refund_payment{0, yen(501)}).error(), refusal::amount_exceeds_remaining);
    const auto last = story.ask(refund_payment{});
    EXPECT_EQ(last->part, yen(500));
    EXPECT_EQ(story.payment().status, payment_status::refunded);
    EXPECT_EQ(story.ask(refund_payment{0, yen(1)}).error(), refusal::invalid_state);
    EXPECT_EQ(available_and_held(story.payer()), (amounts{{600, 0}, {1000, 0}}));
}

// Lot 1 ends with 30 November in Japan: the very last moment of it gives the points back, the next one does not.
TEST(payment_steps, what_comes_back_after_its_last_day_expires_at_once) {
    const instant last = last_moment_of("2026-11-30");
    struct row {
        const char* name;
        bool capture;
        std::function<payment_changed(payment_story&, instant)> act;
    };
    const row rows[] = {
        {"void", false, [](auto& one, instant at) { return *one.ask(void_payment{}, at); }},
        {"hold expiry", false, [](auto& one, instant at) { return one.expire(at); }},
        {"refund", true, [](auto& one, instant at) { return *one.ask(refund_payment{}, at); }},
        {"reversal of a hold", false, [](auto& one, instant at) { return one.reverse(at); }},
        {"reversal", true, [](auto& one, instant at) { return one.reverse(at); }},
    };
    for (const auto& one : rows) {
        SCOPED_TRACE(one.name);
        payment_story in_time{one.capture};
        const auto given = one.act(in_time, last);
        EXPECT_EQ(taken(given.returned), (takes{{2, 600}, {1, 600}}));
        EXPECT_TRUE(given.lapsed.empty());
        EXPECT_EQ(in_time.payment().balance, yen(1600));
        payment_story too_late{one.capture};
        const auto lost = one.act(too_late, last.plus_ms(1));
        EXPECT_EQ(taken(lost.returned), (takes{{2, 600}}));
        EXPECT_EQ(taken(lost.lapsed), (takes{{1, 600}}));
        EXPECT_EQ(lost.part, yen(1200)) << "the merchant gives it all back";
        EXPECT_EQ(too_late.payment().balance, yen(1000));
        EXPECT_EQ(available_and_held(too_late.payer()), (amounts{{1000, 0}}));
    }
}

TEST(payment_steps, a_reversal_gives_back_what_refunds_have_left) {
    payment_story story{true};
    (void)story.ask(refund_payment{0, yen(200)});
    const auto made = story.reverse();
    EXPECT_EQ(made.part, yen(1000));
    EXPECT_EQ(story.payment().refunded, yen(1200));
    EXPECT_EQ(story.payment().captured, yen(1200));
    payment_story part;
    (void)part.ask(capture_payment{0, yen(900)});
    part.reverse();
    EXPECT_EQ(part.payment().refunded, yen(900));
    payment_story hold;
    hold.reverse();
    EXPECT_EQ(hold.payment().captured, yen(0)) << "a released hold was never captured";
    EXPECT_EQ(hold.payment().refunded, yen(0));
}

TEST(payment_steps, a_decline_without_a_wallet_is_reversed_as_it_is) {
    payment_state declined;
    declined.position = 9;
    declined.amount = yen(5);
    const auto made = decide(reverse_attempt{"k"}, declined, nullptr, later);
    EXPECT_EQ(made.after->status, payment_status::declined);
    EXPECT_TRUE(follows(declined, made));
}

TEST(payment_steps, do_not_revive_a_one_time_code) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2026-11-30", paid_at);
    const known_code code = story.take_code(code_kind::once, paid_at);
    const auto merchant = fishmonger_accepting({ishinomaki});
    const auto programs = programs_open({ishinomaki});
    const authorize asked{ishinomaki, yen(100), "", {}};
    const payment_question question{asked, ishinomaki, merchant, programs, till, outlet_kind::terminal, code};
    const auto first = decide(question, &story.state(), paid_at);
    story.tell(first, paid_at);
    const auto payment = payment_after(wallet_entry(story.state().sequence, paid_at, first));
    story.tell(decide(reverse_attempt{"k"}, payment, &story.state(), paid_at), paid_at);
    EXPECT_EQ(story.state().available(ishinomaki, day("2026-11-23")), yen(100));
    EXPECT_EQ(decide(question, &story.state(), paid_at).decline, decline_code::credential_used);
}

// --- the checker ---

// Whatever single thing of a right step is forged, it is seen.
TEST(follows, sees_every_forgery) {
    const auto lot = [](std::uint32_t number, std::int64_t amount) {
        return lot_use{lot_terms_of(number, ishinomaki, "2027-03-31", paid_at), yen(amount)};
    };
    using change = std::function<void(payment_changed&, payment_state&)>;
    const std::pair<const char*, change> forgeries[] = {
        {"another payment", [](auto&, auto& after) { ++after.position; }},
        {"another entry of the wallet", [](auto&, auto& after) { ++after.sequence; }},
        {"another time", [](auto&, auto& after) { after.decided_at = later; }},
        {"another merchant", [](auto&, auto& after) { after.merchant = merchant_id{8}; }},
        {"another till", [](auto&, auto& after) { after.outlet = web_shop; }},
        {"a shop", [](auto&, auto& after) { after.outlet_is = outlet_kind::shop; }},
        {"another wallet", [](auto&, auto& after) { after.wallet = wallet_id{42}; }},
        {"another program", [](auto&, auto& after) { after.program = aso; }},
        {"another amount", [](auto&, auto& after) { after.amount = yen(1201); }},
        {"another reference", [](auto&, auto& after) { after.reference = "R-2"; }},
        {"declined", [](auto&, auto& after) { after.decline = decline_code::wallet_frozen; }},
        {"another state", [](auto&, auto& after) { after.status = payment_status::expired; }},
        {"still held", [](auto&, auto& after) { after.status = payment_status::authorized; }},
        {"a time to capture", [](auto&, auto& after) { after.capture_before = later; }},
        {"more captured", [](auto&, auto& after) { after.captured = yen(after.captured.value() + 1); }},
        {"more refunded", [](auto&, auto& after) { after.refunded = yen(after.refunded.value() + 1); }},
        {"another part", [](auto& made, auto&) { made.part = yen(made.part.value() + 1); }},
        {"from elsewhere", [](auto& made, auto&) { made.was_held = !made.was_held; }},
        {"a lot given twice", [](auto& made, auto&) { made.returned.push_back(made.returned.front()); }},
        {"a lot of nobody", [&](auto& made, auto&) { made.returned.front() = lot(9, 300); }},
        {"a lot kept", [&](auto&, auto& after) { after.lots.push_back(lot(2, 1)); }},
        {"another expiry",
         [&](auto& made, auto&) {
             made.returned.front().lot =
                 lot_terms_of(made.returned.front().lot->number, ishinomaki, "2028-03-31", paid_at);
         }},
        {"another step",
         [](auto& made, auto&) {
             made.step = made.step == payment_step::capture ? payment_step::voiding : payment_step::capture;
         }},
    };
    struct row {
        payment_state before;
        payment_changed step;
    };
    std::vector<row> rows;
    const auto add = [&](bool capture, const auto& act) {
        payment_story story{capture};
        const payment_state before = story.payment();
        rows.push_back({before, act(story)});
    };
    add(false, [](auto& one) { return *one.ask(capture_payment{0, yen(900)}); });
    add(false, [](auto& one) { return *one.ask(void_payment{}); });
    add(true, [](auto& one) { return *one.ask(refund_payment{0, yen(300)}); });
    add(true, [](auto& one) { return one.reverse(); });
    for (const auto& one : rows) {
        ASSERT_TRUE(follows(one.before, one.step));
        for (const auto& [name, forge] : forgeries) {
            payment_changed forged = one.step;
            payment_state after = *one.step.after;
            forge(forged, after);
            forged.after = std::make_shared<const payment_state>(after);
            EXPECT_FALSE(follows(one.before, forged)) << name << " in step " << static_cast<int>(one.step.step);
        }
    }
}

// Any sequence of commands, allowed or not: the payment never gives back more than it took, and in the end the wallet
// has what it had but for what was kept.
TEST(payment_steps, keep_every_point_in_any_order) {
    for (const auto seed : test::seeds(200)) {
        SCOPED_TRACE(seed);
        test::dice dice{seed};
        payment_story story{dice.one_in(2)};
        for (int i = 0; i < 12; ++i) {
            const auto amount = dice.one_in(3) ? std::nullopt : points::from(dice.between(1, 700));
            switch (dice.below(4)) {
            case 0: (void)story.ask(capture_payment{0, amount}); break;
            case 1: (void)story.ask(refund_payment{0, amount}); break;
            case 2: dice.one_in(4) ? (void)story.ask(void_payment{}) : void(); break;
            default:
                if (dice.one_in(4)) story.reverse();
            }
            const auto& payment = story.payment();
            ASSERT_LE(payment.captured, payment.amount);
            ASSERT_LE(payment.refunded, payment.captured);
            std::int64_t here = 0;
            for (const auto& lot : story.payer().lots) here += lot.available.value() + lot.held.value();
            ASSERT_EQ(here + payment.captured.value() - payment.refunded.value(), 1600);
        }
    }
}

} // namespace
} // namespace meguri::ledger
