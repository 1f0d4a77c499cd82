// `meguri verify` of purchases: over a counter, by account transfer, by card.
#include "tests/storage/verify_scene.hpp"

#include "storage/state_store.hpp"

namespace meguri::storage {
namespace {

using namespace ledger;
using test::names;
using test::report_of;
using test::store_state;
using test::tamper;
using test::town;
using test::verify_of_a_town;

class verify_of_purchases : public verify_of_a_town {
protected:
    // Asked for by somebody who has bought nothing there, of a program that sells.
    purchase requested(std::int64_t amount) {
        const auto program = town_.stands().registry.programs.programs.front().code;
        const purchase_terms terms{*points::from(10), *points::from(1'000), *points::from(1'500), *points::from(9'000),
                                   7};
        town_.tell(
            freeze_changed{freeze_subject::program, program.number(), false, "発売"}); // the town may have frozen it
        town_.tell(*decide(set_purchase_terms{program, terms, "発売"}, town_.stands().registry.programs));
        const auto id = wallet_id{town_.stands().ids.wallet + 1};
        town_.tell(wallet_opened{id});
        const fact asked = request(id, program, amount, {});
        town_.tell(asked);
        return town_.stands().purchases.at(last_drawn_);
    }
    purchase_changed request(wallet_id by, program_code program, std::int64_t amount, const purchase_usage& used) {
        last_drawn_ = purchase_reference::drawn_by(town_.random().engine()());
        return *decide(request_purchase{by, program, *points::from(amount)}, town_.stands().registry.programs, used,
                       last_drawn_, town_.now());
    }
    [[nodiscard]] transfer_line line(const purchase& of, const char* number) const {
        return {jst_day::of(town_.now()), of.amount, {}, of.reference.text(), number};
    }
    [[nodiscard]] purchase_paid paid(const purchase& of, const char* number) {
        const auto taken = decide(take_transfer{of.program, line(of, number)}, &of);
        const auto& to = town_.stands().wallets.at(of.wallet);
        const auto granted = decide(grant_of(*taken.paid), to, town_.stands().registry.programs, town_.now());
        return {std::make_shared<const purchase>(*taken.paid), granted->lot,
                std::make_shared<const bank_transfer>(taken.transfer)};
    }
    const names purchases_{"purchases: within their terms, credited once, each line of a statement once"};
    const names state_{"state: newest entries of purchases and transfers equal to the replay"};
    purchase_reference last_drawn_;
};

TEST_F(verify_of_purchases, notices_a_purchase_that_is_credited_twice) {
    const auto one = requested(900);
    town_.tell(paid(one, "a-1"));
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(paid(one, "a-2"));
    expect_wrong(purchases_);
}

TEST_F(verify_of_purchases, notices_a_line_that_is_taken_twice) {
    const auto one = requested(900);
    auto taken = decide(take_transfer{one.program, line(one, "a-1")}, nullptr);
    const transfer_changed came{transfer_step::arrival, std::make_shared<const bank_transfer>(taken.transfer)};
    town_.tell(came);
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(came);
    expect_wrong(purchases_);
}

TEST_F(verify_of_purchases, notices_more_than_the_person_may_ask_for) {
    const auto one = requested(900);
    town_.add(request(one.wallet, one.program, 900, {})); // forgets what was asked for before
    expect_wrong(purchases_);
}

TEST_F(verify_of_purchases, notices_money_that_one_person_sends_back) {
    const auto one = requested(900);
    auto taken = decide(take_transfer{one.program, line(one, "a-1")}, nullptr);
    town_.tell(transfer_changed{transfer_step::arrival, std::make_shared<const bank_transfer>(taken.transfer)});
    const auto came = town_.stands().transfers.rbegin()->second;
    const person_ref maker{caller_kind::operator_, 1};
    town_.tell(*decide(propose_for_transfer{one.program, came.position, {}, "照会"}, maker, came, nullptr));
    const auto proposed = town_.stands().transfers.rbegin()->second;
    town_.add(*decide(decide_transfer{one.program, came.position, true, ""}, {caller_kind::operator_, 2}, proposed),
              [](entry& made) { made.caller.id = made.person = 1; });
    expect_wrong(purchases_);
}

TEST_F(verify_of_purchases, notices_records_that_are_not_stored) {
    const auto one = requested(900);
    town_.tell(paid(one, "a-1"));
    auto taken = decide(take_transfer{one.program, line(one, "a-2")}, nullptr);
    town_.tell(transfer_changed{transfer_step::arrival, std::make_shared<const bank_transfer>(taken.transfer)});
    store_state(town_);
    EXPECT_TRUE(report_of(town_).all_agree());
    for (auto database : {&state_databases::purchases, &state_databases::purchasers, &state_databases::transfers,
                          &state_databases::unmatched}) {
        record_buffer key;
        record_buffer value;
        tamper(town_, [&](auto& within, const auto& in) {
            auto over = within.open_cursor(in.*database).value();
            const auto first = over.first().value();
            ASSERT_TRUE(first.has_value());
            key.assign(first->key.begin(), first->key.end());
            value.assign(first->value.begin(), first->value.end());
            ASSERT_TRUE(within.erase(in.*database, key).value());
        });
        expect_wrong(state_);
        tamper(town_,
               [&](auto& within, const auto& in) { ASSERT_TRUE(within.put(in.*database, key, value).has_value()); });
    }
    EXPECT_TRUE(report_of(town_).all_agree());
}

class verify_of_debits : public verify_of_purchases {
protected:
    // Under a mandate that the bank has confirmed.
    purchase debit_requested() {
        const auto first = requested(100);
        program_ = first.program;
        wallet_ = first.wallet;
        auto terms = *town_.stands().registry.programs.find(program_)->sale;
        terms.debits = debit_terms{7, 27, 0};
        town_.tell(*decide(set_purchase_terms{program_, terms, "口座振替"}, town_.stands().registry.programs));
        const bank_account account{125, 404, account_type::ordinary, 1'234'567, "ﾔﾏﾀﾞ ﾊﾅｺ", "zengin-code"};
        account_ = std::make_shared<const bank_account>(account);
        town_.tell(*decide(request_mandate{wallet_, program_, account_, account_verdict::good}, nullptr, 0,
                           town_.stands().registry.programs));
        become(mandate_status::confirmed);
        town_.tell(asked(first));
        return town_.stands().purchases.at(last_drawn_);
    }
    purchase_changed asked(const purchase& before) {
        last_drawn_ = purchase_reference::drawn_by(town_.random().engine()());
        day_ = next_debit_day(debit_terms{7, 27, 0}, jst_day::of(town_.now()), [](jst_day) { return false; });
        return *decide(request_purchase{wallet_, program_, *points::from(600), purchase_method::account_transfer},
                       town_.stands().registry.programs, town_.stands().bought.at({program_, before.wallet}),
                       last_drawn_, town_.now(), debit_plan{mandate().mandate.position, day_});
    }
    [[nodiscard]] test::folded::newest_mandate mandate() const {
        return town_.stands().mandates.at({program_, wallet_});
    }
    [[nodiscard]] mandate_changed step(mandate_status to) const {
        const auto newest = mandate();
        return *decide(change_mandate{program_, wallet_, newest.mandate.position, to, "銀行回答"}, &newest.mandate,
                       newest.position);
    }
    void become(mandate_status to) { town_.tell(step(to)); }
    [[nodiscard]] debits_ordered order() const {
        return {std::make_shared<const debit_order>(debit_order{program_, day_, 7, *account_})};
    }
    [[nodiscard]] purchase_debited debited_for(const purchase& of) const {
        const auto paid = debited(of);
        const auto granted =
            decide(grant_of(paid), town_.stands().wallets.at(wallet_), town_.stands().registry.programs, town_.now());
        return {std::make_shared<const purchase>(paid), granted->lot};
    }
    program_code program_;
    wallet_id wallet_;
    bank_account_ptr account_;
    jst_day day_;
};

TEST_F(verify_of_debits, notices_a_debit_that_is_credited_twice) {
    const auto one = debit_requested();
    town_.tell(order());
    town_.tell(debited_for(one));
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(debited_for(one));
    expect_wrong(purchases_);
}

TEST_F(verify_of_debits, notices_a_debit_that_nobody_ordered) {
    const auto one = debit_requested();
    town_.add(debited_for(one));
    expect_wrong(purchases_);
}

TEST_F(verify_of_debits, notices_a_debit_under_a_mandate_that_had_ended) {
    const auto one = debit_requested();
    become(mandate_status::ended);
    town_.tell(order());
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(debited_for(one));
    expect_wrong(purchases_);
}

TEST_F(verify_of_debits, notices_a_day_that_is_ordered_twice_or_asked_for_later) {
    const auto one = debit_requested();
    town_.tell(order());
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(asked(one));
    expect_wrong(purchases_);
}

TEST_F(verify_of_debits, notices_a_mandate_that_comes_back) {
    debit_requested();
    const auto confirmed = step(mandate_status::ended);
    become(mandate_status::ended);
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(confirmed);
    expect_wrong(purchases_);
}

TEST_F(verify_of_debits, notices_a_resident_who_ends_another_s_mandate) {
    debit_requested();
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(step(mandate_status::ended), [this](entry& one) {
        one.caller = {caller_kind::resident, wallet_.value() + 1};
        one.person = 0;
    });
    expect_wrong(purchases_);
}

TEST_F(verify_of_debits, notices_a_resident_who_speaks_for_the_bank) {
    debit_requested();
    become(mandate_status::ended);
    const auto before = mandate();
    town_.tell(*decide(request_mandate{wallet_, program_, account_, account_verdict::good}, &before.mandate,
                       before.position, town_.stands().registry.programs));
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(step(mandate_status::confirmed), [this](entry& one) {
        one.caller = {caller_kind::resident, wallet_.value()};
        one.person = 0;
    });
    expect_wrong(purchases_);
}

class verify_of_cards : public verify_of_purchases {
protected:
    purchase by_card() {
        const auto first = requested(100);
        auto terms = *town_.stands().registry.programs.find(first.program)->sale;
        terms.cards = true;
        town_.tell(*decide(set_purchase_terms{first.program, terms, "カード"}, town_.stands().registry.programs));
        last_drawn_ = purchase_reference::drawn_by(town_.random().engine()());
        town_.tell(*decide(request_purchase{first.wallet, first.program, *points::from(900), purchase_method::card},
                           town_.stands().registry.programs, town_.stands().bought.at({first.program, first.wallet}),
                           last_drawn_, town_.now()));
        return town_.stands().purchases.at(last_drawn_);
    }
    [[nodiscard]] static note_card_payment told_of(const purchase& of, card_news news) {
        return {of.program, of.reference, news, "pay_1", {}, of.amount};
    }
    [[nodiscard]] purchase_captured captured_for(const purchase& of) const {
        const auto paid = captured(told_of(of, card_news::captured), of);
        const auto granted =
            decide(grant_of(paid), town_.stands().wallets.at(of.wallet), town_.stands().registry.programs, town_.now());
        return {std::make_shared<const purchase>(paid), granted->lot};
    }
};

TEST_F(verify_of_cards, notices_a_payment_that_is_credited_twice) {
    const auto one = by_card();
    town_.tell(captured_for(one));
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(captured_for(one));
    expect_wrong(purchases_);
}

TEST_F(verify_of_cards, notices_a_chargeback_that_loses_more_than_was_spent) {
    const auto one = by_card();
    town_.tell(captured_for(one));
    const auto stands = town_.stands().purchases.at(one.reference);
    auto back = charge_back(stands, town_.stands().wallets.at(one.wallet));
    auto wrong = *back.after;
    wrong.card->lost = *points::from(1);
    back.after = std::make_shared<const purchase>(wrong);
    town_.add(back);
    expect_wrong(purchases_);
}

} // namespace
} // namespace meguri::storage
