// What a payment costs in the resources alone: reading its JSON, its fingerprint, rendering its answer. The goal is
// below a microsecond for reading and for rendering each.
#include "bench/in_process.hpp"
#include "net/account_links.hpp"
#include "net/bank_table.hpp"
#include "net/card_trust.hpp"
#include "net/failure_limit.hpp"
#include "net/fingerprint.hpp"
#include "net/render_entry.hpp"
#include "net/residents.hpp"
#include "net/resource_payments.hpp"
#include "storage/thread_reader.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

namespace {

using namespace meguri;

constexpr std::string_view body =
    R"({"amount":1200,"program":"042021","credential":{"type":"code","value":"4B7KQ2M9X0T5W8ZCEFGH"},"capture":true,"reference":"R-000123"})";

const storage::key_ring& keys() {
    static const storage::key_ring ring{storage::secret{std::array<std::byte, storage::key_ring::key_bytes>{}}};
    return ring;
}

// An empty ledger, which a resource may read beside its request; a payment's reads nothing of it.
class empty_ledger {
public:
    ~empty_ledger() { std::filesystem::remove_all(folder_); }
    empty_ledger() = default;
    empty_ledger(const empty_ledger&) = delete;
    empty_ledger& operator=(const empty_ledger&) = delete;
    [[nodiscard]] net::ledger_view& view() noexcept { return view_; }

private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("meguri-resource-benchmark-" + std::to_string(::getpid()));
    bench::in_process_switch on_{folder_};
    storage::thread_reader reader_{on_.store()};
    net::store_view view_{on_.store(), reader_};
};

void read_payment(benchmark::State& state) {
    net::http_request request;
    request.body = body;
    const net::route_match route;
    const actors::principal by;
    empty_ledger ledger;
    const auto cards = net::card_trust::load({});
    if (!cards) return state.SkipWithError("no trust in cards");
    net::json_document json;
    net::id_texts ids{keys()};
    // What payments do not look at.
    net::residents people;
    net::account_links links;
    net::failure_limit tries{{}};
    const net::bank_table banks;
    const ledger::numeric_format once_digits;
    const std::string gateway_secret;
    net::call from{request, route,  by,    keys(), ledger.view(), json,        ids,
                   **cards, people, links, tries,  banks,         once_digits, gateway_secret};
    for (auto _ : state) {
        auto asked = net::authorize_payment(from);
        if (!asked) state.SkipWithError("refused");
        benchmark::DoNotOptimize(asked);
    }
}
BENCHMARK(read_payment);

void parse_json(benchmark::State& state) {
    net::json_document json;
    for (auto _ : state) benchmark::DoNotOptimize(json.parse(body));
}
BENCHMARK(parse_json);

void fingerprint(benchmark::State& state) {
    const ledger::command payment = ledger::authorize{
        ledger::program_code::parse("042021"), *ledger::points::from(1200), "R-000123", keys().digest_of_code("4B7K")};
    for (auto _ : state) benchmark::DoNotOptimize(net::fingerprint_of(payment));
}
BENCHMARK(fingerprint);

void render_payment(benchmark::State& state) {
    ledger::payment_decided paid;
    paid.merchant = ledger::merchant_id{7};
    paid.outlet = ledger::outlet_id{paid.merchant, 1};
    paid.wallet = ledger::wallet_id{3};
    paid.program = *ledger::program_code::parse("042021");
    paid.amount = *ledger::points::from(1200);
    paid.reference = "R-000123";
    paid.status = ledger::payment_status::captured;
    paid.balance = ledger::points::from(3800);
    ledger::entry one;
    one.decided_at = ledger::instant{1'790'000'000'000};
    one.what = paid;
    net::id_texts ids{keys()};
    std::string out;
    for (auto _ : state) {
        out.clear();
        ++one.position;
        net::render_entry(out, one, ids);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(render_payment);

} // namespace
