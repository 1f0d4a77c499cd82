// `meguri verify` passes what is right, and names what is wrong: each kind of damage is planted once.
#include "storage/verify.hpp"

#include "ledger/undecided.hpp"
#include "storage/checkpointer.hpp"
#include "storage/index_runs.hpp"
#include "storage/state_store.hpp"
#include "tests/storage/town.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace meguri::storage {
namespace {

using namespace ledger;
using test::town;

// The town's folder with a state store as of some way into the journal.
void store_state(town& of, std::size_t steps = 1'000'000) {
    const auto state = state_store::open(of.folder() / "state", std::size_t{1} << 30).value();
    checkpoint_settings settings;
    settings.slice_puts_max = 200;
    settings.entries_max = 200;
    auto checkpoints = checkpointer::open(*state, of.journal(), of.keys(), nullptr, settings).value();
    while (steps-- > 0 && checkpoints->step().value()) {
    }
}

// Changes the state store behind everybody's back.
void tamper(town& of, const std::function<void(lmdb::write_transaction&, const state_databases&)>& change) {
    const auto state = state_store::open(of.folder() / "state", std::size_t{1} << 30).value();
    auto within = state->begin_write().value();
    change(within, state->databases());
    ASSERT_TRUE(std::move(within).commit().has_value());
}

verify_report report_of(town& of) {
    of.close();
    auto report = verify(of.folder());
    of.open();
    EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().text());
    return report.value_or(verify_report{});
}

std::vector<std::string> wrong_in(const verify_report& report) {
    std::vector<std::string> names;
    for (const auto& one : report.rules)
        if (one.violated != 0) names.push_back(one.name);
    return names;
}

using names = std::vector<std::string>;

const wallet& some_wallet_with_lots(const town& of) {
    for (const auto& [id, one] : of.stands().wallets)
        if (!one.lots.empty() && one.lots.front().available > points{} && // not all of it held
            !is_undecided(one.lots.front().terms->program))
            return one;
    throw std::logic_error{"nobody has points"};
}

// A partner of its own whose points are converted on one day, which is reconciled on the next.
void live_through_a_partners_day(town& in) {
    const partner_id id{in.stands().ids.partner + 1};
    in.tell(partner_added{id, "照合", {id.value(), 9}});
    const conversion_terms terms{"マイル", {1, 2}, 10, 1, {}, {}};
    const person_ref maker{caller_kind::operator_, 1};
    in.tell(*decide(propose_conversion_terms{id, std::make_shared<const conversion_terms>(terms)}, maker, {}));
    in.tell(*decide(decide_conversion_terms{id, 1, true, ""}, person_ref{maker.kind, 2}, in.stands().partners.at(id)));
    wallet to = some_wallet_with_lots(in);
    to.frozen = false;
    const allowed_conversion allowed{.wallet = to.id,
                                     .partner = id,
                                     .my_key = {},
                                     .reference = "M-1",
                                     .units = 100,
                                     .remainder = 0,
                                     .amount = *points::from(50),
                                     .terms = 1,
                                     .day = jst_day::of(in.now()),
                                     .of_person = *points::from(50),
                                     .coupon = 0,
                                     .code = {},
                                     .program = {},
                                     .source = *funding_source::parse("partner:card")};
    in.tell(*decide(allowed, to, in.stands().registry.programs, in.now()));
    in.pass_time(86'400'000);
    reconciliation found;
    found.day = allowed.day;
    found.missing_there = 1;
    found.ours = allowed.amount;
    in.tell(partner_reconciled{id, found});
}

// Somebody on a list is granted a benefit, of which what is unspent is taken back.
void live_through_a_benefit(town& in) {
    const auto program = some_wallet_with_lots(in).lots.front().terms->program;
    const auto to = some_wallet_with_lots(in).id;
    const auto today = jst_day::of(in.now());
    campaign_terms terms{"子育て応援",         *funding_source::parse("budget:042021:child"),
                         *points::from(100),   today,
                         today.plus_days(300), amount_rule::fixed,
                         *points::from(50),    {}};
    terms.eligible_only = true;
    in.tell(campaign_proposed{program, std::make_shared<const campaign_terms>(terms)});
    const auto proposed = in.stands().campaigns.back();
    const person_ref second{proposed.maker.kind, proposed.maker.id + 1};
    in.tell(*decide(decide_campaign{program, proposed.position, true, ""}, second, proposed));
    in.tell(eligibility_listed{program, proposed.position, 0, {{to, {}, 0}}});
    const auto of = [&]() -> const campaign& { return in.stands().campaigns.back(); };
    auto list = *decide(accept_eligibility{program, proposed.position, {}, nullptr}, proposed.maker, of(), 1, in.now());
    list.lists = {in.journal().end().last};
    in.tell(list);
    const auto stands = [&]() -> wallet {
        wallet one = in.stands().wallets.at(to);
        one.frozen = false;
        return one;
    };
    const auto allowed = *decide(benefit_question{.wallet = to,
                                                  .occasion = std::string{benefit_occasion},
                                                  .amount = {},
                                                  .my_key = stands().my_key,
                                                  .listed = 0},
                                 of(), {}, in.now());
    in.tell(*decide(allowed.what, allowed.basis, proposed.position, stands(), in.stands().registry.programs, in.now()));
    const auto lot = in.stands().wallets.at(to).lots_issued;
    in.tell(recipients_listed{
        program, proposed.position, 0, {{1, to, std::string{benefit_occasion}, *points::from(50), ""}}});
    auto clawback = *decide(propose_clawback{program, proposed.position, nullptr, {}, "r"}, proposed.maker, of(), 1);
    clawback.lists = {in.journal().end().last};
    in.tell(clawback);
    const auto at = in.journal().end().last;
    in.tell(*decide(decide_clawback{program, proposed.position, at, true, ""}, second, of()));
    in.tell(*decide(claw_back_row{program, proposed.position, at, 0, to, lot}, stands()));
}

