// meguri-bench restart: how long a switch that was killed under load takes until it serves again, by the payments that
// its ledger holds by then.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"
#include "bench/suite/ledger_lengths.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace meguri::bench {
namespace {

// Hands on to the payments, and kills the switch between two answers, while other payments are under way.
class killing_source final : public load_source {
public:
    killing_source(act_source& payments, served_program& victim, std::uint64_t answers_until)
        : payments_{payments},
          victim_{victim},
          answers_until_{answers_until} {}

    void begin_connections() override { payments_.begin_connections(); }
    void next_request(std::uint32_t connection, std::string& out) override { payments_.next_request(connection, out); }
    void on_response(std::uint32_t connection, const http_answer& answer) override {
        payments_.on_response(connection, answer);
        if (has_killed_ || payments_.answers() < answers_until_) return;
        victim_.kill();
        has_killed_ = true;
    }
    [[nodiscard]] bool has_killed() const noexcept { return has_killed_; }

private:
    act_source& payments_;
    served_program& victim_;
    std::uint64_t answers_until_;
    bool has_killed_ = false;
};

int run(const load_options& asked, const std::vector<std::uint64_t>& payments) {
    bench_session session{asked, "restart"};
    boost::json::array points;
    for (const auto wanted : payments) {
        killing_source killing{session.source(), session.benched().program(), wanted};
        const auto name = std::to_string(wanted) + " payments";
        static_cast<void>(session.measure(name, asked.with, killing));
        if (!killing.has_killed()) {
            session.fail(name + " were not reached within --seconds");
            break;
        }
        const auto lengths = lengths_of(asked.folder);
        const double seconds = session.benched().serve().ready_after_s();
        std::printf(
            "killed after %lu answers, %lu entries in the journal, %lu after the checkpoint: ready after %.3f s\n",
            static_cast<unsigned long>(session.source().answers()), static_cast<unsigned long>(lengths.journal_entries),
            static_cast<unsigned long>(lengths.tail_entries), seconds);
        std::fflush(stdout);
        points.push_back({{"payments", session.source().answers()},
                          {"journal_entries", lengths.journal_entries},
                          {"tail_entries", lengths.tail_entries},
                          {"seconds", seconds}});
    }
    return session.end({{"points", std::move(points)}});
}

} // namespace

command add_restart_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "restart", "Kills the switch (SIGKILL) under a closed loop, takes the time until it serves again, and audits");
    auto options = std::make_shared<load_options>();
    auto payments = std::make_shared<std::vector<std::uint64_t>>(std::vector<std::uint64_t>{10'000, 100'000, 500'000});
    options->binary = default_binary;
    options->with.warm_up_s = 0;
    options->with.duration_s = 120;
    options->add_to(*parsed, "restart");
    parsed->add_option("--payments", *payments, "it is killed once so many were answered in all; ascending")
        ->expected(1, 100)
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
        ->capture_default_str();
    return {parsed, [options, payments] {
                std::ranges::sort(*payments);
                return run(*options, *payments);
            }};
}

} // namespace meguri::bench
