// What a record of meguri-bench says, as far as the report shows it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace meguri::bench {

// A condition and what it was, in the order in which they are shown.
using conditions = std::vector<std::pair<std::string, std::string>>;

struct measured_percentiles {
    double p50 = 0;
    double p90 = 0;
    double p99 = 0;
    double p99_9 = 0;
    double max = 0;
};

struct measured_slot {
    double at_s = 0;
    double answered = 0;
    double shed = 0;
    double p50_us = 0;
    double p99_us = 0;
    double max_us = 0;
};

struct measured_run {
    std::string name;
    std::optional<double> offered_per_second; // none: a closed loop
    double answered_per_second = 0;
    double seconds = 0;
    double connections = 0;
    double pipeline = 0;
    measured_percentiles latency_us;
    std::vector<std::pair<double, double>> histogram; // upper edge in microseconds, count
    std::vector<measured_slot> over_time;
    double slot_s = 1;
    double shed = 0;
    double unanswered = 0;
    bool generator_lagged = false;
};

struct restart_point {
    double journal_entries = 0;
    double tail_entries = 0;
    double seconds = 0;
};

struct growth_point {
    std::string name{};
    std::string distribution{}; // of the payments over the wallets; empty: as the record's
    double wallets = 0;
    double answered_per_second = 0;
    std::optional<double> rate_share_of_small; // of a ledger that stayed small, loaded just before and after
    std::optional<double> p99_us;
    std::optional<double> journal_entries;
    std::optional<double> resident_bytes;
    std::optional<double> anonymous_bytes; // of these, the switch's own
    std::optional<double> ready_after_kill_s;
};

struct peer_row {
    std::string name;
    std::string version;
    std::string status;
    std::string detail;
    std::string durability;
    std::string work;
    std::vector<double> rounds;
    double per_second = 0; // as p50_us and p99_us: 0 unless it was measured
    double p50_us = 0;
    double p99_us = 0;
};

struct micro_row {
    std::string name;
    std::vector<double> ns; // of one iteration, a figure for each repetition
};

struct record {
    std::string file;
    std::string kind;
    std::string written_at;
    bool valid = false;
    std::vector<std::string> faults;
    conditions environment;
    std::string wallets; // in words; empty where there are none
    std::string mix;     // of what is asked; empty: payments
    std::vector<measured_run> runs;
    std::optional<double> knee_per_second; // of a curve
    std::optional<double> within_objective_per_second;
    std::vector<restart_point> restarts;
    std::vector<growth_point> growth;
    std::vector<peer_row> peers;
    std::vector<micro_row> micro;
};

} // namespace meguri::bench
