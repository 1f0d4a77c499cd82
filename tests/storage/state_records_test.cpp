#include "storage/state_records.hpp"

#include "ledger/undecided.hpp"
#include "storage/record_bytes.hpp"
#include "tests/storage/sample_entries.hpp"
#include "tests/storage/town.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

namespace meguri::storage {
namespace {

using namespace ledger;

// Whatever single bit is wrong, and wherever the record ends too early, it is noticed.
template <class Decode>
void expect_damage_is_noticed(const record_buffer& good, Decode decode) {
    ASSERT_TRUE(decode(bytes{good}).has_value());
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        record_buffer bad = good;
        bad[bit / 8] ^= std::byte{1} << bit % 8;
        ASSERT_FALSE(decode(bytes{bad}).has_value()) << "bit " << bit;
    }
    for (std::size_t size = 0; size < good.size(); ++size)
        ASSERT_FALSE(decode(bytes{good}.first(size)).has_value()) << "cut to " << size;
}

// The encoding is a function of the value, so equal bytes are equal values.
template <class Value, class Decode>
void expect_round_trip(const Value& value, Decode decode) {
    record_buffer once;
    encode(once, value);
    const auto again = decode(bytes{once});
    ASSERT_TRUE(again.has_value());
    record_buffer twice;
    encode(twice, *again);
    ASSERT_EQ(once, twice);
}

wallet wallet_with_lots(int lots) {
    wallet one;
    one.id = wallet_id{17};
    one.sequence = 900;
    one.last_position = 123'456'789;
    one.last_time = instant{1'790'000'000'000};
    one.lots_issued = 40;
    for (int i = 0; i < lots; ++i) {
        const lot_terms terms{static_cast<std::uint32_t>(i + 1), *program_code::parse("042021"),
                              *funding_source::parse("budget:042021:health"), jst_day{20'000 + i},
                              instant{1'780'000'000'000}};
        one.lots.push_back({std::make_shared<const lot_terms>(terms), *points::from(3800), points{}});
    }
    return one;
}

TEST(state_records, a_wallet_is_compact) {
    record_buffer record;
    encode(record, wallet_with_lots(1));
    EXPECT_EQ(record.size(), 95u);
    encode(record, wallet_with_lots(2));
    EXPECT_EQ(record.size(), 144u);
}

TEST(state_records, a_wallet_keeps_all_of_it) {
    wallet one = wallet_with_lots(3);
    one.frozen = true;
    one.codes_issued = 130;
    one.codes_used = {5, 0, 1};
    one.lots[1].held = *points::from(77);
    record_buffer record;
    encode(record, one);
    const auto again = decode_wallet(record, one.id);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->id, one.id);
    EXPECT_EQ(again->sequence, one.sequence);
    EXPECT_EQ(again->last_position, one.last_position);
    EXPECT_EQ(again->last_time, one.last_time);
    EXPECT_TRUE(again->frozen);
    EXPECT_EQ(again->lots_issued, one.lots_issued);
    EXPECT_EQ(again->codes_issued, one.codes_issued);
    EXPECT_EQ(again->codes_used, one.codes_used);
    ASSERT_EQ(again->lots.size(), 3u);
    EXPECT_EQ(again->lots[1].held, one.lots[1].held);
    EXPECT_EQ(again->lots[2].available, one.lots[2].available);
    EXPECT_EQ(again->lots[2].terms->number, 3u);
    EXPECT_EQ(again->lots[2].terms->program, one.lots[2].terms->program);
    EXPECT_EQ(again->lots[2].terms->source, one.lots[2].terms->source);
    EXPECT_EQ(again->lots[2].terms->expires_on, one.lots[2].terms->expires_on);
    EXPECT_EQ(again->lots[2].terms->issued_at, one.lots[2].terms->issued_at);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_wallet(some, one.id); });
}

