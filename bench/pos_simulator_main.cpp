// The main job that `./dev run` shows: a fresh ledger gets a demo town through the public API, its tills take payments
// for some seconds, some receipts are printed, then the rate, the latencies and the trial balance. Status 0 only if the
// ledger balances and every answer was one that a till expects.
#include "bench/demo_town.hpp"
#include "bench/http_load.hpp"
#include "bench/receipt.hpp"

#include <boost/json.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <random>

namespace {

using namespace meguri;
using namespace meguri::bench;
namespace json = boost::json;
using steady = std::chrono::steady_clock;

// Tills that take one payment after the other, from residents who walk in at random.
class paying_tills final : public load_source {
public:
    paying_tills(const demo_town& town, std::string tag, double seconds)
        : town_{town},
          tag_{std::move(tag)},
          begun_{steady::now()},
          seconds_{seconds} {}

    void next_request(std::uint32_t, std::string& out) override {
        const auto& till = town_.tills[random_() % town_.tills.size()];
        const auto& resident = town_.residents[random_() % town_.residents.size()];
        std::array<char, 512> body{};
        const int size = std::snprintf(
            body.data(), body.size(),
            R"({"amount": %u, "program": "%s", "credential": {"type": "code", "value": "%s"}, "capture": true, "reference": "R-%06u"})",
            static_cast<unsigned>(random_() % 20 + 1), resident.program.c_str(), resident.code.c_str(), ++number_);
        out += test::http_request_text("POST", "/v1/authorizations",
                                       {{"Authorization", "Bearer " + till.key},
                                        {"Content-Type", "application/json"},
                                        {"Idempotency-Key", "demo-" + tag_ + "-" + std::to_string(number_)}},
                                       {body.data(), static_cast<std::size_t>(size)});
    }

    void on_response(std::uint32_t, const http_answer& answer) override {
        const auto body = answer.body;
        ++answers_;
        if (answer.status != 201) {
            ++unexpected_;
            last_unexpected_ = body;
        } else if (const auto at = body.find(R"("decline_code":")"); at != std::string_view::npos) {
            const auto from = at + 16;
            ++declines_[std::string{body.substr(from, body.find('"', from) - from)}];
        }
        if (answers_ % 1024 == 0) show_progress();
    }

