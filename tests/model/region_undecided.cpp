// Limits, undecided points and corrections: what is done to a wallet besides granting and paying.
#include "tests/model/region.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace meguri::ledger::model {
namespace {

// 042022 is nobody's.
const std::array<program_code, 3> unopened{*program_code::parse("011002"), program_code::as_named(42'022),
                                           program_code{}};
constexpr std::array partners_sources{"partner:card", "partner:airline"};
constexpr std::array corrected_sources{"budget:042021:health", "budget:042021:health", "national:2026", "partner:card"};

limits real_limits(const model_limits& set) {
    return {points_of(set.per_payment),
            {points_of(set.day_amount), set.day_count},
            {points_of(set.hour_amount), set.hour_count}};
}

std::string name_of(refusal why) {
    switch (why) {
    case refusal::program_unknown: return "program";
    case refusal::nothing_undecided: return "nothing there";
    case refusal::amount_exceeds_remaining: return "amount";
    case refusal::corrections_exhausted: return "number";
    case refusal::second_person_required: return "person";
    case refusal::invalid_state: return "state";
    case refusal::expires_in_the_past:
    case refusal::expires_too_far: return "last day";
    default: return "?";
    }
}

} // namespace

// --- limits ---

// Often none, or hardly anything would be paid.
model_limits region::some_limits() {
    model_limits set;
    if (dice_.one_in(4)) return set;
    if (dice_.one_in(4)) set.per_payment = dice_.between(100, 1200);
    if (dice_.one_in(5)) set.day_amount = dice_.between(300, 3000);
    if (dice_.one_in(3)) set.day_count = static_cast<std::uint32_t>(dice_.between(1, 4));
    if (dice_.one_in(5)) set.hour_amount = dice_.between(200, 2000);
    if (dice_.one_in(2)) set.hour_count = static_cast<std::uint32_t>(dice_.between(1, 3));
    return set;
}

void region::set_limits() {
    const auto set = some_limits();
    const auto real = real_limits(set);
    const auto merchant = any_id(model_.merchants);
    auto& outlets = model_.merchants[merchant].outlets;
    switch (dice_.below(outlets.empty() ? 3 : 6)) {
    case 0: {
        const auto wallet = any_id(model_.wallets);
        const auto at = edge_time();
        deed_ = "limit wallet " + std::to_string(wallet);
        const auto before = machine_.journal().size();
        machine_.set_limits(limit_subject::wallet, wallet, real, instant{at});
        model_.wallets[wallet].last_time = model_time(wallet, at);
        expect_entries(expect_same_due(before) + 1);
        model_.wallets[wallet].limit = set;
        return;
    }
    case 1: {
        const auto program = any_id(model_.programs);
        deed_ = "limit program " + std::to_string(program);
        machine_.set_limits(limit_subject::program, program, real, instant{now_});
        model_.programs[program].limit = set;
        return;
    }
    case 2:
        deed_ = "limit merchant " + std::to_string(merchant);
        machine_.set_limits(limit_subject::merchant, merchant, real, instant{now_});
        model_.merchants[merchant].limit = set;
        return;
    default: {
        const auto place = dice_.below(outlets.size());
        const outlet_id id{merchant_id{merchant}, static_cast<std::uint16_t>(place + 1)};
        deed_ = "limit outlet " + std::to_string(place + 1) + " of " + std::to_string(merchant);
        const auto subject = outlets[place].is_shop ? limit_subject::shop : limit_subject::terminal;
        machine_.set_limits(subject, id.value(), real, instant{now_});
        outlets[place].limit = set;
    }
    }
}

// --- undecided points ---

void region::convert() {
    const auto wallet = any_id(model_.wallets);
    const auto partner = 1 + dice_.below(partners_sources.size());
    const auto source = *funding_source::parse(partners_sources[partner - 1]);
    const yen amount = dice_.between(1, 900);
    const auto at = edge_time();
    deed_ = "convert " + std::to_string(amount) + " for wallet " + std::to_string(wallet);
    const auto before = machine_.journal().size();
    const auto real =
        machine_.convert({wallet_id{wallet}, partner_id{partner}, *points::from(amount), source}, instant{at});
    EXPECT_EQ(real, std::nullopt);
    const auto time = model_time(wallet, at);
    expect_entries(expect_same_due(before) + 1);
    model_.convert(wallet, static_cast<code_number>(1'000'000 + partner), amount, {source.kind(), source.text()}, time);
}

void region::choose_home() {
    const auto wallet = any_id(model_.wallets);
    const auto municipality = dice_.one_in(8) ? dice_.any_of(unopened) : any_open_program();
    const auto at = edge_time();
    deed_ = "choose " + municipality.text() + " for wallet " + std::to_string(wallet);
    const auto before = machine_.journal().size();
    const auto real = machine_.choose_home({wallet_id{wallet}, municipality}, instant{at});
    const auto time = model_time(wallet, at);
    expect_entries(expect_same_due(before) + (real ? 0 : 1));
    EXPECT_EQ(real, model_.choose_home(wallet, municipality.number(), time));
    if (!real && !ends_of_choosing().empty()) count("home chosen while points are undecided");
}

void region::transfer() {
    const auto has_some = [&](std::uint64_t wallet) {
        return std::ranges::any_of(model_.wallets[wallet].lots, [](const auto& one) {
            return is_undecided(one.second.program) && one.second.left > 0;
        });
    };
    const auto wallet = mostly([&] { return any_id(model_.wallets); }, has_some);
    const auto program = dice_.one_in(12) ? dice_.any_of(unopened) : any_open_program();
    const auto at = edge_time();
    const auto time = model_time(wallet, at);
    yen all = 0;
    for (const auto& [number, lot] : model_.wallets[wallet].lots) all += is_undecided(lot.program) ? lot.left : 0;
    const auto amount = some_part(all);
    deed_ = "transfer points of wallet " + std::to_string(wallet) + " to " + program.text();
    const auto before = machine_.journal().size();
    const auto real = machine_.transfer({wallet_id{wallet}, program, points_of(amount)}, instant{at});
    const auto expected = model_.transfer(wallet, program.number(), amount, time);
    const auto next = expect_same_due(before);
    ASSERT_EQ(real.has_value(), expected.has_value());
    expect_entries(next + (expected ? 1 : 0));
    if (!expected) {
        EXPECT_EQ(real.error(), expected.error());
        return count("transfer refused by " + name_of(expected.error()));
    }
    ASSERT_LT(next, machine_.journal().size());
    expect_same_transfer(machine_.journal()[next], *expected);
    count(amount && *amount < all ? "transfer in part" : "transfer");
    if (expected->from.size() > 1) count("transfer of several lots");
}

// When those that still can be chosen for go home, if there is one.
std::vector<std::int64_t> region::ends_of_choosing() const {
    std::vector<std::int64_t> found;
    for (const auto& [id, wallet] : model_.wallets)
        for (const auto& [number, lot] : wallet.lots)
            if (is_undecided(lot.program) && lot.left > 0)
                found.push_back(((day_in_japan(lot.issued_at) + 15) * 24 - 9) * 60 * 60 * 1000);
    return found;
}

// --- corrections ---

model_person region::any_person() {
    if (dice_.one_in(12)) return {caller_kind::partner, 0};
    return {dice_.one_in(3) ? caller_kind::municipality : caller_kind::operator_, 1 + dice_.below(2)};
}

// Mostly the one of which there are the most lots.
std::string region::source_to_correct(std::uint64_t wallet, code_number program) {
    std::string chosen{dice_.any_of(corrected_sources)};
    if (dice_.one_in(3)) return chosen;
    std::map<std::string, int> lots;
    for (const auto& [number, lot] : model_.wallets[wallet].lots)
        if (lot.program == program && lot.left > 0) ++lots[lot.source.text];
    for (const auto& [text, count] : lots)
        if (count > lots[chosen]) chosen = text;
    return chosen;
}

// Often of what was granted, so that there is something to take.
void region::propose() {
    const bool of_grant = granted_ && dice_.one_in(2);
    const auto wallet = of_grant ? granted_->first : any_id(model_.wallets);
    const auto program = of_grant ? granted_->second : dice_.one_in(10) ? dice_.any_of(unopened) : any_open_program();
    const int proposals = dice_.one_in(12) ? 17 : 1;
    for (int i = 0; i < proposals; ++i) propose_one(wallet, program);
}

void region::propose_one(std::uint64_t wallet, program_code program) {
    const auto at = edge_time();
    const auto time = model_time(wallet, at);
    const auto source = *funding_source::parse(source_to_correct(wallet, program.number()));
    model_proposal what{wallet,
                        dice_.one_in(3) ? correction_kind::credit : correction_kind::debit,
                        program.number(),
                        dice_.between(1, dice_.one_in(3) ? 900 : 120),
                        {source.kind(), source.text()},
                        {},
                        any_person()};
    if (what.maker.second == 0) what.maker = {caller_kind::operator_, 1};
    if (what.kind == correction_kind::credit) what.last_day = some_last_day(time);
    yen there = 0;
    for (const auto& [number, lot] : model_.wallets[wallet].lots)
        if (lot.program == what.program && lot.source == what.source) there += lot.left;
    if (there > 1 && there < points::command_max && !dice_.one_in(3)) what.amount = there + dice_.between(-1, 1);
    const jst_day expires_on{static_cast<std::int32_t>(what.last_day.value_or(0))};
    deed_ = "propose " + std::string{ledger::name_of(what.kind)} + " for wallet " + std::to_string(wallet);
    const auto before = machine_.journal().size();
    const auto real = machine_.propose(
        {wallet_id{wallet}, std::make_shared<const correction>(correction{
                                what.kind, program, *points::from(what.amount), source, expires_on, "誤り"})},
        {what.maker.first, what.maker.second}, instant{at});
    const auto expected = model_.propose(what, time);
    const auto next = expect_same_due(before);
    ASSERT_EQ(real.has_value(), expected.has_value());
    expect_entries(next + (expected ? 1 : 0));
    if (!expected) {
        EXPECT_EQ(real.error(), expected.error());
        return count("proposal refused by " + name_of(expected.error()));
    }
    EXPECT_EQ(real->what->expires_on.days(), model_.proposals[*expected].last_day.value_or(0));
    ASSERT_LT(next, machine_.journal().size());
    proposals_.push_back(machine_.journal()[next].position);
    count("proposal");
}

std::vector<std::size_t> region::open_corrections() const {
    std::vector<std::size_t> found;
    for (const auto& [id, one] : model_.wallets)
        found.insert(found.end(), one.corrections.begin(), one.corrections.end());
    return found;
}

void region::decide_correction() {
    if (proposals_.empty()) return;
    const auto open = open_corrections();
    const auto number = open.empty() || dice_.one_in(8) ? dice_.below(proposals_.size()) : dice_.any_of(open);
    const model_proposal what = model_.proposals[number];
    const bool approve = !dice_.one_in(4);
    const auto checker = any_person();
    const auto at = edge_time();
    deed_ = std::string{approve ? "approve" : "reject"} + " correction " + std::to_string(number);
    const auto before = machine_.journal().size();
    const auto real = machine_.decide_correction({wallet_id{what.wallet}, proposals_[number], approve, "確認"},
                                                 {checker.first, checker.second}, instant{at});
    const auto time = model_time(what.wallet, at);
    const auto expected = model_.decide(number, approve, checker, time);
    const auto next = expect_same_due(before);
    ASSERT_EQ(real.has_value(), expected.has_value());
    expect_entries(next + (expected ? 1 : 0));
    const std::string kind{ledger::name_of(what.kind)};
    if (!expected) {
        EXPECT_EQ(real.error(), expected.error());
        return count(kind + (approve ? " approval" : " rejection") + " refused by " + name_of(expected.error()));
    }
    taken_lots moved;
    for (const auto& use : real->lots) moved.emplace_back(use.lot->number, use.amount.value());
    EXPECT_EQ(moved, *expected);
    EXPECT_EQ(real->approved, approve);
    if (approve && what.kind == correction_kind::credit) {
        ASSERT_EQ(real->lots.size(), 1u);
        EXPECT_EQ(real->lots[0].lot->expires_on.days(), what.last_day);
    }
    count(kind + (approve ? " approved" : " rejected"));
    if (moved.size() > 1) count(kind + " of several lots");
}

} // namespace meguri::ledger::model