// A hold's lots are kept by their numbers: the wallet has them while they are held.
TEST(state_records, a_wallet_keeps_its_holds) {
    wallet one = wallet_with_lots(3);
    for (std::uint64_t i = 0; i < 2; ++i) {
        payment_state held;
        held.position = 400 + i;
        held.sequence = 7 + i;
        held.decided_at = instant{1'789'000'000'000};
        held.merchant = merchant_id{5};
        held.outlet_is = outlet_kind::shop;
        held.outlet = outlet_id{held.merchant, 2};
        held.wallet = one.id;
        held.program = *program_code::parse("042021");
        held.amount = *points::from(77);
        held.reference = "R-1";
        held.status = payment_status::authorized;
        held.balance = *points::from(3723);
        held.capture_before = instant{1'790'500'000'000};
        held.lots = {{one.lots[1].terms, *points::from(70)}, {one.lots[2].terms, *points::from(7)}};
        one.lots[1].held = *one.lots[1].held.plus(*points::from(70));
        one.lots[2].held = *one.lots[2].held.plus(*points::from(7));
        one.holds.push_back(held);
    }
    record_buffer record;
    encode(record, one);
    const auto again = decode_wallet(record, one.id);
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(again->holds.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(test::same(again->holds[i], one.holds[i]));
    EXPECT_EQ(next_due(*again), next_due(one));
    expect_round_trip(one, [&](bytes some) { return decode_wallet(some, one.id); });
    expect_damage_is_noticed(record, [&](bytes some) { return decode_wallet(some, one.id); });
}

// One without an earmark pays nothing for those of others; a hold's lots have theirs.
TEST(state_records, earmarks_and_categories_are_kept) {
    const auto food = *category_set::from({"food"});
    const auto both = *category_set::from({"books", "food"});
    wallet one = wallet_with_lots(4);
    record_buffer record;
    encode(record, one);
    const auto ordinary = record.size();
    EXPECT_FALSE(has_earmarks(one));
    for (const auto& [place, earmark] : {std::pair{1u, food}, {3u, both}}) {
        lot_terms terms = *one.lots[place].terms;
        terms.earmark = earmark;
        one.lots[place].terms = std::make_shared<const lot_terms>(terms);
    }
    EXPECT_TRUE(has_earmarks(one));
    payment_state held;
    held.wallet = one.id;
    held.program = *program_code::parse("042021");
    held.amount = *points::from(7);
    held.status = payment_status::authorized;
    held.balance = points{};
    held.lots = {{one.lots[3].terms, *points::from(7)}};
    one.lots[3].held = *points::from(7);
    one.holds.push_back(held);
    encode(record, one);
    EXPECT_GT(record.size(), ordinary);
    const auto again = decode_wallet(record, one.id);
    ASSERT_TRUE(again.has_value());
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(*again->lots[i].terms, *one.lots[i].terms) << i;
    EXPECT_EQ(again->holds.front().lots.front().lot->earmark, both);
    expect_round_trip(one, [&](bytes some) { return decode_wallet(some, one.id); });
    expect_damage_is_noticed(record, [&](bytes some) { return decode_wallet(some, one.id); });

    const merchant_id id{5};
    merchant shop;
    merchant_terms terms{4, id, false, {*program_code::parse("042021")}, {}};
    terms.categories = both;
    shop.terms = std::make_shared<const merchant_terms>(terms);
    encode(record, shop);
    const auto shop_again = decode_merchant(record, id);
    ASSERT_TRUE(shop_again.has_value());
    EXPECT_EQ(shop_again->terms->categories, both);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_merchant(some, id); });

    campaign from;
    from.status = campaign_status::proposed;
    campaign_terms granted{"食費応援",        *funding_source::parse("budget:042021:health"),
                           *points::from(10), jst_day{20'000},
                           jst_day{20'001},   amount_rule::fixed,
                           *points::from(1),  {}};
    granted.earmark = food;
    from.terms = std::make_shared<const campaign_terms>(granted);
    encode(record, from);
    const auto from_again = decode_campaign(record, {});
    ASSERT_TRUE(from_again.has_value());
    EXPECT_EQ(*from_again->terms, granted);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_campaign(some, {}); });
}

