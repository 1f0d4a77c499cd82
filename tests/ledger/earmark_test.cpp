// Points that are good at merchants of certain categories alone: from the campaign to the till, and back.
#include "ledger/decide.hpp"
#include "ledger/invariants.hpp"
#include "tests/ledger/scene.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace meguri::ledger {
namespace {

const instant spent_at = noon("2026-11-23");

category_set set_of(std::vector<std::string> names) { return category_set::from(std::move(names)).value(); }
const category_set food = set_of({"food"});
const category_set books = set_of({"books"});
const category_set both = set_of({"food", "books"});

// Lots in their order of spending, and a card.
struct purse {
    struct part {
        std::int64_t amount;
        const char* expires_on;
        category_set earmark;
    };
    purse(std::initializer_list<part> parts) {
        for (const auto& one : parts) {
            lot_terms terms = *lot_terms_of(story.state().lots_issued + 1, ishinomaki, one.expires_on, spent_at);
            terms.earmark = one.earmark;
            story.tell(
                campaign_granted{resident, 10, "機会", {std::make_shared<const lot_terms>(terms), yen(one.amount)}},
                spent_at);
        }
        card = story.take_code(code_kind::card, spent_at);
    }
    [[nodiscard]] payment_decided asked(std::int64_t amount, const category_set& at, bool capture = true,
                                        instant when = spent_at) const {
        auto merchant = fishmonger_accepting({ishinomaki});
        merchant.categories = at;
        const auto programs = programs_open({ishinomaki});
        const authorize what{ishinomaki, yen(amount), "R-1", {}, capture};
        return decide(payment_question{what, ishinomaki, merchant, programs, till, outlet_kind::terminal, card},
                      &story.state(), when);
    }
    payment_decided pay(std::int64_t amount, const category_set& at, bool capture = true) {
        auto paid = asked(amount, at, capture);
        const auto made = wallet_entry(story.state().sequence + 1, spent_at, paid);
        payment = payment_after(made);
        story.tell(paid, spent_at);
        return paid;
    }

