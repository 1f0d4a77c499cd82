// Time, parties and points: everything that a payment needs.
#include "tests/model/region.hpp"

#include "tests/model/whole_ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace meguri::ledger::model {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t day_ms = 86'400 * second;
constexpr std::int64_t jst = 9 * 3600 * second;

const std::array<program_code, 6> codes{*program_code::parse("042021"), *program_code::parse("432148"),
                                        *program_code::parse("040002"), *program_code::parse("430005"),
                                        *program_code::parse("131016"), program_code::as_named(42'022)};
constexpr std::array sources{"budget:042021:health", "national:2026", "partner:card", "purchase:counter", "donation:x"};

} // namespace

region::region(std::uint64_t seed) : dice_{seed} {
    open_program();
    while (model_.merchants.empty()) join_merchant();
    add_outlet();
    open_wallet();
    issue_code();
}

void region::live_on() {
    pass_time();
    struct deed {
        std::size_t weight;
        void (region::*done)();
    };
    constexpr std::array deeds{
        deed{1, &region::open_program}, deed{1, &region::join_merchant}, deed{3, &region::add_outlet},
        deed{1, &region::open_wallet},  deed{6, &region::issue_code},    deed{4, &region::set_freeze},
        deed{20, &region::grant},       deed{34, &region::pay},          deed{2, &region::look_at_wallet},
        deed{14, &region::capture},     deed{3, &region::void_hold},     deed{10, &region::refund},
        deed{5, &region::reverse},      deed{1, &region::bar_key},       deed{2, &region::doubt_clock},
        deed{6, &region::set_limits},   deed{5, &region::convert},       deed{2, &region::choose_home},
        deed{4, &region::transfer},     deed{3, &region::propose},       deed{5, &region::decide_correction},
    };
    std::size_t all = 0;
    for (const auto& [weight, done] : deeds) all += weight;
    std::size_t pick = dice_.below(all);
    for (const auto& [weight, done] : deeds) {
        if (pick < weight) {
            (this->*done)();
            break;
        }
        pick -= weight;
    }
    expect_same_balances();
}

void region::expect_replay_gives_the_same() const {
    expect_payments_add_up(machine_.state());
    ledger_state again;
    for (const auto& one : machine_.journal()) apply(again, one);
    expect_same_state(machine_.state(), again);
}

// --- time ---

void region::pass_time() {
    const auto kind = dice_.below(82);
    const auto choices = kind == 9 ? ends_of_choosing() : std::vector<std::int64_t>{};
    const auto holds = kind == 8 ? open_holds() : std::vector<std::size_t>{};
    if (kind < 3) { // around the moment at which the latest one-time code expires
        now_ = std::max(now_, latest_once_ + 300 * second - 1 + dice_.between(0, 2));
    } else if (kind < 7) { // around a midnight in Japan
        now_ = std::max(now_, (now_ + jst) / day_ms * day_ms + day_ms - jst + dice_.between(-1, 1));
    } else if (kind == 7) {
        now_ += dice_.between(1, dice_.one_in(4) ? 12 : 4) * day_ms;
    } else if (!holds.empty()) { // around the end of a hold
        now_ = std::max(now_, model_.payments[dice_.any_of(holds)].capture_before + dice_.between(-1, 1));
    } else if (!choices.empty()) { // around the end of the time to choose
        now_ = std::max(now_, dice_.any_of(choices) + dice_.between(-1, 1));
    } else if (kind == 10) { // around the end of an hour from now, and of the minute that belongs to it
        now_ = (now_ / minute + 60 + dice_.between(0, 1)) * minute + dice_.between(-1, 0);
    } else {
        now_ += dice_.between(0, 3 * second);
    }
}

std::int64_t region::time_around_the_end_of(const model_payment& payment) {
    // While the clock is doubtful the hold is still open then, and it is the capture that has to see its end.
    if (payment.capture_before == 0 || !dice_.one_in(model_.clock_is_doubtful ? 2 : 4)) return edge_time();
    return now_ = std::max(now_, payment.capture_before + dice_.between(-1, 1));
}

std::int64_t region::model_time(std::optional<std::uint64_t> wallet, std::int64_t at) {
    model_due_ = {};
    if (!wallet) return at;
    const auto time = model_.decision_time(*wallet, at);
    model_due_ = model_.pass_time(*wallet, time);
    return time;
}

void region::doubt_clock() {
    const bool doubtful = dice_.one_in(3);
    deed_ = doubtful ? "doubt the clock" : "trust the clock";
    machine_.doubt_clock(doubtful);
    model_.clock_is_doubtful = doubtful;
}

// --- deeds ---

void region::open_program() {
    const auto code = codes[dice_.below(codes.size() - 1)];
    const int expiry_days = static_cast<int>(dice_.between(1, 9));
    const bool online_only = dice_.one_in(4);
    // Mostly short ones, which jumps of time pass.
    const int hold_days = dice_.one_in(8) ? hold_days_max : static_cast<int>(dice_.between(1, 4));
    deed_ = "open program " + code.text();
    const auto real = machine_.open_program({code, code.text(), expiry_days, online_only, {}, false, hold_days});
    EXPECT_EQ(real, model_.open_program(code.number(), {expiry_days, online_only, false, hold_days, {}}));
}

void region::join_merchant() {
    std::vector<program_code> accepted;
    std::vector<code_number> numbers;
    for (std::int64_t i = dice_.between(1, 4); i > 0; --i) {
        // Of those that are open, mostly; one and the same may come twice.
        const auto& open = machine_.state().registry.programs.programs;
        accepted.push_back(dice_.one_in(20) ? dice_.any_of(codes) : dice_.any_of(open).code);
        numbers.push_back(accepted.back().number());
    }
    const auto id = model_.merchants.size() + 1;
    deed_ = "join merchant " + std::to_string(id);
    EXPECT_EQ(machine_.join_merchant(merchant_id{id}, accepted), model_.join_merchant(id, numbers));
}

void region::add_outlet() {
    const auto merchant = any_id(model_.merchants);
    const bool is_shop = dice_.one_in(3);
    deed_ = "add outlet to " + std::to_string(merchant);
    const auto id = machine_.add_outlet(merchant_id{merchant}, is_shop ? outlet_kind::shop : outlet_kind::terminal);
    auto& outlets = model_.merchants[merchant].outlets;
    outlets.push_back({is_shop, false, {}});
    EXPECT_EQ(id, (outlet_id{merchant_id{merchant}, static_cast<std::uint16_t>(outlets.size())}));
}

void region::open_wallet() {
    if (model_.wallets.size() >= 6) return;
    const auto id = model_.wallets.size() + 1;
    deed_ = "open wallet " + std::to_string(id);
    machine_.open_wallet(wallet_id{id}, instant{now_});
    model_.wallets[id].last_time = now_;
}

void region::issue_code() {
    const auto wallet = any_id(model_.wallets);
    const bool once = dice_.one_in(2);
    const auto at = edge_time();
    deed_ = "issue code of wallet " + std::to_string(wallet);
    const auto before = machine_.journal().size();
    const auto real = machine_.issue_code(wallet_id{wallet}, once ? code_kind::once : code_kind::card, instant{at});
    const auto time = model_time(wallet, at);
    expect_entries(expect_same_due(before) + 1);
    EXPECT_EQ(real.ordinal, model_.issue_code(wallet, once, time));
    if (once) latest_once_ = time;
    known_.push_back(real);
}

void region::set_freeze() {
    const bool frozen = dice_.one_in(5); // thawed more often than frozen, or life would stop
    switch (dice_.below(4)) {
    case 0: return freeze_wallet(any_id(model_.wallets), frozen);
    case 1: {
        const auto merchant = any_id(model_.merchants);
        deed_ = "freeze merchant " + std::to_string(merchant);
        machine_.set_freeze(freeze_subject::merchant, merchant, frozen, instant{now_});
        model_.merchants[merchant].frozen = frozen;
        return;
    }
    case 2: return freeze_outlet(any_id(model_.merchants), frozen);
    default: {
        const auto program = any_id(model_.programs);
        deed_ = "freeze program " + std::to_string(program);
        machine_.set_freeze(freeze_subject::program, program, frozen, instant{now_});
        model_.programs[program].frozen = frozen;
    }
    }
}

void region::freeze_wallet(std::uint64_t wallet, bool frozen) {
    const auto at = edge_time();
    deed_ = "freeze wallet " + std::to_string(wallet);
    const auto before = machine_.journal().size();
    machine_.set_freeze(freeze_subject::wallet, wallet, frozen, instant{at});
    model_.wallets[wallet].last_time = model_time(wallet, at);
    expect_entries(expect_same_due(before) + 1);
    model_.wallets[wallet].frozen = frozen;
}

void region::freeze_outlet(std::uint64_t merchant, bool frozen) {
    auto& outlets = model_.merchants[merchant].outlets;
    if (outlets.empty()) return;
    const auto place = dice_.below(outlets.size());
    const outlet_id id{merchant_id{merchant}, static_cast<std::uint16_t>(place + 1)};
    deed_ = "freeze outlet " + std::to_string(place + 1) + " of " + std::to_string(merchant);
    const auto subject = outlets[place].is_shop ? freeze_subject::shop : freeze_subject::terminal;
    machine_.set_freeze(subject, id.value(), frozen, instant{now_});
    outlets[place].frozen = frozen;
}

void region::grant() {
    // Often to whom the last one went, so that payments take several lots.
    if (!granted_ || dice_.one_in(2))
        granted_ = {any_id(model_.wallets), dice_.one_in(15) ? dice_.any_of(codes) : any_open_program()};
    const auto [wallet, program] = *granted_;
    const yen amount = dice_.one_in(30) ? points::command_max : dice_.between(1, 1000);
    const auto source = *funding_source::parse(dice_.any_of(sources));
    const auto at = edge_time();
    const auto last_day = some_last_day(model_.decision_time(wallet, at));
    deed_ = "grant " + std::to_string(amount) + " of " + program.text() + " to wallet " + std::to_string(wallet);
    const auto before = machine_.journal().size();
    const auto expires_on =
        last_day ? std::optional{jst_day{static_cast<std::int32_t>(*last_day)}} : std::optional<jst_day>{};
    const auto real =
        machine_.grant({wallet_id{wallet}, program, *points::from(amount), expires_on, source}, instant{at});
    const auto time = model_time(wallet, at);
    expect_entries(expect_same_due(before) + (real ? 0 : 1));
    EXPECT_EQ(real, model_.grant(wallet, program.number(), amount, last_day, {source.kind(), source.text()}, time));
}

void region::look_at_wallet() {
    const auto wallet = any_id(model_.wallets);
    const auto at = edge_time();
    deed_ = "look at wallet " + std::to_string(wallet);
    const auto before = machine_.journal().size();
    machine_.book_what_is_due(wallet_id{wallet}, instant{at});
    (void)model_time(wallet, at);
    expect_entries(expect_same_due(before));
}

// --- choices ---

std::optional<std::int64_t> region::some_last_day(std::int64_t at) {
    const auto today = day_in_japan(at);
    if (dice_.one_in(4)) return std::nullopt;
    if (dice_.one_in(20)) return today + 36'600 + dice_.between(0, 1);
    return today + dice_.between(-1, 8);
}

std::optional<known_code> region::any_code() {
    if (known_.empty() || dice_.one_in(20)) return std::nullopt;
    const auto recent = std::min<std::size_t>(known_.size(), 5);
    return dice_.one_in(3) ? known_[known_.size() - 1 - dice_.below(recent)] : dice_.any_of(known_);
}

std::optional<program_code> region::any_payment_program(const model_merchant& shop) {
    if (dice_.one_in(5)) return std::nullopt;
    return dice_.one_in(12) ? dice_.any_of(codes) : program_code::as_named(any_in(shop.accepted));
}

} // namespace meguri::ledger::model
