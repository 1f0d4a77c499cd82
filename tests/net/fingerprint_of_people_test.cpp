// What tells one command about people, conversions, purchases, files and what joins from another under the same
// idempotency key, and what does not: what the switch adds by itself.
#include "net/fingerprint.hpp"
#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace meguri::net {
namespace {

using ledger::command;
using commands = std::vector<command>;

const auto in_ishinomaki = test::program(test::ishinomaki);
const auto in_aso = test::program(test::aso);
const ledger::wallet_id first_wallet{1};
const ledger::wallet_id second_wallet{2};

ledger::points yen_of(std::int64_t value) { return *ledger::points::from(value); }
ledger::purchase_reference reference_of(std::uint64_t number) {
    return *ledger::purchase_reference::from_number(number);
}

void add_people(commands& all) {
    ledger::accept_recipients file{in_ishinomaki, 7, {}, nullptr};
    all.emplace_back(file);
    file.campaign = 8;
    all.emplace_back(file);
    file.digest.back() = std::byte{1};
    all.emplace_back(file);
    all.insert(all.end(), {
                              ledger::set_password{first_wallet, {1, 2}, "a"},
                              ledger::set_password{second_wallet, {1, 2}, "a"},
                              ledger::set_password{first_wallet, {2, 2}, "a"},
                              ledger::set_password{first_wallet, {1, 3}, "a"},
                              ledger::renew_card{first_wallet, 1, {1, 2}, {}},
                              ledger::renew_card{second_wallet, 1, {1, 2}, {}},
                              ledger::renew_card{first_wallet, 1, {2, 2}, {}},
                              ledger::renew_card{first_wallet, 1, {1, 3}, {}},
                              ledger::block_code{first_wallet, 1, 9, false, "r"},
                              ledger::block_code{second_wallet, 1, 9, false, "r"},
                              ledger::block_code{first_wallet, 2, 9, false, "r"},
                              ledger::block_code{first_wallet, 1, 9, true, "r"},
                              ledger::block_code{first_wallet, 1, 9, false, "s"},
                          });
}

void add_terms(commands& all) {
    const ledger::conversion_terms terms{"マイル", {1, 2}, 10, 1, {}, {}};
    const auto add = [&](std::uint64_t partner, auto change) {
        auto changed = terms;
        change(changed);
        all.emplace_back(ledger::propose_conversion_terms{ledger::partner_id{partner},
                                                          std::make_shared<const ledger::conversion_terms>(changed)});
    };
    add(1, [](auto&) {});
    add(2, [](auto&) {});
    add(1, [](auto& one) { one.unit = "ポイント"; });
    add(1, [](auto& one) { one.rate.points = 3; });
    add(1, [](auto& one) { one.rate.units = 3; });
    add(1, [](auto& one) { one.minimum = 20; });
    add(1, [](auto& one) { one.step = 2; });
    add(1, [](auto& one) { one.per_person_day = yen_of(100); });
    add(1, [](auto& one) { one.per_partner_day = yen_of(100); });
    add(1, [](auto& one) { one.per_person_day = one.per_partner_day = yen_of(100); });
}

void add_conversions(commands& all) {
    const ledger::partner_id partner{1};
    const ledger::partner_id other{2};
    const auto my_key = *ledger::my_key_id::parse("K7Q2M9X0");
    const auto today = *ledger::parse_date("2027-03-31");
    all.insert(all.end(), {
                              ledger::decide_conversion_terms{partner, 1, true, "r"},
                              ledger::decide_conversion_terms{other, 1, true, "r"},
                              ledger::decide_conversion_terms{partner, 2, true, "r"},
                              ledger::decide_conversion_terms{partner, 1, false, "r"},
                              ledger::decide_conversion_terms{partner, 1, true, "s"},
                              ledger::convert_points{partner, first_wallet, {}, "A", 10, {}},
                              ledger::convert_points{other, first_wallet, {}, "A", 10, {}},
                              ledger::convert_points{partner, second_wallet, {}, "A", 10, {}},
                              ledger::convert_points{partner, {}, my_key, "A", 10, {}},
                              ledger::convert_points{partner, first_wallet, {}, "B", 10, {}},
                              ledger::convert_points{partner, first_wallet, {}, "A", 11, {}},
                              ledger::convert_points{partner, first_wallet, {}, "A", 10, in_aso},
                              ledger::issue_coupon{partner, "A", 10, {}, {}, today},
                              ledger::issue_coupon{other, "A", 10, {}, {}, today},
                              ledger::issue_coupon{partner, "B", 10, {}, {}, today},
                              ledger::issue_coupon{partner, "A", 11, {}, {}, today},
                              ledger::issue_coupon{partner, "A", 0, yen_of(10), {}, today},
                              ledger::issue_coupon{partner, "A", 10, {}, in_aso, today},
                              ledger::issue_coupon{partner, "A", 10, {}, {}, today.plus_days(1)},
                              ledger::block_coupon{partner, 7, "r"},
                              ledger::block_coupon{partner, 8, "r"},
                              ledger::block_coupon{partner, 7, "s"},
                              ledger::redeem_coupon{first_wallet, {}, {1, 2}, {}},
                              ledger::redeem_coupon{second_wallet, {}, {1, 2}, {}},
                              ledger::redeem_coupon{{}, my_key, {1, 2}, {}},
                              ledger::redeem_coupon{first_wallet, {}, {2, 2}, {}},
                              ledger::redeem_coupon{first_wallet, {}, {1, 3}, {}},
                              ledger::redeem_coupon{first_wallet, {}, {1, 2}, in_aso},
                          });
}

void add_purchase_terms(commands& all) {
    const ledger::purchase_terms terms{yen_of(1), yen_of(2), yen_of(3), yen_of(4), 7, 0};
    const auto add = [&](ledger::program_code program, std::string reason, auto change) {
        auto changed = terms;
        change(changed);
        all.emplace_back(ledger::set_purchase_terms{program, changed, std::move(reason)});
    };
    add(in_ishinomaki, "r", [](auto&) {});
    add(in_aso, "r", [](auto&) {});
    add(in_ishinomaki, "s", [](auto&) {});
    add(in_ishinomaki, "r", [](auto& one) { one.minimum = yen_of(2); });
    add(in_ishinomaki, "r", [](auto& one) { one.maximum = yen_of(3); });
    add(in_ishinomaki, "r", [](auto& one) { one.per_day = yen_of(4); });
    add(in_ishinomaki, "r", [](auto& one) { one.per_month = yen_of(5); });
    add(in_ishinomaki, "r", [](auto& one) { one.days_to_pay = 8; });
    add(in_ishinomaki, "r", [](auto& one) { one.refund_days = 1; });
}

void add_purchases(commands& all) {
    const auto one = reference_of(1);
    const auto other = reference_of(2);
    all.insert(all.end(), {
                              ledger::request_purchase{first_wallet, in_ishinomaki, yen_of(1)},
                              ledger::request_purchase{second_wallet, in_ishinomaki, yen_of(1)},
                              ledger::request_purchase{first_wallet, in_aso, yen_of(1)},
                              ledger::request_purchase{first_wallet, in_ishinomaki, yen_of(2)},
                              ledger::cancel_purchase{in_ishinomaki, first_wallet, one, "r"},
                              ledger::cancel_purchase{in_ishinomaki, first_wallet, other, "r"},
                              ledger::cancel_purchase{in_ishinomaki, first_wallet, one, "s"},
                              ledger::propose_refund{in_ishinomaki, first_wallet, one, "r"},
                              ledger::propose_refund{in_ishinomaki, first_wallet, other, "r"},
                              ledger::propose_refund{in_ishinomaki, first_wallet, one, "s"},
                              ledger::decide_refund{in_ishinomaki, first_wallet, one, true, "r"},
                              ledger::decide_refund{in_ishinomaki, first_wallet, one, false, "r"},
                              ledger::decide_refund{in_ishinomaki, first_wallet, other, true, "r"},
                              ledger::decide_refund{in_ishinomaki, first_wallet, one, true, "s"},
                              ledger::propose_for_transfer{in_ishinomaki, 7, one, "r"},
                              ledger::propose_for_transfer{in_ishinomaki, 7, {}, "r"},
                              ledger::propose_for_transfer{in_ishinomaki, 8, one, "r"},
                              ledger::propose_for_transfer{in_ishinomaki, 7, one, "s"},
                              ledger::decide_transfer{in_ishinomaki, 7, true, "r"},
                              ledger::decide_transfer{in_ishinomaki, 7, false, "r"},
                              ledger::decide_transfer{in_ishinomaki, 8, true, "r"},
                              ledger::decide_transfer{in_ishinomaki, 7, true, "s"},
                          });
}

ledger::bank_account some_account() {
    ledger::bank_account account;
    account.bank = 1;
    account.branch = 2;
    account.number = 3;
    account.holder = "ｲｼﾉﾏｷ";
    return account;
}

void add_applications(commands& all) {
    ledger::application what;
    what.kind = ledger::applicant_kind::merchant;
    what.name = "店";
    what.account = some_account();
    what.reached_by = {"鈴木", "a@example.jp", "0225"};
    what.categories = {"food"};
    what.programs = {in_ishinomaki};
    const auto add = [&](auto change) {
        auto changed = what;
        change(changed);
        all.emplace_back(ledger::submit_application{std::make_shared<const ledger::application>(changed)});
    };
    add([](auto&) {});
    add([](auto& one) { one.kind = ledger::applicant_kind::municipality; });
    add([](auto& one) { one.name = "別の店"; });
    add([](auto& one) { one.account.bank = 9; });
    add([](auto& one) { one.account.branch = 9; });
    add([](auto& one) { one.account.type = ledger::account_type::current; });
    add([](auto& one) { one.account.number = 9; });
    add([](auto& one) { one.account.holder = "ｱｿ"; });
    add([](auto& one) { one.reached_by.name = "佐藤"; });
    add([](auto& one) { one.reached_by.email = {}; });
    add([](auto& one) { one.reached_by.phone = {}; });
    add([](auto& one) { one.categories = {"food", "gift"}; });
    add([](auto& one) { one.programs = {in_aso}; });
    add([](auto& one) { one.opened.code = in_aso; });
    add([](auto& one) { one.opened.name = "阿蘇"; });
    add([](auto& one) { one.opened.expiry_days = 1; });
    add([](auto& one) { one.opened.hold_days = 1; });
    add([](auto& one) { one.opened.online_only = true; });
}

void add_joining(commands& all) {
    const ledger::merchant_id merchant{1};
    const ledger::account_holder holder{ledger::applicant_kind::merchant, 1};
    const auto account = std::make_shared<const ledger::bank_account>(some_account());
    const auto day = *ledger::parse_date("2027-03-31");
    all.insert(all.end(), {
                              ledger::issue_activation{merchant, 1},
                              ledger::issue_activation{merchant, 2},
                              ledger::issue_activation{ledger::merchant_id{2}, 1},
                              ledger::revoke_activation{merchant, 1, "r"},
                              ledger::revoke_activation{merchant, 2, "r"},
                              ledger::revoke_activation{ledger::merchant_id{2}, 1, "r"},
                              ledger::revoke_activation{merchant, 1, "s"},
                              ledger::activate_terminal{merchant, 1, "レジ"},
                              ledger::activate_terminal{merchant, 2, "レジ"},
                              ledger::activate_terminal{ledger::merchant_id{2}, 1, "レジ"},
                              ledger::activate_terminal{merchant, 1, "別のレジ"},
                              ledger::decide_application{7, ledger::applicant_kind::merchant, true, "r"},
                              ledger::decide_application{8, ledger::applicant_kind::merchant, true, "r"},
                              ledger::decide_application{7, ledger::applicant_kind::merchant, false, "r"},
                              ledger::decide_application{7, ledger::applicant_kind::merchant, true, "s"},
                              ledger::propose_account{holder, account, day, "r"},
                              ledger::propose_account{{ledger::applicant_kind::municipality, 1}, account, day, "r"},
                              ledger::propose_account{{ledger::applicant_kind::merchant, 2}, account, day, "r"},
                              ledger::propose_account{holder, account, day.plus_days(1), "r"},
                              ledger::propose_account{holder, account, day, "s"},
                              ledger::decide_account{holder, 7, true, "r"},
                              ledger::decide_account{holder, 8, true, "r"},
                              ledger::decide_account{holder, 7, false, "r"},
                              ledger::decide_account{holder, 7, true, "s"},
                          });
}

TEST(fingerprint, differs_between_commands_of_people_and_parties) {
    commands all;
    add_people(all);
    add_terms(all);
    add_conversions(all);
    add_purchase_terms(all);
    add_purchases(all);
    add_applications(all);
    add_joining(all);
    std::map<ledger::digest128, std::size_t> seen;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto [at, added] = seen.emplace(fingerprint_of(all[i]), i);
        EXPECT_TRUE(added) << "commands " << i << " and " << at->second << ", of alternative " << all[i].index();
    }
}

// By the second time the session knows the new card, another hash is drawn and the table of banks may be a newer one.
TEST(fingerprint, is_of_the_question_alone) {
    const auto same = [](const command& one, const command& again) {
        EXPECT_EQ(fingerprint_of(one), fingerprint_of(again)) << one.index();
    };
    same(ledger::renew_card{first_wallet, 1, {1, 2}, {}}, ledger::renew_card{first_wallet, 2, {1, 2}, {}});
    same(ledger::set_password{first_wallet, {1, 2}, "a"}, ledger::set_password{first_wallet, {1, 2}, "b"});
    auto account = some_account();
    const ledger::account_holder holder{ledger::applicant_kind::merchant, 1};
    const ledger::propose_account proposed{holder, std::make_shared<const ledger::bank_account>(account), {}, "r"};
    account.checked_by = "newer";
    same(proposed, ledger::propose_account{holder,
                                           std::make_shared<const ledger::bank_account>(account),
                                           {},
                                           "r",
                                           ledger::account_verdict::bank_unknown});
    const auto form = ledger::numeric_format{};
    same(ledger::issue_code{first_wallet, ledger::code_kind::once},
         ledger::issue_code{first_wallet, ledger::code_kind::once, form});
}

} // namespace
} // namespace meguri::net
