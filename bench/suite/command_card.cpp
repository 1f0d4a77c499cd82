// meguri-bench card: payments by My Number card beside payments by code. What the cards sign is signed before the load;
// the switch reads certificate and signature of each, and looks into the revocation lists.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"

#include "ledger/calendar.hpp"
#include "net/card_payment_text.hpp"
#include "tests/support/test_cards.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

namespace meguri::bench {
namespace {

namespace json = boost::json;

struct card_options : load_options {
    std::uint32_t cards = 40;
    test::card_key key = test::card_key::rsa_2048;
    std::size_t payments = 0; // signed for the closed loop; 0: as many as it can take
};

constexpr double part_of_rate = 0.5; // at which latencies are compared
constexpr double share_max = 0.7;    // of the rate by code, that cards may reach: 0.33 to 0.45 were seen
// 9,000 a second were seen, and the first signature holds for two minutes.
constexpr std::size_t signed_max = 500'000;

// Residents with a card each, and what their cards sign.
class signing_residents {
public:
    signing_residents(const card_options& asked, test::test_cards cards, benched_switch& at) : tills_{at.tills()} {
        auto api = at.as_operator();
        for (std::uint32_t i = 0; i < asked.cards; ++i) {
            auto card = cards.issue({.key = asked.key});
            auto certificate = test::to_base64(card.der());
            const std::string wallet{api.post("/v1/wallets", json::object{}).at("id").as_string()};
            api.post("/v1/wallets/" + wallet + "/cards", {{"certificate", certificate}});
            api.post("/v1/grants",
                     {{"wallet", wallet},
                      {"program", "042021"},
                      {"amount", points_of_a_card},
                      {"source", "budget:042021:bench"}},
                     "card-" + std::to_string(i));
            residents_.push_back({std::move(card), std::move(certificate)});
        }
    }

    [[nodiscard]] std::string sign(const errand& one, const std::string& key) const {
        const auto& by = residents_[one.number % residents_.size()];
        const auto& till = tills_[one.till];
        const ledger::instant now{test::signed_by_card::now_ms()};
        const auto text = net::text_to_sign({till.merchant, till.terminal, ledger::program_code::parse("042021"),
                                             *ledger::points::from(one.amount), true, key, now});
        return json::serialize(json::object{{"type", "card"},
                                            {"certificate", by.certificate},
                                            {"signature", test::to_base64(test::sign_as_card(by.card, text))},
                                            {"signed_at", ledger::to_rfc3339(now)}});
    }

private:
    struct resident {
        test::issued_certificate card;
        std::string certificate; // base64
    };
    static constexpr std::int64_t points_of_a_card = 100'000'000;

    std::vector<benched_switch::till_names> tills_;
    std::vector<resident> residents_;
};

class card_load {
public:
    card_load(const card_options& asked, const test::test_cards& cards)
        : asked_{asked},
          session_{asked, "card"},
          residents_{asked, cards, session_.benched()} {}

    int run() {
        const auto by_code = session_.measure("by code", asked_.with);
        const double could_take = by_code.per_second() * share_max * (asked_.with.warm_up_s + asked_.with.duration_s);
        const auto payments =
            asked_.payments > 0 ? asked_.payments : std::min(static_cast<std::size_t>(could_take) + 100, signed_max);
        const auto by_card = measure_signed("by card", asked_.with, payments);
        if (by_card.per_second() == 0) return session_.end({});
        auto open = asked_.with;
        open.rate_per_second = part_of_rate * by_card.per_second();
        session_.measure("by code, open loop", open);
        const auto wanted = open.rate_per_second * (open.warm_up_s + open.duration_s) * 1.1;
        const auto steady = measure_signed("by card, open loop", open, static_cast<std::size_t>(wanted) + 100);
        if (steady.generator_lagged()) session_.doubt("the load generator lagged behind its own schedule");
        const double share = by_code.per_second() > 0 ? by_card.per_second() / by_code.per_second() : 0;
        std::printf("by card %.0f/s, %.3f of the rate by code\n", by_card.per_second(), share);
        return session_.end({{"cards", asked_.cards}, {"card_share_of_code", share}});
    }

private:
    load_result measure_signed(const std::string& name, const load_settings& with, std::size_t payments) {
        auto& source = session_.source();
        source.drop_signed();
        const auto begun = std::chrono::steady_clock::now();
        source.sign_ahead(payments,
                          [&](const errand& one, const std::string& key) { return residents_.sign(one, key); });
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        std::printf("%zu payments signed within %.1f s\n", payments, took.count());
        std::fflush(stdout);
        auto result = session_.measure(name, with);
        if (source.signed_left() == 0)
            session_.fail(name + ": all signed payments were used up; --payments is too small, or --seconds too large");
        return result;
    }

    const card_options& asked_;
    bench_session session_;
    signing_residents residents_;
};

// The authorities' files lie beside the ledger, and go with it.
int run(card_options asked) {
    const auto folder = std::filesystem::absolute(asked.folder + "-cards");
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const test::test_cards cards{folder};
    asked.more_settings = cards.settings();
    const int status = card_load{asked, cards}.run();
    std::filesystem::remove_all(folder);
    return status;
}

} // namespace

command add_card_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "card", "Payments that My Number cards sign, beside payments by code: closed loop, and both at half the rate "
                "that cards reach");
    auto options = std::make_shared<card_options>();
    options->binary = default_binary;
    options->with.duration_s = 3;
    options->with.warm_up_s = 0.5;
    options->add_to(*parsed, "card");
    parsed->remove_option(parsed->get_option("--mix"));
    parsed->add_option("--cards", options->cards)->check(CLI::Range(1, 10'000))->capture_default_str();
    const std::map<std::string, test::card_key> keys{{"rsa_2048", test::card_key::rsa_2048},
                                                     {"p_384", test::card_key::p_384}};
    parsed->add_option("--key", options->key, "of the cards")
        ->transform(CLI::CheckedTransformer(keys))
        ->default_str("rsa_2048");
    parsed
        ->add_option("--payments", options->payments,
                     "that are signed before the closed loop; a signature holds for two minutes; 0: as many "
                     "as it can take, 500,000 at most")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
