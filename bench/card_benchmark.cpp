// What a payment by My Number card costs beside one by a code: the certificate met before or for the first time, the
// signature, and the look into a list of a million revoked numbers. An io thread pays all of it.
#include "net/card_payment_text.hpp"
#include "net/card_trust.hpp"
#include "storage/key_ring.hpp"
#include "tests/support/card_authority.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace meguri;

ledger::instant wall_now() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return ledger::instant{std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()};
}

// An authority, its files in a folder of their own, a card, and a payment that it signed.
struct signed_scene {
    explicit signed_scene(test::card_key kind, long revoked = 0) : card{authority.issue({.key = kind})} {
        std::filesystem::create_directories(folder);
        std::ofstream{files.authorities} << authority.self().pem();
        std::ofstream{files.crl} << authority.revoked_numbers(0x4000'0000, revoked);
        trust = *net::card_trust::load(files);
        test::must(trust->refresh().has_value(), "the lists cannot be read");
        text = net::text_to_sign({"mer_7d2m9q4x0c5e8t1w3z6b7n2rkv", "ter_4t8w1z6b0n5rd0v3kq5x7m2c9e",
                                  ledger::program_code::parse("042021"), *ledger::points::from(1200), true, "p-1",
                                  wall_now()});
        signature = test::sign_as_card(card, text);
        der = card.der();
    }
    ~signed_scene() { std::filesystem::remove_all(folder); }
    signed_scene(const signed_scene&) = delete;
    signed_scene& operator=(const signed_scene&) = delete;

    void expect_good(const std::optional<ledger::card_facts>& found) const {
        test::must(found && found->is_genuine && !found->is_revoked, "the card is not taken");
    }

    test::card_authority authority;
    test::issued_certificate card;
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("meguri-card-benchmark-" + std::to_string(::getpid()));
    net::card_files files{folder / "authorities.pem", folder / "crl.pem"};
    std::shared_ptr<net::card_trust> trust;
    std::string text;
    std::string signature;
    std::string der;
};

void judge_a_card_met_before(benchmark::State& state, test::card_key kind, long revoked) {
    const signed_scene scene{kind, revoked};
    const auto now = wall_now();
    for (auto _ : state) {
        const net::signed_payment paid{*scene.trust, scene.trust->read(scene.der), scene.text, scene.signature};
        const auto found = paid.judge(now);
        scene.expect_good(found);
        benchmark::DoNotOptimize(found);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(judge_a_card_met_before, rsa_2048, test::card_key::rsa_2048, 0);
BENCHMARK_CAPTURE(judge_a_card_met_before, p_384, test::card_key::p_384, 0);
BENCHMARK_CAPTURE(judge_a_card_met_before, rsa_2048_a_million_revoked, test::card_key::rsa_2048, 1'000'000);

void judge_a_card_met_first(benchmark::State& state, test::card_key kind) {
    const signed_scene scene{kind};
    const auto now = wall_now();
    const auto authorities = *net::card_trust::load_authorities(scene.files.authorities);
    for (auto _ : state) {
        auto read = std::make_shared<const net::card_certificate>(*net::read_card_certificate(scene.der, *authorities));
        const net::signed_payment paid{*scene.trust, std::move(read), scene.text, scene.signature};
        const auto found = paid.judge(now);
        scene.expect_good(found);
        benchmark::DoNotOptimize(found);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(judge_a_card_met_first, rsa_2048, test::card_key::rsa_2048);
BENCHMARK_CAPTURE(judge_a_card_met_first, p_384, test::card_key::p_384);

void find_a_certificate_met_before(benchmark::State& state) {
    const signed_scene scene{test::card_key::rsa_2048};
    for (auto _ : state) benchmark::DoNotOptimize(scene.trust->read(scene.der));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(find_a_certificate_met_before);

// Not on an io thread.
void read_a_list_of_a_million(benchmark::State& state) {
    const signed_scene scene{test::card_key::rsa_2048, 1'000'000};
    for (auto _ : state) {
        scene.trust->use(scene.files, *net::card_trust::load_authorities(scene.files.authorities));
        test::must(scene.trust->refresh().has_value(), "the lists cannot be read");
    }
}
BENCHMARK(read_a_list_of_a_million)->Unit(benchmark::kMillisecond)->Iterations(3);

// What a code costs in its place.
void digest_a_code(benchmark::State& state) {
    const storage::key_ring keys{storage::secret{std::array<std::byte, storage::key_ring::key_bytes>{}}};
    for (auto _ : state) benchmark::DoNotOptimize(keys.digest_of_code("4B7KQ2M9X0T5W8ZCEFGH"));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(digest_a_code);

} // namespace
