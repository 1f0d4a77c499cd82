// The payment's ladder. A situation is a set of reasons to decline that are all true at once; the answer must be the
// one that stands first in the HTTP contract.
#include "ledger/decide.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bitset>

namespace meguri::ledger {
namespace {

// Bit n: the reason with number n is true.
using reasons = std::bitset<decline_codes + 1>;

constexpr bool is_true(const reasons& wrong, decline_code one) { return wrong[static_cast<std::size_t>(one)]; }

// What a situation is made of. Both wallet and merchant know both programs' points; only Ishinomaki's are accepted.
struct situation {
    instant now = noon("2026-11-23");
    program_table programs = programs_open({ishinomaki, aso});
    merchant_terms merchant = fishmonger_accepting({ishinomaki});
    wallet payer;
    authorize asked{ishinomaki, yen(1000), "R-1", {}};
    std::optional<known_code> code;
    std::optional<card_facts> card;
    outlet_id outlet = till;
    outlet_kind outlet_is = outlet_kind::terminal;
    bool reversed = false;
    bool payer_known = true;

    situation() {
        wallet_story story{noon("2026-11-01")};
        story.grant_lot(ishinomaki, 1000, "2027-03-31", noon("2026-11-01"));
        story.grant_lot(aso, 1000, "2027-03-31", noon("2026-11-01"));
        code = story.take_code(code_kind::card, noon("2026-11-02"));
        payer = story.state();
    }

    // A My Number card that signed at that time; retired or not.
    void give_card(instant signed_at, const card_facts& found, bool is_retired) {
        payer.codes_issued = 2;
        code = known_code{resident, 2, code_kind::my_number_card, found.ends};
        asked.card = presented_card{signed_at, nullptr};
        card = found;
        if (is_retired) payer.codes_used = {std::uint64_t{1} << 2};
    }

    void give_one_time_code(instant issued_at, bool used) {
        payer.codes_issued = 2;
        code = known_code{resident, 2, code_kind::once, issued_at.plus_ms(code_once_valid_ms)};
        if (used) payer.codes_used = {std::uint64_t{1} << 2};
    }

