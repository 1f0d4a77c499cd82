#include "tests/model/ledger_machine.hpp"
#include "tests/model/ledger_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace meguri::ledger::model {
namespace {

// By the number of the lot.
std::map<std::uint32_t, std::int64_t> undecided_in(const wallet& one) {
    std::map<std::uint32_t, std::int64_t> found;
    for (const auto& lot : one.lots) {
        if (lot.terms->program.number() <= 999'999) continue;
        EXPECT_TRUE(lot.held.is_zero()) << "undecided points under a hold";
        found[lot.terms->number] = lot.available.value();
    }
    return found;
}

std::int64_t day_in_japan(instant at) { return (at.unix_ms() / 1000 + 9 * 3600) / 86'400; }

void expect_lots_in_pairs(const entry& applied, const points_transferred& moved, const wallet& before) {
    ASSERT_FALSE(moved.from.empty());
    ASSERT_EQ(moved.from.size(), moved.to.size());
    for (std::size_t i = 0; i < moved.from.size(); ++i) {
        const lot_terms& from = *moved.from[i].lot;
        const lot_terms& to = *moved.to[i].lot;
        EXPECT_EQ(moved.from[i].amount, moved.to[i].amount);
        EXPECT_GT(moved.from[i].amount.value(), 0);
        EXPECT_GT(from.program.number(), 999'999u);
        EXPECT_EQ(to.program, moved.to.front().lot->program);
        EXPECT_LE(to.program.number(), 999'999u);
        EXPECT_EQ(to.source, from.source);
        EXPECT_EQ(to.number, before.lots_issued + i + 1);
        EXPECT_EQ(to.issued_at, applied.decided_at) << "the expiry begins now";
        if (!moved.by_default) continue;
        EXPECT_EQ(to.program, before.home);
        EXPECT_GT(day_in_japan(applied.decided_at), day_in_japan(from.issued_at) + 14) << "too early";
    }
}

} // namespace

// 5. Undecided points change by conversions and transfers alone; a lot of them only grows less, and is new only when
// it was converted.
void expect_undecided_leave_once(const ledger_state& state, const entry& applied, const wallet& before) {
    if (!applied.wallet) return;
    auto expected = undecided_in(before);
    if (const auto* granted = std::get_if<points_granted>(&applied.what);
        granted != nullptr && granted->lot.lot->program.number() > 999'999) {
        EXPECT_EQ(granted->lot.lot->source.kind(), funding_kind::partner);
        EXPECT_GT(granted->lot.lot->number, before.lots_issued);
        expected[granted->lot.lot->number] = granted->lot.amount.value();
    }
    if (const auto* moved = std::get_if<points_transferred>(&applied.what)) {
        expect_lots_in_pairs(applied, *moved, before);
        for (const auto& use : moved->from) expected[use.lot->number] -= use.amount.value();
        std::erase_if(expected, [](const auto& one) { return one.second == 0; });
    }
    EXPECT_EQ(undecided_in(state.wallets.at(applied.wallet)), expected);
}

// 17 and 18. A correction is decided once, by somebody else, and moves what was proposed or nothing.
void expect_two_persons_correct(const ledger_state& state, const entry& applied, const wallet& before) {
    if (!applied.wallet) return;
    std::vector<std::uint64_t> expected;
    for (const auto& one : before.corrections) expected.push_back(one.sequence);
    if (std::holds_alternative<correction_proposed>(applied.what)) expected.push_back(applied.wallet_sequence);
    if (const auto* decided = std::get_if<correction_decided>(&applied.what)) {
        EXPECT_EQ(std::erase(expected, decided->proposal_sequence), 1u) << "is not open";
        const auto open = std::ranges::find(before.corrections, decided->proposal, &open_correction::position);
        ASSERT_NE(open, before.corrections.end());
        EXPECT_EQ(open->sequence, decided->proposal_sequence);
        EXPECT_EQ(decided->maker, open->maker);
        EXPECT_TRUE(applied.person != open->maker.id || applied.caller.kind != open->maker.kind) << "one person alone";
        EXPECT_NE(applied.person, 0u);
        std::int64_t moved = 0;
        for (const auto& use : decided->lots) {
            moved += use.amount.value();
            EXPECT_EQ(use.lot->program, open->what->program);
            EXPECT_EQ(use.lot->source, open->what->source);
        }
        EXPECT_EQ(moved, decided->approved ? open->what->amount.value() : 0);
    }
    std::vector<std::uint64_t> stands;
    for (const auto& one : state.wallets.at(applied.wallet).corrections) stands.push_back(one.sequence);
    EXPECT_EQ(stands, expected);
    EXPECT_LE(stands.size(), 16u);
}

} // namespace meguri::ledger::model
