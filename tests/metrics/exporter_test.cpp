#include "metrics/exporter.hpp"

#include "metrics/families.hpp"
#include "metrics/payment_samples.hpp"
#include "tests/support/exposition.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace meguri::metrics {
namespace {

using namespace std::string_view_literals;

constexpr std::array outcomes{"approved"sv, "reversed_before_arrival"sv, "terminal_inactive"sv};
constexpr std::array endings{""sv, "decided"sv, "replayed"sv};

// Two io threads that have seen payments, and one sample of every other kind.
class busy_switch {
public:
    busy_switch() {
        for (int i = 1; i <= 1000; ++i) pay(i % 2 == 0 ? first_ : second_, i);
        first_.admitted();
        second_.shed();
    }

    void pay(payment_probes& on, int i) {
        const std::int64_t t = 1'000'000'000;
        on.admitted();
        on.record({t, t + 10'000, t + 20'000, t + 30'000, t + 100'000, t + i * 10'000, t + i * 20'000}, 1,
                  static_cast<std::size_t>(i % 3));
    }

    [[nodiscard]] std::vector<source> sources() {
        return {
            [this](samples& out) {
                const std::array<const payment_probes*, 2> threads{&first_, &second_};
                add_payment_samples(out, threads, {outcomes, endings});
            },
            [](samples& out) {
                out.push_back(number(families::journal_entries, 123'456'789'012));
                out.push_back(number(families::responses, 5, {{"class", "2xx"}}));
                out.push_back(seconds(families::checkpoint_busy, 1'500'000'000));
                out.push_back(signed_number(families::ledger_imbalance, -3));
                constexpr std::array<std::int64_t, 3> bounds{1, 16, 256};
                constexpr std::array<std::uint64_t, 4> counts{2, 0, 5, 1};
                out.push_back(distribution_of(families::journal_batch_size, bounds, counts, 1234, 1));
            },
            [](samples& out) {
                out.push_back(number(families::responses, 7, {{"class", "4xx"}}));
            },
        };
    }

    [[nodiscard]] payment_probes& first() { return first_; }

private:
    payment_probes first_;
    payment_probes second_;
};

TEST(exporter, renders_what_a_strict_reader_accepts) {
    busy_switch sw;
    const auto read = read_exposition(exporter{sw.sources()}.render());
    EXPECT_EQ(read.errors, std::vector<std::string>{});
    EXPECT_EQ(read.families.size(), 11u);
    for (const auto& [name, one] : read.families) EXPECT_TRUE(name.starts_with("meguri_")) << name;
}

TEST(exporter, shows_the_numbers_that_were_counted) {
    busy_switch sw;
    const auto read = read_exposition(exporter{sw.sources()}.render());
    struct row {
        std::string_view series;
        double value;
    };
    for (const auto& [series, value] : {
             row{"meguri_payment_duration_seconds_count", 1000},
             row{"meguri_payment_duration_seconds_bucket{le=\"0.005\"}", 250},
             row{"meguri_payment_duration_seconds_bucket{le=\"+Inf\"}", 1000},
             row{"meguri_payment_stage_duration_seconds_bucket{stage=\"parse\",le=\"1e-05\"}", 1000},
             row{"meguri_payment_stage_duration_seconds_count{stage=\"wait_for_batch\"}", 1000},
             row{"meguri_payments_total{outcome=\"approved\"}", 333},
             row{"meguri_payments_total{outcome=\"reversed_before_arrival\"}", 334},
             row{"meguri_payment_answers_total{ending=\"decided\"}", 1000},
             row{"meguri_payment_answers_total{ending=\"replayed\"}", 0},
             row{"meguri_payments_shed_total", 1},
             row{"meguri_payments_in_flight", 1},
             row{"meguri_journal_entries_total", 123'456'789'012},
             row{"meguri_checkpoint_busy_seconds_total", 1.5},
             row{"meguri_ledger_imbalance_points", -3},
             row{"meguri_responses_total{class=\"2xx\"}", 5},
             row{"meguri_responses_total{class=\"4xx\"}", 7},
             row{"meguri_journal_batch_entries_bucket{le=\"16\"}", 2},
             row{"meguri_journal_batch_entries_bucket{le=\"256\"}", 7},
             row{"meguri_journal_batch_entries_count", 8},
             row{"meguri_journal_batch_entries_sum", 1234},
         })
        EXPECT_EQ(read.value(series), value) << series;
    EXPECT_NEAR(*read.value("meguri_payment_duration_seconds_sum"), 500'500 * 20e-6, 1e-9);
    EXPECT_FALSE(read.value("meguri_payment_answers_total{ending=\"\"}")) << "an empty name is not shown";
}

TEST(exporter, asks_its_sources_anew_each_time) {
    busy_switch sw;
    const exporter shown{sw.sources()};
    const auto before = read_exposition(shown.render()).value("meguri_payments_in_flight");
    sw.first().admitted();
    EXPECT_EQ(read_exposition(shown.render()).value("meguri_payments_in_flight"), *before + 1);
}

TEST(exporter, renders_while_payments_go_on) {
    busy_switch sw;
    const exporter shown{sw.sources()};
    std::thread io{[&sw] {
        for (int i = 0; i < 20'000; ++i) sw.pay(sw.first(), i % 1000 + 1);
    }};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(read_exposition(shown.render()).errors, std::vector<std::string>{});
    io.join();
    EXPECT_EQ(read_exposition(shown.render()).value("meguri_payment_duration_seconds_count"), 21'000);
}

TEST(exporter, refuses_at_the_start_what_breaks_the_rules) {
    constexpr std::array<std::int64_t, 2> bounds{1, 2};
    constexpr std::array<std::int64_t, 2> falling{2, 1};
    constexpr std::array<std::uint64_t, 3> three{};
    constexpr std::array<std::uint64_t, 2> two{};
    const family unnamed{"payments_total", "Not ours.", family_type::counter};
    const auto& times = families::payment_duration;
    struct row {
        std::string_view why;
        std::vector<sample> shown;
    };
    const std::vector<row> rows{
        {"rules of names", {number(unnamed, 1)}},
        {"bounded", {number(families::payments, 1, {{"wallet", "wal_1"}})}},
        {"bounded", {number(families::payments, 1, {{"le", "1"}})}},
        {"another type", {number(times, 1)}},
        {"another type", {distribution_of(families::payments, bounds, three, 0, 1)}},
        {"one count more", {distribution_of(times, bounds, two, 0, 1)}},
        {"do not rise", {distribution_of(times, falling, three, 0, 1)}},
        {"twice", {number(families::ready, 1), number(families::ready, 0)}},
        {"twice",
         {number(families::requests_refused, 1, {{"reason", "a"}, {"class", "b"}}),
          number(families::requests_refused, 1, {{"class", "b"}, {"reason", "a"}})}},
    };
    for (const auto& [why, shown] : rows) {
        try {
            const exporter made{{[&shown = shown](samples& out) { out = shown; }}};
            ADD_FAILURE() << "accepted, though: " << why;
        } catch (const std::invalid_argument& refused) {
            EXPECT_NE(std::string_view{refused.what()}.find(why), std::string_view::npos) << refused.what();
        }
    }
}

// The strict reader itself must notice, or the tests above say nothing.
TEST(exposition, a_broken_text_is_noticed) {
    const std::string head = "# HELP m_seconds H.\n# TYPE m_seconds histogram\n";
    const std::string right =
        head + "m_seconds_bucket{le=\"1\"} 2\nm_seconds_bucket{le=\"+Inf\"} 3\nm_seconds_sum 4\nm_seconds_count 3\n";
    ASSERT_EQ(read_exposition(right).errors, std::vector<std::string>{});
    const auto with = [&right](std::string_view from, std::string_view to) {
        std::string text = right;
        return text.replace(text.find(from), from.size(), to);
    };
    for (const std::string& text : {
             with("le=\"1\"} 2", "le=\"1\"} 4"),                            // not cumulative
             with("_count 3", "_count 2"),                                  // +Inf is not the count
             with("m_seconds_bucket{le=\"+Inf\"} 3\n", ""),                 // no +Inf
             with("m_seconds_sum 4\n", ""),                                 // no sum
             with("# TYPE m_seconds histogram\n", ""),                      // no type
             with("# HELP m_seconds H.\n", ""),                             // no help
             right + right,                                                 // HELP and TYPE twice
             right + "other_total 1\n",                                     // another family's series
             right + "m_seconds_count 3\n",                                 // a series twice
             with("_sum 4", "_sum four"),                                   // no number
             with("{le=\"1\"}", "{le=1}"),                                  // malformed labels
             right + "# HELP empty_total H.\n# TYPE empty_total counter\n", // no series
             right.substr(0, right.size() - 1),                             // no end of the last line
         })
        EXPECT_FALSE(read_exposition(text).errors.empty()) << text;
}

// Prometheus' own checker has the last word. It is part of Debian's package `prometheus`.
TEST(exporter, passes_promtool) {
    const std::string promtool = "/usr/bin/promtool";
    ASSERT_TRUE(std::filesystem::exists(promtool)) << promtool << " is missing: ./dev test installs it";
    busy_switch sw;
    const auto file = std::filesystem::temp_directory_path() / ("meguri_metrics_" + std::to_string(::getpid()));
    std::ofstream{file} << exporter{sw.sources()}.render();
    EXPECT_EQ(std::system((promtool + " check metrics < " + file.string()).c_str()), 0);
    std::filesystem::remove(file);
}

} // namespace
} // namespace meguri::metrics
