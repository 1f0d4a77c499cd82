#include "bench/suite/peers_record.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include <unistd.h>

namespace {

using namespace meguri::bench;

constexpr peer_books right{.acknowledged = 7, .keys = 7, .rows = 7, .journal_sum = 7, .debited = 7, .credited = 7};

TEST(peer_books, check_out_where_rows_keys_and_sums_agree) { EXPECT_TRUE(faults_of(right).empty()); }

TEST(peer_books, each_doctored_figure_is_found_and_named) {
    struct doctored {
        const char* named;
        void (*change)(peer_books&);
    };
    const doctored all[] = {
        {"journal rows: 6 instead of 7", [](peer_books& books) { --books.rows; }},
        {"journal rows: 8 instead of 7", [](peer_books& books) { ++books.rows; }},
        {"idempotency keys: 6 instead of 7", [](peer_books& books) { --books.keys; }},
        {"sum of the journal: 8 instead of 7", [](peer_books& books) { ++books.journal_sum; }},
        {"debited from wallets: 6 instead of 7", [](peer_books& books) { --books.debited; }},
        {"credited to merchants: 9 instead of 7", [](peer_books& books) { books.credited += 2; }},
    };
    for (const auto& one : all) {
        auto books = right;
        one.change(books);
        EXPECT_EQ(faults_of(books), std::vector<std::string>{one.named});
    }
}

TEST(peer_books, of_no_payment_do_not_check_out) {
    EXPECT_EQ(faults_of({}), std::vector<std::string>{"no payment was approved"});
}

class obedient_peer final : public peer {
public:
    explicit obedient_peer(peer_books books) : books_{books} {}
    peer_round measure(double) override {
        peer_round round;
        round.per_second = 100.0 * ++rounds_; // the first is the warm-up
        round.latency.record(50'000);
        return round;
    }
    std::vector<std::string> faults() override { return faults_of(books_); }

private:
    peer_books books_;
    int rounds_ = 0;
};

peer_kind kind_of(const std::string& name, peer_books books) {
    return {name, "none", "none", [] { return std::string{"1\n"}; },
            [books](const std::string&) { return std::make_unique<obedient_peer>(books); }};
}

peer_kind absent_kind() {
    return {"absent", "none", "none", []() -> std::string { throw missing_peer{"absent is not installed"}; },
            [](const std::string&) { return std::unique_ptr<peer>{}; }};
}

boost::json::object record_of(const std::vector<peer_kind>& kinds) {
    peers_options options;
    options.folder =
        (std::filesystem::temp_directory_path() / ("meguri-peers-test-" + std::to_string(::getpid()))).string();
    return measure_peers(kinds, options);
}

TEST(peers_record, tells_the_median_of_the_counted_rounds) {
    const auto record = record_of({kind_of("right", right)});
    const auto& row = record.at("rows").at(0);
    EXPECT_TRUE(record.at("valid").as_bool());
    EXPECT_EQ(row.at("status").as_string(), "measured");
    EXPECT_EQ(row.at("version").as_string(), "1");
    EXPECT_EQ(boost::json::serialize(row.at("rounds")), "[2E2,3E2,4E2]");
    EXPECT_EQ(row.at("per_second").as_double(), 300);
}

TEST(peers_record, names_a_missing_peer_and_measures_the_others) {
    const auto record = record_of({absent_kind(), kind_of("right", right)});
    EXPECT_FALSE(record.at("valid").as_bool());
    EXPECT_EQ(record.at("faults").at(0).as_string(), "absent missing: absent is not installed");
    EXPECT_EQ(record.at("rows").at(0).at("status").as_string(), "missing");
    EXPECT_TRUE(record.at("rows").at(0).at("per_second").is_null());
    EXPECT_EQ(record.at("rows").at(1).at("status").as_string(), "measured");
}

TEST(peers_record, a_peer_whose_books_are_doctored_fails_and_has_no_figure) {
    auto doctored = right;
    --doctored.credited;
    const auto record = record_of({kind_of("doctored", doctored)});
    EXPECT_FALSE(record.at("valid").as_bool());
    EXPECT_EQ(record.at("rows").at(0).at("status").as_string(), "failed");
    EXPECT_EQ(record.at("rows").at(0).at("detail").as_string(), "credited to merchants: 6 instead of 7");
    EXPECT_TRUE(record.at("rows").at(0).at("per_second").is_null());
}

} // namespace
