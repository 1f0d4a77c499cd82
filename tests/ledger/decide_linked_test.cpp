// Linked accounts: one account, one wallet; conversions from them step by step, each once and in order.
#include "ledger/undecided.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace meguri::ledger {
namespace {

constexpr auto linked_today = "2026-11-26";
constexpr wallet_id neighbour{resident.value() + 1};

using lc_step = linked_conversion_step;

entry linked_entry(fact what, journal_position at) {
    entry made;
    made.position = at;
    made.decided_at = noon(linked_today);
    made.what = std::move(what);
    return made;
}

link_account linking(wallet_id wallet, const std::string& subject = "m-1") {
    return {airline, wallet,
            std::make_shared<const partner_link>(partner_link{wallet, subject, {1, subject.size()}, "sealed"})};
}

partner with_terms(conversion_terms terms) {
    partner state;
    state.id = airline;
    state.number = 3;
    state.terms = std::make_shared<const conversion_terms>(std::move(terms));
    return state;
}

conversion_terms half() {
    return {.unit = "マイル", .rate = {1, 2}, .minimum = 100, .step = 10, .per_person_day = {}, .per_partner_day = {}};
}

// An account that is linked at 40, and the airline.
class linked_story {
public:
    tl::expected<linked_conversion_changed, refusal> ask(std::uint64_t units, const std::string& reference) const {
        return decide(convert_linked{airline, resident, reference, units, {}}, &link, state);
    }
    void tell(const fact& what) {
        const auto made = linked_entry(what, ++at);
        ASSERT_TRUE(follows(state, made));
        apply(state, made);
    }
    [[nodiscard]] bool may(lc_step how, journal_position of) const {
        return decide(note_linked_conversion{airline, of, how, {}}, state).has_value();
    }
    // points_converted for what was asked there.
    [[nodiscard]] points_converted credit(journal_position of, std::uint64_t units) const {
        const auto* const open = state.find_linked(of);
        points_converted made;
        made.wallet = resident;
        made.partner = airline;
        made.reference = open->what->reference;
        made.units = units;
        made.terms = state.number;
        made.day = day(linked_today);
        made.of_person = open->what->amount;
        made.lot = {std::make_shared<const lot_terms>(lot_terms{
                        1, undecided_program(airline), source("partner:airline"), never_expires, noon(linked_today)}),
                    open->what->amount};
        return made;
    }

