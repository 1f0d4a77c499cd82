// Random lives of a small region, told to the real rules and to the model at once: every refusal, decision, balance and
// expiry must be the same, and the rules that always hold are checked after every entry (ledger_machine does).
#include "tests/model/ledger_machine.hpp"
#include "tests/model/ledger_model.hpp"
#include "tests/model/ledger_rules.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace meguri::ledger::model {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t day_ms = 86'400 * second;
constexpr std::int64_t jst = 9 * 3600 * second;

const std::array<program_code, 6> codes{*program_code::parse("042021"), *program_code::parse("432148"),
                                        *program_code::parse("040002"), *program_code::parse("430005"),
                                        *program_code::parse("131016"), program_code::as_named(42'022)};
constexpr std::array sources{"budget:042021:health", "national:2026", "partner:card", "purchase:counter", "donation:x"};

class region {
public:
    explicit region(std::uint64_t seed) : dice_{seed} {
        open_program();
        while (model_.merchants.empty()) join_merchant();
        add_outlet();
        open_wallet();
    }

    // One thing that happens, and a little time.
    void live_on() {
        pass_time();
        struct deed {
            std::size_t weight;
            void (region::*done)();
        };
        constexpr std::array deeds{
            deed{1, &region::open_program}, deed{1, &region::join_merchant}, deed{1, &region::add_outlet},
            deed{1, &region::open_wallet},  deed{6, &region::issue_code},    deed{4, &region::set_freeze},
            deed{16, &region::grant},       deed{40, &region::pay},          deed{2, &region::look_at_wallet},
        };
        std::size_t pick = dice_.below(72);
        for (const auto& [weight, done] : deeds) {
            if (pick < weight) {
                (this->*done)();
                break;
            }
            pick -= weight;
        }
        expect_same_balances();
    }

    void expect_replay_gives_the_same() const {
        ledger_state again;
        for (const auto& one : machine_.journal()) apply(again, one);
        expect_same_state(machine_.state(), again);
    }

    [[nodiscard]] const ledger_state& state() const noexcept { return machine_.state(); }
    [[nodiscard]] const std::string& last_deed() const noexcept { return deed_; }

private:
    // --- time ---

    void pass_time() {
        const auto kind = dice_.below(40);
        if (kind < 3) { // around the moment at which the latest one-time code expires
            now_ = std::max(now_, latest_once_ + 300 * second - 1 + dice_.between(0, 2));
        } else if (kind < 6) { // around a midnight in Japan
            now_ = std::max(now_, (now_ + jst) / day_ms * day_ms + day_ms - jst + dice_.between(-1, 1));
        } else if (kind == 6) {
            now_ += dice_.between(1, 12) * day_ms;
        } else {
            now_ += dice_.between(0, 3 * second);
        }
    }
    // Io threads read the clock one after the other, so a wallet may be asked by an earlier hour than before.
    std::int64_t edge_time() { return dice_.one_in(5) ? now_ - dice_.between(0, 2 * second) : now_; }

    // When the model's wallet decides; what is due by then has left it.
    std::int64_t model_time(std::uint64_t wallet, std::int64_t at) {
        const auto time = model_.decision_time(wallet, at);
        model_expired_ = model_.pass_time(wallet, time);
        return time;
    }
    // What the entries since then booked as expired is what the model let expire.
    void expect_same_expiry(std::size_t entries_before, std::uint64_t wallet) const {
        std::map<std::uint32_t, yen> booked;
        for (std::size_t i = entries_before; i < machine_.journal().size(); ++i) {
            const auto& one = machine_.journal()[i];
            if (const auto* expiry = std::get_if<points_expired>(&one.what)) {
                EXPECT_EQ(one.wallet, wallet_id{wallet});
                for (const auto& use : expiry->lots) booked[use.lot->number] += use.amount.value();
            }
        }
        EXPECT_EQ(booked, model_expired_);
    }

    // --- deeds ---

    void open_program() {
        const auto code = codes[dice_.below(codes.size() - 1)];
        const int expiry_days = static_cast<int>(dice_.between(1, 9));
        const bool online_only = dice_.one_in(4);
        deed_ = "open program " + code.text();
        const auto real = machine_.open_program({code, code.text(), expiry_days, online_only, {}, false});
        EXPECT_EQ(real, model_.open_program(code.number(), {expiry_days, online_only, false}));
    }

    void join_merchant() {
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

    void add_outlet() {
        const auto merchant = any_id(model_.merchants);
        const bool is_shop = dice_.one_in(3);
        deed_ = "add outlet to " + std::to_string(merchant);
        const auto id = machine_.add_outlet(merchant_id{merchant}, is_shop ? outlet_kind::shop : outlet_kind::terminal);
        auto& outlets = model_.merchants[merchant].outlets;
        outlets.push_back({is_shop, false});
        EXPECT_EQ(id, (outlet_id{merchant_id{merchant}, static_cast<std::uint16_t>(outlets.size())}));
    }

    void open_wallet() {
        if (model_.wallets.size() >= 12) return;
        const auto id = model_.wallets.size() + 1;
        deed_ = "open wallet " + std::to_string(id);
        machine_.open_wallet(wallet_id{id}, instant{now_});
        model_.wallets[id].last_time = now_;
    }

    void issue_code() {
        const auto wallet = any_id(model_.wallets);
        const bool once = !dice_.one_in(4);
        const auto at = edge_time();
        deed_ = "issue code of wallet " + std::to_string(wallet);
        const auto before = machine_.journal().size();
        const auto real = machine_.issue_code(wallet_id{wallet}, once ? code_kind::once : code_kind::card, instant{at});
        const auto time = model_time(wallet, at);
        expect_same_expiry(before, wallet);
        EXPECT_EQ(real.ordinal, model_.issue_code(wallet, once, time));
        if (once) latest_once_ = time;
        known_.push_back(real);
    }

    void set_freeze() {
        const bool frozen = dice_.one_in(3); // thawed more often than frozen, or life would stop
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
    void freeze_wallet(std::uint64_t wallet, bool frozen) {
        const auto at = edge_time();
        deed_ = "freeze wallet " + std::to_string(wallet);
        const auto before = machine_.journal().size();
        machine_.set_freeze(freeze_subject::wallet, wallet, frozen, instant{at});
        model_.wallets[wallet].last_time = model_time(wallet, at);
        expect_same_expiry(before, wallet);
        model_.wallets[wallet].frozen = frozen;
    }
    void freeze_outlet(std::uint64_t merchant, bool frozen) {
        auto& outlets = model_.merchants[merchant].outlets;
        if (outlets.empty()) return;
        const auto place = dice_.below(outlets.size());
        const outlet_id id{merchant_id{merchant}, static_cast<std::uint16_t>(place + 1)};
        deed_ = "freeze outlet " + std::to_string(place + 1) + " of " + std::to_string(merchant);
        const auto subject = outlets[place].is_shop ? freeze_subject::shop : freeze_subject::terminal;
        machine_.set_freeze(subject, id.value(), frozen, instant{now_});
        outlets[place].frozen = frozen;
    }

    void grant() {
        const auto wallet = any_id(model_.wallets);
        const auto program = dice_.one_in(15) ? dice_.any_of(codes) : any_open_program();
        const yen amount = dice_.one_in(30) ? points::command_max : dice_.between(1, 1000);
        const std::string source = dice_.any_of(sources);
        const auto at = edge_time();
        const auto last_day = some_last_day(model_.decision_time(wallet, at));
        deed_ = "grant " + std::to_string(amount) + " of " + program.text() + " to wallet " + std::to_string(wallet);
        const auto before = machine_.journal().size();
        const auto expires_on =
            last_day ? std::optional{jst_day{static_cast<std::int32_t>(*last_day)}} : std::optional<jst_day>{};
        const auto real = machine_.grant(
            {wallet_id{wallet}, program, *points::from(amount), expires_on, *funding_source::parse(source)},
            instant{at});
        const auto time = model_time(wallet, at);
        expect_same_expiry(before, wallet);
        EXPECT_EQ(real, model_.grant(wallet, program.number(), amount, last_day, source, time));
    }
    std::optional<std::int64_t> some_last_day(std::int64_t at) {
        const auto today = day_in_japan(at);
        if (dice_.one_in(4)) return std::nullopt;
        if (dice_.one_in(20)) return today + 36'600 + dice_.between(0, 1);
        return today + dice_.between(-1, 5);
    }

    void pay() {
        const auto merchant = any_id(model_.merchants);
        const auto& shop = model_.merchants[merchant];
        const bool stranger = shop.outlets.empty() || dice_.one_in(40);
        const auto outlet = stranger ? shop.outlets.size() + 1 : dice_.below(shop.outlets.size()) + 1;
        const auto code = any_code();
        const auto program = any_payment_program(shop);
        const auto resolved = program ? program->number() : *shop.accepted.begin();
        const yen amount = some_amount(code, resolved);
        const auto at = edge_time();
        deed_ = "pay " + std::to_string(amount) + " at merchant " + std::to_string(merchant) +
                (code ? " from wallet " + std::to_string(code->wallet.value()) : "");

        const auto before = machine_.journal().size();
        const outlet_id id{merchant_id{merchant}, static_cast<std::uint16_t>(outlet)};
        const auto real = machine_.pay({id, code}, {program, *points::from(amount), "R", {}}, instant{at});

        credential read;
        if (code) read = {code->wallet.value(), code->ordinal};
        const auto number = program ? std::optional{program->number()} : std::nullopt;
        const bool decided = program || shop.accepted.size() == 1; // else refused before the wallet hears of it
        const auto time = code && decided ? model_time(code->wallet.value(), at) : at;
        const auto expected = model_.pay({merchant, outlet, number, amount, read}, time);

        ASSERT_EQ(real.has_value(), expected.has_value());
        if (!expected) {
            EXPECT_EQ(real.error(), refusal::program_required);
            EXPECT_EQ(machine_.journal().size(), before);
            return;
        }
        if (code) expect_same_expiry(before, code->wallet.value());
        EXPECT_EQ(name_of(real->decline), name_of(expected->decline));
        EXPECT_EQ(real->balance.has_value(), expected->balance.has_value());
        if (real->balance && expected->balance) {
            EXPECT_EQ(real->balance->value(), *expected->balance);
        }
        taken_lots lots;
        for (const auto& use : real->lots) lots.emplace_back(use.lot->number, use.amount.value());
        EXPECT_EQ(lots, expected->lots);
    }

    void look_at_wallet() {
        const auto wallet = any_id(model_.wallets);
        const auto at = edge_time();
        deed_ = "look at wallet " + std::to_string(wallet);
        const auto before = machine_.journal().size();
        machine_.book_what_is_due(wallet_id{wallet}, instant{at});
        (void)model_time(wallet, at);
        expect_same_expiry(before, wallet);
    }

    // --- choices ---

    template <class Map>
    typename Map::key_type any_id(const Map& from) {
        return std::next(from.begin(), static_cast<std::ptrdiff_t>(dice_.below(from.size())))->first;
    }
    program_code any_open_program() { return dice_.any_of(machine_.state().registry.programs.programs).code; }

    std::optional<known_code> any_code() {
        if (known_.empty() || dice_.one_in(15)) return std::nullopt;
        const auto recent = std::min<std::size_t>(known_.size(), 5);
        return dice_.one_in(3) ? known_[known_.size() - 1 - dice_.below(recent)] : dice_.any_of(known_);
    }
    std::optional<program_code> any_payment_program(const model_merchant& shop) {
        if (dice_.one_in(5)) return std::nullopt;
        if (dice_.one_in(8)) return dice_.any_of(codes);
        const auto at =
            std::next(shop.accepted.begin(), static_cast<std::ptrdiff_t>(dice_.below(shop.accepted.size())));
        return program_code::as_named(*at);
    }
    yen some_amount(const std::optional<known_code>& code, code_number program) {
        const auto spendable = code ? model_.available(code->wallet.value(), program) : 0;
        if (spendable > 0 && spendable < points::command_max && dice_.one_in(4))
            return std::max<yen>(1, spendable + dice_.between(-1, 1)); // around all that there is
        return dice_.between(1, 400);
    }

    // --- comparison ---

    void expect_same_balances() const {
        for (const auto& [id, one] : model_.wallets) {
            const auto& real = machine_.state().wallets.at(wallet_id{id});
            EXPECT_EQ(real.frozen, one.frozen);
            EXPECT_EQ(real.last_time, instant{one.last_time}) << "wallet " << id;
            for (const auto& [number, program] : model_.programs) {
                const auto today = jst_day{static_cast<std::int32_t>(day_in_japan(one.last_time))};
                EXPECT_EQ(real.available(program_code::as_named(number), today).value(), model_.available(id, number));
            }
        }
        for (const auto& [number, program] : model_.programs) {
            const auto& all = machine_.state().books.programs;
            const auto at = std::find_if(all.begin(), all.end(),
                                         [n = number](const auto& one) { return one.program.number() == n; });
            if (at == all.end()) {
                EXPECT_EQ(model_.issued(number), 0);
                continue;
            }
            const auto credited = [&at](account first, std::size_t kinds) {
                yen sum = 0;
                for (std::size_t i = 0; i < kinds; ++i) {
                    const auto& sums = at->sums[static_cast<std::size_t>(first) + i];
                    sum += sums.credits.value() - sums.debits.value();
                }
                return sum;
            };
            EXPECT_EQ(-credited(account::funding, funding_kinds), model_.issued(number));
            EXPECT_EQ(credited(account::available, 1), model_.available(number));
            EXPECT_EQ(credited(account::payable, 1), model_.captured(number));
            EXPECT_EQ(credited(account::expired, funding_kinds), model_.expired(number));
        }
    }

    test::dice dice_;
    ledger_machine machine_;
    ledger_model model_;
    std::vector<known_code> known_;
    std::map<std::uint32_t, yen> model_expired_;
    std::int64_t now_ = 1'774'969'200 * second; // 2026-04-01, midnight in Japan
    std::int64_t latest_once_ = 0;
    std::string deed_;
};

// Runs lives until one fails; gives how often each outcome came, so that the test can see that it tested something.
std::array<std::uint64_t, decline_codes + 1> live(std::size_t lives, int deeds) {
    std::array<std::uint64_t, decline_codes + 1> outcomes{};
    for (const auto seed : test::seeds(lives)) {
        region place{seed};
        for (int i = 0; i < deeds; ++i) {
            place.live_on();
            if (::testing::Test::HasFailure()) {
                ADD_FAILURE() << "deed " << i << " of MEGURI_SEED=" << seed << ": " << place.last_deed();
                return outcomes;
            }
        }
        place.expect_replay_gives_the_same();
        const auto& here = place.state().books.payments_by_outcome;
        for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += here[i];
    }
    return outcomes;
}

TEST(ledger_model, agrees_with_the_rules_over_random_lives) {
    const auto outcomes = live(100, 600);
    if (HasFailure() || std::getenv("MEGURI_SEED") != nullptr) return;
    const std::set<decline_code> never{decline_code::reversed_before_arrival, decline_code::credential_invalid,
                                       decline_code::credential_revoked, decline_code::credential_blocked,
                                       decline_code::limit_exceeded};
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto code = static_cast<decline_code>(i);
        if (never.contains(code)) {
            EXPECT_EQ(outcomes[i], 0u) << name_of(code);
        } else {
            EXPECT_GT(outcomes[i], 20u) << (i == 0 ? "approved" : name_of(code)) << " was hardly tried";
        }
    }
}

TEST(long_ledger_model, agrees_with_the_rules_over_many_random_lives) { (void)live(3000, 1500); }

} // namespace
} // namespace meguri::ledger::model
