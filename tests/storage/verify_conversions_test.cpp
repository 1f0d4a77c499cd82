// `meguri verify` of conversions and linked accounts.
#include "tests/storage/verify_scene.hpp"

namespace meguri::storage {
namespace {

using namespace ledger;
using test::report_of;
using test::some_wallet_with_lots;
using test::store_state;
using test::tamper;
using test::verify_of_a_town;

class verify_of_conversions : public verify_of_a_town {
protected:
    // A new partner: 1 point for 2 units, 500 points a person and day, 700 in all.
    partner_id with_terms() {
        const partner_id id{town_.stands().ids.partner + 1};
        town_.tell(partner_added{id, "航空", {id.value(), 7}});
        const conversion_terms terms{"マイル", {1, 2}, 10, 1, points::from(500), points::from(700)};
        const person_ref maker{caller_kind::operator_, 1};
        town_.tell(*decide(propose_conversion_terms{id, std::make_shared<const conversion_terms>(terms)}, maker, {}));
        town_.tell(*decide(decide_conversion_terms{id, 1, true, ""}, person_ref{maker.kind, 2},
                           town_.stands().partners.at(id)));
        return id;
    }
    [[nodiscard]] points_converted converted(partner_id by, const std::string& reference, std::int64_t amount,
                                             std::int64_t of_person) {
        const auto& to = some_wallet_with_lots(town_);
        const allowed_conversion allowed{.wallet = to.id,
                                         .partner = by,
                                         .my_key = {},
                                         .reference = reference,
                                         .units = 2 * static_cast<std::uint64_t>(amount) + 1,
                                         .remainder = 1,
                                         .amount = *points::from(amount),
                                         .terms = 1,
                                         .day = jst_day::of(town_.now()),
                                         .of_person = *points::from(of_person),
                                         .coupon = 0,
                                         .code = {},
                                         .program = {},
                                         .source = *funding_source::parse("partner:card")};
        wallet thawed = to;
        thawed.frozen = false;
        return *decide(allowed, thawed, town_.stands().registry.programs, town_.now());
    }
    void expect_wrong_conversion(const points_converted& made) {
        town_.add(made, [&](entry& one) { one.decided_at = town_.now(); });
        expect_wrong({"conversions: by approved terms, floor of units x rate, within limits, each reference once, "
                      "each account linked once"});
    }
};

TEST_F(verify_of_conversions, agrees_with_what_is_right) {
    const auto id = with_terms();
    town_.tell(converted(id, "M-1", 300, 300));
    town_.tell(converted(id, "M-2", 200, 500));
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
}

TEST_F(verify_of_conversions, notices_more_than_the_floor) {
    auto made = converted(with_terms(), "M-1", 300, 300);
    made.units = 599;
    expect_wrong_conversion(made);
}

TEST_F(verify_of_conversions, notices_a_reference_that_comes_twice) {
    const auto id = with_terms();
    town_.tell(converted(id, "M-1", 300, 300));
    expect_wrong_conversion(converted(id, "M-1", 100, 400));
}

TEST_F(verify_of_conversions, notices_a_person_s_sum_that_is_not_the_sum) {
    const auto id = with_terms();
    town_.tell(converted(id, "M-1", 300, 300));
    expect_wrong_conversion(converted(id, "M-2", 300, 300));
}

TEST_F(verify_of_conversions, notices_a_coupon_that_is_redeemed_twice) {
    const auto id = with_terms();
    const auto& of = town_.stands().partners.at(id);
    const issue_coupon asked{id, "C-1", 0, *points::from(30), {}, jst_day::of(town_.now())};
    auto issued = *decide(asked, 1, of, town_.stands().registry.programs, town_.now());
    auto what = *issued.what;
    what.code = {77, 77};
    issued.what = std::make_shared<const coupon>(what);
    town_.tell(issued);
    const auto redeemed = [&](std::int64_t of_person) {
        auto made = converted(id, "C-1", 30, of_person);
        made.units = made.remainder = 0;
        made.coupon = of.last_position;
        made.code = what.code;
        return made;
    };
    const auto first = redeemed(30);
    town_.tell(first);
    auto second = redeemed(60);
    second.coupon = first.coupon;
    expect_wrong_conversion(second);
}

// Accounts linked to wallets, and what is converted from them.
class verify_of_links : public verify_of_conversions {
protected:
    [[nodiscard]] link_changed linked(partner_id id, wallet_id wallet, const std::string& subject) const {
        const partner_link what{wallet, subject, town_.keys().digest_of_partner_account(id, subject), "sealed"};
        return {id, link_step::linked, 0, std::make_shared<const partner_link>(what), {}};
    }
    wallet_id new_wallet() {
        const wallet_id id{town_.stands().ids.wallet + 1};
        town_.tell(wallet_opened{id});
        return id;
    }
    [[nodiscard]] linked_conversion_changed begun(partner_id id, wallet_id wallet, const std::string& reference) const {
        const auto& newest = town_.stands().links.at({id, wallet});
        return *decide(convert_linked{id, wallet, reference, 200, {}}, &newest, town_.stands().partners.at(id));
    }
    void expect_wrong_link(const fact& what) {
        town_.add(what, [](entry& one) { one.caller = {}; });
        expect_wrong({"conversions: by approved terms, floor of units x rate, within limits, each reference once, "
                      "each account linked once"});
    }
};

TEST_F(verify_of_links, agrees_with_what_is_right) {
    const auto id = with_terms();
    const auto wallet = new_wallet();
    town_.tell(linked(id, wallet, "m-x"));
    town_.tell(begun(id, wallet, "lc-x"));
    const auto at = town_.stands().partners.at(id).linked.front().position;
    town_.tell(*decide(note_linked_conversion{id, at, linked_conversion_step::turned_down, "r"},
                       town_.stands().partners.at(id)));
    store_state(town_);
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
}

TEST_F(verify_of_links, notices_an_account_of_two_wallets) {
    const auto id = with_terms();
    town_.tell(linked(id, new_wallet(), "m-x"));
    expect_wrong_link(linked(id, new_wallet(), "m-x"));
}

TEST_F(verify_of_links, notices_two_accounts_of_a_wallet) {
    const auto id = with_terms();
    const auto wallet = new_wallet();
    town_.tell(linked(id, wallet, "m-x"));
    expect_wrong_link(linked(id, wallet, "m-y"));
}

TEST_F(verify_of_links, notices_a_conversion_by_a_link_that_has_ended) {
    const auto id = with_terms();
    const auto wallet = new_wallet();
    town_.tell(linked(id, wallet, "m-x"));
    const auto late = begun(id, wallet, "lc-x");
    const entry newest = town_.stands().links.at({id, wallet});
    town_.tell(*decide(end_link{id, wallet, newest.position, "不要"}, &newest));
    expect_wrong_link(late);
}

TEST_F(verify_of_links, notices_a_step_out_of_order) {
    const auto id = with_terms();
    const auto wallet = new_wallet();
    town_.tell(linked(id, wallet, "m-x"));
    town_.tell(begun(id, wallet, "lc-x"));
    const auto& open = town_.stands().partners.at(id).linked.front();
    expect_wrong_link(linked_conversion_changed{id, linked_conversion_step::confirmed, open.position, open.what, {}});
}

TEST_F(verify_of_conversions, notices_records_that_are_not_stored) {
    const auto id = with_terms();
    town_.tell(converted(id, "M-1", 300, 300));
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        record_buffer key;
        set_conversion_key(key, index_kind::conversion_reference, town_.keys().digest_of_conversion(id, "M-1"));
        ASSERT_TRUE(within.erase(in.conversions, key).value());
    });
    expect_wrong({"state: partners and their conversions equal to the replay"});
}

} // namespace
} // namespace meguri::storage
