// Payments and their later lives: in every state, by amounts around the limit, around the end of a hold.
#include "tests/model/region.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace meguri::ledger::model {
namespace {

template <class Till>
outlet_id outlet_at(const Till& at) {
    return {merchant_id{at.merchant}, static_cast<std::uint16_t>(at.outlet)};
}

} // namespace

// --- deeds ---

void region::pay() {
    auto bought = any_purchase();
    std::string key;
    const bool late = !lost_.empty() && dice_.one_in(4);
    if (late) {
        bought.at = lost_.back().at;
        key = lost_.back().key;
        lost_.pop_back();
    }
    const auto payer = bought.code ? std::optional{bought.code->wallet.value()} : std::nullopt;
    const yen amount = some_amount(payer, program_of(bought));
    const bool at_once = dice_.one_in(3);
    const auto at = edge_time();
    deed_ = (at_once ? "pay " : "hold ") + std::to_string(amount) + " at merchant " +
            std::to_string(bought.at.merchant) + (payer ? " from wallet " + std::to_string(*payer) : "");

    const auto before = machine_.journal().size();
    const auto real = machine_.pay({outlet_at(bought.at), bought.code, key},
                                   {bought.program, *points::from(amount), "R", {}, at_once}, instant{at});

    auto attempt = told_to_model(bought, amount);
    attempt.capture = at_once;
    attempt.barred = late;
    attempt.at_merchant = at;
    // Without a program it is refused before the wallet hears of it.
    const bool decided = bought.program || model_.merchants[bought.at.merchant].accepted.size() == 1;
    const auto time = model_time(decided ? payer : std::nullopt, at);
    const auto expected = model_.pay(attempt, time);

    ASSERT_EQ(real.has_value(), expected.has_value());
    if (!expected) {
        EXPECT_EQ(real.error(), refusal::program_required);
        expect_entries(before);
        return;
    }
    const auto decision = expect_same_due(before);
    expect_entries(decision + 1);
    ASSERT_LT(decision, machine_.journal().size());
    const auto& written = machine_.journal()[decision];
    expect_same_payment(written, *expected);
    EXPECT_EQ(written.decided_at, instant{time});
    positions_.push_back(written.position);
    if (expected->status == payment_status::authorized) count("hold");
    if (expected->limit) count_limit(*expected->limit);
}

void region::capture() {
    const auto number = any_payment({payment_status::authorized});
    if (!number) return;
    const auto payment = model_.payments[*number];
    const auto at = time_around_the_end_of(payment);
    const auto amount = some_part(payment.amount);
    deed_ = "capture payment " + std::to_string(*number);
    const auto before = machine_.journal().size();
    const auto real = machine_.take_step(capture_payment{positions_[*number], points_of(amount)}, instant{at});
    const auto time = model_time(payment.wallet, at);
    const bool was_open = model_.payments[*number].status == payment_status::authorized;
    expect_same_answer(before, "capture", real, model_.capture(*number, amount, time));
    if (payment.capture_before == 0) return;
    if (real && time == payment.capture_before - 1) count("capture at the last moment");
    if (!real && time == payment.capture_before) count(was_open ? "capture of what is to expire" : "capture too late");
}

void region::void_hold() {
    const auto number = any_payment({payment_status::authorized});
    if (!number) return;
    const auto payment = model_.payments[*number];
    const auto at = time_around_the_end_of(payment);
    deed_ = "void payment " + std::to_string(*number);
    const auto before = machine_.journal().size();
    const auto real = machine_.take_step(void_payment{positions_[*number]}, instant{at});
    const auto time = model_time(payment.wallet, at);
    expect_same_answer(before, "void", real, model_.void_hold(*number, time));
}

void region::refund() {
    const auto number = any_payment({payment_status::captured});
    if (!number) return;
    const auto payment = model_.payments[*number];
    const auto at = time_around_the_end_of(payment);
    const auto amount = some_part(payment.captured - payment.refunded);
    deed_ = "refund payment " + std::to_string(*number);
    const auto before = machine_.journal().size();
    const auto real = machine_.take_step(refund_payment{positions_[*number], points_of(amount)}, instant{at});
    const auto time = model_time(payment.wallet, at);
    expect_same_answer(before, "refund", real, model_.refund(*number, amount, time));
}

