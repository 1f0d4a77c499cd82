#include "net/server_metrics.hpp"

#include "metrics/exporter.hpp"
#include "metrics/families.hpp"
#include "metrics/payment_samples.hpp"
#include "net/request_refusal.hpp"
#include "storage/checkpointer.hpp"
#include "storage/journal_writer.hpp"

#include <array>
#include <vector>

namespace meguri::net {
namespace {

namespace families = metrics::families;
using metrics::number;
using metrics::samples;
using metrics::seconds;

// In the order of actors::ending; what is no ending of a payment is not shown.
constexpr std::array<std::string_view, 9> ending_names{"",           "decided",         "replayed",    "",    "refused",
                                                       "key_reused", "outcome_unknown", "read_failed", "lost"};

// In the order of request_refusal.
constexpr std::array<std::string_view, request_refusals> refusal_names{"none",
                                                                       "malformed",
                                                                       "host",
                                                                       "content_length",
                                                                       "transfer_encoding",
                                                                       "repeated_field",
                                                                       "header_too_large",
                                                                       "body_too_large",
                                                                       "expectation",
                                                                       "too_slow",
                                                                       "too_many_connections",
                                                                       "shutting_down"};

auto outcome_names() {
    std::array<std::string_view, ledger::decline_codes + 1> names;
    names[0] = "approved";
    for (std::size_t i = 1; i < names.size(); ++i) names[i] = ledger::name_of(static_cast<ledger::decline_code>(i));
    return names;
}

void add_journal(samples& out, storage::store& store) {
    const auto& writer = store.writer();
    const auto& seen = writer.probes();
    out.push_back(number(families::journal_entries, seen.entries.value()));
    out.push_back(number(families::journal_batches, seen.batches.value()));
    out.push_back(number(families::journal_barriers, seen.barriers.value()));
    out.push_back(number(families::journal_bytes, seen.bytes.value()));
    out.push_back(number(families::journal_batch_largest, seen.batch_max.value()));
    std::vector<std::uint64_t> counts;
    for (const auto& bucket : seen.commit_buckets) counts.push_back(bucket.value());
    out.push_back(metrics::distribution_of(families::journal_commit_duration, seen.commit_bounds_ns, counts,
                                           seen.commit_ns.value(), 1e9));
    out.push_back(seconds(families::journal_commit_longest, seen.commit_max_ns.value()));
    out.push_back(number(families::journal_queue, seen.queued.value()));
    out.push_back(number(families::journal_position, writer.durable_position()));
    out.push_back(number(families::journal_map_used, seen.map_used_bytes.value()));
    out.push_back(number(families::journal_map_size, seen.map_bytes.value()));
    out.push_back(number(families::journal_failed, writer.failed() ? 1 : 0));
}

void add_checkpoints(samples& out, storage::store& store) {
    const auto& seen = store.checkpoints().probes();
    const auto position = store.checkpoint_position();
    const auto durable = store.writer().durable_position();
    out.push_back(number(families::checkpoint_position, position));
    out.push_back(number(families::checkpoint_lag, durable > position ? durable - position : 0));
    out.push_back(number(families::checkpoint_rounds, seen.rounds.load()));
    out.push_back(number(families::checkpoint_slices, seen.slices.load()));
    out.push_back(number(families::checkpoint_puts, seen.puts.load()));
    out.push_back(seconds(families::checkpoint_busy, seen.busy_ns.load()));
    out.push_back(seconds(families::checkpoint_last, seen.last_round_ns.load()));
    out.push_back(number(families::index_runs, seen.runs.load()));
    out.push_back(number(families::state_map_used, seen.map_used_bytes.load()));
}

using threads_view = std::span<const std::unique_ptr<io_thread>>;

// One number of every io thread's front end, by thread.
template <class Pick>
void add_per_thread(samples& out, const metrics::family& of, threads_view threads, Pick pick) {
    for (std::size_t i = 0; i < threads.size(); ++i)
        out.push_back(number(of, pick(*threads[i]), {{"thread", std::to_string(i)}}));
}

template <class Pick>
std::uint64_t sum_of(threads_view threads, Pick pick) {
    std::uint64_t sum = 0;
    for (const auto& one : threads) sum += pick(*one);
    return sum;
}

void add_front_ends(samples& out, threads_view threads) {
    const auto add = [&](const metrics::family& of, auto counter_of) {
        add_per_thread(out, of, threads, [&](const io_thread& one) { return (one.http_probes().*counter_of).value(); });
    };
    add(families::connections, &front_probes::connections_now);
    add(families::connections_accepted, &front_probes::connections_accepted);
    add(families::connections_refused, &front_probes::connections_refused);
    add(families::connections_timed_out, &front_probes::connections_timed_out);
    add(families::tls_handshakes_failed, &front_probes::tls_handshakes_failed);
    add(families::requests, &front_probes::requests);
    add(families::requests_waiting, &front_probes::requests_waiting);
    add(families::answers_dropped, &front_probes::answers_dropped);
    add(families::bytes_received, &front_probes::bytes_in);
    add(families::bytes_sent, &front_probes::bytes_out);
    for (std::size_t i = 1; i < 6; ++i)
        out.push_back(
            number(families::responses,
                   sum_of(threads, [i](const io_thread& one) { return one.http_probes().responses[i].value(); }),
                   {{"class", std::to_string(i) + "xx"}}));
    for (std::size_t i = 1; i < request_refusals; ++i)
        out.push_back(
            number(families::requests_refused,
                   sum_of(threads, [i](const io_thread& one) { return one.http_probes().refused[i].value(); }),
                   {{"reason", std::string{refusal_names[i]}}}));
    for (const auto& problem : all_problems()) {
        const auto at = static_cast<std::size_t>(problem.code);
        out.push_back(number(families::problems,
                             sum_of(threads, [at](const io_thread& one) { return one.probes().problems[at].value(); }),
                             {{"code", std::string{problem.name}}}));
    }
}

void add_payments(samples& out, threads_view threads) {
    static const auto outcomes = outcome_names();
    std::vector<const metrics::payment_probes*> probes;
    for (const auto& one : threads) probes.push_back(&one->payments());
    metrics::add_payment_samples(out, probes, {outcomes, ending_names});
}

std::int64_t imbalance_of(const ledger::books& books) {
    std::int64_t sum = 0;
    for (const auto& one : books.programs) sum += std::abs(one.debits().value() - one.credits().value());
    return sum;
}

void add_switch(samples& out, storage::store& store, const service_state& service, threads_view threads) {
    const bool ready = service.phase.load() == service_phase::serving;
    out.push_back(number(families::ready, ready ? 1 : 0));
    out.push_back(number(families::operations_lost, actors::operations_lost()));
    out.push_back(metrics::signed_number(families::ledger_imbalance, imbalance_of(store.writer().books_at().second)));
    out.push_back(number(families::actors,
                         sum_of(threads, [](const io_thread& one) { return one.actors().live_wallets(); }),
                         {{"kind", "wallet"}}));
    out.push_back(number(families::actors,
                         sum_of(threads, [](const io_thread& one) { return one.actors().live_callers(); }),
                         {{"kind", "caller"}}));
}

} // namespace

struct server_metrics::parts {
    metrics::exporter exporter;
};

server_metrics::server_metrics(storage::store& store, const service_state& service, threads_view threads)
    : parts_{new parts{metrics::exporter{{
          [threads](samples& out) { add_payments(out, threads); },
          [&store](samples& out) { add_journal(out, store); },
          [&store](samples& out) { add_checkpoints(out, store); },
          [threads](samples& out) { add_front_ends(out, threads); },
          [&store, &service, threads](samples& out) { add_switch(out, store, service, threads); },
      }}}} {}

server_metrics::~server_metrics() = default;

std::string server_metrics::render() const { return parts_->exporter.render(); }

} // namespace meguri::net
