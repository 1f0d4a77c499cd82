#include "ledger/registry.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

entry entry_at(journal_position position, fact what) {
    entry made;
    made.position = position;
    made.what = std::move(what);
    return made;
}

TEST(registry, knows_the_ledger_and_whether_it_is_for_tests) {
    registry state;
    EXPECT_FALSE(state.for_tests);
    apply(state, entry_at(1, ledger_opened{0xabcd, true}));
    EXPECT_EQ(state.ledger, 0xabcdu);
    EXPECT_TRUE(state.for_tests);
    EXPECT_EQ(state.last_position, 1u);
}

TEST(registry, keeps_the_parties_in_the_order_in_which_they_came) {
    registry state;
    apply(state, entry_at(1, operator_added{operator_id{3}, "運営", {1, 2}}));
    apply(state, entry_at(2, staff_added{aso, staff_id{5}, "阿蘇市", {3, 4}}));
    apply(state, entry_at(3, partner_added{partner_id{9}, "カード", {5, 6}}));
    ASSERT_EQ(state.parties.size(), 3u);
    EXPECT_EQ(state.parties[0].kind, caller_kind::operator_);
    EXPECT_EQ(state.parties[0].id, 3u);
    EXPECT_EQ(state.parties[0].name, "運営");
    EXPECT_FALSE(state.parties[0].municipality);
    EXPECT_EQ(state.parties[1].kind, caller_kind::municipality);
    EXPECT_EQ(state.parties[1].id, 5u);
    EXPECT_EQ(state.parties[1].municipality, aso);
    EXPECT_EQ(state.parties[2].kind, caller_kind::partner);
    EXPECT_EQ(state.parties[2].id, 9u);
    EXPECT_EQ(state.programs.version, 0u) << "parties are not programs";
}

TEST(registry, opens_and_freezes_programs_each_change_a_new_version) {
    registry state;
    apply(state, entry_at(1, program_opened{{aso, "阿蘇市ポイント", 180, false, issuer_kind::municipality, false}}));
    apply(state, entry_at(2, program_opened{{ishinomaki, "石巻市アイポイント", 90, true, issuer_kind::other, false}}));
    EXPECT_EQ(state.programs.version, 2u);
    ASSERT_NE(state.programs.find(ishinomaki), nullptr);
    EXPECT_EQ(state.programs.find(ishinomaki)->name, "石巻市アイポイント");
    EXPECT_EQ(state.programs.find(ishinomaki)->expiry_days, 90);
    EXPECT_TRUE(state.programs.find(ishinomaki)->online_only);

    apply(state, entry_at(3, freeze_changed{freeze_subject::program, aso.number(), true, "調査"}));
    EXPECT_TRUE(state.programs.find(aso)->frozen);
    EXPECT_FALSE(state.programs.find(ishinomaki)->frozen);
    EXPECT_EQ(state.programs.version, 3u);
    apply(state, entry_at(4, freeze_changed{freeze_subject::program, aso.number(), false, ""}));
    EXPECT_FALSE(state.programs.find(aso)->frozen);
    EXPECT_EQ(state.programs.version, 4u);
    EXPECT_EQ(state.last_position, 4u);
}

TEST(registry, is_concerned_by_parties_and_programs_alone) {
    const std::vector<fact> concerning{
        ledger_opened{}, operator_added{}, staff_added{},
        partner_added{}, program_opened{}, freeze_changed{freeze_subject::program, ishinomaki.number(), true, ""},
    };
    for (const auto& one : concerning) EXPECT_TRUE(concerns_registry(entry_at(1, one))) << one.index();
    const lot_use lot{lot_terms_of(1, ishinomaki, "2027-03-31", noon("2026-11-23")), yen(1)};
    const std::vector<fact> others{
        merchant_joined{},
        outlet_added{},
        wallet_opened{},
        code_issued{},
        freeze_changed{freeze_subject::wallet, 1, true, ""},
        freeze_changed{freeze_subject::merchant, 1, true, ""},
        freeze_changed{freeze_subject::terminal, 1, true, ""},
        freeze_changed{freeze_subject::shop, 1, true, ""},
        points_granted{resident, lot},
        points_expired{},
        payment_decided{},
        activation_changed{},
        terminal_activated{},
    };
    for (const auto& one : others) EXPECT_FALSE(concerns_registry(entry_at(1, one))) << one.index();
}

TEST(registry_contract, a_wrong_entry_aborts) {
    registry state;
    apply(state, entry_at(1, program_opened{{aso, "", 180, false, {}, false}}));
    const auto tell = [&state](fact what) { apply(state, entry_at(2, std::move(what))); };
    EXPECT_DEATH(tell(program_opened{{aso, "", 180, false, {}, false}}), "EXPECTS broken") << "opened twice";
    EXPECT_DEATH(tell(freeze_changed{freeze_subject::program, ishinomaki.number(), true, ""}), "EXPECTS broken");
    EXPECT_DEATH(tell(freeze_changed{freeze_subject::wallet, aso.number(), true, ""}), "EXPECTS broken");
    EXPECT_DEATH(tell(wallet_opened{resident}), "EXPECTS broken") << "not the registry's";
}

TEST(registry, begins_an_epoch_with_each_restore) {
    registry state;
    const entry first = entry_at(41, epoch_began{1, epoch_mark{7}, 40, {}, 38, 5, 6, 9});
    EXPECT_TRUE(concerns_registry(first));
    apply(state, first);
    apply(state, entry_at(81, epoch_began{2, epoch_mark{8}, 80, {}, 80, 10, 11, 12}));
    ASSERT_EQ(state.epochs.number(), 2u);
    EXPECT_EQ(state.epochs.all()[0], (epoch{1, epoch_mark{7}, 41, 5, 6, 9}));
    EXPECT_EQ(state.epochs.all()[1], (epoch{2, epoch_mark{8}, 81, 10, 11, 12}));
    EXPECT_EQ(state.last_position, 81u);
}

} // namespace
} // namespace meguri::ledger