class verify_of_a_town : public testing::Test {
protected:
    verify_of_a_town() : town_{test::seeds(1).front()} { town_.live(900); }
    // The only rules that the entry may break.
    void expect_wrong(const names& expected) {
        const auto report = report_of(town_);
        EXPECT_EQ(wrong_in(report), expected) << report.text();
        EXPECT_FALSE(report.all_agree());
    }
    [[nodiscard]] key_chain keys_of(const key_holder& holder) const {
        const auto known = town_.stands().chains.find(holder);
        return known != town_.stands().chains.end() ? known->second : key_chain{};
    }
    town town_;
};

TEST_F(verify_of_a_town, passes_at_every_stage_of_a_checkpoint) {
    live_through_a_partners_day(town_);
    live_through_a_benefit(town_);
    for (const std::size_t steps : {0u, 1u, 2u, 3u, 5u, 8u, 13u, 21u, 1'000'000u}) {
        store_state(town_, steps);
        const auto report = report_of(town_);
        EXPECT_TRUE(report.all_agree()) << "after " << steps << " more steps\n" << report.text();
        EXPECT_EQ(report.entries, town_.journal().end().last);
        EXPECT_EQ(report.wallets, town_.stands().wallets.size());
        EXPECT_EQ(report.merchants, town_.stands().merchants.size());
        EXPECT_EQ(report.epochs.size(), town_.stands().registry.epochs.number());
        town_.live(60);
        if (steps == 2 || steps == 13) town_.begin_epoch(epoch_mark{static_cast<std::uint32_t>(steps)});
    }
}

// A random town meets what is rare in it sooner or later: it lives on until it has.
TEST_F(verify_of_a_town, has_something_to_check_for_every_rule) {
    live_through_a_partners_day(town_);
    live_through_a_benefit(town_);
    town_.begin_epoch(epoch_mark{7});
    names unmet{""};
    while (!unmet.empty() && town_.journal().end().last < 6'000) {
        town_.live(300);
        store_state(town_);
        const auto report = report_of(town_);
        ASSERT_TRUE(report.all_agree()) << report.text();
        unmet.clear();
        for (const auto& one : report.rules)
            if (one.checked == 0) unmet.push_back(one.name);
    }
    EXPECT_EQ(unmet, names{});
}

TEST_F(verify_of_a_town, needs_no_state_store) {
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    EXPECT_EQ(report.checkpoint, 0u);
    EXPECT_FALSE(std::filesystem::exists(town_.folder() / "state" / "data.mdb")) << "and makes none";
}

TEST_F(verify_of_a_town, refuses_a_folder_in_use_and_one_that_is_none) {
    const auto held = data_folder::open(town_.folder());
    ASSERT_TRUE(held.has_value());
    EXPECT_EQ(verify(town_.folder()).error().code, errc::locked);
    EXPECT_EQ(verify(town_.folder() / "nowhere").error().code, errc::not_a_ledger);
}

// --- in the journal ---

TEST_F(verify_of_a_town, notices_a_gap_in_a_wallets_sequence) {
    const auto id = town_.stands().wallets.begin()->first;
    town_.add(freeze_changed{freeze_subject::wallet, id.value(), true, "x"}, [](entry& one) { ++one.wallet_sequence; });
    expect_wrong({"wallets: sequences dense"});
}

// An epoch as a restore begins it, but for what `change` makes wrong.
epoch_began next_epoch(town& of, const std::function<void(epoch_began&)>& change) {
    const auto& stands = of.stands();
    const auto& end = of.journal().end();
    epoch_began began{stands.registry.epochs.number() + 1,
                      epoch_mark{77},
                      end.last,
                      end.hash,
                      end.last,
                      stands.ids.wallet,
                      stands.ids.merchant,
                      stands.ids.party()};
    change(began);
    return began;
}

TEST_F(verify_of_a_town, tells_of_its_epochs) {
    town_.begin_epoch(epoch_mark{3});
    const auto first = town_.journal().end().last;
    const auto began_at = town_.now();
    town_.live(200);
    town_.begin_epoch(epoch_mark{4});
    store_state(town_);
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    ASSERT_EQ(report.epochs.size(), 2u);
    EXPECT_EQ(report.epochs[0], (verified_epoch{1, first - 1, began_at}));
    EXPECT_EQ(report.epochs[1].number, 2u);
    EXPECT_NE(report.text().find("epoch 1: restored at " + to_rfc3339(began_at) + " up to entry " +
                                 std::to_string(first - 1) + "\n"),
              std::string::npos)
        << report.text();
}

TEST_F(verify_of_a_town, notices_an_epoch_that_cannot_be) {
    town_.begin_epoch(epoch_mark{3});
    const std::vector<std::function<void(epoch_began&)>> all{
        [](epoch_began& one) { ++one.number; },
        [](epoch_began& one) { one.mark = epoch_mark{3}; }, // the first one's
        [](epoch_began& one) { one.mark = epoch_mark{}; },
        [](epoch_began& one) { --one.after; },
        [](epoch_began& one) { one.hash[9] ^= std::byte{1}; },
        [](epoch_began& one) { ++one.same_through; },
        [](epoch_began& one) { --one.last_wallet; },
        [](epoch_began& one) { ++one.last_merchant; },
        [](epoch_began& one) { ++one.last_party; },
    };
    std::uint64_t planted = 0;
    for (const auto& change : all) {
        town_.add(next_epoch(town_, change));
        const auto report = report_of(town_);
        EXPECT_EQ(wrong_in(report), names{"epochs: each restore's begins where it says, with a mark of its own"})
            << report.text();
        std::uint64_t violated = 0;
        for (const auto& one : report.rules) violated += one.violated;
        EXPECT_EQ(violated, planted + 1) << "number " << &change - all.data();
        planted = violated;
    }
}

