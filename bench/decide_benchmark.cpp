// What the rules cost: a payment decided for a wallet in memory, alone and with its being applied.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>

namespace {

using namespace meguri::ledger;

constexpr instant bench_time{1'790'000'000'000};
const program_code town = *program_code::parse("042021");
const outlet_id till{merchant_id{1}, 1};

// A wallet with so many lots of so many points that payments of one point never empty it.
struct paying_wallet {
    explicit paying_wallet(std::int64_t lots) {
        programs.insert({town, "石巻市アイポイント", 180, false, issuer_kind::municipality, false});
        terms.id = till.merchant();
        terms.programs = {town};
        terms.outlets = {{outlet_kind::terminal, till, "レジ1", false}};
        take(wallet_opened{wallet_id{1}});
        const grant asked{
            wallet_id{1}, town, *points::from(1'000'000'000), {}, *funding_source::parse("budget:042021:health")};
        for (std::int64_t i = 0; i < lots; ++i) {
            auto granted = decide(asked, state, programs, bench_time);
            EXPECTS(granted.has_value());
            take(std::move(*granted));
        }
    }

    [[nodiscard]] payment_decided pay() const {
        const authorize asked{town, *points::from(1), {}, {}};
        const payment_question question{
            asked, town, terms, programs, till, outlet_kind::terminal, known_code{state.id, 1, code_kind::card, {}}};
        return decide(question, &state, bench_time);
    }
    void take(fact what) {
        entry one;
        one.position = ++position;
        one.decided_at = bench_time;
        one.wallet = wallet_id{1};
        one.wallet_sequence = state.sequence + 1;
        one.what = std::move(what);
        apply(state, one);
    }

    program_table programs;
    merchant_terms terms;
    wallet state;
    journal_position position = 0;
};

void decide_payment(benchmark::State& state) {
    const paying_wallet payer{state.range(0)};
    for ([[maybe_unused]] auto _ : state) {
        auto decided = payer.pay();
        if (decided.decline != decline_code::none) state.SkipWithError("declined");
        benchmark::DoNotOptimize(decided);
    }
}
BENCHMARK(decide_payment)->ArgName("lots")->Arg(1)->Arg(8);

void decide_and_apply_payment(benchmark::State& state) {
    paying_wallet payer{state.range(0)};
    for ([[maybe_unused]] auto _ : state) payer.take(payer.pay());
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decide_and_apply_payment)->ArgName("lots")->Arg(1)->Arg(8);

} // namespace
