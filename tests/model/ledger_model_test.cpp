// Random lives of small regions, each by the real rules and by the model at once (region).
#include "tests/model/region.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <set>

namespace meguri::ledger::model {
namespace {

struct lived {
    std::array<std::uint64_t, decline_codes + 1> outcomes{}; // of payments, as the books count them
    tally steps;
};

// Runs lives until one fails; gives how often each outcome and step came.
lived live(std::size_t lives, int deeds) {
    lived all;
    for (const auto seed : test::seeds(lives)) {
        region place{seed};
        for (int i = 0; i < deeds; ++i) {
            place.live_on();
            if (::testing::Test::HasFailure()) {
                ADD_FAILURE() << "deed " << i << " of MEGURI_SEED=" << seed << ": " << place.last_deed();
                return all;
            }
        }
        place.expect_replay_gives_the_same();
        if (::testing::Test::HasFailure()) {
            ADD_FAILURE() << "the end of MEGURI_SEED=" << seed;
            return all;
        }
        const auto& here = place.state().books.payments_by_outcome;
        for (std::size_t i = 0; i < all.outcomes.size(); ++i) all.outcomes[i] += here[i];
        for (const auto& [step, times] : place.steps()) all.steps[step] += times;
    }
    return all;
}

void expect_tried_every_outcome(const lived& all) {
    const std::set<decline_code> never{decline_code::credential_invalid, decline_code::credential_revoked,
                                       decline_code::credential_blocked};
    for (std::size_t i = 0; i < all.outcomes.size(); ++i) {
        const auto code = static_cast<decline_code>(i);
        if (never.contains(code)) {
            EXPECT_EQ(all.outcomes[i], 0u) << name_of(code);
        } else {
            EXPECT_GT(all.outcomes[i], 20u) << (i == 0 ? "approved" : name_of(code)) << " was hardly tried";
        }
    }
}

void expect_tried_every_step(lived all) {
    constexpr std::array expected{
        "hold",
        "capture",
        "capture in part",
        "capture at the last moment",
        "capture too late",
        "capture of what is to expire",
        "capture refused by state",
        "capture refused by amount",
        "capture that gives several lots back",
        "capture that lets lots lapse",
        "void",
        "void refused by state",
        "void that gives several lots back",
        "void that lets lots lapse",
        "hold expiry",
        "hold expiry that gives several lots back",
        "hold expiry that lets lots lapse",
        "refund",
        "refund in part",
        "refund refused by state",
        "refund refused by amount",
        "refund that gives several lots back",
        "refund that lets lots lapse",
        "reversal of a hold",
        "reversal of a capture",
        "reversal of nothing",
        "reversal that gives several lots back",
        "reversal that lets lots lapse",
        "limit of a program",
        "limit of a merchant",
        "limit of a terminal",
        "limit of a shop",
        "limit of a wallet",
        "limit: amount per payment",
        "limit: amount per day",
        "limit: count per day",
        "limit: amount per hour",
        "limit: count per hour",
        "transfer",
        "transfer in part",
        "transfer of several lots",
        "transfer by default",
        "transfer by default of several lots",
        "transfer refused by program",
        "transfer refused by nothing there",
        "transfer refused by amount",
        "home chosen while points are undecided",
        "proposal",
        "proposal refused by program",
        "proposal refused by number",
        "proposal refused by last day",
        "credit approved",
        "credit rejected",
        "credit approval refused by person",
        "credit approval refused by state",
        "credit approval refused by last day",
        "debit approved",
        "debit rejected",
        "debit of several lots",
        "debit approval refused by person",
        "debit approval refused by state",
        "debit approval refused by amount",
        "debit rejection refused by person",
    };
    for (const auto* const step : expected) EXPECT_GT(all.steps[step], 10u) << step << " was hardly tried";
}

TEST(ledger_model, agrees_with_the_rules_over_random_lives) {
    const auto all = live(140, 400);
    if (HasFailure() || std::getenv("MEGURI_SEED") != nullptr) return;
    expect_tried_every_outcome(all);
    expect_tried_every_step(all);
}

TEST(long_ledger_model, agrees_with_the_rules_over_many_random_lives) { (void)live(400, 1500); }

} // namespace
} // namespace meguri::ledger::model
