#include "bench/suite/bench_session.hpp"

#include "bench/suite/load_record.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <unistd.h>

namespace meguri::bench {

namespace {

// A line on the terminal that is written over each second; none where nobody looks.
void watch(load_settings& with, const std::string& name) {
    if (::isatty(STDERR_FILENO) == 0) return;
    with.progress = [name](const load_progress& now) {
        std::fprintf(stderr, "\r\033[K%s: %.0f s, %.0f/s, p99 %.2f ms, %.1f ms behind", name.c_str(), now.at_s,
                     now.per_second, static_cast<double>(now.p99_ns) / 1e6, static_cast<double>(now.waiting_ns) / 1e6);
    };
}

void end_watching() {
    if (::isatty(STDERR_FILENO) != 0) std::fputs("\r\033[K", stderr);
}

} // namespace

bench_session::bench_session(const load_options& asked, std::string_view kind)
    : asked_{asked},
      kind_{kind},
      source_{std::string{kind}},
      benched_{asked.prepare(source_)} {
    if (asked.is_over_tls) benched_.use_tls();
    benched_.serve();
}

load_result bench_session::measure(const std::string& name, load_settings with) {
    return measure(name, std::move(with), source_);
}

load_result bench_session::measure(const std::string& name, load_settings with, load_source& from) {
    with.port = benched_.program().port();
    with.tls_certificate = benched_.certificate();
    watch(with, name);
    const double cpu_before = benched_.program().cpu_seconds();
    const auto answers_before = source_.answers();
    auto result = run_http_load(with, from);
    end_watching();
    runs_.push_back(run_of(name, with, result));
    last_run()["mix"] = asked_.mix.text();
    double cpu_us = 0;
    if (!benched_.program().is_killed()) {
        cpu_us = (benched_.program().cpu_seconds() - cpu_before) * 1e6 /
                 static_cast<double>(std::max<std::uint64_t>(source_.answers() - answers_before, 1));
        last_run()["server"] = boost::json::object{{"cpu_us_per_request", cpu_us},
                                                   {"anonymous_bytes", benched_.program().anonymous_bytes()}};
    }
    print_run(name, with, result, cpu_us);
    return result;
}

int bench_session::end(const boost::json::object& more) {
    const auto found = benched_.audit(source_);
    print_acts(source_);
    if (!print_audit(found)) fail("the audit failed");
    if (found.acts.acknowledged == 0) fail("nothing was acknowledged");
    for (const auto& fault : source_.faults()) fail(fault);
    std::filesystem::remove_all(asked_.folder);
    for (const auto& fault : faults_) std::fprintf(stderr, "meguri-bench: %s\n", fault.c_str());
    auto all = faults_;
    all.insert(all.end(), doubts_.begin(), doubts_.end());
    auto recorded = more;
    recorded["mix"] = asked_.mix.text();
    recorded["acts"] = acts_of(source_);
    recorded["audit"] = audit_of(found);
    write_record(asked_, kind_, all, std::move(runs_), recorded);
    return faults_.empty() ? 0 : 1;
}

} // namespace meguri::bench