    partner state = with_terms(half());
    entry link = linked_entry(*decide(linking(resident), nullptr, nullptr), 40);
    journal_position at = 40;
};

TEST(link, is_one_account_of_a_partner_for_one_wallet) {
    const auto first = linked_entry(*decide(linking(resident), nullptr, nullptr), 40);
    EXPECT_EQ(linked_at(&first), 40U);
    EXPECT_EQ(decide(linking(resident), &first, &first).error(), refusal::already_linked);
    EXPECT_EQ(decide(linking(resident, "m-22"), nullptr, &first).error(), refusal::already_linked);
    EXPECT_EQ(decide(linking(neighbour), &first, nullptr).error(), refusal::account_linked_elsewhere);
    const auto renewed = linked_entry(*decide(renew_link{airline, resident, 40, "other"}, &first), 41);
    EXPECT_EQ(linked_at(&renewed), 40U);
    EXPECT_EQ(std::get<link_changed>(renewed.what).what->tokens, "other");
    EXPECT_EQ(decide(linking(neighbour), &renewed, nullptr).error(), refusal::account_linked_elsewhere);
    EXPECT_EQ(decide(end_link{airline, resident, 39, {}}, &renewed).error(), refusal::not_linked);
    EXPECT_EQ(decide(end_link{airline, resident, 0, {}}, nullptr).error(), refusal::not_linked);
    const auto ended = linked_entry(*decide(end_link{airline, resident, 40, "引越し"}, &renewed), 42);
    EXPECT_EQ(linked_at(&ended), 0U);
    EXPECT_EQ(decide(end_link{airline, resident, 40, {}}, &ended).error(), refusal::not_linked);
    EXPECT_EQ(decide(renew_link{airline, resident, 40, "late"}, &ended).error(), refusal::not_linked);
    EXPECT_TRUE(decide(linking(neighbour), &ended, nullptr).has_value()) << "it is free again";
}

TEST(linked_conversion, begins_by_the_terms_of_a_linked_account) {
    linked_story story;
    const auto begun = story.ask(5'000, "lc-a");
    ASSERT_TRUE(begun.has_value());
    EXPECT_EQ(begun->what->amount, yen(2'500));
    EXPECT_EQ(begun->what->terms, 3U);
    EXPECT_EQ(begun->what->link, 40U);
    EXPECT_EQ(story.ask(90, "lc-a").error(), refusal::units_below_minimum);
    EXPECT_EQ(story.ask(105, "lc-a").error(), refusal::units_off_step);
    EXPECT_EQ(decide(convert_linked{airline, resident, "lc-a", 5'000, {}}, nullptr, story.state).error(),
              refusal::not_linked);
    const auto ended = linked_entry(*decide(end_link{airline, resident, 40, {}}, &story.link), 41);
    EXPECT_EQ(decide(convert_linked{airline, resident, "lc-a", 5'000, {}}, &ended, story.state).error(),
              refusal::not_linked);
    for (std::size_t i = 0; i < linked_conversions_open_max; ++i)
        story.tell(*story.ask(100, "lc-" + std::to_string(i)));
    EXPECT_EQ(story.ask(100, "lc-a").error(), refusal::linked_conversions_exhausted);
}

TEST(linked_conversion, goes_step_by_step) {
    struct row {
        const char* until;
        std::array<bool, 4> may; // declined, turned_down, cancelled, confirmed
    };
    const std::array rows{
        row{"asked", {true, true, false, false}},        row{"credited", {false, false, false, true}},
        row{"turned down", {false, false, true, false}}, row{"declined", {false, false, false, false}},
        row{"confirmed", {false, false, false, false}},  row{"cancelled", {false, false, false, false}},
    };
    for (const auto& one : rows) {
        linked_story story;
        story.tell(*story.ask(5'000, "lc-a"));
        const auto note = [&](lc_step how) {
            return *decide(note_linked_conversion{airline, 41, how, "r"}, story.state);
        };
        const std::string until = one.until;
        if (until == "credited" || until == "confirmed") story.tell(story.credit(41, 5'000));
        if (until == "turned down" || until == "cancelled") story.tell(note(lc_step::turned_down));
        if (until == "declined") story.tell(note(lc_step::declined));
        if (until == "confirmed") story.tell(note(lc_step::confirmed));
        if (until == "cancelled") story.tell(note(lc_step::cancelled));
        const std::array steps{lc_step::declined, lc_step::turned_down, lc_step::cancelled, lc_step::confirmed};
        for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(story.may(steps[i], 41), one.may[i]) << until << i;
        EXPECT_FALSE(story.may(lc_step::declined, 40));
    }
}

TEST(linked_conversion, is_credited_as_it_was_asked_for_and_no_other_way) {
    linked_story story;
    story.tell(*story.ask(5'000, "lc-a"));
    const auto credit = [&](wallet_id wallet, std::uint64_t units, program_code program = {}) {
        return decide(convert_points{airline, wallet, {}, "lc-a", units, program}, story.state);
    };
    EXPECT_EQ(credit(resident, 5'000)->amount, yen(2'500));
    EXPECT_EQ(credit(neighbour, 5'000).error(), refusal::reference_reused);
    EXPECT_EQ(credit(resident, 4'000).error(), refusal::reference_reused);
    EXPECT_EQ(credit(resident, 5'000, ishinomaki).error(), refusal::reference_reused);
    auto altered = story.credit(41, 5'000);
    altered.wallet = neighbour;
    EXPECT_FALSE(follows(story.state, linked_entry(altered, 42)));
    EXPECT_TRUE(follows(story.state, linked_entry(story.credit(41, 5'000), 42)));
    story.state.number = 4;
    EXPECT_EQ(credit(resident, 5'000).error(), refusal::conversion_terms_changed);
    story.state.number = 3;
    story.tell(*decide(note_linked_conversion{airline, 41, lc_step::turned_down, "r"}, story.state));
    EXPECT_EQ(credit(resident, 5'000).error(), refusal::reference_reused) << "it is to be cancelled";
    EXPECT_FALSE(follows(story.state, linked_entry(story.credit(41, 5'000), 43)));
}

TEST(linked_conversion, follows_only_what_it_may) {
    const linked_story story;
    const auto allowed = [&](auto change) {
        auto begun = *story.ask(5'000, "lc-a");
        linked_conversion what = *begun.what;
        change(begun, what);
        begun.what = std::make_shared<const linked_conversion>(what);
        return follows(story.state, linked_entry(begun, 41));
    };
    EXPECT_TRUE(allowed([](auto&, auto&) {}));
    EXPECT_FALSE(allowed([](auto& fact, auto&) { fact.conversion = 40; }));
    EXPECT_FALSE(allowed([](auto&, auto& what) { what.terms = 2; }));
    EXPECT_FALSE(allowed([](auto&, auto& what) { what.units = 5'001; }));
    EXPECT_FALSE(allowed([](auto&, auto& what) { what.reference.clear(); }));
    EXPECT_FALSE(allowed([](auto&, auto& what) { what.link = 0; }));
    EXPECT_FALSE(allowed([](auto&, auto& what) { what.amount = yen(2'501); })) << "not what the units are worth";
}

} // namespace
} // namespace meguri::ledger