void region::reverse() {
    const auto number = any_payment({payment_status::authorized, payment_status::captured});
    if (!number) return;
    const auto payment = model_.payments[*number];
    const auto at = time_around_the_end_of(payment);
    const reverse_attempt asked{"key of payment " + std::to_string(*number)};
    deed_ = "reverse payment " + std::to_string(*number);
    const auto before = machine_.journal().size();
    const auto real = machine_.reverse(positions_[*number], asked, instant{at});
    const auto time = model_time(payment.wallet, at);
    expect_same_answer(before, "reversal", real, model_.reverse(*number, time));
    EXPECT_EQ(real.reversed_key, asked.key);
}

void region::bar_key() {
    const lost_attempt lost{any_till(), "lost key " + std::to_string(++keys_)};
    deed_ = "reverse an attempt that has not come: " + lost.key;
    const auto before = machine_.journal().size();
    machine_.bar_key(outlet_at(lost.at), {lost.key}, instant{now_});
    expect_entries(before + 1);
    lost_.push_back(lost);
}

// --- choices ---

// A till or a shop, sometimes one that the merchant does not have.
region::till region::any_till() {
    const auto merchant = any_id(model_.merchants);
    const auto& outlets = model_.merchants[merchant].outlets;
    const bool stranger = outlets.empty() || dice_.one_in(40);
    return {merchant, stranger ? outlets.size() + 1 : dice_.below(outlets.size()) + 1};
}

region::purchase region::any_purchase() {
    return mostly(
        [&]() -> purchase {
            const auto at = any_till();
            const auto code = any_code();
            return {at, code, any_payment_program(model_.merchants[at.merchant])};
        },
        [&](const purchase& one) {
            return model_.reason(told_to_model(one, 1), program_of(one), now_) == decline_code::none;
        });
}

code_number region::program_of(const purchase& one) const {
    return one.program ? one.program->number() : *model_.merchants.at(one.at.merchant).accepted.begin();
}

model_attempt region::told_to_model(const purchase& one, yen amount) const {
    model_attempt told;
    told.merchant = one.at.merchant;
    told.outlet = one.at.outlet;
    if (one.program) told.program = one.program->number();
    told.amount = amount;
    told.at_merchant = now_;
    if (one.code) told.read = {one.code->wallet.value(), one.code->ordinal};
    return told;
}

yen region::some_amount(std::optional<std::uint64_t> payer, code_number program) {
    const auto spendable = payer ? model_.available(*payer, program, now_) : 0;
    if (spendable > 0 && spendable < points::command_max && dice_.one_in(4))
        return std::max<yen>(1, spendable + dice_.between(-1, 1)); // around all that there is
    return dice_.between(1, spendable > 0 && !dice_.one_in(4) ? std::min<yen>(spendable, 1500) : 400);
}

std::vector<std::size_t> region::open_holds() const {
    std::vector<std::size_t> found;
    for (const auto& [id, one] : model_.wallets) found.insert(found.end(), one.holds.begin(), one.holds.end());
    return found;
}

std::optional<std::size_t> region::any_payment(const std::set<payment_status>& wanted) {
    const auto all = model_.payments.size();
    if (all == 0) return std::nullopt;
    return mostly(
        [&] {
            if (const auto holds = open_holds(); !holds.empty() && dice_.one_in(5)) return dice_.any_of(holds);
            return dice_.one_in(2) ? all - 1 - dice_.below(std::min<std::size_t>(all, 12)) : dice_.below(all);
        },
        [&](std::size_t number) { return wanted.contains(model_.payments[number].status); });
}

// Of all that there is: unnamed, around the whole, or anything within.
std::optional<yen> region::some_part(yen all) {
    if (dice_.one_in(4)) return std::nullopt;
    if (all <= 1 || dice_.one_in(3)) return std::max<yen>(1, all + dice_.between(-1, 1));
    return dice_.between(1, all);
}

} // namespace meguri::ledger::model