    [[nodiscard]] payment_decided decided() const {
        const payment_question question{
            asked, *program_of(asked, merchant), merchant, programs, outlet, outlet_is, code, reversed, {}, card};
        return decide(question, payer_known ? &payer : nullptr, now);
    }
};

situation with(const reasons& wrong) {
    situation s;
    s.reversed = is_true(wrong, decline_code::reversed_before_arrival);
    s.merchant.outlets[0].frozen = is_true(wrong, decline_code::terminal_inactive);
    s.merchant.frozen = is_true(wrong, decline_code::merchant_inactive);
    const bool late = is_true(wrong, decline_code::credential_expired);
    const bool is_invalid = is_true(wrong, decline_code::credential_invalid);
    const bool is_revoked = is_true(wrong, decline_code::credential_revoked);
    if (is_invalid || is_revoked)
        s.give_card(s.now.plus_ms(late ? -card_signature_valid_ms - 1 : 0),
                    {!is_invalid, is_revoked, s.now.plus_ms(-1), s.now.plus_ms(1)}, is_revoked);
    else
        s.give_one_time_code(s.now.plus_ms(late ? -code_once_valid_ms : -1),
                             is_true(wrong, decline_code::credential_used));
    if (is_true(wrong, decline_code::credential_unknown)) {
        s.payer_known = false;
        s.code.reset();
    }
    s.payer.frozen = is_true(wrong, decline_code::wallet_frozen);
    if (is_true(wrong, decline_code::program_not_accepted)) s.asked.program = aso;
    s.programs.find(*s.asked.program)->frozen = is_true(wrong, decline_code::program_frozen);
    if (is_true(wrong, decline_code::insufficient_points)) s.asked.amount = yen(1001);
    return s;
}

// One row per decline code, in order of precedence. What nothing can bring about yet is named; limits have tests of
// their own.
struct rung {
    decline_code reason;
    bool arises;
};
constexpr std::array<rung, decline_codes> ladder{{
    {decline_code::reversed_before_arrival, true},
    {decline_code::terminal_inactive, true},
    {decline_code::merchant_inactive, true},
    {decline_code::credential_unknown, true},
    {decline_code::credential_invalid, true},
    {decline_code::credential_revoked, true},
    {decline_code::credential_blocked, false},
    {decline_code::credential_used, true},
    {decline_code::credential_expired, true},
    {decline_code::wallet_frozen, true},
    {decline_code::program_not_accepted, true},
    {decline_code::program_frozen, true},
    {decline_code::limit_exceeded, false},
    {decline_code::insufficient_points, true},
}};

void expect_decline(const payment_decided& decided, decline_code reason) {
    EXPECT_EQ(decided.decline, reason);
    EXPECT_EQ(decided.status, payment_status::declined);
    EXPECT_TRUE(decided.lots.empty());
    EXPECT_FALSE(decided.code_used_up) << "only an approval uses up a one-time code";
    EXPECT_EQ(decided.capture_before, instant{});
}

TEST(authorize, declines_for_the_first_reason_while_all_later_ones_are_true_too) {
    reasons wrong;
    for (auto at = ladder.rbegin(); at != ladder.rend(); ++at) {
        if (!at->arises) continue;
        wrong.set(static_cast<std::size_t>(at->reason));
        SCOPED_TRACE(name_of(at->reason));
        expect_decline(with(wrong).decided(), at->reason);
    }
    for (std::size_t i = 0; i < ladder.size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(ladder[i].reason), i + 1) << "the ladder lacks a rung";
}

TEST(authorize, declines_for_each_reason_alone) {
    for (const auto& [reason, arises] : ladder) {
        if (!arises) continue;
        SCOPED_TRACE(name_of(reason));
        expect_decline(with(reasons{}.set(static_cast<std::size_t>(reason))).decided(), reason);
    }
}

TEST(authorize, keeps_the_precedence_in_every_combination_of_reasons) {
    std::vector<std::size_t> arising;
    for (const auto& one : ladder)
        if (one.arises) arising.push_back(static_cast<std::size_t>(one.reason));
    for (std::size_t combination = 0; combination < std::size_t{1} << arising.size(); ++combination) {
        reasons wrong;
        for (std::size_t i = 0; i < arising.size(); ++i) wrong[arising[i]] = (combination >> i & 1) != 0;
        auto expected = decline_code::none;
        for (std::size_t number = decline_codes; number >= 1; --number)
            if (wrong[number]) expected = static_cast<decline_code>(number);
        ASSERT_EQ(with(wrong).decided().decline, expected) << wrong;
    }
}

TEST(authorize, approves_what_nothing_speaks_against) {
    const auto decided = with({}).decided();
    EXPECT_EQ(decided.decline, decline_code::none);
    EXPECT_EQ(decided.status, payment_status::captured);
    EXPECT_EQ(decided.merchant, fishmonger);
    EXPECT_EQ(decided.outlet, till);
    EXPECT_EQ(decided.outlet_is, outlet_kind::terminal);
    EXPECT_EQ(decided.wallet, resident);
    EXPECT_EQ(decided.code_ordinal, 2u);
    EXPECT_TRUE(decided.code_used_up);
    EXPECT_EQ(decided.program, ishinomaki);
    EXPECT_EQ(decided.amount, yen(1000));
    EXPECT_EQ(decided.reference, "R-1");
    EXPECT_EQ(decided.balance, yen(0));
    EXPECT_EQ(decided.capture_before, instant{});
    EXPECT_EQ(taken(decided.lots), (takes{{1, 1000}}));
}

TEST(authorize, a_decline_says_who_asked_for_what_and_what_could_be_spent) {
    situation s;
    s.asked.amount = yen(1001);
    const auto decided = s.decided();
    EXPECT_EQ(decided.decline, decline_code::insufficient_points);
    EXPECT_EQ(decided.wallet, resident);
    EXPECT_EQ(decided.code_ordinal, 1u);
    EXPECT_EQ(decided.amount, yen(1001));
    EXPECT_EQ(decided.reference, "R-1");
    EXPECT_EQ(decided.balance, yen(1000));

    s.payer_known = false;
    s.code.reset();
    const auto unknown = s.decided();
    EXPECT_EQ(unknown.decline, decline_code::credential_unknown);
    EXPECT_FALSE(unknown.wallet);
    EXPECT_EQ(unknown.code_ordinal, 0u);
    EXPECT_EQ(unknown.balance, std::nullopt) << "of nobody's wallet";
}

TEST(authorize, a_till_that_is_not_the_merchants_is_inactive) {
    for (const outlet_id stranger : {outlet_id{}, outlet_id{fishmonger, 0}, outlet_id{fishmonger, 3},
                                     outlet_id{fishmonger, 0xffff}, outlet_id{merchant_id{8}, 1}}) {
        situation s;
        s.outlet = stranger;
        expect_decline(s.decided(), decline_code::terminal_inactive);
    }
}

TEST(authorize, freezing_one_outlet_leaves_the_other_open) {
    situation s;
    s.merchant.outlets[1].frozen = true;
    EXPECT_EQ(s.decided().decline, decline_code::none);
    s.outlet = web_shop;
    s.outlet_is = outlet_kind::shop;
    expect_decline(s.decided(), decline_code::terminal_inactive);
}

TEST(authorize, a_one_time_code_is_good_until_five_minutes_have_passed) {
    struct row {
        std::int64_t age_ms;
        decline_code expected;
    };
    for (const auto [age_ms, expected] : {row{0, decline_code::none}, row{code_once_valid_ms - 1, decline_code::none},
                                          row{code_once_valid_ms, decline_code::credential_expired},
                                          row{code_once_valid_ms + 1, decline_code::credential_expired}}) {
        situation s;
        s.give_one_time_code(s.now.plus_ms(-age_ms), false);
        EXPECT_EQ(s.decided().decline, expected) << age_ms;
    }
}

TEST(authorize, a_card_lasts_and_is_not_used_up) {
    situation s;
    s.now = noon("2027-03-31");
    const auto decided = s.decided();
    EXPECT_EQ(decided.decline, decline_code::none);
    EXPECT_FALSE(decided.code_used_up);
}

TEST(authorize, a_card_that_was_blocked_at_a_desk_pays_no_more) {
    situation s;
    s.payer.codes_used = {~std::uint64_t{0}};
    expect_decline(s.decided(), decline_code::credential_blocked);
}

TEST(authorize, online_only_points_are_spent_in_shops_and_refused_at_tills) {
    situation s;
    s.programs.find(ishinomaki)->online_only = true;
    expect_decline(s.decided(), decline_code::program_not_accepted);
    s.outlet = web_shop;
    s.outlet_is = outlet_kind::shop;
    EXPECT_EQ(s.decided().decline, decline_code::none);
}

TEST(authorize, a_program_that_does_not_exist_is_not_accepted) {
    situation s;
    for (const auto code : {kumamoto, program_code::as_named(42'022)}) {
        s.asked.program = code;
        const auto decided = s.decided();
        expect_decline(decided, decline_code::program_not_accepted);
        EXPECT_EQ(decided.program, code) << "shown again as named";
        EXPECT_EQ(decided.balance, yen(0));
    }
    s.merchant.programs = {kumamoto}; // not even where a merchant is said to accept it
    s.asked.program = kumamoto;
    expect_decline(s.decided(), decline_code::program_not_accepted);
}

TEST(authorize, one_programs_points_never_pay_for_anothers) {
    situation s;
    s.merchant = fishmonger_accepting({ishinomaki, aso});
    s.asked.amount = yen(1001);
    for (const auto code : {ishinomaki, aso}) {
        s.asked.program = code;
        expect_decline(s.decided(), decline_code::insufficient_points);
    }
}

TEST(authorize_contract, of_nothing_aborts) {
    situation s;
    s.asked.amount = yen(0);
    EXPECT_DEATH((void)s.decided(), "EXPECTS broken");
}

TEST(program_of, is_the_named_one_or_the_merchants_only_one) {
    struct row {
        std::optional<program_code> named;
        std::vector<program_code> accepted;
        tl::expected<program_code, refusal> expected;
    };
    const std::vector<row> rows{
        {std::nullopt, {ishinomaki}, ishinomaki},
        {std::nullopt, {ishinomaki, aso}, tl::unexpected{refusal::program_required}},
        {std::nullopt, {}, tl::unexpected{refusal::program_required}},
        {aso, {ishinomaki}, aso}, // declined further down, not here
        {aso, {}, aso},
        {ishinomaki, {ishinomaki, aso}, ishinomaki},
    };
    for (const auto& [named, accepted, expected] : rows)
        EXPECT_EQ(program_of({named, yen(1), "", {}}, fishmonger_accepting(accepted)), expected);
}

// --- which lots are spent ---

struct lot_row {
    std::string_view expires_on;
    std::string_view issued_on;
    std::int64_t amount;
};

payment_decided spend(const std::vector<lot_row>& lots, std::int64_t amount, instant now) {
    wallet_story story{noon("2026-01-01")};
    for (const auto& one : lots) story.grant_lot(ishinomaki, one.amount, one.expires_on, noon(one.issued_on));
    story.grant_lot(aso, 1'000'000, "2026-12-01", noon("2026-01-01")); // would be first, were it of this program
    situation s;
    s.payer = story.state();
    s.asked.amount = yen(amount);
    s.now = now;
    return s.decided();
}

TEST(authorize, spends_the_earliest_expiry_first) {
    const std::vector<lot_row> lots{
        {"2027-03-31", "2026-04-01", 500}, // 1
        {"2026-12-31", "2026-04-02", 300}, // 2
        {"2027-01-31", "2026-04-03", 200}, // 3
    };
    struct row {
        std::int64_t amount;
        takes expected;
    };
    const std::vector<row> rows{
        {1, {{2, 1}}},
        {299, {{2, 299}}},
        {300, {{2, 300}}},
        {301, {{2, 300}, {3, 1}}},
        {500, {{2, 300}, {3, 200}}},
        {1000, {{2, 300}, {3, 200}, {1, 500}}},
    };
    for (const auto& [amount, expected] : rows) {
        const auto decided = spend(lots, amount, noon("2026-11-23"));
        EXPECT_EQ(taken(decided.lots), expected) << amount;
        EXPECT_EQ(decided.balance, yen(1000 - amount));
    }
    expect_decline(spend(lots, 1001, noon("2026-11-23")), decline_code::insufficient_points);
}

TEST(authorize, of_one_expiry_spends_the_earliest_issued_then_the_lowest_number) {
    const std::vector<lot_row> lots{
        {"2027-03-31", "2026-04-03", 10}, // 1
        {"2027-03-31", "2026-04-01", 10}, // 2: issued first, though numbered later
        {"2027-03-31", "2026-04-02", 10}, // 3
        {"2027-03-31", "2026-04-02", 10}, // 4: the very moment of 3
        {"2026-12-31", "2026-04-09", 10}, // 5: expires before all
    };
    EXPECT_EQ(taken(spend(lots, 50, noon("2026-11-23")).lots), (takes{{5, 10}, {2, 10}, {3, 10}, {4, 10}, {1, 10}}));
    EXPECT_EQ(taken(spend(lots, 25, noon("2026-11-23")).lots), (takes{{5, 10}, {2, 10}, {3, 5}}));
}

TEST(authorize, a_lot_pays_through_the_last_second_of_its_day_in_japan) {
    const std::vector<lot_row> lots{{"2026-11-30", "2026-04-01", 100}, {"2026-12-31", "2026-04-01", 100}};
    const instant last = last_moment_of("2026-11-30");
    EXPECT_EQ(taken(spend(lots, 150, last).lots), (takes{{1, 100}, {2, 50}}));
    EXPECT_EQ(taken(spend(lots, 100, last.plus_ms(1)).lots), (takes{{2, 100}}));
    const auto short_of = spend(lots, 101, last.plus_ms(1)); // even before the expiry is booked
    expect_decline(short_of, decline_code::insufficient_points);
    EXPECT_EQ(short_of.balance, yen(100));
}

TEST(authorize, held_points_are_not_spendable) {
    situation s;
    auto& held = s.payer.lots.front();
    ASSERT_EQ(held.terms->program, ishinomaki);
    held.held = yen(400);
    held.available = yen(600);
    expect_decline(s.decided(), decline_code::insufficient_points);
    s.asked.amount = yen(600);
    EXPECT_EQ(taken(s.decided().lots), (takes{{1, 600}}));
}

TEST(authorize, changes_nothing_itself) {
    const situation s;
    const auto before = s.payer.lots;
    (void)s.decided();
    ASSERT_EQ(s.payer.lots.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(s.payer.lots[i].available, before[i].available);
}

// A card's own reasons: a row each, alone and with all that come after it.
TEST(authorize_by_card, is_declined_for_what_was_found_of_the_card) {
    const instant now = noon("2026-11-23");
    const card_facts good{true, false, now, now};
    const auto forged = [good] {
        auto one = good;
        one.is_genuine = false;
        one.is_revoked = true;
        return one;
    }();
    const auto revoked = [good] {
        auto one = good;
        one.is_revoked = true;
        return one;
    }();
    struct row {
        const char* what;
        card_facts found;
        std::int64_t signed_ms; // from now
        bool is_retired;
        decline_code expected;
    };
    const row rows[] = {
        {"good, in its only moment", good, 0, false, decline_code::none},
        {"at the end of its signature's time", good, -card_signature_valid_ms, false, decline_code::none},
        {"at its beginning", good, card_signature_valid_ms, false, decline_code::none},
        {"a moment too late", good, -card_signature_valid_ms - 1, false, decline_code::credential_expired},
        {"a moment too early", good, card_signature_valid_ms + 1, false, decline_code::credential_expired},
        {"ended", {true, false, now.plus_ms(-2), now.plus_ms(-1)}, 0, false, decline_code::credential_expired},
        {"not begun", {true, false, now.plus_ms(1), now.plus_ms(2)}, 0, false, decline_code::credential_expired},
        {"retired, and too late", good, -card_signature_valid_ms - 1, true, decline_code::credential_revoked},
        {"revoked, and too late", revoked, -card_signature_valid_ms - 1, false, decline_code::credential_revoked},
        {"forged, revoked, retired and too late", forged, -card_signature_valid_ms - 1, true,
         decline_code::credential_invalid},
    };
    for (const auto& one : rows) {
        SCOPED_TRACE(one.what);
        situation s;
        s.now = now;
        s.give_card(now.plus_ms(one.signed_ms), one.found, one.is_retired);
        const auto decided = s.decided();
        EXPECT_EQ(decided.decline, one.expected);
        EXPECT_EQ(decided.balance.has_value(), one.expected != decline_code::credential_invalid)
            << "who only knows the certificate's number learns nothing";
        EXPECT_FALSE(decided.code_used_up) << "a card pays again";
    }
}

} // namespace
} // namespace meguri::ledger
