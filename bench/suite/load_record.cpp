#include "bench/suite/load_record.hpp"

#include <boost/json.hpp>

namespace meguri::bench {
namespace {

namespace json = boost::json;

double us(std::uint64_t ns) { return static_cast<double>(ns) / 1e3; }

json::object latencies(const latency_histogram& of) {
    return {{"p50", us(of.percentile_ns(0.5))},       {"p90", us(of.percentile_ns(0.9))},
            {"p99", us(of.percentile_ns(0.99))},      {"p99_9", us(of.percentile_ns(0.999))},
            {"p99_99", us(of.percentile_ns(0.9999))}, {"max", us(of.max_ns())}};
}

json::array histogram(const latency_histogram& of) {
    json::array buckets;
    of.for_each([&](std::uint64_t upper_ns, std::uint64_t count) {
        buckets.push_back(json::array{us(upper_ns), count});
    });
    return buckets;
}

} // namespace

json::object run_of(const std::string& name, const load_settings& with, const load_result& result) {
    const bool is_open = with.rate_per_second > 0;
    json::array slots;
    for (std::size_t i = 0; i < result.by_slot.size(); ++i) {
        const auto& one = result.by_slot[i];
        slots.push_back(json::object{{"at_s", static_cast<double>(i) * with.slot_s},
                                     {"answered", one.answered},
                                     {"shed", one.shed},
                                     {"p50_us", us(one.latency.percentile_ns(0.5))},
                                     {"p99_us", us(one.latency.percentile_ns(0.99))},
                                     {"max_us", us(one.latency.max_ns())}});
    }
    json::object run{{"name", name},
                     {"mode", is_open ? "open" : "closed"},
                     {"offered_per_second", is_open ? json::value(with.rate_per_second) : json::value(nullptr)},
                     {"answered_per_second", result.per_second()},
                     {"seconds", result.seconds},
                     {"connections", with.connections},
                     {"pipeline", with.pipeline},
                     {"tls", !with.tls_certificate.empty()},
                     {"latency_us", latencies(result.latency)},
                     {"histogram", histogram(result.latency)},
                     {"slot_s", with.slot_s},
                     {"over_time", std::move(slots)},
                     {"longest_silence_us", us(result.silence_ns)},
                     {"silence_at_s", result.silence_at_s}};
    run["outcomes"] = json::object{{"answered", result.responses},
                                   {"shed", result.shed},
                                   {"unanswered", result.unanswered},
                                   {"lost_connections", result.connections_lost}};
    run["client"] = json::object{{"cpu_share", result.cpu_share},
                                 {"lag_us_p99", us(result.lag.percentile_ns(0.99))},
                                 {"lagged", result.generator_lagged()}};
    return run;
}

json::object audit_of(const switch_audit& found) {
    const auto& acts = found.acts;
    return {{"acknowledged", acts.acknowledged},
            {"found", acts.found},
            {"missing", acts.missing},
            {"double", acts.doubled},
            {"different", acts.different},
            {"refused_but_there", acts.refused_but_there},
            {"unasked", acts.unasked},
            {"unanswered_but_there", acts.unanswered_but_there},
            {"captured", found.sums.captured},
            {"refunded", found.sums.refunded},
            {"held", found.sums.pending},
            {"sums_agree", found.disagreements.empty()},
            {"disagreements", json::array(found.disagreements.begin(), found.disagreements.end())},
            {"passed", found.passed()}};
}

json::object acts_of(const act_source& source) {
    json::object all;
    const auto note = [&](std::string_view name, const act_count& count) {
        if (count.asked > 0) all[name] = json::object{{"asked", count.asked}, {"as_expected", count.as_expected}};
    };
    for (std::size_t i = 0; i < act_kinds; ++i) note(act_rules[i].name, source.count_of(static_cast<act_kind>(i)));
    note("same_request_again", source.repeated());
    note("key_reused", source.key_reused());
    return all;
}

} // namespace meguri::bench
