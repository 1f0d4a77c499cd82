// What a scraper sees of the real program after a few requests.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/exposition.hpp"
#include "tests/support/http_client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace meguri::test {
namespace {

class metrics_page : public payments_scene {
protected:
    [[nodiscard]] std::string page() const { return http_client{process->ops_port()}.ask("GET", "/metrics").body; }
    void scrape() {
        shown_ = metrics::read_exposition(page());
        EXPECT_TRUE(shown_.errors.empty()) << shown_.errors.front();
    }
    // As of the last scrape.
    [[nodiscard]] double of(const std::string& series) const {
        const auto value = shown_.value(series);
        EXPECT_TRUE(value.has_value()) << series;
        return value.value_or(-1);
    }
    [[nodiscard]] double points(const std::string& state) const {
        return of("meguri_program_points{program=\"042021\",state=\"" + state + "\"}");
    }

    metrics::exposition shown_;
};

TEST_F(metrics_page, counts_every_route_and_what_no_route_takes) {
    const std::string pays = "{route=\"POST /v1/authorizations\"";
    scrape();
    const double paid_before = of("meguri_http_responses_total" + pays + ",class=\"2xx\"}");
    EXPECT_EQ(till->post("/v1/authorizations", payment(town.wallets[0], 100), "m1").status, 201);
    EXPECT_EQ(till->post("/v1/authorizations", payment(town.wallets[0], 100), "m1").status, 201);
    EXPECT_EQ(till->post("/v1/authorizations", payment(town.wallets[0], 0), "m2").status, 400);
    EXPECT_EQ(till->get("/v1/nothing").status, 404);
    EXPECT_EQ(till->get("/v1/ledger/trial_balance").status, 403);

    scrape();
    EXPECT_EQ(of("meguri_http_responses_total" + pays + ",class=\"2xx\"}"), paid_before + 2);
    EXPECT_EQ(of("meguri_http_responses_total" + pays + ",class=\"4xx\"}"), 1);
    EXPECT_EQ(of("meguri_http_request_duration_seconds_count" + pays + "}"), paid_before + 3);
    EXPECT_GT(of("meguri_http_request_duration_seconds_sum" + pays + "}"), 0);
    EXPECT_EQ(of("meguri_http_responses_total{route=\"unrouted\",class=\"4xx\"}"), 1);
    EXPECT_EQ(of("meguri_http_responses_total{route=\"GET /v1/ledger/trial_balance\",class=\"4xx\"}"), 1);
}

TEST_F(metrics_page, shows_where_a_programs_points_are) {
    scrape();
    const double issued = points("issued");
    const double available_before = points("available");
    EXPECT_EQ(issued, available_before);
    auto hold = payment(town.wallets[0], 300);
    hold.as_object()["capture"] = false;
    EXPECT_EQ(till->post("/v1/authorizations", payment(town.wallets[0], 200), "p1").status, 201);
    EXPECT_EQ(till->post("/v1/authorizations", hold, "p2").status, 201);

    scrape();
    EXPECT_EQ(points("issued"), issued);
    EXPECT_EQ(points("available"), available_before - 500);
    EXPECT_EQ(points("held"), 300);
    EXPECT_EQ(points("unsettled"), 200);
    for (const char* const state : {"settled", "expired", "cancelled", "passed_on"})
        EXPECT_EQ(points(state), 0) << state;
    EXPECT_EQ(of("meguri_ledger_imbalance_points"), 0);
}

TEST_F(metrics_page, shows_the_journal_the_disk_the_threads_and_the_actors) {
    EXPECT_EQ(till->post("/v1/authorizations", payment(town.wallets[0], 100), "j1").status, 201);
    scrape();
    const double batches = of("meguri_journal_batches_total");
    EXPECT_GT(batches, 0);
    for (const std::string histogram : {"batch_entries", "commit_duration_seconds", "sync_duration_seconds"})
        EXPECT_EQ(of("meguri_journal_" + histogram + "_count"), batches) << histogram;
    EXPECT_EQ(of("meguri_journal_batch_entries_sum"), of("meguri_journal_entries_total"));
    EXPECT_LT(of("meguri_journal_sync_duration_seconds_sum"), of("meguri_journal_commit_duration_seconds_sum"));
    EXPECT_GT(of("meguri_data_disk_free_bytes"), 0);
    EXPECT_GE(of("meguri_data_disk_size_bytes"), of("meguri_data_disk_free_bytes"));
    for (const std::string name : {"io-0", "journal", "checkpointer", "past", "ops"})
        EXPECT_GE(of("meguri_thread_cpu_seconds_total{thread=\"" + name + "\"}"), 0) << name;
    for (const std::string kind : {"wallet", "merchant", "party", "registry"})
        EXPECT_GT(of("meguri_actor_messages_total{kind=\"" + kind + "\"}"), 0) << kind;
    EXPECT_EQ(of("meguri_actors_ready{thread=\"0\"}"), 0) << "nothing is under way";
    EXPECT_TRUE(shown_.families.contains("meguri_build_info"));
    EXPECT_FALSE(shown_.families.contains("meguri_tls_certificate_expiry_timestamp_seconds")) << "plain HTTP";
}

TEST_F(metrics_page, passes_promtool) {
    const auto file = folder.path() / "metrics.txt";
    std::ofstream{file} << page();
    EXPECT_EQ(std::system(("/usr/bin/promtool check metrics < " + file.string()).c_str()), 0);
}

} // namespace
} // namespace meguri::test
