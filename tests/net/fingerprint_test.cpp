#include "net/fingerprint.hpp"

#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace meguri::net {
namespace {

using ledger::command;

const auto ishinomaki = test::program(test::ishinomaki);
const auto aso = test::program(test::aso);

ledger::points points(std::int64_t value) { return *ledger::points::from(value); }
ledger::funding_source source(std::string_view text) { return *ledger::funding_source::parse(text); }

// Of limits, undecided points and corrections.
std::vector<command> later_commands() {
    const ledger::wallet_id wallet{1};
    const ledger::correction corrected{
        ledger::correction_kind::credit, ishinomaki, points(1), source("budget:x"), {}, "r"};
    auto debited = corrected, in_aso = corrected, of_two = corrected, of_another = corrected, with_day = corrected,
         because = corrected;
    debited.kind = ledger::correction_kind::debit;
    in_aso.program = aso;
    of_two.amount = points(2);
    of_another.source = source("budget:y");
    with_day.expires_on = *ledger::parse_date("2027-03-31");
    because.reason = "s";
    const auto propose = [&](std::uint64_t of, const ledger::correction& what) {
        return ledger::propose_correction{ledger::wallet_id{of}, std::make_shared<const ledger::correction>(what)};
    };
    const ledger::partner_id partner{1};
    return {
        ledger::set_limits{ledger::limit_subject::wallet, 1, {}, "r"},
        ledger::set_limits{ledger::limit_subject::program, 1, {}, "r"},
        ledger::set_limits{ledger::limit_subject::wallet, 2, {}, "r"},
        ledger::set_limits{ledger::limit_subject::wallet, 1, {}, "s"},
        ledger::set_limits{ledger::limit_subject::wallet, 1, {points(1), {}, {}}, "r"},
        ledger::set_limits{ledger::limit_subject::wallet, 1, {{}, {points(1), {}}, {}}, "r"},
        ledger::set_limits{ledger::limit_subject::wallet, 1, {{}, {{}, 1}, {}}, "r"},
        ledger::set_limits{ledger::limit_subject::wallet, 1, {{}, {}, {points(1), {}}}, "r"},
        ledger::set_limits{ledger::limit_subject::wallet, 1, {{}, {}, {{}, 1}}, "r"},
        ledger::credit_undecided{wallet, partner, points(1), source("partner:x")},
        ledger::credit_undecided{ledger::wallet_id{2}, partner, points(1), source("partner:x")},
        ledger::credit_undecided{wallet, ledger::partner_id{2}, points(1), source("partner:x")},
        ledger::credit_undecided{wallet, partner, points(2), source("partner:x")},
        ledger::credit_undecided{wallet, partner, points(1), source("partner:y")},
        ledger::choose_home{wallet, ishinomaki},
        ledger::choose_home{wallet, aso},
        ledger::choose_home{ledger::wallet_id{2}, ishinomaki},
        ledger::transfer_undecided{wallet, ishinomaki, {}},
        ledger::transfer_undecided{wallet, ishinomaki, points(1)},
        ledger::transfer_undecided{wallet, ishinomaki, points(2)},
        ledger::transfer_undecided{wallet, aso, {}},
        ledger::transfer_undecided{ledger::wallet_id{2}, ishinomaki, {}},
        propose(1, corrected),
        propose(2, corrected),
        propose(1, debited),
        propose(1, in_aso),
        propose(1, of_two),
        propose(1, of_another),
        propose(1, with_day),
        propose(1, because),
        ledger::decide_correction{wallet, 7, true, {}},
        ledger::decide_correction{wallet, 7, false, {}},
        ledger::decide_correction{wallet, 7, true, "r"},
        ledger::decide_correction{wallet, 8, true, {}},
        ledger::set_certificates{ledger::outlet_id{1}, {}, "r"},
        ledger::set_certificates{ledger::outlet_id{2}, {}, "r"},
        ledger::set_certificates{ledger::outlet_id{1}, {}, "s"},
        ledger::set_certificates{ledger::outlet_id{1}, {ledger::certificate_digest{{1}}}, "r"},
        ledger::set_certificates{ledger::outlet_id{1}, {ledger::certificate_digest{{2}}}, "r"},
        ledger::set_categories{ledger::merchant_id{1}, {}, "r"},
        ledger::set_categories{ledger::merchant_id{2}, {}, "r"},
        ledger::set_categories{ledger::merchant_id{1}, {}, "s"},
        ledger::set_categories{ledger::merchant_id{1}, *ledger::category_set::from({"food"}), "r"},
        ledger::set_categories{ledger::merchant_id{1}, *ledger::category_set::from({"books"}), "r"},
        ledger::set_categories{ledger::merchant_id{1}, *ledger::category_set::from({"books", "food"}), "r"},
    };
}

std::vector<command> different_commands() {
    const auto day = ledger::parse_date("2027-03-31");
    const ledger::program opened{ishinomaki, "A", 180, false, ledger::issuer_kind::municipality, false};
    auto other_code = opened, other_name = opened, other_days = opened, online = opened, other_issuer = opened,
         other_hold = opened;
    other_code.code = aso;
    other_name.name = "B";
    other_days.expiry_days = 181;
    online.online_only = true;
    other_hold.hold_days = 8;
    other_issuer.issuer = ledger::issuer_kind::prefecture;
    const ledger::wallet_id wallet{1};
    const ledger::merchant_id merchant{1};
    return {
        ledger::open_program{opened},
        ledger::open_program{other_code},
        ledger::open_program{other_name},
        ledger::open_program{other_days},
        ledger::open_program{online},
        ledger::open_program{other_issuer},
        ledger::open_program{other_hold},
        ledger::add_operator{"A"},
        ledger::add_operator{"B"},
        ledger::add_partner{"A"},
        ledger::add_staff{ishinomaki, "A"},
        ledger::add_staff{aso, "A"},
        ledger::add_staff{aso, "B"},
        ledger::join_merchant{"A", {ishinomaki}},
        ledger::join_merchant{"A", {ishinomaki, aso}},
        ledger::join_merchant{"B", {ishinomaki}},
        ledger::add_outlet{merchant, ledger::outlet_kind::terminal, "A"},
        ledger::add_outlet{merchant, ledger::outlet_kind::shop, "A"},
        ledger::add_outlet{ledger::merchant_id{2}, ledger::outlet_kind::shop, "A"},
        ledger::open_wallet{},
        ledger::issue_code{wallet, ledger::code_kind::card},
        ledger::issue_code{wallet, ledger::code_kind::once},
        ledger::issue_code{ledger::wallet_id{2}, ledger::code_kind::once},
        ledger::set_freeze{ledger::freeze_subject::wallet, 1, true, "r"},
        ledger::set_freeze{ledger::freeze_subject::wallet, 1, false, "r"},
        ledger::set_freeze{ledger::freeze_subject::merchant, 1, true, "r"},
        ledger::set_freeze{ledger::freeze_subject::wallet, 2, true, "r"},
        ledger::set_freeze{ledger::freeze_subject::wallet, 1, true, "s"},
        ledger::grant{wallet, ishinomaki, points(1), {}, source("budget:x")},
        ledger::grant{wallet, ishinomaki, points(1), day, source("budget:x")},
        ledger::grant{wallet, ishinomaki, points(2), {}, source("budget:x")},
        ledger::grant{wallet, aso, points(1), {}, source("budget:x")},
        ledger::grant{ledger::wallet_id{2}, ishinomaki, points(1), {}, source("budget:x")},
        ledger::grant{wallet, ishinomaki, points(1), {}, source("budget:y")},
        ledger::authorize{ishinomaki, points(1200), "R-1", {1, 2}},
        ledger::authorize{{}, points(1200), "R-1", {1, 2}},
        ledger::authorize{ishinomaki, points(1201), "R-1", {1, 2}},
        ledger::authorize{ishinomaki, points(1200), "", {1, 2}},
        ledger::authorize{ishinomaki, points(1200), "R-1", {1, 3}},
        ledger::authorize{ishinomaki, points(1200), "R-1", {2, 2}},
        ledger::authorize{ishinomaki, points(1200), "R-1", {1, 2}, false},
        ledger::authorize{ishinomaki, points(1200), "R-1", {1, 2}, true, ledger::presented_card{}},
        ledger::authorize{
            ishinomaki, points(1200), "R-1", {1, 2}, true, ledger::presented_card{ledger::instant{1}, {}}},
        ledger::bind_card{wallet, {1, 2}, nullptr},
        ledger::bind_card{wallet, {1, 3}, nullptr},
        ledger::bind_card{ledger::wallet_id{2}, {1, 2}, nullptr},
        ledger::retire_card{wallet, 1, 7, "r"},
        ledger::retire_card{wallet, 1, 8, "r"},
        ledger::retire_card{wallet, 1, 7, "s"},
        ledger::capture_payment{7, {}},
        ledger::capture_payment{7, points(1)},
        ledger::capture_payment{7, points(2)},
        ledger::capture_payment{8, {}},
        ledger::void_payment{7},
        ledger::void_payment{8},
        ledger::refund_payment{7, {}},
        ledger::refund_payment{7, points(1)},
        ledger::refund_payment{8, {}},
        ledger::reverse_attempt{"a"},
        ledger::reverse_attempt{"b"},
    };
}

TEST(fingerprint, differs_where_the_command_differs) {
    std::map<ledger::digest128, std::size_t> seen;
    auto all = different_commands();
    for (auto& one : later_commands()) all.push_back(std::move(one));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto [at, added] = seen.emplace(fingerprint_of(all[i]), i);
        EXPECT_TRUE(added) << "commands " << i << " and " << at->second;
        EXPECT_EQ(fingerprint_of(all[i]), at->first);
    }
}

// Stored in journals: a change here makes repetitions of kept keys look like other requests. The value is BLAKE2b-128
// of the canonical form as written down in fingerprint.cpp, computed once with Python's hashlib.
TEST(fingerprint, of_a_payment_never_changes) {
    const command payment = ledger::authorize{ishinomaki, *ledger::points::from(1200), "R-000123", {0x0102, 0x0304}};
    EXPECT_EQ(fingerprint_of(payment), (ledger::digest128{0x2ce16cd05f528c20U, 0xc283b9841151dc4dU}));
    const command part = ledger::refund_payment{41, *ledger::points::from(300)};
    EXPECT_EQ(fingerprint_of(part), (ledger::digest128{0xc994230a479ceb43U, 0x909ca4cf0061c006U}));
}

} // namespace
} // namespace meguri::net
