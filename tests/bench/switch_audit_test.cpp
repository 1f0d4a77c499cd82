// The load on the real program, and what its audit says of a ledger that is as told, and of answers that were not so.
#include "bench/suite/benched_switch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tls_client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace meguri::bench {
namespace {

// In front of the load's own source: it falsifies the answer of one request.
class falsifying_source final : public load_source {
public:
    enum class how { asks_nothing, tells_another_id };
    falsifying_source(act_source& real, how what) : real_{real}, what_{what} {}

    void begin_connections() override { real_.begin_connections(); }
    void next_request(std::uint32_t connection, std::string& out) override {
        if (what_ != how::asks_nothing || ++asked_ != 100) return real_.next_request(connection, out);
        std::string swallowed;
        real_.next_request(connection, swallowed);
        number_ = real_.acts().size() - 1;
        out += "GET /openapi.yaml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    }
    void on_response(std::uint32_t connection, const http_answer& answer) override {
        if (what_ == how::asks_nothing && answer.status == 200) {
            const auto amount = std::to_string(real_.acts()[number_].amount);
            const auto body = R"({"id":"au_x","status":"captured","amount":)" + amount + R"(,"captured":)" + amount +
                              R"(,"refunded":0})";
            return real_.on_response(connection, {201, {}, body});
        }
        if (what_ != how::tells_another_id || ++answered_ != 100) return real_.on_response(connection, answer);
        std::string body{answer.body};
        body.replace(body.find("au_") + 3, 1, "!");
        real_.on_response(connection, {answer.status, answer.header, body});
    }

private:
    act_source& real_;
    how what_;
    int asked_ = 0;
    int answered_ = 0;
    std::size_t number_ = 0;
};

struct small_load {
    small_load(const test::temporary_folder& folder, std::string_view mix)
        : benched{std::getenv("MEGURI_BINARY"), (folder / "ledger").string(), {3, 200}, source} {
        source.mix_by(act_mix{mix});
        with.port = benched.serve().port();
        with.connections = 8;
        with.warm_up_s = 0;
        with.duration_s = 1;
    }
    act_source source{"audit"};
    benched_switch benched;
    load_settings with;
};

TEST(benched_switch, has_every_act_of_every_kind_once_and_all_sums_agree) {
    const test::temporary_folder folder;
    small_load load{folder, "all"};
    static_cast<void>(run_http_load(load.with, load.source));
    EXPECT_TRUE(load.source.faults().empty()) << load.source.faults().front();
    for (std::size_t i = 0; i < act_kinds; ++i)
        EXPECT_GT(load.source.count_of(static_cast<act_kind>(i)).as_expected, 0U) << act_rules[i].name;
    EXPECT_GT(load.source.repeated().as_expected, 0U);
    EXPECT_GT(load.source.key_reused().as_expected, 0U);
    const auto found = load.benched.audit(load.source);
    EXPECT_TRUE(found.passed()) << (found.disagreements.empty() ? "" : found.disagreements.front());
    EXPECT_GT(found.acts.acknowledged, 1'000U);
    EXPECT_EQ(found.acts.found, found.acts.acknowledged);
    EXPECT_GT(found.sums.captured, found.sums.refunded);
    EXPECT_GT(found.sums.refunded, 0);
}

TEST(benched_switch, misses_what_was_acknowledged_and_never_recorded) {
    const test::temporary_folder folder;
    small_load load{folder, "pay"};
    falsifying_source liar{load.source, falsifying_source::how::asks_nothing};
    static_cast<void>(run_http_load(load.with, liar));
    const auto found = load.benched.audit(load.source);
    EXPECT_EQ(found.acts.missing, 1U);
    EXPECT_FALSE(found.passed());
}

TEST(benched_switch, finds_an_id_that_is_not_the_ledgers) {
    const test::temporary_folder folder;
    small_load load{folder, "pay"};
    falsifying_source liar{load.source, falsifying_source::how::tells_another_id};
    static_cast<void>(run_http_load(load.with, liar));
    const auto found = load.benched.audit(load.source);
    EXPECT_EQ(found.acts.different, 1U);
    EXPECT_FALSE(found.passed());
}

TEST(benched_switch, audits_a_switch_that_was_killed) {
    const test::temporary_folder folder;
    small_load load{folder, "all"};
    static_cast<void>(run_http_load(load.with, load.source));
    load.benched.program().kill();
    EXPECT_TRUE(load.benched.audit(load.source).passed());
}

// Ends the load in the middle: what was asked last is under way while the audit begins.
class leaving_source final : public load_source {
public:
    explicit leaving_source(act_source& real) : real_{real} {}
    void begin_connections() override { real_.begin_connections(); }
    void next_request(std::uint32_t connection, std::string& out) override { real_.next_request(connection, out); }
    void on_response(std::uint32_t connection, const http_answer& answer) override {
        real_.on_response(connection, answer);
        if (real_.answers() > 2'000) throw std::runtime_error{"enough"};
    }

private:
    act_source& real_;
};

TEST(benched_switch, waits_for_what_was_left_under_way) {
    const test::temporary_folder folder;
    small_load load{folder, "pay"};
    load.with.connections = 256;
    load.with.pipeline = 16;
    leaving_source leaving{load.source};
    EXPECT_THROW(static_cast<void>(run_http_load(load.with, leaving)), std::runtime_error);
    const auto found = load.benched.audit(load.source);
    EXPECT_TRUE(found.passed()) << (found.disagreements.empty() ? "" : found.disagreements.front());
    EXPECT_GT(found.acts.unanswered_but_there, 0U);
}

TEST(benched_switch, is_loaded_over_tls_and_by_nobody_without_its_certificate) {
    const test::temporary_folder folder;
    small_load load{folder, "all"};
    load.benched.use_tls();
    load.with.port = load.benched.serve().port();
    load.with.tls_certificate = load.benched.certificate();
    load.with.pipeline = 4;
    const auto result = run_http_load(load.with, load.source);
    EXPECT_GT(result.responses, 1'000U);
    EXPECT_EQ(result.connections_lost, 0U);
    test::write_certificate(folder / "other.pem", folder / "other_key.pem", "127.0.0.1");
    load.with.tls_certificate = (folder / "other.pem").string();
    EXPECT_THROW(static_cast<void>(run_http_load(load.with, load.source)), std::runtime_error);
    EXPECT_TRUE(load.benched.audit(load.source).passed());
}

TEST(benched_switch, grows_between_loads_and_tells_its_own_payments_from_the_loads) {
    const test::temporary_folder folder;
    small_load load{folder, "all"};
    static_cast<void>(run_http_load(load.with, load.source));
    load.benched.add_wallets(20'000, load.source); // more than a portion
    EXPECT_EQ(load.source.codes(), 20'200U);
    load.benched.lengthen_journal(90'000, load.source);
    auto& program = load.benched.serve();
    EXPECT_GE(program.metric("meguri_checkpoint_position") + program.metric("meguri_checkpoint_lag_entries"), 90'000);
    load.with.port = program.port();
    load.source.choose_by(0); // the new ones too
    static_cast<void>(run_http_load(load.with, load.source));
    const auto found = load.benched.audit(load.source);
    EXPECT_TRUE(found.passed()) << (found.disagreements.empty() ? "" : found.disagreements.front());
    EXPECT_TRUE(load.source.faults().empty()) << load.source.faults().front();
}

// --- the sums ---

TEST(ledger_sums, say_which_figure_does_not_agree) {
    ledger_sums summed;
    ledger::entry paid;
    ledger::payment_decided decided;
    decided.merchant = ledger::merchant_id{7};
    decided.amount = *ledger::points::from(5);
    decided.status = ledger::payment_status::captured;
    paid.what = decided;
    summed.see(paid);
    const shown_sums right{{{7, {0, 5, 0}}}, true, 0, 5};
    EXPECT_TRUE(disagreements(summed, right).empty());
    for (const auto& wrong : {shown_sums{{{7, {0, 6, 0}}}, true, 0, 5}, shown_sums{{{7, {1, 5, 0}}}, true, 0, 5},
                              shown_sums{{{7, {0, 5, 1}}}, true, 0, 5}, shown_sums{{{7, {0, 5, 0}}}, false, 0, 5},
                              shown_sums{{{7, {0, 5, 0}}}, true, 1, 5}, shown_sums{{{7, {0, 5, 0}}}, true, 0, 4}})
        EXPECT_EQ(disagreements(summed, wrong).size(), 1U);
    EXPECT_EQ(disagreements(summed, shown_sums{{}, true, 0, 5}).size(), 1U) << "a merchant that nobody shows";
}

} // namespace
} // namespace meguri::bench