TEST_F(verify_of_a_town, notices_an_outlet_with_a_lost_ones_id) {
    const auto merchant = town_.stands().merchants.begin()->first;
    const auto& terms = *town_.stands().merchants.begin()->second.terms;
    town_.begin_epoch(epoch_mark{3});
    const auto number = static_cast<std::uint16_t>(terms.outlets.size() + 1);
    town_.add(outlet_added{outlet_kind::shop, outlet_id{merchant, number}, "通販", {5, 5}});
    expect_wrong({"registry: everything new added once, programs open before their points"});
}

TEST_F(verify_of_a_town, notices_wrong_chains_and_times_that_go_back) {
    const auto wallet = town_.stands().wallets.begin()->first;
    town_.add(freeze_changed{freeze_subject::wallet, wallet.value(), true, "x"}, [](entry& one) {
        one.previous_of_wallet = 1;
        one.decided_at = instant{1};
    });
    const auto merchant = town_.stands().merchants.begin()->first;
    town_.add(freeze_changed{freeze_subject::merchant, merchant.value(), true, "x"},
              [](entry& one) { one.previous_of_merchant = 1; });
    expect_wrong({"wallets: decision times never go back", "wallets: previous positions right",
                  "merchants: previous positions right"});
}

TEST_F(verify_of_a_town, notices_points_that_were_not_there) {
    const auto& wallet = some_wallet_with_lots(town_);
    const auto& lot = wallet.lots.front();
    town_.add(points_expired{wallet.id, {{lot.terms, *lot.available.plus(*points::from(1))}}});
    const auto report = report_of(town_);
    EXPECT_EQ(wrong_in(report).front(), "lots: nothing taken that is not there") << report.text();
}

TEST_F(verify_of_a_town, notices_a_payment_that_takes_less_than_it_says) {
    const auto& wallet = some_wallet_with_lots(town_);
    const auto& lot = wallet.lots.front();
    for (const auto& [id, merchant] : town_.stands().merchants) {
        if (merchant.terms->outlets.empty()) continue;
        payment_decided paid;
        paid.merchant = id;
        paid.outlet = merchant.terms->outlets.front().id;
        paid.outlet_is = merchant.terms->outlets.front().kind;
        paid.wallet = wallet.id;
        paid.program = *program_code::parse("432148") == lot.terms->program ? *program_code::parse("042021")
                                                                            : *program_code::parse("432148");
        paid.amount = *points::from(1);
        paid.status = payment_status::captured;
        paid.lots = {{lot.terms, *points::from(1)}}; // of another program
        town_.add(paid);
        const auto report = report_of(town_);
        EXPECT_EQ(wrong_in(report).front(), "payments: the sum of lots of their own program") << report.text();
        return;
    }
    FAIL() << "no merchant has a till";
}

TEST_F(verify_of_a_town, notices_a_payment_that_the_merchant_does_not_accept) {
    for (const auto& [id, merchant] : town_.stands().merchants) {
        if (merchant.terms->outlets.empty()) continue;
        payment_decided paid;
        paid.merchant = id;
        paid.outlet = outlet_id{id, 999};
        paid.program = *program_code::parse("042021");
        paid.amount = *points::from(1);
        paid.decline = decline_code::credential_unknown;
        town_.add(paid);
        return expect_wrong({"payments: accepted by the merchant's terms"});
    }
    FAIL() << "no merchant has a till";
}