    wallet_story story;
    known_code card;
    payment_state payment; // the last one
};

TEST(category_set, is_sorted_and_has_each_once) {
    EXPECT_EQ(set_of({"food", "books"}).names(), (std::vector<std::string>{"books", "food"}));
    EXPECT_TRUE(set_of({}).empty());
    EXPECT_EQ(set_of({}), category_set{});
    EXPECT_EQ(set_of({"food", "books"}), set_of({"books", "food"}));
    EXPECT_LT(set_of({"books"}), set_of({"food"}));
    const std::vector<std::vector<std::string>> wrong{{""},
                                                      {"Food"},
                                                      {"fo od"},
                                                      {"食"},
                                                      {"food", "food"},
                                                      {std::string(33, 'x')},
                                                      {"a", "b", "c", "d", "e", "f", "g", "h", "i"}};
    for (const auto& one : wrong) EXPECT_FALSE(category_set::from(one)) << one.front();
    EXPECT_TRUE(category_set::from({std::string(32, 'x')}));
    EXPECT_TRUE(category_set::from({"a", "b", "c", "d", "e", "f", "g", "h"}));
}

TEST(category_set, meets_another_by_one_word) {
    struct row {
        category_set one, other;
        bool meet;
    };
    const row rows[] = {{food, food, true},
                        {food, books, false},
                        {food, both, true},
                        {both, books, true},
                        {food, {}, false},
                        {{}, {}, false},
                        {set_of({"a", "c", "e"}), set_of({"b", "d", "f"}), false},
                        {set_of({"a", "c", "z"}), set_of({"b", "d", "z"}), true}};
    for (const auto& [one, other, meet] : rows) {
        EXPECT_EQ(one.meets(other), meet);
        EXPECT_EQ(other.meets(one), meet);
    }
}

// Lot 1 is food's, lot 2 everybody's, lot 3 the books', lot 4 of both.
purse mixed() {
    return purse{
        {100, "2026-12-01", food}, {100, "2026-12-02", {}}, {100, "2026-12-03", books}, {100, "2026-12-04", both}};
}

TEST(earmarked_points, are_spent_only_where_they_are_good_and_earliest_expiry_first_among_these) {
    struct row {
        category_set at;
        std::int64_t amount;
        decline_code decline;
        takes taken_of;
        std::int64_t balance;
    };
    const row rows[] = {
        {food, 150, decline_code::none, {{1, 100}, {2, 50}}, 150},
        {food, 300, decline_code::none, {{1, 100}, {2, 100}, {4, 100}}, 0},
        {food, 301, decline_code::insufficient_points, {}, 300},
        {books, 150, decline_code::none, {{2, 100}, {3, 50}}, 150},
        {both, 400, decline_code::none, {{1, 100}, {2, 100}, {3, 100}, {4, 100}}, 0},
        {{}, 100, decline_code::none, {{2, 100}}, 0},
        {{}, 101, decline_code::insufficient_points, {}, 100},
        {set_of({"toys"}), 101, decline_code::insufficient_points, {}, 100},
    };
    for (const auto& one : rows) {
        const auto decided = mixed().asked(one.amount, one.at);
        EXPECT_EQ(decided.decline, one.decline) << one.amount;
        EXPECT_EQ(taken(decided.lots), one.taken_of) << one.amount;
        EXPECT_EQ(decided.balance, yen(one.balance)) << "what is good here: " << one.amount;
    }
}

// A model of its own: bits for categories, and lots taken one point after the other.
TEST(earmarked_points, are_spent_as_one_point_after_the_other_would_be) {
    const std::vector<std::string> words{"books", "food", "toys"};
    const auto of_bits = [&](unsigned bits) {
        std::vector<std::string> some;
        for (unsigned i = 0; i < words.size(); ++i)
            if ((bits >> i & 1u) != 0) some.push_back(words[i]);
        return set_of(std::move(some));
    };
    for (const auto seed : test::seeds(200)) {
        SCOPED_TRACE(seed);
        test::dice dice{seed};
        purse one{};
        struct model_lot {
            std::string ends;
            unsigned earmark;
            std::int64_t left;
        };
        std::vector<model_lot> model; // by number
        for (std::size_t i = 0; i < 8; ++i) {
            model.push_back({"2026-12-0" + std::to_string(1 + dice.below(9)), static_cast<unsigned>(dice.below(8)),
                             dice.between(1, 5)});
            lot_terms terms = *lot_terms_of(static_cast<std::uint32_t>(i + 1), ishinomaki, model.back().ends, spent_at);
            terms.earmark = of_bits(model.back().earmark);
            const lot_use lot{std::make_shared<const lot_terms>(terms), yen(model.back().left)};
            one.story.tell(campaign_granted{resident, 10, "機会", lot}, spent_at);
        }
        for (int payment = 0; payment < 6; ++payment) {
            const auto sold = static_cast<unsigned>(dice.below(8));
            const auto amount = dice.between(1, 12);
            std::vector<model_lot> after = model;
            std::int64_t good = 0;
            for (const auto& lot : model) good += lot.earmark == 0 || (lot.earmark & sold) != 0 ? lot.left : 0;
            for (std::int64_t i = 0; i < amount && amount <= good; ++i) {
                model_lot* next = nullptr;
                for (auto& lot : after)
                    if (lot.left > 0 && (lot.earmark == 0 || (lot.earmark & sold) != 0) &&
                        (next == nullptr || lot.ends < next->ends))
                        next = &lot;
                --next->left;
            }
            const auto paid = one.pay(amount, of_bits(sold));
            EXPECT_EQ(paid.decline == decline_code::none, amount <= good);
            EXPECT_EQ(paid.balance, yen(amount <= good ? good - amount : good));
            for (const auto& use : paid.lots)
                EXPECT_EQ(use.amount.value(), model[use.lot->number - 1].left - after[use.lot->number - 1].left);
            model = after;
        }
    }
}

TEST(earmarked_points, expire_and_are_clawed_back_and_corrected_like_others) {
    const auto one = mixed();
    const auto over = due(one.story.state(), noon("2026-12-02"));
    ASSERT_TRUE(over);
    EXPECT_EQ(taken(over->lots), (takes{{1, 100}}));
    EXPECT_EQ(over->lots.front().lot->earmark, food);
    const auto clawed = decide(claw_back_row{ishinomaki, 10, 20, 0, resident, 3}, one.story.state());
    ASSERT_TRUE(clawed);
    EXPECT_EQ(clawed->lot.lot->earmark, books);
    auto other = mixed();
    const auto proposal = other.story.propose(
        {correction_kind::debit, ishinomaki, yen(150), source("budget:042021:health"), {}, "誤付与"}, spent_at);
    const auto corrected =
        decide(decide_correction{resident, proposal, true, {}}, second_operator, other.story.state(), spent_at);
    ASSERT_TRUE(corrected);
    EXPECT_EQ(taken(corrected->lots).size(), 2u) << "a correction takes any lot";
}

TEST(earmarked_points, come_back_to_their_lot_by_a_refund_though_the_category_is_gone) {
    auto one = mixed();
    static_cast<void>(one.pay(250, food));
    EXPECT_EQ(one.story.state().available(ishinomaki, day("2026-11-23"), food), yen(50));
    const auto refunded = decide(refund_payment{0, yen(200)}, one.payment, one.story.state(), spent_at, {});
    ASSERT_TRUE(refunded);
    EXPECT_TRUE(follows(one.payment, *refunded));
    EXPECT_EQ(taken(refunded->returned), (takes{{4, 50}, {2, 100}, {1, 50}}));
    EXPECT_EQ(refunded->after->balance, yen(100)) << "what can be spent at a merchant that sells no food any more";
    const auto there = decide(refund_payment{0, yen(200)}, one.payment, one.story.state(), spent_at, food);
    EXPECT_EQ(there->after->balance, yen(250));
    one.story.tell(*refunded, spent_at);
    EXPECT_EQ(one.story.state().available(ishinomaki, day("2026-11-23"), food), yen(250));
    EXPECT_EQ(one.story.state().available(ishinomaki, day("2026-11-23"), books), yen(300));
    EXPECT_EQ(one.story.state().available(ishinomaki, day("2026-11-23")), yen(100));
    EXPECT_EQ(one.story.state().lots.front().terms->earmark, food);
}

TEST(earmarked_points, under_a_hold_are_captured_in_part_and_released_to_their_lots) {
    auto one = mixed();
    static_cast<void>(one.pay(250, food, false));
    const auto captured = decide(capture_payment{0, yen(120)}, one.payment, one.story.state(), spent_at, food);
    ASSERT_TRUE(captured);
    EXPECT_EQ(taken(captured->captured), (takes{{1, 100}, {2, 20}}));
    EXPECT_EQ(taken(captured->returned), (takes{{4, 50}, {2, 80}}));
    EXPECT_EQ(captured->after->balance, yen(180)) << "80 of everybody's, 100 of both";
    const auto ended = end_of_hold(one.payment, one.story.state(), noon("2026-12-01"), food);
    EXPECT_EQ(ended.after->balance, yen(300));
    EXPECT_EQ(end_of_hold(one.payment, one.story.state(), noon("2026-12-01"), {}).after->balance, yen(100));
}

// --- the merchant ---

entry of_merchant(journal_position position, fact what) {
    entry made;
    made.position = position;
    made.merchant = fishmonger;
    made.what = std::move(what);
    return made;
}

TEST(merchant_categories, come_with_the_approval_and_are_set_as_a_whole) {
    merchant state;
    application what;
    what.name = "魚屋";
    what.categories = {"food", "gifts"};
    what.programs = {ishinomaki};
    apply(state, of_merchant(1, application_changed{application_step::approved,
                                                    1,
                                                    first_operator,
                                                    fishmonger,
                                                    std::make_shared<const application>(what),
                                                    {}}));
    EXPECT_EQ(state.terms->version, 1u);
    EXPECT_EQ(state.terms->categories, set_of({"food", "gifts"}));
    const auto before = state.terms;
    apply(state, of_merchant(2, merchant_categories_set{fishmonger, books, "業種変更"}));
    EXPECT_EQ(state.terms->version, 2u);
    EXPECT_EQ(state.terms->categories, books);
    EXPECT_EQ(before->categories, set_of({"food", "gifts"})) << "who decided by the old terms still has them";
    apply(state, of_merchant(3, merchant_categories_set{fishmonger, {}, "廃止"}));
    EXPECT_TRUE(state.terms->categories.empty());
    merchant direct;
    apply(direct, of_merchant(1, merchant_joined{fishmonger, "魚屋", {ishinomaki}}));
    EXPECT_TRUE(direct.terms->categories.empty());
}

// --- the campaign ---

campaign with_earmark(const category_set& earmark) {
    campaign_terms terms{"食費応援",        source("budget:042021:health"),
                         yen(1000),         day("2026-10-01"),
                         day("2027-03-31"), amount_rule::fixed,
                         yen(100),          {}};
    terms.earmark = earmark;
    campaign one;
    one.position = 10;
    one.program = ishinomaki;
    one.status = campaign_status::approved;
    one.budget = yen(1000);
    one.terms = std::make_shared<const campaign_terms>(std::move(terms));
    return one;
}

TEST(earmark, of_a_campaign_is_that_of_every_lot_of_its_grants) {
    const auto of = with_earmark(food);
    const auto single = decide(grant_from_campaign{ishinomaki, 10, resident, "機会", {}}, of, {}, spent_at);
    ASSERT_TRUE(single);
    EXPECT_EQ(single->earmark, food);
    EXPECT_EQ(decide(grant_recipient{ishinomaki, 10, 20, 0, resident, "機会", yen(100)}, of).earmark, food);
    benefit_question person;
    person.wallet = resident;
    person.occasion = "機会";
    person.my_key = *my_key_id::parse("ABCDEFGH");
    person.event = 30;
    const auto at_event = decide(person, of, {}, spent_at);
    ASSERT_TRUE(at_event);
    EXPECT_EQ(at_event->what.earmark, food);
    const auto lot = decide(*single, wallet_story{}.state(), programs_open({ishinomaki}), spent_at);
    ASSERT_TRUE(lot);
    EXPECT_EQ(lot->lot.lot->earmark, food);
    for (const auto& [earmark, allowed] : {std::pair{food, true}, {category_set{}, false}, {both, false}}) {
        auto other = *lot->lot.lot;
        other.earmark = earmark;
        entry made = wallet_entry(
            2, spent_at, campaign_granted{resident, 10, "機会", {std::make_shared<const lot_terms>(other), yen(100)}});
        EXPECT_EQ(follows(of, made), allowed);
    }
}

// --- what checks ---

std::set<std::string> broken_where(const wallet& before, const entry& made, const category_set* at) {
    std::set<std::string> broken;
    const auto report = [&](std::size_t number, bool holds) {
        if (!holds) broken.emplace(names_of_wallet_invariants()[number]);
    };
    const wallet_change_seen change{before, made, nullptr, at};
    wallet_watch watch{change};
    watch.before(report);
    if (!broken.empty()) return broken;
    wallet after = before;
    apply(after, made);
    watch.after(after, report);
    return broken;
}

const std::string kept{invariants::earmarks_are_kept::name};
const std::string in_order{invariants::earliest_expiry_first::name};

TEST(earmark_invariants, let_pass_over_what_is_not_good_here_and_nothing_else) {
    const auto one = mixed();
    const auto& before = one.story.state();
    const auto paid_at = [&](const category_set& decided, const category_set* seen) {
        return broken_where(before, wallet_entry(before.sequence + 1, spent_at, one.asked(100, decided)), seen);
    };
    const std::set<std::string> none;
    EXPECT_EQ(paid_at(food, &food), none);
    EXPECT_EQ(paid_at(books, &books), none) << "the food's lot, which ends sooner, is passed over";
    EXPECT_EQ(paid_at({}, nullptr), none);
    EXPECT_EQ(paid_at(food, &books), std::set{kept}) << "takes what is not good there";
    EXPECT_EQ(paid_at(food, nullptr), std::set{kept}) << "fails closed where nobody knows the merchant";
    EXPECT_EQ(paid_at(books, &both), std::set{in_order}) << "passes over what is good there";
    EXPECT_EQ(paid_at({}, &food), std::set{in_order});
}

TEST(earmark_invariants, let_none_come_but_from_campaigns) {
    wallet_story story;
    const auto new_lot = [&](const category_set& earmark) {
        lot_terms terms = *lot_terms_of(1, ishinomaki, "2027-03-31", spent_at);
        terms.earmark = earmark;
        return lot_use{std::make_shared<const lot_terms>(terms), yen(100)};
    };
    const auto broken = [&](fact what) {
        return broken_where(story.state(), wallet_entry(2, spent_at, std::move(what)), nullptr).contains(kept);
    };
    EXPECT_TRUE(broken(points_granted{resident, new_lot(food)}));
    EXPECT_FALSE(broken(points_granted{resident, new_lot({})}));
    EXPECT_FALSE(broken(campaign_granted{resident, 10, "機会", new_lot(food)}));
    EXPECT_FALSE(broken(recipient_granted{resident, 10, 20, 0, "機会", new_lot(food)}));
    EXPECT_TRUE(broken(purchase_paid{std::make_shared<const purchase>(), new_lot(food), nullptr}));
    const auto credit = std::make_shared<const correction>(correction{
        correction_kind::credit, ishinomaki, yen(100), source("budget:042021:health"), day("2027-03-31"), "x"});
    const auto proposal = story.propose(*credit, spent_at);
    const auto sequence = story.state().sequence;
    const auto credited = [&](const category_set& earmark) {
        const correction_decided fact{resident, proposal, sequence,           first_operator,
                                      true,     credit,   {new_lot(earmark)}, {}};
        return broken_where(story.state(), wallet_entry(sequence + 1, spent_at, fact, second_operator), nullptr)
            .contains(kept);
    };
    EXPECT_TRUE(credited(food));
    EXPECT_FALSE(credited({}));
}

} // namespace
} // namespace meguri::ledger