    [[nodiscard]] std::uint64_t unexpected() const noexcept { return unexpected_; }
    [[nodiscard]] const std::string& last_unexpected() const noexcept { return last_unexpected_; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& declines() const noexcept { return declines_; }

private:
    void show_progress() {
        const double elapsed = std::chrono::duration<double>(steady::now() - begun_).count();
        if (elapsed < shown_at_ + 0.2) return;
        const double rate = static_cast<double>(answers_ - shown_) / (elapsed - shown_at_);
        std::printf("\r  %4.1f s  %9lu 件のお支払い  %8.0f 件/秒 ", elapsed, static_cast<unsigned long>(answers_),
                    rate);
        std::fflush(stdout);
        shown_at_ = elapsed;
        shown_ = answers_;
    }

    const demo_town& town_;
    std::string tag_;
    steady::time_point begun_;
    double seconds_;
    std::mt19937_64 random_{std::random_device{}()};
    unsigned number_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t unexpected_ = 0;
    std::string last_unexpected_;
    std::map<std::string, std::uint64_t> declines_;
    std::uint64_t shown_ = 0;
    double shown_at_ = 0;
};

json::value pay(std::uint16_t port, const demo_till& till, const demo_resident& who, std::int64_t amount,
                const std::string& key) {
    api_session session{port, till.key};
    return session.post("/v1/authorizations",
                        {{"amount", amount},
                         {"program", who.program},
                         {"credential", {{"type", "code"}, {"value", who.code}}},
                         {"capture", true},
                         {"reference", key}},
                        key);
}

void print_receipts(std::uint16_t port, const demo_town& town, const std::string& tag) {
    const auto show = [&](const demo_till& till, const demo_resident& who, std::int64_t amount,
                          const std::string& key) {
        std::printf("%s\n", receipt_of(till, pay(port, till, who, amount, "receipt-" + tag + "-" + key)).c_str());
    };
    show(town.tills[0], town.residents[0], 1200, "1"); // 石巻 at 石巻
    show(town.tills[5], town.residents[2], 3500, "2"); // 阿蘇 at the antenna shop
    show(town.tills[3], town.residents[0], 2400, "3"); // the wrong program
    show(town.tills[1], town.poor, 2980, "4");         // too few points
    show(town.tills[2], town.frozen, 4800, "5");       // frozen
}

bool print_trial_balance(api_session& as_operator) {
    const auto shown = as_operator.get("/v1/ledger/trial_balance");
    const bool balanced = shown.at("balanced").as_bool();
    std::printf("試算表 (trial balance): %s\n", balanced ? "貸借一致" : "不一致!");
    for (const auto& program : shown.at("data").as_array()) {
        std::printf("  %s\n  %-24s %16s %16s\n", program.at("program").as_string().c_str(), "account", "debits",
                    "credits");
        for (const auto& account : program.at("accounts").as_array())
            std::printf("  %-24s %16ld %16ld\n", account.at("name").as_string().c_str(),
                        account.at("debits").as_int64(), account.at("credits").as_int64());
    }
    return balanced;
}

} // namespace

int main(int argc, char** argv) try {
    CLI::App app{"The demo's tills: pays at a running switch and shows what happened"};
    std::uint16_t port = 8080;
    std::string key;
    load_settings load;
    std::uint32_t residents = 300;
    app.add_option("--port", port, "of the switch on 127.0.0.1")->capture_default_str();
    app.add_option("--operator-key", key, "an operator's bearer key")->required();
    app.add_option("--seconds", load.duration_s)->capture_default_str();
    app.add_option("--connections", load.connections)->capture_default_str();
    app.add_option("--residents", residents)->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    load.port = port;
    load.warm_up_s = 0;

    const std::string tag = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    api_session as_operator{port, key};
    std::printf("石巻市アイポイントと阿蘇市ポイントのデモを用意しています…\n");
    const auto town = make_demo_town(as_operator, residents, tag);
    std::printf("お店 %zu 軒、利用者 %zu 人。%.0f 秒間お支払いします。\n", town.tills.size(), town.residents.size(),
                load.duration_s);
    paying_tills tills{town, tag, load.duration_s};
    const auto result = run_http_load(load, tills);
    std::printf("\n\n");
    print_receipts(port, town, tag);

    std::printf("%.0f payments/s over %.1f s on %u connections, p50 %.2f ms, p99 %.2f ms (load and switch share this "
                "machine)\n",
                result.per_second(), result.seconds, load.connections,
                static_cast<double>(result.latency.percentile_ns(0.5)) / 1e6,
                static_cast<double>(result.latency.percentile_ns(0.99)) / 1e6);
    for (const auto& [code, count] : tills.declines())
        std::printf("  declined %-24s %9lu\n", code.c_str(), static_cast<unsigned long>(count));
    const bool balanced = print_trial_balance(as_operator);
    if (tills.unexpected() != 0)
        std::printf("%lu answers were not 201, the last: %s\n", static_cast<unsigned long>(tills.unexpected()),
                    tills.last_unexpected().c_str());

    std::printf(
        "\nPay yourself:\n  curl -sS http://127.0.0.1:%u/v1/authorizations -H 'Authorization: Bearer %s' -H "
        "'Content-Type: application/json' "
        "-H \"Idempotency-Key: $RANDOM$RANDOM\" -d "
        "'{\"amount\":100,\"program\":\"%s\",\"credential\":{\"type\":\"code\",\"value\":\"%s\"},\"capture\":true}'\n",
        port, town.tills[0].key.c_str(), town.residents[0].program.c_str(), town.residents[0].code.c_str());
    return balanced && tills.unexpected() == 0 && result.responses != 0 ? 0 : 1;
} catch (const std::exception& why) {
    std::fprintf(stderr, "pos_simulator: %s\n", why.what());
    return 1;
}
