// Every invariant passes what is right and names what is wrong: each is broken at least once, in the entry and, where
// it looks at the wallet afterwards, in the wallet.
#include "ledger/invariants.hpp"

#include "ledger/undecided.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

namespace meguri::ledger {
namespace {

const instant now = noon("2026-11-23");

// The resident with 600 points until the end of November, 1,000 until March, a card, and a one-time code.
struct resident_scene {
    resident_scene() {
        story.grant_lot(ishinomaki, 600, "2026-11-30", now);
        story.grant_lot(ishinomaki, 1000, "2027-03-31", now);
        story.grant_lot(aso, 50, "2027-03-31", now);
        card = story.take_code(code_kind::card, now);
        once = story.take_code(code_kind::once, now);
    }
    [[nodiscard]] payment_decided pay(std::int64_t amount, const known_code& code, bool capture = true) const {
        const authorize asked{ishinomaki, yen(amount), "R-1", {}, capture};
        const payment_question question{asked, ishinomaki, merchant, programs, till, outlet_kind::terminal, code};
        return decide(question, &story.state(), now);
    }
    wallet_story story;
    merchant_terms merchant = fishmonger_accepting({ishinomaki});
    program_table programs = programs_open({ishinomaki, aso});
    known_code card;
    known_code once;
};

std::set<std::string> broken_by(const wallet& before, const entry& made, const payment_state* payment,
                                const std::function<void(wallet&)>& spoil = {}) {
    std::set<std::string> broken;
    const auto report = [&](std::size_t number, bool holds) {
        if (!holds) broken.emplace(names_of_wallet_invariants()[number]);
    };
    const wallet_change_seen change{before, made, payment};
    wallet_watch watch{change};
    watch.before(report);
    if (!broken.empty() && !spoil) return broken;
    wallet after = before;
    apply(after, made);
    if (spoil) spoil(after);
    watch.after(after, report);
    return broken;
}

entry next_entry(const wallet& of, fact what, instant at = now, person_ref by = {}) {
    return wallet_entry(of.sequence + 1, at, std::move(what), by);
}

using names = std::set<std::string>;

// --- right entries ---

TEST(wallet_invariants, pass_a_right_life) {
    resident_scene scene;
    const auto tell = [&](fact what, instant at, const payment_state* payment = nullptr) {
        const auto made = next_entry(scene.story.state(), what, at);
        EXPECT_EQ(broken_by(scene.story.state(), made, payment), names{}) << "entry " << made.wallet_sequence;
        scene.story.tell(std::move(what), at);
    };
    tell(scene.pay(700, scene.once, false), now);
    payment_state payment = scene.story.state().holds.front();
    const auto captured = *decide(capture_payment{0, yen(650)}, payment, scene.story.state(), now);
    tell(captured, now, &payment);
    payment = *captured.after;
    const instant december = noon("2026-12-05");
    const auto refunded = *decide(refund_payment{}, payment, scene.story.state(), december);
    EXPECT_FALSE(refunded.lapsed.empty() || refunded.returned.empty());
    tell(refunded, december, &payment);
    tell(scene.pay(9'999, scene.card), december);
    tell(*due(scene.story.state(), noon("2027-05-01")), noon("2027-05-01"));
    tell(freeze_changed{freeze_subject::wallet, resident.value(), true, "x"}, noon("2027-05-01"));
}

correction some_correction(correction_kind kind, std::int64_t amount) {
    const jst_day expires_on = kind == correction_kind::credit ? day("2027-01-31") : jst_day{};
    return {kind, ishinomaki, yen(amount), source("budget:042021:health"), expires_on, "二重付与"};
}

TEST(wallet_invariants, pass_undecided_points_and_corrections) {
    resident_scene scene;
    const auto tell = [&](fact what, instant at, person_ref by = {}) {
        const auto made = next_entry(scene.story.state(), what, at, by);
        EXPECT_EQ(broken_by(scene.story.state(), made, nullptr), names{}) << "entry " << made.wallet_sequence;
        scene.story.tell(std::move(what), at, by);
    };
    const auto& state = scene.story.state();
    const auto partners = source("partner:card");
    tell(*decide(credit_undecided{resident, card_company, yen(100), partners}, state, now), now);
    tell(*decide(credit_undecided{resident, airline, yen(100), partners}, state, now), now);
    tell(*decide(choose_home{resident, aso}, state, scene.programs), now);
    tell(*decide(transfer_undecided{resident, ishinomaki, yen(150)}, state, scene.programs, now), now);
    tell(scene.pay(500, scene.card), now);
    const instant december = noon("2026-12-08");
    tell(*due(state, december), december);
    tell(*due_transfer(state, scene.programs, december), december);
    for (const auto kind : {correction_kind::credit, correction_kind::debit})
        for (const bool approve : {false, true}) {
            const auto what = std::make_shared<const correction>(some_correction(kind, 500));
            tell(*decide(propose_correction{resident, what}, state, scene.programs, december), december,
                 first_operator);
            const decide_correction asked{resident, state.corrections.back().position, approve, ""};
            tell(*decide(asked, second_operator, state, december), december, second_operator);
        }
}

// --- wrong entries ---

TEST(wallet_invariants, name_what_an_entry_breaks) {
    struct row {
        const char* name;
        std::function<entry(const resident_scene&)> forged;
    };
    const auto payment_with = [](const std::function<void(payment_decided&)>& change) {
        return [change](const resident_scene& scene) {
            auto paid = scene.pay(700, scene.card);
            change(paid);
            return next_entry(scene.story.state(), paid);
        };
    };
    const auto entry_with = [](const std::function<void(entry&)>& change) {
        return [change](const resident_scene& scene) {
            auto made = next_entry(scene.story.state(), scene.pay(700, scene.card));
            change(made);
            return made;
        };
    };
    const auto granting = [](std::uint32_t number, std::int64_t amount) {
        return [=](const resident_scene& scene) {
            return next_entry(scene.story.state(),
                              points_granted{resident, {lot_terms_of(number, aso, "2027-03-31", now), yen(amount)}});
        };
    };
    const auto expiring = [](std::size_t place, std::int64_t amount, instant at) {
        return [=](const resident_scene& scene) {
            return next_entry(scene.story.state(),
                              points_expired{resident, {{scene.story.state().lots[place].terms, yen(amount)}}}, at);
        };
    };
    const row rows[] = {
        {"wallets: sequences dense", entry_with([](entry& made) { ++made.wallet_sequence; })},
        {"wallets: sequences dense", entry_with([](entry& made) { made.wallet_sequence = 1; })},
        {"wallets: decision times never go back", entry_with([](entry& made) { made.decided_at = now.plus_ms(-1); })},
        {"amounts: 1 to 100,000,000", granting(4, 0)},
        {"amounts: 1 to 100,000,000", granting(4, points::command_max + 1)},
        {"lots: nothing taken that is not there", granting(3, 5)},
        {"lots: nothing taken that is not there", payment_with([](auto& paid) {
             paid.lots[0].amount = yen(601);
             paid.lots[1].amount = yen(99);
         })},
        {"lots: nothing taken that is not there", payment_with([](auto& paid) {
             paid.lots[0].lot = lot_terms_of(1, ishinomaki, "2026-11-30", now, "national:x");
         })},
        {"lots: nothing taken that is not there", payment_with([](auto& paid) {
             paid.lots = {{paid.lots[0].lot, yen(350)}, {paid.lots[0].lot, yen(350)}};
         })},
        {"lots: nothing taken that is not there", expiring(0, 601, noon("2026-12-01"))},
        {"payments: the sum of lots of their own program", payment_with([](auto& paid) { paid.amount = yen(701); })},
        {"payments: the sum of lots of their own program", payment_with([](auto& paid) { paid.program = aso; })},
        {"payments: the sum of lots of their own program",
         payment_with([](auto& paid) { paid.status = payment_status::declined; })},
        {"payments: the sum of lots of their own program",
         payment_with([](auto& paid) { paid.status = payment_status::refunded; })},
        {"payments: earliest expiry first", payment_with([](auto& paid) { std::swap(paid.lots[0], paid.lots[1]); })},
        {"payments: earliest expiry first", payment_with([](auto& paid) {
             paid.lots[1].amount = yen(700);
             paid.lots.erase(paid.lots.begin());
         })},
        {"payments: earliest expiry first",
         entry_with([](entry& made) { made.decided_at = noon("2026-12-01"); })}, // lot 1 is over by then
        {"lots: expire after their last day and not before", expiring(0, 600, last_moment_of("2026-11-30"))},
        {"codes: one-time codes used once", payment_with([](auto& paid) { paid.code_ordinal = 3; })},
        {"codes: one-time codes used once", payment_with([](auto& paid) {
             paid.code_ordinal = 0;
             paid.code_used_up = true;
         })},
        {"codes: one-time codes used once",
         [](const resident_scene& scene) {
             return next_entry(scene.story.state(), code_issued{resident, 4, code_kind::card, {}, {}});
         }},
    };
    for (const auto& one : rows) {
        const resident_scene scene;
        EXPECT_TRUE(broken_by(scene.story.state(), one.forged(scene), nullptr).contains(one.name)) << one.name;
    }
}

TEST(wallet_invariants, name_what_a_step_breaks) {
    struct row {
        const char* name;
        std::function<void(payment_changed&)> forge;
    };
    const row rows[] = {
        {"payments: each step follows from the one before", [](auto& step) { step.part = yen(1); }},
        {"holds: end once, and hold what they say", [](auto& step) { step.was_held = false; }},
        {"lots: nothing taken that is not there", [](auto& step) { step.returned[0].amount = yen(601); }},
        {"lots: nothing taken that is not there", [](auto& step) { step.lapsed = step.returned; }},
        {"lots: expire after their last day and not before",
         [](auto& step) {
             step.lapsed = {step.returned.back()};
             step.returned.pop_back();
         }},
    };
    for (const auto& one : rows) {
        resident_scene scene;
        scene.story.tell(scene.pay(700, scene.card, false), now);
        const payment_state payment = scene.story.state().holds.front();
        auto step = *decide(void_payment{}, payment, scene.story.state(), now);
        one.forge(step);
        const auto broken = broken_by(scene.story.state(), next_entry(scene.story.state(), step), &payment);
        EXPECT_TRUE(broken.contains(one.name)) << one.name;
    }
    resident_scene scene;
    scene.story.tell(scene.pay(700, scene.card, false), now);
    const payment_state payment = scene.story.state().holds.front();
    const auto step = *decide(void_payment{}, payment, scene.story.state(), now);
    const auto made = next_entry(scene.story.state(), step);
    EXPECT_EQ(broken_by(scene.story.state(), made, nullptr), names{"payments: each step follows from the one before"})
        << "of a payment that nobody knows";
}

// 300 undecided points, and 100 that leave by one of two days; Aso is the home.
struct undecided_scene : resident_scene {
    undecided_scene() {
        story.convert(card_company, 100, now);
        story.convert(airline, 300, noon("2026-11-24"));
        story.tell(home_chosen{resident, aso}, noon("2026-11-24"));
    }
};

TEST(wallet_invariants, name_what_is_done_to_undecided_points) {
    const auto leave_once = "undecided points: leave once, to one program";
    const instant first_is_due = last_moment_of("2026-12-07").plus_ms(1);
    struct row {
        const char* name;
        std::function<void(points_transferred&)> forge;
    };
    const auto new_terms = [](const lot_use& use, program_code program, std::string_view funded_by, instant at) {
        return lot_terms_of(use.lot->number, program, "2027-06-06", at, funded_by);
    };
    const row rows[] = {
        {leave_once, [](auto& moved) { moved.from.clear(), moved.to.clear(); }},
        {leave_once, [](auto& moved) { moved.to.pop_back(); }},
        {leave_once, [](auto& moved) { moved.to[0].amount = yen(99), moved.to[1].amount = yen(201); }},
        {leave_once, [](auto& moved) { moved.from[0].amount = moved.to[0].amount = yen(0); }},
        {leave_once,
         [&](auto& moved) { moved.to[1].lot = new_terms(moved.to[1], aso, "partner:airline", first_is_due); }},
        {leave_once,
         [&](auto& moved) { moved.to[0].lot = new_terms(moved.to[0], ishinomaki, "budget:x", first_is_due); }},
        {leave_once, [&](auto& moved) { moved.to[0].lot = new_terms(moved.to[0], ishinomaki, "partner:card", now); }},
        {leave_once,
         [&](auto& moved) {
             moved.to.resize(1), moved.from.resize(1);
             moved.to[0].lot = new_terms(moved.to[0], undecided_program(airline), "partner:card", first_is_due);
         }},
        {leave_once,
         [&](auto& moved) { // points of a real program
             moved.from[0] = {lot_terms_of(1, ishinomaki, "2026-11-30", now), yen(100)};
             moved.to[0].lot = lot_terms_of(6, ishinomaki, "2027-06-06", first_is_due);
         }},
        {leave_once,
         [](auto& moved) { // the first lot is due, but Ishinomaki is not the home
             moved.from.resize(1), moved.to.resize(1);
             moved.by_default = true;
         }},
        {"lots: nothing taken that is not there", [](auto& moved) { moved.from[0].amount = yen(101); }},
        {"lots: nothing taken that is not there", [](auto& moved) { moved.from[1] = moved.from[0]; }},
        {"lots: nothing taken that is not there", [](auto& moved) { std::swap(moved.to[0], moved.to[1]); }},
    };
    std::size_t number = 0;
    for (const auto& one : rows) {
        const undecided_scene scene;
        auto moved = *decide(transfer_undecided{resident, ishinomaki, yen(300)}, scene.story.state(), scene.programs,
                             first_is_due);
        one.forge(moved);
        const auto made = next_entry(scene.story.state(), moved, first_is_due);
        EXPECT_TRUE(broken_by(scene.story.state(), made, nullptr).contains(one.name)) << "row " << number;
        ++number;
    }
}

TEST(wallet_invariants, name_undecided_points_that_come_or_go_in_another_way) {
    const undecided_scene scene;
    const wallet& state = scene.story.state();
    const auto& undecided = state.lots.back();
    const instant first_is_due = last_moment_of("2026-12-07").plus_ms(1);
    const auto next = state.lots_issued + 1;
    const auto pseudo = undecided_program(card_company);
    const instant too_early_at = first_is_due.plus_ms(-1);
    auto too_early = *decide(transfer_undecided{resident, aso, yen(100)}, state, scene.programs, too_early_at);
    too_early.by_default = true;
    auto spent = scene.pay(700, scene.card);
    spent.program = undecided.terms->program;
    spent.lots = {{undecided.terms, yen(300)}};
    correction_decided cancelled;
    cancelled.approved = true;
    cancelled.what = std::make_shared<const correction>(some_correction(correction_kind::debit, 300));
    cancelled.lots = {{undecided.terms, yen(300)}};
    const std::vector<std::pair<fact, instant>> wrong{
        {points_granted{resident, {lot_terms_of(next, pseudo, "9999-12-31", now, "budget:x"), yen(1)}}, now},
        {points_granted{resident, {lot_terms_of(next, pseudo, "2027-03-31", now, "partner:card"), yen(1)}}, now},
        {points_expired{resident, {{undecided.terms, yen(300)}}}, now},
        {too_early, too_early_at},
        {spent, now},
        {cancelled, now},
    };
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        const auto made = next_entry(state, wrong[i].first, wrong[i].second);
        EXPECT_TRUE(broken_by(state, made, nullptr).contains("undecided points: leave once, to one program")) << i;
    }
}

TEST(wallet_invariants, name_what_a_correction_breaks) {
    const auto two_persons = "corrections: two persons, once, as proposed";
    struct row {
        const char* name;
        correction_kind kind;
        std::function<void(correction_decided&, entry&)> forge;
    };
    constexpr auto credit = correction_kind::credit;
    constexpr auto debit = correction_kind::debit;
    const row rows[] = {
        {two_persons, debit, [](auto&, entry& made) { made.person = first_operator.id; }},
        {two_persons, debit, [](auto&, entry& made) { made.person = 0; }},
        {two_persons, debit,
         [](auto& decided, entry&) {
             decided.maker = {caller_kind::operator_, 3};
         }},
        {two_persons, debit, [](auto& decided, entry&) { ++decided.proposal_sequence; }},
        {two_persons, debit,
         [](auto& decided, entry&) { decided.what = std::make_shared<const correction>(some_correction(debit, 501)); }},
        {two_persons, debit, [](auto& decided, entry&) { decided.lots[0].amount = yen(499); }},
        {two_persons, debit, [](auto& decided, entry&) { decided.approved = false; }},
        {two_persons, debit, [](auto& decided, entry&) { decided.lots.clear(); }},
        {two_persons, credit,
         [](auto& decided, entry&) {
             decided.lots[0].lot = lot_terms_of(4, ishinomaki, "2027-01-31", now, "national:x");
         }},
        {two_persons, credit,
         [](auto& decided, entry&) { decided.lots[0].lot = lot_terms_of(4, aso, "2027-01-31", now); }},
        {two_persons, credit,
         [](auto& decided, entry&) { decided.lots[0].lot = lot_terms_of(4, ishinomaki, "2027-02-01", now); }},
        {"lots: nothing taken that is not there", credit,
         [](auto& decided, entry&) { decided.lots[0].lot = lot_terms_of(3, ishinomaki, "2027-01-31", now); }},
        {"lots: nothing taken that is not there", debit,
         [](auto& decided, entry&) { decided.lots.push_back(decided.lots[0]); }},
    };
    std::size_t number = 0;
    for (const auto& one : rows) {
        resident_scene scene;
        const auto proposal = scene.story.propose(some_correction(one.kind, 500), now);
        const auto& state = scene.story.state();
        auto decided = *decide(decide_correction{resident, proposal, true, ""}, second_operator, state, now);
        auto made = next_entry(state, decided, now, second_operator);
        EXPECT_EQ(broken_by(state, made, nullptr), names{});
        one.forge(decided, made);
        made.what = decided;
        EXPECT_TRUE(broken_by(state, made, nullptr).contains(one.name)) << "row " << number;
        ++number;
    }
}

TEST(wallet_invariants, name_a_proposal_that_nobody_may_make) {
    const auto broken_with = [](std::int64_t amount, std::size_t open, person_ref by) {
        resident_scene scene;
        for (std::size_t i = 0; i < open; ++i) scene.story.propose(some_correction(correction_kind::debit, 1), now);
        const correction_proposed proposed{
            resident, std::make_shared<const correction>(some_correction(correction_kind::debit, amount))};
        return !broken_by(scene.story.state(), next_entry(scene.story.state(), proposed, now, by), nullptr).empty();
    };
    EXPECT_FALSE(broken_with(1, 15, first_operator));
    EXPECT_FALSE(broken_with(points::command_max, 0, first_operator));
    EXPECT_TRUE(broken_with(0, 0, first_operator));
    EXPECT_TRUE(broken_with(points::command_max + 1, 0, first_operator));
    EXPECT_TRUE(broken_with(1, 0, {}));
    EXPECT_TRUE(broken_with(1, 16, first_operator));
}

// --- a wallet that is not what its entry makes of it ---

TEST(wallet_invariants, name_what_a_wallet_broke) {
    struct row {
        const char* name;
        std::function<void(wallet&)> spoil;
    };
    const row rows[] = {
        {"wallets: sequences dense", [](wallet& after) { ++after.sequence; }},
        {"wallets: decision times never go back", [](wallet& after) { after.last_time = instant{1}; }},
        {"wallets: changed as posted", [](wallet& after) { after.lots[0].available = yen(1); }},
        {"wallets: changed as posted", [](wallet& after) { after.lots[1].available = yen(49); }}, // of another program
        {"wallets: changed as posted", [](wallet& after) { after.lots.pop_back(); }},
        {"lots: nothing taken that is not there",
         [](wallet& after) {
             after.lots.push_back({after.lots[0].terms, {}, {}});
         }},
        {"payments: earliest expiry first",
         [](wallet& after) {
             after.lots.insert(after.lots.begin(), {lot_terms_of(9, ishinomaki, "2026-11-24", now), yen(5), {}});
         }},
        {"holds: end once, and hold what they say", [](wallet& after) { after.lots[0].held = yen(1); }},
        {"codes: one-time codes used once", [](wallet& after) { after.codes_used.clear(); }},
    };
    for (const auto& one : rows) {
        const resident_scene scene;
        const auto made = next_entry(scene.story.state(), scene.pay(700, scene.once));
        const auto broken = broken_by(scene.story.state(), made, nullptr, one.spoil);
        EXPECT_TRUE(broken.contains(one.name)) << one.name;
    }
}

TEST(wallet_invariants, name_a_wallet_that_kept_a_correction_open) {
    resident_scene scene;
    const auto proposal = scene.story.propose(some_correction(correction_kind::debit, 500), now);
    const wallet& state = scene.story.state();
    const auto decided = *decide(decide_correction{resident, proposal, true, ""}, second_operator, state, now);
    const auto broken = broken_by(state, next_entry(state, decided, now, second_operator), nullptr,
                                  [&](wallet& after) { after.corrections = state.corrections; });
    EXPECT_EQ(broken, names{"corrections: two persons, once, as proposed"});
}

TEST(wallet_invariants, stop_the_process_and_say_why) {
    const resident_scene scene;
    wallet state = scene.story.state();
    auto made = next_entry(state, scene.pay(700, scene.card));
    made.decided_at = instant{1};
    EXPECT_DEATH(apply_watched(state, made, nullptr),
                 "INVARIANT broken: wallets: decision times never go back, entry 7 of wallet 41");
}

} // namespace
} // namespace meguri::ledger
