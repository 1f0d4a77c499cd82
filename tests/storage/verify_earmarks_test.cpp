// `meguri verify` of earmarked points: where they were spent, by the terms that the payment saw, and whence they came.
#include "tests/storage/verify_scene.hpp"

namespace meguri::storage {
namespace {

using namespace ledger;
using test::names;
using test::report_of;
using test::store_state;
using test::tamper;
using test::verify_of_a_town;

class verify_of_earmarks : public verify_of_a_town {
protected:
    // A merchant that sells food, and somebody new who has 100 points for food.
    verify_of_earmarks() {
        for (const auto& [id, one] : town_.stands().merchants)
            if (!one.terms->outlets.empty()) merchant_ = id;
        const program_code program = town_.stands().merchants.at(merchant_).terms->programs.front();
        const auto today = jst_day::of(town_.now());
        campaign_terms terms{"食費応援",           *funding_source::parse("budget:042021:health"),
                             *points::from(1'000), today,
                             today.plus_days(9),   amount_rule::fixed,
                             *points::from(100),   {}};
        terms.earmark = food_;
        town_.tell(campaign_proposed{program, std::make_shared<const campaign_terms>(terms)});
        const campaign proposed = town_.stands().campaigns.back();
        const person_ref checker{proposed.maker.kind, proposed.maker.id + 1};
        town_.tell(*decide(decide_campaign{proposed.program, proposed.position, true, ""}, checker, proposed));
        to_ = wallet_id{town_.stands().wallets.size() + 1};
        town_.tell(wallet_opened{to_});
        town_.tell(granted(food_));
        sell(food_);
    }
    void sell(const category_set& what) { town_.tell(merchant_categories_set{merchant_, what, "業種"}); }
    [[nodiscard]] campaign_granted granted(const category_set& earmark) {
        const campaign& from = town_.stands().campaigns.back();
        grant asked{to_, from.program, *points::from(100), {}, from.terms->source};
        asked.earmark = earmark;
        const auto& to = town_.stands().wallets.at(to_);
        const auto lot = decide(asked, to, town_.stands().registry.programs, town_.now())->lot;
        return {to_, from.position, "機会" + std::to_string(to.sequence), lot};
    }
    [[nodiscard]] payment_decided paid() const {
        const lot& first = town_.stands().wallets.at(to_).lots.front();
        const outlet& at = town_.stands().merchants.at(merchant_).terms->outlets.front();
        payment_decided made;
        made.merchant = merchant_;
        made.outlet_is = at.kind;
        made.outlet = at.id;
        made.wallet = to_;
        made.program = first.terms->program;
        made.amount = *points::from(60);
        made.status = payment_status::captured;
        made.balance = *points::from(40);
        made.lots = {{first.terms, made.amount}};
        return made;
    }
    [[nodiscard]] std::uint64_t version() const { return town_.stands().merchants.at(merchant_).terms->version; }

    const category_set food_ = *category_set::from({"food"});
    const std::string kept_{"lots: earmarks of campaigns, kept by payments"};
    wallet_id to_;
    merchant_id merchant_;
};

TEST_F(verify_of_earmarks, takes_a_payment_where_the_points_are_good) {
    town_.tell(paid());
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
}

TEST_F(verify_of_earmarks, takes_one_that_was_under_way_when_the_categories_changed) {
    const auto seen = version();
    sell({});
    town_.add(paid(), [&](entry& one) { one.terms_version = seen; });
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
}

TEST_F(verify_of_earmarks, notices_one_that_saw_the_change) {
    sell(*category_set::from({"books"}));
    town_.add(paid());
    expect_wrong({kept_, "books: equal to the sum over wallets", "books: equal to the sum over merchants"});
}

TEST_F(verify_of_earmarks, notices_one_that_names_terms_from_before_the_categories) {
    const auto seen = version() - 1;
    ASSERT_GE(seen, 1u);
    sell({});
    sell(food_);
    town_.add(paid(), [&](entry& one) { one.terms_version = version() - 1; });
    expect_wrong({kept_, "books: equal to the sum over wallets", "books: equal to the sum over merchants"});
}

TEST_F(verify_of_earmarks, notices_a_grant_with_another_earmark_than_its_campaign_s) {
    for (const auto& earmark : {category_set{}, *category_set::from({"books"})}) {
        town_.add(granted(earmark));
        expect_wrong({"campaigns: two persons, granted = sum of grants within the budget, each occasion once"});
    }
}

TEST_F(verify_of_earmarks, notices_one_that_no_campaign_gave) {
    const auto from = granted(food_);
    town_.add(points_granted{to_, from.lot});
    expect_wrong({kept_, "books: equal to the sum over wallets"});
}

TEST_F(verify_of_earmarks, notices_a_record_that_forgot_them) {
    store_state(town_);
    EXPECT_TRUE(report_of(town_).all_agree());
    tamper(town_, [this](auto& within, const auto& in) {
        record_buffer record;
        merchant shop = town_.stands().merchants.at(merchant_);
        auto terms = *shop.terms;
        terms.categories = {};
        shop.terms = std::make_shared<const merchant_terms>(terms);
        encode(record, shop);
        const lmdb::integer_key of_merchant{merchant_.value()};
        ASSERT_TRUE(within.put(in.merchants, of_merchant.view(), record).has_value());
        wallet payer = town_.stands().wallets.at(to_);
        auto lot = *payer.lots.front().terms;
        lot.earmark = {};
        payer.lots.front().terms = std::make_shared<const lot_terms>(lot);
        encode(record, payer);
        const lmdb::integer_key of_wallet{to_.value()};
        ASSERT_TRUE(within.put(in.wallets, of_wallet.view(), record).has_value());
    });
    expect_wrong({"state: wallets equal to the replay", "state: merchants equal to the replay"});
}

} // namespace
} // namespace meguri::storage