TEST_F(verify_of_a_town, notices_a_key_in_two_entries) {
    for (int i = 0; i < 2; ++i)
        town_.add(partner_added{partner_id{1'000u + static_cast<unsigned>(i)}, "x", {1, static_cast<unsigned>(i)}},
                  [](entry& one) { one.idempotency_key = "the same"; });
    expect_wrong({"keys: each idempotency key made one entry"});
}

TEST_F(verify_of_a_town, notices_a_step_that_does_not_follow) {
    const auto& payments = town_.payments();
    const auto find_captured = [&] {
        return std::ranges::find_if(payments,
                                    [](const auto& one) { return one.second.status == payment_status::captured; });
    };
    while (find_captured() == payments.end()) town_.live(60);
    const auto captured = find_captured();
    const payment_state& payment = captured->second;
    const auto& payer = town_.stands().wallets.at(payment.wallet);
    auto step = *decide(refund_payment{payment.position, {}}, payment, payer, town_.now());
    auto after = *step.after;
    after.reference += "x";
    step.after = std::make_shared<const payment_state>(after);
    town_.add(step);
    const auto report = report_of(town_);
    EXPECT_EQ(wrong_in(report).front(), "payments: each step follows from the one before") << report.text();
}

TEST_F(verify_of_a_town, notices_a_transfer_that_makes_more_of_undecided_points) {
    const auto id = some_wallet_with_lots(town_).id;
    const auto& wallet = town_.stands().wallets.at(id);
    const auto& programs = town_.stands().registry.programs;
    const auto chosen = programs.programs[1].code;
    const auto transfer_of = [&](std::int64_t amount) {
        return *decide(transfer_undecided{id, chosen, *points::from(amount)}, wallet, programs, town_.now());
    };
    const credit_undecided conversion{id, partner_id{1}, *points::from(500), *funding_source::parse("partner:card")};
    town_.tell(*decide(conversion, wallet, town_.now()));
    town_.tell(*decide(choose_home{id, chosen}, wallet, programs));
    town_.tell(transfer_of(200));
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();

    auto grown = transfer_of(1);
    grown.to.front().amount = *points::from(2);
    town_.add(grown);
    expect_wrong({"undecided points: leave once, to one program", "postings: debits equal credits in every entry"});
}

TEST_F(verify_of_a_town, notices_a_home_that_is_no_program) {
    town_.add(home_chosen{some_wallet_with_lots(town_).id, *program_code::parse("131016")});
    expect_wrong({"registry: everything new added once, programs open before their points"});
}

TEST_F(verify_of_a_town, notices_a_mykey_id_that_is_given_out_twice) {
    const auto id = my_key_id::drawn_by(77'777);
    const auto issue_to = [&](wallet_id to) {
        wallet without = town_.stands().wallets.at(to);
        without.my_key = {};
        return *decide(issue_my_key{to, {}}, {id}, without);
    };
    std::vector<wallet_id> free;
    for (const auto& [wallet, stands] : town_.stands().wallets)
        if (!stands.my_key) free.push_back(wallet);
    ASSERT_GE(free.size(), 2U);
    town_.tell(issue_to(free[0]));
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    town_.add(issue_to(free[1]));
    expect_wrong({"MyKey IDs: each given out once"});
}

TEST_F(verify_of_a_town, notices_a_mykey_id_that_is_enrolled_with_twice) {
    const auto enrolled = [&](std::uint64_t card) {
        const ledger::wallet_id next{town_.stands().wallets.size() + 1};
        return person_enrolled{next, town_.now(), {9, card}, my_key_id::drawn_by(88'888)};
    };
    town_.tell(enrolled(1));
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    town_.add(enrolled(2));
    expect_wrong({"MyKey IDs: each given out once"});
}

TEST_F(verify_of_a_town, notices_a_correction_by_one_person) {
    const auto id = some_wallet_with_lots(town_).id;
    const auto& wallet = town_.stands().wallets.at(id);
    const auto propose_and_approve = [&] {
        const auto& lot = *std::ranges::find_if(wallet.lots, [](const auto& one) { return !one.available.is_zero(); });
        const auto what = std::make_shared<const correction>(
            correction{correction_kind::debit, lot.terms->program, *points::from(1), lot.terms->source, {}, "誤り"});
        const auto& programs = town_.stands().registry.programs;
        town_.tell(*decide(propose_correction{id, what}, wallet, programs, town_.now()));
        const auto& open = wallet.corrections.back();
        const person_ref checker{open.maker.kind, open.maker.id + 1};
        return *decide(decide_correction{id, open.position, true, ""}, checker, wallet, town_.now());
    };
    town_.tell(propose_and_approve());
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    town_.add(propose_and_approve(), [](entry& one) { one.caller.id = one.person = 1; });
    expect_wrong({"corrections: two persons, once, as proposed", "books: equal to the sum over wallets"});
}

class verify_of_campaigns : public verify_of_a_town {
protected:
    // An approved one of which so much was granted, on one occasion.
    campaign approved_with_grant(std::int64_t budget, std::int64_t amount) {
        const auto& program = town_.stands().registry.programs.programs.front();
        const auto today = jst_day::of(town_.now());
        const campaign_terms terms{"歩いて健康",          *funding_source::parse("budget:042021:health"),
                                   *points::from(budget), today,
                                   today.plus_days(9),    amount_rule::up_to,
                                   *points::from(1'000),  {}};
        town_.tell(campaign_proposed{program.code, std::make_shared<const campaign_terms>(terms)});
        const campaign& one = town_.stands().campaigns.back();
        const person_ref checker{one.maker.kind, one.maker.id + 1};
        town_.tell(*decide(decide_campaign{one.program, one.position, true, ""}, checker, one));
        town_.tell(granted(one, amount, "walk"));
        return town_.stands().campaigns.back();
    }
    [[nodiscard]] campaign_granted granted(const campaign& from, std::int64_t amount, const char* occasion) {
        const auto& to = some_wallet_with_lots(town_);
        const grant asked{to.id, from.program, *points::from(amount), {}, from.terms->source};
        return {to.id, from.position, occasion, decide(asked, to, town_.stands().registry.programs, town_.now())->lot};
    }
    const names campaigns_{"campaigns: two persons, granted = sum of grants within the budget, each occasion once"};
};

TEST_F(verify_of_campaigns, notices_more_than_the_budget) {
    const auto one = approved_with_grant(100, 60);
    EXPECT_TRUE(report_of(town_).all_agree());
    town_.add(granted(one, 41, "clean"));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_campaigns, notices_an_occasion_that_comes_twice) {
    const auto one = approved_with_grant(100, 60);
    town_.add(granted(one, 40, "walk"));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_campaigns, notices_one_that_one_person_approves) {
    const auto one = approved_with_grant(100, 60);
    town_.tell(*decide(propose_increase{one.program, one.position, *points::from(500), "r"}, one.maker, one));
    const auto open = town_.stands().campaigns.back();
    const person_ref checker{one.maker.kind, one.maker.id + 1};
    town_.add(*decide(decide_increase{one.program, one.position, 1, true, ""}, checker, open),
              [](entry& made) { made.caller.id = made.person = 1; });
    expect_wrong(campaigns_);
}

class verify_of_benefits : public verify_of_campaigns {
protected:
    // One for persons, one of whom is on its list.
    void list_one(bool by_digest = false) {
        const auto& program = town_.stands().registry.programs.programs.front();
        const auto today = jst_day::of(town_.now());
        campaign_terms terms{"子育て応援",          *funding_source::parse("budget:042021:child"),
                             *points::from(10'000), today,
                             today.plus_days(9),    amount_rule::steps,
                             *points::from(300),    {}};
        terms.steps = {{0, *points::from(100)}, {8'000, *points::from(300)}};
        terms.eligible_only = terms.per_person = true;
        for (const auto& [id, wallet] : town_.stands().wallets)
            if (wallet.my_key && !wallet.frozen) to_ = id;
        ASSERT_TRUE(to_) << "no person in this town";
        town_.tell(campaign_proposed{program.code, std::make_shared<const campaign_terms>(terms)});
        const campaign proposed = town_.stands().campaigns.back();
        const person_ref checker{proposed.maker.kind, proposed.maker.id + 1};
        town_.tell(*decide(decide_campaign{proposed.program, proposed.position, true, ""}, checker, proposed));
        const auto digest = town_.keys().digest_of_eligible(proposed.position, person().my_key);
        const eligible_row row = by_digest ? eligible_row{{}, digest, 9'000} : eligible_row{to_, {}, 9'000};
        town_.tell(eligibility_listed{program.code, proposed.position, 0, {row}});
        accepted_ = *decide(accept_eligibility{program.code, proposed.position, {}, nullptr}, proposed.maker,
                            town_.stands().campaigns.back(), 1, town_.now());
        accepted_.lists = {town_.journal().end().last};
    }
    [[nodiscard]] const wallet& person() { return town_.stands().wallets.at(to_); }
    [[nodiscard]] benefit_granted benefit(std::int64_t amount = 300, std::uint64_t measured = 9'000) {
        const campaign& of = town_.stands().campaigns.back();
        const grant asked{to_, of.program, *points::from(amount), {}, of.terms->source};
        return {to_,
                of.position,
                std::string{benefit_occasion},
                person().my_key,
                town_.journal().end().last,
                0,
                measured,
                decide(asked, person(), town_.stands().registry.programs, town_.now())->lot};
    }
    wallet_id to_;
    eligibility_changed accepted_;
    const names benefits_{"benefits: lists whole, granted to persons, and to the eligible where a list says who"};
};

TEST_F(verify_of_benefits, takes_who_is_on_the_list_by_wallet_and_by_digest) {
    for (const bool by_digest : {false, true}) {
        list_one(by_digest);
        town_.tell(accepted_);
        town_.tell(benefit());
        const auto report = report_of(town_);
        EXPECT_TRUE(report.all_agree()) << report.text();
    }
}

TEST_F(verify_of_benefits, notices_a_list_that_is_not_whole) {
    list_one();
    accepted_.rows = 2;
    town_.tell(eligibility_listed{accepted_.program, accepted_.campaign, 0, {{wallet_id{1}, {}, 0}}});
    town_.add(accepted_);
    expect_wrong(benefits_);
}

TEST_F(verify_of_benefits, notices_who_is_not_on_the_list) {
    list_one();
    town_.tell(accepted_);
    const auto listed = to_;
    for (const auto& [id, wallet] : town_.stands().wallets)
        if (wallet.my_key && id != listed) to_ = id;
    ASSERT_NE(to_, listed) << "one person in this town";
    town_.add(benefit());
    expect_wrong(benefits_);
}

TEST_F(verify_of_benefits, notices_another_measure_than_the_list_s) {
    list_one();
    town_.tell(accepted_);
    town_.add(benefit(300, 8'000));
    expect_wrong(benefits_);
}

TEST_F(verify_of_benefits, notices_an_amount_that_is_not_the_rule_s) {
    list_one();
    town_.tell(accepted_);
    town_.add(benefit(100));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_benefits, notices_a_person_who_is_somebody_else) {
    list_one();
    town_.tell(accepted_);
    auto wrong = benefit();
    wrong.my_key = my_key_id::drawn_by(wrong.my_key.number() + 1);
    town_.add(wrong);
    expect_wrong(benefits_);
}

class verify_of_recipients : public verify_of_campaigns {
protected:
    // A file of two rows of 10 points, of which none has come. Its acceptance stands behind its list.
    void accept_file(std::int64_t sum = 20, std::uint32_t rows = 2) {
        one_ = approved_with_grant(100, 60);
        to_ = some_wallet_with_lots(town_).id;
        town_.tell(recipients_listed{one_.program, one_.position, 0, {row(2, "清掃"), row(3, "花植え")}});
        recipients_accepted accepted{one_.program, one_.position, {}, rows, *points::from(sum), {}};
        accepted.digest.fill(std::byte{9});
        accepted.lists = {town_.journal().end().last};
        sum == 20 && rows == 2 ? town_.tell(accepted) : town_.add(accepted);
        file_ = town_.journal().end().last;
    }
    [[nodiscard]] recipient_row row(std::uint32_t line, const char* occasion) const {
        return {line, to_, occasion, *points::from(10), ""};
    }
    [[nodiscard]] recipient_granted granted_row(std::uint32_t row, const char* occasion, std::int64_t amount = 10) {
        const auto& to = town_.stands().wallets.at(to_);
        const grant asked{to_, one_.program, *points::from(amount), {}, one_.terms->source};
        return {to_, one_.position, file_,
                row, occasion,      decide(asked, to, town_.stands().registry.programs, town_.now())->lot};
    }
    campaign one_;
    wallet_id to_;
    journal_position file_ = 0;
    const names recipients_{"recipients: accepted as listed, each row granted as listed or left out, once"};
};

TEST_F(verify_of_recipients, takes_a_whole_file) {
    accept_file();
    town_.tell(granted_row(0, "清掃"));
    town_.tell(recipients_left_out{
        one_.program, one_.position, file_, 0, *points::from(10), {{1, 3, left_out_reason::wallet_frozen}}});
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
}

TEST_F(verify_of_recipients, notices_a_sum_that_is_not_the_list_s) {
    accept_file(21);
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_rows_that_are_not_listed) {
    accept_file(20, 3);
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_a_row_that_is_not_granted_as_listed) {
    accept_file();
    town_.add(granted_row(0, "花植え"));
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_another_amount_than_was_listed) {
    accept_file();
    town_.add(granted_row(0, "清掃", 9));
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_a_row_that_is_left_out_after_it_was_granted) {
    accept_file();
    town_.tell(granted_row(0, "清掃"));
    town_.add(recipients_left_out{
        one_.program, one_.position, file_, 0, *points::from(10), {{0, 2, left_out_reason::wallet_frozen}}});
    expect_wrong(recipients_);
}

TEST_F(verify_of_recipients, notices_a_row_that_comes_twice) {
    accept_file();
    town_.tell(granted_row(0, "清掃"));
    town_.add(granted_row(0, "清掃"));
    expect_wrong(campaigns_);
}

TEST_F(verify_of_campaigns, notices_records_that_are_not_stored) {
    const auto one = approved_with_grant(100, 60);
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        record_buffer key;
        set_campaign_key(key, {one.program, one.position});
        auto other = one;
        other.granted = {};
        record_buffer record;
        encode(record, other);
        ASSERT_TRUE(within.put(in.campaigns, key, record).has_value());
        auto over = within.open_cursor(in.occasions).value();
        const auto first = over.first().value();
        ASSERT_TRUE(first.has_value());
        const record_buffer occasion{first->key.begin(), first->key.end()};
        ASSERT_TRUE(within.erase(in.occasions, occasion).value());
    });
    expect_wrong({"state: campaigns equal to the replay", "state: grants of occasions equal to the replay"});
}

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

TEST_F(verify_of_a_town, notices_a_key_that_is_reversed_twice) {
    const merchant_id merchant = town_.stands().merchants.begin()->first;
    town_.add(key_barred{merchant, "never came"});
    town_.add(key_barred{merchant, "never came"}, [](entry& one) { one.previous_of_merchant = one.position - 1; });
    expect_wrong({"keys: each idempotency key made one entry"});
}

TEST_F(verify_of_a_town, notices_steps_and_due_times_that_are_not_stored) {
    const auto has_all = [this] {
        const auto within = [this](index_kind kind) {
            const auto& keys = town_.stands().keys;
            return std::ranges::any_of(keys, [kind](const auto& one) { return one.first.kind == kind; });
        };
        const auto& wallets = town_.stands().wallets;
        return within(index_kind::follow_up) && within(index_kind::certificate) &&
               std::ranges::any_of(wallets, [](const auto& one) { return next_due(one.second).has_value(); });
    };
    while (!has_all()) town_.live(60);
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        for (const auto database : {in.follow_ups, in.certificates, in.due}) {
            auto over = within.open_cursor(database).value();
            const auto first = over.first().value();
            ASSERT_TRUE(first.has_value());
            const record_buffer key{first->key.begin(), first->key.end()};
            ASSERT_TRUE(within.erase(database, key).value());
        }
    });
    expect_wrong({"state: newest steps of payments equal to the replay",
                  "state: newest certificates of terminals equal to the replay",
                  "state: what is due follows from the wallets"});
}

TEST_F(verify_of_a_town, notices_certificates_of_an_older_entry_and_of_no_terminal) {
    const merchant_id merchant = town_.stands().merchants.begin()->first;
    town_.tell(outlet_added{
        outlet_kind::shop,
        {merchant, static_cast<std::uint16_t>(town_.stands().merchants.at(merchant).terms->outlets.size() + 1)},
        "通販",
        {1, 2}});
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    const auto shop = town_.stands().merchants.at(merchant).terms->outlets.back().id;
    store_state(town_);
    tamper(town_, [](auto& within, const auto& in) {
        auto over = within.open_cursor(in.certificates).value();
        const auto first = over.first().value();
        ASSERT_TRUE(first.has_value());
        const record_buffer key{first->key.begin(), first->key.end()};
        record_buffer older;
        encode_follow_up(older, 1);
        ASSERT_TRUE(within.put(in.certificates, key, older).has_value());
    });
    expect_wrong({"state: newest certificates of terminals equal to the replay"});
    town_.add(terminal_certificates_changed{shop, {}, "r"});
    EXPECT_EQ(wrong_in(report_of(town_)).front(),
              "registry: everything new added once, programs open before their points");
}

TEST_F(verify_of_a_town, notices_an_activation_code_that_is_used_twice_and_a_record_of_one_that_is_not_stored) {
    const auto& shop = town_.stands().merchants.begin()->second;
    const merchant_id id = shop.terms->id;
    auto issued = *decide(issue_activation{id, 24}, shop, town_.now());
    issued.code = {3, 4};
    town_.tell(issued);
    auto used = *decide(activate_terminal{id, issued.number, "レジ"}, shop, 0, town_.now());
    used.key = {5, 6};
    town_.tell(used);
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    store_state(town_);
    EXPECT_TRUE(report_of(town_).all_agree());
    tamper(town_, [](auto& within, const auto& in) {
        record_buffer key;
        set_digest_key(key, {3, 4});
        ASSERT_TRUE(within.erase(in.joinings, key).value());
    });
    expect_wrong({"state: newest entries about what joins equal to the replay"});
    used.id = outlet_id{id, static_cast<std::uint16_t>(used.id.number() + 1)};
    used.key = {7, 8};
    town_.add(used);
    EXPECT_EQ(wrong_in(report_of(town_)).front(),
              "registry: everything new added once, programs open before their points");
}

TEST_F(verify_of_a_town, notices_a_terminal_that_an_operator_activates) {
    const auto& shop = town_.stands().merchants.begin()->second;
    auto issued = *decide(issue_activation{shop.terms->id, 24}, shop, town_.now());
    issued.code = {3, 4};
    town_.tell(issued);
    auto used = *decide(activate_terminal{shop.terms->id, issued.number, "レジ"}, shop, 0, town_.now());
    town_.add(used, [](entry& one) { one.caller = {caller_kind::operator_, 1}; });
    EXPECT_EQ(wrong_in(report_of(town_)).front(),
              "registry: everything new added once, programs open before their points");
}

TEST_F(verify_of_a_town, notices_an_application_that_its_maker_approves_and_one_that_is_approved_twice) {
    application what;
    what.name = "申請";
    what.programs = {*program_code::parse("042021")};
    town_.tell(
        application_changed{application_step::submitted, 0, {}, {}, std::make_shared<const application>(what), {}});
    const auto at = town_.journal().end().last;
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    const application_changed approved{application_step::approved,
                                       at,
                                       {caller_kind::operator_, 1},
                                       merchant_id{town_.stands().ids.merchant + 1},
                                       std::make_shared<const application>(what),
                                       {}};
    const auto by_its_maker = [](entry& one) { one.caller = {caller_kind::operator_, one.person = 1}; };
    town_.add(approved, by_its_maker);
    EXPECT_EQ(wrong_in(report_of(town_)).front(),
              "joining: two persons, applications decided once, accounts in a chain");
}

TEST_F(verify_of_a_town, notices_an_account_that_leaves_its_chain) {
    const account_holder holder{applicant_kind::municipality, program_code::parse("042021")->number()};
    const auto account = std::make_shared<const bank_account>();
    account_changed change{holder, account_step::proposed, 0, 0, {}, jst_day{}, account, {}};
    town_.tell(change);
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    town_.add(change);
    expect_wrong({"joining: two persons, applications decided once, accounts in a chain"});
}

TEST_F(verify_of_a_town, notices_a_code_that_is_blocked_twice) {
    const auto id = town_.stands().wallets.begin()->first;
    auto issued = decide(issue_code{id, code_kind::card}, town_.stands().wallets.at(id), town_.now());
    issued.code = {3, 4};
    town_.tell(issued);
    const auto blocked = *decide(block_code{id, issued.ordinal, 1, false, "紛失"}, town_.stands().wallets.at(id));
    town_.tell(blocked);
    const auto report = report_of(town_);
    EXPECT_TRUE(report.all_agree()) << report.text();
    town_.add(blocked);
    expect_wrong({"codes: one-time codes used once"});
}

TEST_F(verify_of_a_town, notices_an_entry_that_names_another_wallet) {
    const auto id = town_.stands().wallets.begin()->first;
    town_.add(freeze_changed{freeze_subject::wallet, id.value(), true, "x"},
              [](entry& one) { one.wallet = wallet_id{2}; });
    expect_wrong({"journal: entries name the wallet and merchant of their fact"});
}

TEST_F(verify_of_a_town, notices_a_program_opened_twice_and_an_amount_out_of_range) {
    town_.add(program_opened{town_.stands().registry.programs.programs.front()});
    const auto& wallet = town_.stands().wallets.begin()->second;
    const lot_terms terms{wallet.lots_issued + 1, *program_code::parse("042021"), *funding_source::parse("budget:x"),
                          jst_day{30'000}, instant{}};
    town_.add(points_granted{wallet.id, {std::make_shared<const lot_terms>(terms), points{}}});
    expect_wrong(
        {"amounts: 1 to 100,000,000", "registry: everything new added once, programs open before their points"});
}

TEST_F(verify_of_a_town, notices_an_altered_entry) {
    town_.close();
    {
        auto environment = lmdb::environment::open({town_.folder() / "journal", std::size_t{1} << 30, 2}).value();
        const auto entries = environment.open_database("entries", lmdb::key_order::integer).value();
        auto within = environment.begin_write().value();
        const lmdb::integer_key key{300};
        const auto stored = within.get(entries, key.view()).value().value();
        record_buffer record{stored.begin(), stored.end()};
        record[20] ^= std::byte{1};
        ASSERT_TRUE(within.put(entries, key.view(), record).has_value());
        ASSERT_TRUE(std::move(within).commit().has_value());
    }
    town_.open();
    const auto report = report_of(town_);
    EXPECT_EQ(wrong_in(report).front(), "journal: records whole, positions dense, hashes chained");
    EXPECT_NE(report.rules.front().first_violation.find("300"), std::string::npos) << report.text();
}

TEST_F(verify_of_a_town, notices_keys_that_do_not_follow_and_holders_that_are_not_there) {
    const key_holder holder{caller_kind::operator_, 1};
    const auto fresh = [&](const key_chain& before) {
        return *with_new_key(before, scope_set::unrestricted(), {}, town_.now());
    };
    auto skipping = fresh(keys_of(holder));
    ++skipping.known.back().number;
    const fact wrong[] = {
        key_issued{holder, {}, {7, 7}, skipping},
        key_issued{{caller_kind::partner, 777'777}, {}, {7, 8}, fresh({})},
        key_issued{{caller_kind::terminal, outlet_id{merchant_id{1}, 60'000}.value()}, {}, {7, 9}, fresh({})},
        key_revoked{holder, 16, keys_of(holder), ""},
    };
    std::size_t count = 0;
    for (const auto& one : wrong) {
        town_.add(one);
        const auto report = report_of(town_);
        EXPECT_EQ(wrong_in(report), names{"access: each key follows from those that its holder had"}) << report.text();
        const auto rule = std::ranges::find(report.rules, wrong_in(report).front(), &verify_rule::name);
        EXPECT_EQ(rule->violated, ++count);
    }
}

// --- in the stored state ---

TEST_F(verify_of_a_town, notices_a_wallet_that_has_a_point_too_many) {
    store_state(town_);
    auto richer = some_wallet_with_lots(town_);
    richer.lots.front().available = *richer.lots.front().available.plus(*points::from(1));
    record_buffer record;
    encode(record, richer);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key key{richer.id.value()};
        ASSERT_TRUE(within.put(in.wallets, key.view(), record).has_value());
    });
    const auto report = report_of(town_);
    EXPECT_EQ(wrong_in(report), names{"state: wallets equal to the replay"}) << report.text();
    EXPECT_NE(report.text().find("wallet " + std::to_string(richer.id.value())), std::string::npos);
}

TEST_F(verify_of_a_town, notices_records_that_are_missing_or_too_many) {
    const wallet_id idle{town_.stands().ids.wallet + 1}; // of which nothing is due
    town_.tell(wallet_opened{idle});
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key first{1};
        const lmdb::integer_key nobody{777'777};
        const lmdb::integer_key wallet{idle.value()};
        ASSERT_TRUE(within.erase(in.wallets, wallet.view()).value());
        ASSERT_TRUE(within.erase(in.merchants, first.view()).value());
        ASSERT_TRUE(within.put(in.programs, nobody.view(), bytes_of("x")).has_value());
        ASSERT_TRUE(within.put(in.books, nobody.view(), bytes_of("x")).has_value());
        ASSERT_TRUE(within.put(in.codes, bytes_of("0123456789abcdef"), bytes_of("x")).has_value());
    });
    expect_wrong({"state: wallets equal to the replay", "state: merchants equal to the replay",
                  "state: programs and parties equal to the replay", "state: books equal to the replay",
                  "state: codes and keys equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_wallet_that_is_ahead_of_the_journal) {
    store_state(town_);
    auto ahead = some_wallet_with_lots(town_);
    ahead.last_position = town_.journal().end().last + 5;
    record_buffer record;
    encode(record, ahead);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key key{ahead.id.value()};
        ASSERT_TRUE(within.put(in.wallets, key.view(), record).has_value());
    });
    expect_wrong({"state: wallets equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_key_that_the_runs_do_not_hold) {
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        auto over = within.open_cursor(in.idempotency.levels[0]).value();
        auto found = over.first().value();
        ASSERT_TRUE(found.has_value());
        std::vector<run_key> block;
        ASSERT_TRUE(decode_block(found->value, block));
        block.front().position ^= 1;
        record_buffer key{found->key.begin(), found->key.end()};
        record_buffer value;
        encode_block(value, block);
        ASSERT_TRUE(over.put(key, value).has_value());
    });
    expect_wrong({"index: idempotency keys equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_key_that_came_to_life_again) {
    const key_holder holder{caller_kind::operator_, 1};
    const auto two = *with_new_key(keys_of(holder), scope_set::unrestricted(), {}, town_.now());
    const auto number = two.known.back().number;
    town_.tell(key_issued{holder, {}, {7, 7}, two});
    town_.tell(key_revoked{holder, number, with_revoked_key(two, number), ""});
    store_state(town_);
    EXPECT_TRUE(report_of(town_).all_agree()) << report_of(town_).text();
    record_buffer key;
    record_buffer record;
    set_holder_key(key, holder);
    encode(record, two, town_.journal().end().last);
    tamper(town_, [&](auto& within, const auto& in) { ASSERT_TRUE(within.put(in.keys, key, record).has_value()); });
    expect_wrong({"state: codes and keys equal to the replay"});
}

TEST_F(verify_of_a_town, notices_an_act_that_is_missing_or_invented) {
    store_state(town_);
    ASSERT_GT(town_.stands().acts.size(), 3u);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key act{town_.stands().acts[1]};
        ASSERT_TRUE(within.erase(in.acts, act.view()).value());
    });
    expect_wrong({"state: index of administrative acts equal to the replay"});
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key act{town_.stands().acts[1]};
        const lmdb::integer_key invented{town_.journal().end().last + 9};
        ASSERT_TRUE(within.put(in.acts, act.view(), {}).has_value());
        ASSERT_TRUE(within.put(in.acts, invented.view(), {}).has_value());
    });
    expect_wrong({"state: index of administrative acts equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_checkpoint_that_is_not_the_journals) {
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        auto at = get_checkpoint(within, in).value().value();
        at.ids.wallet += 1;
        record_buffer record;
        encode(record, at);
        ASSERT_TRUE(within.put(in.meta, bytes_of(checkpoint_key), record).has_value());
    });
    expect_wrong({"state: checkpoint is the journal's"});
}

} // namespace
} // namespace meguri::storage
