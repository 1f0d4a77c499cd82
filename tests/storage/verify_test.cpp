// `meguri verify` passes what is right, and names the entry that cannot be: each kind is planted once.
#include "tests/storage/verify_scene.hpp"

#include "ledger/undecided.hpp"
#include "storage/checkpointer.hpp"
#include "storage/state_store.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

using namespace ledger;
using test::names;
using test::report_of;
using test::some_wallet_with_lots;
using test::store_state;
using test::tamper;
using test::town;
using test::verify_of_a_town;
using test::wrong_in;

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

} // namespace
} // namespace meguri::storage
