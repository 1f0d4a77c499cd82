// A shop and a resident with points, on a stepped switch: for the tests of payments and of what follows them.
#pragma once

#include "storage/key_ring.hpp"
#include "storage/verify.hpp"
#include "tests/support/stepped_switch.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace meguri::test {

inline constexpr std::int64_t day_ms = 86'400'000;

inline constexpr auto ishinomaki = *ledger::program_code::parse("042021");

[[nodiscard]] inline ledger::points yen(std::int64_t value) { return *ledger::points::from(value); }

// One program, one merchant with a terminal, one wallet with a card and 5,000 points.
class payment_scene : public ::testing::Test {
protected:
    payment_scene() { open(1); }

    // Whatever a test did: the ledger that it leaves behind is right.
    void TearDown() override {
        running.reset();
        const auto report = storage::verify(folder / "ledger");
        ASSERT_TRUE(report.has_value()) << report.error().text();
        EXPECT_TRUE(report->all_agree()) << report->text();
    }

    void open(std::uint32_t io_threads) {
        running.reset();
        running.emplace(folder / "ledger", io_threads);
    }

    void furnish() {
        auto& on = *running;
        const auto op = stepped_switch::first_operator();
        on.decided<ledger::program_opened>(
            op, ledger::command{ledger::open_program{
                    {ishinomaki, "石巻市アイポイント", 180, false, ledger::issuer_kind::municipality, false}}});
        const auto shop =
            on.decided<ledger::merchant_joined>(op, ledger::command{ledger::join_merchant{"店", {ishinomaki}}});
        merchant = shop.id;
        till = stepped_switch::outlet(on.decided<ledger::outlet_added>(
            op, ledger::command{ledger::add_outlet{merchant, ledger::outlet_kind::terminal, "レジ1"}}));
        wallet = on.decided<ledger::wallet_opened>(op, ledger::command{ledger::open_wallet{}}).id;
        card = issue(ledger::code_kind::card);
        on.decided<ledger::points_granted>(op, grant(5000));
    }

    ledger::digest128 issue(ledger::code_kind kind) {
        return running
            ->decided<ledger::code_issued>(stepped_switch::first_operator(),
                                           ledger::command{ledger::issue_code{wallet, kind}})
            .code;
    }

    [[nodiscard]] ledger::command grant(std::int64_t amount) const {
        return ledger::grant{
            wallet, ishinomaki, yen(amount), {}, *ledger::funding_source::parse("budget:042021:health")};
    }

    [[nodiscard]] static ledger::command pay(std::int64_t amount, ledger::digest128 code) {
        return ledger::authorize{ishinomaki, yen(amount), "R-1", code};
    }

    ledger::payment_decided paid(std::int64_t amount, std::string key) {
        return running->decided<ledger::payment_decided>(till, pay(amount, card), std::move(key));
    }

    void passivate() {
        for (int i = 0; i < 100; ++i) running->thread().sweep();
        EXPECT_EQ(running->thread().actors().live_wallets(), 0U);
        EXPECT_EQ(running->thread().actors().live_callers(), 0U);
    }

    [[nodiscard]] std::int64_t balance() {
        const auto read = running->ask(stepped_switch::first_operator(), actors::read_wallet{wallet});
        return read->wallet_seen->available(ishinomaki, ledger::jst_day::of(running->now)).value();
    }

    temporary_folder folder;
    std::optional<stepped_switch> running;
    ledger::merchant_id merchant;
    actors::principal till;
    ledger::wallet_id wallet;
    ledger::digest128 card;
};

} // namespace meguri::test