TEST(state_records, limits_and_what_is_counted_are_kept) {
    const limits all{*points::from(100), {*points::from(500), 5}, {*points::from(300), 3}};
    usage_windows used;
    for (int i = 0; i < 50; ++i) used.add(instant{1'790'000'000'000 + i * 70'000}, *points::from(i + 1));

    wallet limited = wallet_with_lots(1);
    limited.limit = all;
    limited.used = {{*program_code::parse("042021"), used}, {*program_code::parse("432148"), {}}};
    record_buffer record;
    encode(record, limited);
    const auto wallet_again = decode_wallet(record, limited.id);
    ASSERT_TRUE(wallet_again.has_value());
    EXPECT_EQ(wallet_again->limit, all);
    ASSERT_EQ(wallet_again->used.size(), 2u);
    EXPECT_EQ(wallet_again->used[0].used, used);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_wallet(some, limited.id); });

    const merchant_id id{5};
    merchant shop;
    merchant_terms terms{4, id, false, {*program_code::parse("042021")}, {}};
    terms.outlets = {{outlet_kind::terminal, outlet_id{id, 1}, "レジ1", true},
                     {outlet_kind::shop, outlet_id{id, 2}, "", false}};
    terms.limit = {{}, {{}, 7}, {}};
    terms.outlets[0].limit = all;
    shop.terms = std::make_shared<const merchant_terms>(terms);
    shop.used = used;
    shop.outlets_used = {{outlet_id{id, 2}, used}};
    encode(record, shop);
    const auto shop_again = decode_merchant(record, id);
    ASSERT_TRUE(shop_again.has_value());
    EXPECT_EQ(shop_again->terms->limit, terms.limit);
    EXPECT_EQ(shop_again->terms->outlets[0].limit, all);
    EXPECT_TRUE(shop_again->terms->outlets[0].frozen);
    EXPECT_FALSE(shop_again->terms->outlets[1].limit.any());
    EXPECT_EQ(shop_again->used, used);
    ASSERT_NE(shop_again->used_by(outlet_id{id, 2}), nullptr);
    EXPECT_EQ(*shop_again->used_by(outlet_id{id, 2}), used);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_merchant(some, id); });

    program limited_program{*program_code::parse("042021"), "x", 30, false, issuer_kind::municipality, true, 9, all};
    encode(record, limited_program, 8);
    const auto program_again = decode_program(record, limited_program.code);
    ASSERT_TRUE(program_again.has_value());
    EXPECT_EQ(program_again->value.limit, all);
    EXPECT_EQ(program_again->value.hold_days, 9);
    EXPECT_TRUE(program_again->value.frozen);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_program(some, limited_program.code); });
}

// Its last lot is undecided points, and two corrections wait.
wallet wallet_with_corrections() {
    wallet one = wallet_with_lots(2);
    one.home = *program_code::parse("432148");
    const lot_terms undecided{40, undecided_program(partner_id{3}), *funding_source::parse("partner:card"),
                              never_expires, instant{1'790'000'000'000}};
    one.lots.push_back({std::make_shared<const lot_terms>(undecided), *points::from(500), points{}});
    const correction credit{correction_kind::credit, *program_code::parse("042021"),
                            *points::from(70),       *funding_source::parse("national:2026"),
                            jst_day{20'900},         "二重取消"};
    correction debit = credit;
    debit.kind = correction_kind::debit;
    debit.expires_on = {};
    debit.reason.clear();
    one.corrections = {{850, 4'000, {caller_kind::operator_, 9}, std::make_shared<const correction>(credit)},
                       {900, 5'000, {caller_kind::municipality, 9}, std::make_shared<const correction>(debit)}};
    return one;
}

TEST(state_records, a_wallet_keeps_its_home_undecided_points_and_corrections) {
    const wallet one = wallet_with_corrections();
    record_buffer record;
    encode(record, one);
    auto again = decode_wallet(record, one.id);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->home, one.home);
    ASSERT_EQ(again->lots.size(), 3u);
    EXPECT_EQ(*again->lots[2].terms, *one.lots[2].terms);
    again->lots.erase(again->lots.begin(), again->lots.begin() + 2);
    EXPECT_EQ(next_due(*again), decided_by_default_at(one.lots[2].terms->issued_at));
    ASSERT_EQ(again->corrections.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(again->corrections[i].sequence, one.corrections[i].sequence);
        EXPECT_EQ(again->corrections[i].position, one.corrections[i].position);
        EXPECT_EQ(again->corrections[i].maker, one.corrections[i].maker);
        EXPECT_EQ(*again->corrections[i].what, *one.corrections[i].what);
    }
    expect_round_trip(one, [&](bytes some) { return decode_wallet(some, one.id); });
    expect_damage_is_noticed(record, [&](bytes some) { return decode_wallet(some, one.id); });

    wallet full = wallet_with_lots(1);
    full.corrections.assign(corrections_max, one.corrections.front());
    encode(record, full);
    EXPECT_TRUE(decode_wallet(record, full.id).has_value());
    full.corrections.push_back(one.corrections.front());
    encode(record, full);
    EXPECT_FALSE(decode_wallet(record, full.id).has_value()) << "more than can be open";
}

TEST(state_records, the_newest_step_of_a_payment_is_kept) {
    record_buffer record;
    encode_follow_up(record, 77);
    EXPECT_EQ(decode_follow_up(record), 77u);
    expect_damage_is_noticed(record, decode_follow_up);
    encode_follow_up(record, 0);
    EXPECT_EQ(decode_follow_up(record), std::nullopt);
}

TEST(state_records, a_merchant_keeps_all_of_it) {
    const merchant_id id{5};
    merchant one;
    one.name = "石巻鮮魚";
    one.payments = 11;
    one.last_position = 99;
    one.terms = std::make_shared<const merchant_terms>(
        merchant_terms{4,
                       id,
                       true,
                       {*program_code::parse("042021"), *program_code::parse("432148")},
                       {{outlet_kind::terminal, outlet_id{id, 1}, "レジ1", false},
                        {outlet_kind::shop, outlet_id{id, 2}, "通販", true},
                        {outlet_kind::shop, outlet_id{id, 3, 65'535}, "二号店", false}}});
    one.totals = {{*program_code::parse("042021"), *points::from(1), *points::from(2), *points::from(3)}};
    record_buffer record;
    encode(record, one);
    const auto again = decode_merchant(record, id);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->name, one.name);
    EXPECT_EQ(again->payments, 11u);
    EXPECT_EQ(again->last_position, 99u);
    EXPECT_EQ(again->terms->version, 4u);
    EXPECT_TRUE(again->terms->frozen);
    EXPECT_EQ(again->terms->programs, one.terms->programs);
    ASSERT_EQ(again->terms->outlets.size(), 3u);
    EXPECT_EQ(again->terms->outlets[1].kind, outlet_kind::shop);
    EXPECT_EQ(again->terms->outlets[1].id, (outlet_id{id, 2}));
    EXPECT_EQ(again->terms->outlets[1].name, "通販");
    EXPECT_TRUE(again->terms->outlets[1].frozen);
    EXPECT_EQ(again->terms->outlets[2].id, (outlet_id{id, 3, 65'535})) << "added after the last restore of all";
    EXPECT_EQ(again->terms->outlets[2].name, "二号店");
    EXPECT_EQ(again->totals.front().refunded, *points::from(3));
    expect_damage_is_noticed(record, [&](bytes some) { return decode_merchant(some, id); });

    const auto as_older_programs_write_it = record.size();
    one.activations_issued = 9;
    one.activations = {{7, instant{1'000}, instant{5'000}}, {9, instant{2'000}, instant{6'000}}};
    encode(record, one);
    const auto with_codes = decode_merchant(record, id);
    ASSERT_TRUE(with_codes.has_value());
    EXPECT_GT(record.size(), as_older_programs_write_it);
    EXPECT_EQ(with_codes->activations_issued, 9U);
    EXPECT_EQ(with_codes->activations, one.activations);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_merchant(some, id); });
}

TEST(state_records, money_that_waits_is_kept_with_its_newest_entry) {
    for (const bool waits : {true, false}) {
        record_buffer record;
        encode(record, unmatched_record{77, waits});
        EXPECT_EQ(decode_unmatched(record), (unmatched_record{77, waits}));
        expect_damage_is_noticed(record, decode_unmatched);
    }
}

TEST(state_records, accounts_of_money_follow_where_there_is_money) {
    const auto code = *program_code::parse("042021");
    program_accounts one{code, {}};
    one.sums[static_cast<std::size_t>(account::available)].credits = *points::from(5'000);
    record_buffer without;
    encode(without, one);
    one.sums[static_cast<std::size_t>(account::money_to_return)].credits = *points::from(70);
    record_buffer with;
    encode(with, one);
    EXPECT_EQ(without.front(), std::byte{1}) << "as before there was money";
    EXPECT_EQ(with.size(), without.size() + 4 * 16);
    const auto again = decode_accounts(with, code);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->sums[static_cast<std::size_t>(account::money_to_return)].credits, *points::from(70));
    EXPECT_EQ(again->sums[static_cast<std::size_t>(account::available)].credits, *points::from(5'000));
    expect_damage_is_noticed(with, [&](bytes some) { return decode_accounts(some, code); });
}

TEST(state_records, accounts_of_later_kinds_are_counted) {
    const auto code = *program_code::parse("042021");
    program_accounts with{code, {}};
    const auto size_of = [&with] {
        record_buffer record;
        encode(record, with);
        return record.size();
    };
    const auto of_points = size_of();
    with.sums[static_cast<std::size_t>(account::money_to_return)].credits = *points::from(7);
    const auto of_money = size_of();
    EXPECT_EQ(of_money, of_points + 4 * 16);
    with.sums[static_cast<std::size_t>(account::money_debited)].debits = *points::from(7);
    record_buffer record;
    encode(record, with);
    EXPECT_EQ(record.size(), of_money + 1 + 4 * 16) << "up to that one, whatever there is behind it";
    const auto again = decode_accounts(record, code);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->sums[static_cast<std::size_t>(account::money_debited)].debits, *points::from(7));
    EXPECT_EQ(again->sums[static_cast<std::size_t>(account::money_to_return)].credits, *points::from(7));
    expect_damage_is_noticed(record, [&](bytes some) { return decode_accounts(some, code); });
}

TEST(state_records, a_program_keeps_on_what_terms_it_sells) {
    program one{.code = *program_code::parse("042021"), .name = "石巻市アイポイント", .expiry_days = 180};
    one.sale = purchase_terms{
        *points::from(1'000), *points::from(50'000), *points::from(60'000), *points::from(200'000), 9, 30};
    for (const bool by_debit : {false, true})
        for (const bool by_card : {false, true}) {
            one.sale->debits.reset();
            if (by_debit) one.sale->debits = ledger::debit_terms{12'345'678, 27, 7};
            one.sale->cards = by_card;
            record_buffer record;
            encode(record, one, 5);
            const auto again = decode_program(record, one.code);
            ASSERT_TRUE(again.has_value());
            EXPECT_EQ(again->value.sale, one.sale);
            expect_damage_is_noticed(record, [&](bytes some) { return decode_program(some, one.code); });
        }
}

TEST(state_records, a_partner_keeps_the_conversions_that_have_not_ended) {
    const partner_id id{7};
    partner one;
    record_buffer before;
    encode(before, one);
    using stage = open_linked_conversion::stage;
    one.linked.push_back({41, stage::asked,
                          std::make_shared<const linked_conversion>(
                              linked_conversion{wallet_id{5}, 40, "lc-a", 5'000, *points::from(2'500), 3, {}})});
    one.linked.push_back({43, stage::turned_down,
                          std::make_shared<const linked_conversion>(linked_conversion{
                              wallet_id{6}, 39, "lc-b", 10, *points::from(5), 3, *program_code::parse("042021")})});
    record_buffer record;
    encode(record, one);
    EXPECT_EQ(before.front(), std::byte{1}) << "as before anybody linked an account";
    const auto again = decode_partner(record, id);
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(again->linked.size(), 2U);
    EXPECT_EQ(again->linked[1].at, stage::turned_down);
    EXPECT_EQ(again->linked[1].position, 43U);
    EXPECT_EQ(*again->linked[0].what, *one.linked[0].what);
    EXPECT_EQ(*again->linked[1].what, *one.linked[1].what);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_partner(some, id); });
}

TEST(state_records, a_campaign_keeps_all_of_it) {
    const campaign_ref key{*program_code::parse("042021"), 17};
    campaign one;
    one.program = key.program;
    one.position = key.proposal;
    one.last_position = 44;
    one.terms = std::make_shared<const campaign_terms>(
        campaign_terms{"歩いて健康", *funding_source::parse("budget:042021:health"), *points::from(7'000),
                       jst_day{20'000}, jst_day{20'100}, amount_rule::up_to, *points::from(30), jst_day{20'200}});
    one.maker = {caller_kind::municipality, 5};
    one.proposed_at = instant{1'790'000'000'123};
    one.status = campaign_status::approved;
    one.checker = {caller_kind::operator_, 1};
    one.budget = *points::from(7'000);
    one.granted = *points::from(6'999);
    one.grants = 300;
    one.increases = 2;
    one.open_increase = budget_increase{2, *points::from(500), {caller_kind::municipality, 6}, "増額"};
    record_buffer record;
    encode(record, one);
    const auto again = decode_campaign(record, key);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->last_position, 44U);
    EXPECT_EQ(*again->terms, *one.terms);
    EXPECT_EQ(again->maker, one.maker);
    EXPECT_EQ(again->checker, one.checker);
    EXPECT_EQ(again->open_increase, one.open_increase);
    record_buffer twice;
    encode(twice, *again);
    EXPECT_EQ(record, twice);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_campaign(some, key); });
    one.granted = *points::from(7'001);
    encode(record, one);
    EXPECT_FALSE(decode_campaign(record, key).has_value());
}

TEST(state_records, a_partner_keeps_all_of_it) {
    const partner_id id{7};
    partner one;
    one.id = id;
    one.last_position = 44;
    one.proposals = 3;
    one.number = 2;
    one.terms = std::make_shared<const conversion_terms>(
        conversion_terms{"マイル", {1, 2}, 100, 10, points::from(5'000), std::nullopt});
    one.maker = {caller_kind::operator_, 1};
    one.checker = {caller_kind::operator_, 2};
    one.in_force_since = instant{1'790'000'000'123};
    one.open = open_terms{3,
                          std::make_shared<const conversion_terms>(
                              conversion_terms{"マイル", {3, 4}, 8, 4, std::nullopt, points::from(9'000)}),
                          {caller_kind::operator_, 2},
                          instant{1'790'000'000'456}};
    one.today = {jst_day{20'700}, *points::from(400)};
    one.conversions = 12;
    one.converted = *points::from(6'999);
    one.coupons = 9;
    one.coupons_redeemed = 4;
    one.coupons_blocked = 1;
    record_buffer record;
    encode(record, one);
    const auto again = decode_partner(record, id);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->last_position, 44U);
    EXPECT_EQ(*again->terms, *one.terms);
    EXPECT_EQ(*again->open->terms, *one.open->terms);
    EXPECT_EQ(again->checker, one.checker);
    EXPECT_EQ(again->today.amount, one.today.amount);
    record_buffer twice;
    encode(twice, *again);
    EXPECT_EQ(record, twice);
    expect_damage_is_noticed(record, [&](bytes some) { return decode_partner(some, id); });
    one.today.amount = *points::from(7'000);
    encode(record, one);
    EXPECT_FALSE(decode_partner(record, id).has_value()) << "more on one day than on all";
    record_buffer empty;
    encode(empty, partner{});
    EXPECT_TRUE(decode_partner(empty, id).has_value());
}

TEST(state_records, a_campaign_keeps_its_benefits) {
    const campaign_ref key{*program_code::parse("042021"), 17};
    campaign one;
    one.program = key.program;
    one.position = key.proposal;
    campaign_terms terms{"子育て応援",         *funding_source::parse("budget:042021:child"),
                         *points::from(7'000), jst_day{20'000},
                         jst_day{20'100},      amount_rule::steps,
                         *points::from(300),   jst_day{}};
    terms.steps = {{0, *points::from(100)}, {8'000, *points::from(300)}};
    terms.per_person = true;
    one.terms = std::make_shared<const campaign_terms>(terms);
    one.status = campaign_status::approved;
    one.budget = *points::from(7'000);
    one.eligible = eligibility_list{30, {}, 2, {caller_kind::municipality, 5}};
    one.eligible->digest.fill(std::byte{7});
    one.open_eligible = eligibility_list{40, {}, 3, {caller_kind::operator_, 1}};
    one.events = {{50, "健康ウォーク", instant{1}, instant{5'000}, 30, true},
                  {51, "清掃", instant{2}, instant{3}, 0, false}};
    record_buffer record;
    for (const bool listed : {true, false}) {
        if (!listed) one.eligible.reset(), one.open_eligible.reset();
        encode(record, one);
        EXPECT_EQ(record.front(), std::byte{3});
        const auto again = decode_campaign(record, key);
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(*again->terms, terms);
        EXPECT_EQ(again->eligible, one.eligible);
        EXPECT_EQ(again->open_eligible, one.open_eligible);
        EXPECT_EQ(again->events, one.events);
        expect_damage_is_noticed(record, [&](bytes some) { return decode_campaign(some, key); });
    }
}

TEST(state_records, a_campaign_keeps_its_files_and_what_is_reserved_for_them) {
    const campaign_ref key{*program_code::parse("042021"), 17};
    campaign one;
    one.program = key.program;
    one.position = key.proposal;
    one.terms = std::make_shared<const campaign_terms>(
        campaign_terms{"歩いて健康", *funding_source::parse("budget:042021:health"), *points::from(7'000),
                       jst_day{20'000}, jst_day{20'100}, amount_rule::up_to, *points::from(30), jst_day{}});
    one.status = campaign_status::approved;
    one.budget = *points::from(7'000);
    one.granted = *points::from(100);
    for (std::uint32_t i = 1; i <= 3; ++i)
        one.files.push_back(
            {i * 100, {}, i * 10, i, 1, *points::from(i * 1'000), *points::from(i * 10), *points::from(i), i + 500});
    one.files[1].digest.fill(std::byte{7});
    record_buffer record;
    encode(record, one);
    const auto again = decode_campaign(record, key);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->files, one.files);
    EXPECT_EQ(again->reserved, *points::from(6'000 - 60 - 6));
    expect_damage_is_noticed(record, [&](bytes some) { return decode_campaign(some, key); });
    one.granted = *points::from(7'000 - 5'934 + 1);
    encode(record, one);
    EXPECT_FALSE(decode_campaign(record, key).has_value()) << "granted and reserved are more than the budget";
}

TEST(state_records, credentials_and_checkpoint_keep_all_of_it) {
    record_buffer record;
    const known_code code{wallet_id{3}, 9, code_kind::once, instant{1'790'000'300'000}};
    encode(record, code, 55);
    const auto code_again = decode_code(record);
    ASSERT_TRUE(code_again.has_value());
    EXPECT_EQ(code_again->applied, 55u);
    EXPECT_EQ(code_again->value.wallet, code.wallet);
    EXPECT_EQ(code_again->value.ordinal, 9u);
    EXPECT_EQ(code_again->value.kind, code_kind::once);
    EXPECT_EQ(code_again->value.valid_until, code.valid_until);
    expect_damage_is_noticed(record, decode_code);

    const bearer_owner owner{{caller_kind::municipality, 42'021}, 8, *program_code::parse("042021"), {}, {}};
    encode(record, owner, 56);
    const auto owner_again = decode_bearer(record);
    ASSERT_TRUE(owner_again.has_value());
    EXPECT_EQ(owner_again->value, owner);
    expect_damage_is_noticed(record, decode_bearer);

    bearer_owner later = owner;
    later.key_number = 3;
    encode(record, later, 57);
    ASSERT_TRUE(decode_bearer(record).has_value());
    EXPECT_EQ(decode_bearer(record)->value, later);
    expect_damage_is_noticed(record, decode_bearer);
    EXPECT_EQ(later.holder(), (key_holder{caller_kind::municipality, 8}));
    EXPECT_EQ((bearer_owner{{caller_kind::terminal, 70}, 0, {}, merchant_id{7}, outlet_id{70}}.holder()),
              (key_holder{caller_kind::terminal, 70}));

    const auto keys = with_revoked_key(
        *with_new_key({}, scope_set{scope::refunds} | scope_set{scope::audit}, 60, instant{1'790'000'000'000}), 1);
    encode(record, keys, 58);
    const auto keys_again = decode_keys(record);
    ASSERT_TRUE(keys_again.has_value());
    EXPECT_EQ(keys_again->applied, 58u);
    EXPECT_EQ(keys_again->value, keys);
    expect_damage_is_noticed(record, decode_keys);

    checkpoint at{{77, {}, instant{1'790'000'000'000}}, 0xFEED, true, 6, 70, {1, 2, 3, 4, 5}, {}};
    at.end.hash[31] = std::byte{9};
    encode(record, at);
    EXPECT_EQ(decode_checkpoint(record), at);
    expect_damage_is_noticed(record, decode_checkpoint);

    const auto size = record.size();
    EXPECT_EQ(record.front(), std::byte{1}) << "as it was before there were epochs";
    at.epochs.begin({1, epoch_mark{0xA1B2C3D4}, 41, 1, 2, 5});
    at.epochs.begin({2, epoch_mark{7}, 61, 1, 2, 6});
    encode(record, at);
    EXPECT_EQ(record.front(), std::byte{2}) << "a program without epochs must not take it for whole";
    EXPECT_EQ(record.size(), size + 2 + 2 * 36);
    EXPECT_EQ(decode_checkpoint(record), at);
    expect_damage_is_noticed(record, decode_checkpoint);
}

// The record with another byte at `at`, its checksum made right.
record_buffer with_byte(const record_buffer& good, std::size_t at, unsigned value) {
    record_buffer content{good.begin(), good.end() - 4};
    content.at(at) = static_cast<std::byte>(value);
    record_buffer sealed;
    seal_bytes(sealed, content);
    return sealed;
}

// What was never written is refused even where the checksum is right: every value has one record only.
TEST(state_records, another_way_to_say_the_same_is_refused) {
    record_buffer record;
    const auto code = *program_code::parse("042021");
    program opened{code, "あ", 180, false, issuer_kind::municipality, false, hold_days_default};
    encode(record, opened, 12);
    EXPECT_TRUE(decode_program(with_byte(record, 18, 1), code).has_value());  // online only
    EXPECT_FALSE(decode_program(with_byte(record, 18, 2), code).has_value()); // neither true nor false
    EXPECT_TRUE(decode_program(with_byte(record, 20, 1), code).has_value());  // frozen
    EXPECT_FALSE(decode_program(with_byte(record, 20, 4), code).has_value()); // an unknown flag
    opened.hold_days = hold_days_default + 1;
    encode(record, opened, 12);
    EXPECT_FALSE(decode_program(with_byte(record, 21, hold_days_default), code).has_value()); // a default written out

    merchant joined;
    joined.terms = std::make_shared<const merchant_terms>(
        merchant_terms{1, merchant_id{5}, false, {}, {{outlet_kind::shop, outlet_id{merchant_id{5}, 1}, "", false}}});
    encode(record, joined);
    EXPECT_TRUE(decode_merchant(with_byte(record, 27, 1), merchant_id{5}).has_value());
    EXPECT_FALSE(decode_merchant(with_byte(record, 27, 2), merchant_id{5}).has_value()); // frozen
    EXPECT_TRUE(decode_merchant(with_byte(record, 35, 1), merchant_id{5}).has_value());
    EXPECT_FALSE(decode_merchant(with_byte(record, 35, 2), merchant_id{5}).has_value()); // its shop

    encode(record, checkpoint{});
    EXPECT_TRUE(decode_checkpoint(with_byte(record, 57, 1)).has_value());
    EXPECT_FALSE(decode_checkpoint(with_byte(record, 57, 2)).has_value());
    checkpoint restored;
    restored.epochs.begin({1, epoch_mark{7}, 41, 1, 2, 5});
    restored.epochs.begin({2, epoch_mark{8}, 61, 1, 2, 5});
    encode(record, restored);
    const std::size_t mark_at = record.size() - 4 - 36; // of the second
    ASSERT_TRUE(decode_checkpoint(with_byte(record, mark_at, 9)).has_value());
    EXPECT_FALSE(decode_checkpoint(with_byte(record, mark_at, 7)).has_value()); // the first one's mark
    EXPECT_FALSE(decode_checkpoint(with_byte(record, mark_at, 0)).has_value()); // none
    EXPECT_TRUE(decode_checkpoint(with_byte(record, mark_at + 4, 42)).has_value());
    EXPECT_FALSE(decode_checkpoint(with_byte(record, mark_at + 4, 41)).has_value()); // both began at once

    wallet one = wallet_with_lots(1);
    one.lots[0].held = *points::from(1);
    encode(record, one);
    EXPECT_TRUE(decode_wallet(with_byte(record, record.size() - 12, 2), one.id).has_value());
    EXPECT_FALSE(decode_wallet(with_byte(record, record.size() - 12, 0), one.id).has_value()); // nothing held
}

// From its end: the last correction's reason is empty, before it lie its day, source, amount, program and kind.
TEST(state_records, a_home_or_correction_that_was_never_written_is_refused) {
    const wallet one = wallet_with_corrections();
    record_buffer record;
    encode(record, one);
    const std::size_t source_at = record.size() - 4 - 2 - 4 - std::string_view{"national:2026"}.size();
    const std::size_t kind_at = source_at - 1 - 8 - 4 - 1;
    const std::size_t maker_at = kind_at - 8 - 1;
    struct row {
        std::size_t at;
        unsigned value;
        bool is_read;
    };
    for (const auto& [at, value, is_read] : {
             row{maker_at, 5, true},
             row{maker_at, 6, false},
             row{kind_at, 1, true},
             row{kind_at, 0, false},
             row{kind_at, 3, false},
             row{kind_at + 1, 0, false},        // nobody's program
             row{kind_at + 5 + 7, 0x80, false}, // an amount below zero
             row{source_at, 'x', false},        // nobody's source
             row{1, 16 | 32, true},
             row{1, 16 | 32 | 64, false}, // an unknown flag
             row{1, 16, false},           // corrections that nothing tells of
             row{1, 32, false},
         })
        EXPECT_EQ(decode_wallet(with_byte(record, at, value), one.id).has_value(), is_read) << at << ' ' << value;

    wallet none = wallet_with_lots(0);
    none.home = one.home;
    encode(record, none);
    record_buffer content{record.begin(), record.end() - 4};
    for (auto at = content.end() - 4; at != content.end(); ++at) *at = std::byte{};
    record_buffer sealed;
    seal_bytes(sealed, content);
    EXPECT_FALSE(decode_wallet(sealed, none.id).has_value()) << "no home, written out";

    none.home = {};
    none.corrections = {one.corrections.front()};
    encode(record, none);
    const std::size_t count_at = record.size() - 4 - (4 + 8 + 8 + 1 + 8 + 1 + 4 + 8 + 1 + 13 + 4 + 2 + 12);
    EXPECT_TRUE(decode_wallet(with_byte(record, count_at, 1), none.id).has_value());
    EXPECT_FALSE(decode_wallet(with_byte(record, count_at, 0), none.id).has_value()) << "no corrections, written out";
}

TEST(state_records, whatever_a_town_comes_to_is_read_back) {
    for (const auto seed : test::seeds(3)) {
        SCOPED_TRACE(seed);
        test::town town{seed};
        town.live(1'500);
        for (const auto& wallet : town.stands().wallets)
            expect_round_trip(wallet.second, [&](bytes some) { return decode_wallet(some, wallet.first); });
        for (const auto& merchant : town.stands().merchants)
            expect_round_trip(merchant.second, [&](bytes some) { return decode_merchant(some, merchant.first); });
        for (const auto& one : town.stands().books.programs)
            expect_round_trip(one, [&](bytes some) { return decode_accounts(some, one.program); });
        expect_round_trip(town.stands().books.payments_by_outcome, decode_outcomes);
    }
}

} // namespace
} // namespace meguri::storage
