#include "net/server_metrics.hpp"

#include "metrics/exporter.hpp"
#include "metrics/families.hpp"
#include "metrics/payment_samples.hpp"
#include "metrics/process_samples.hpp"
#include "net/card_list_fetcher.hpp"
#include "net/card_responder.hpp"
#include "net/card_trust.hpp"
#include "net/gateway_probes.hpp"
#include "net/linked_conversions.hpp"
#include "net/log.hpp"
#include "net/program_name.hpp"
#include "net/request_refusal.hpp"
#include "net/routes.hpp"
#include "storage/checkpointer.hpp"
#include "storage/journal_filer.hpp"
#include "storage/journal_writer.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
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

template <std::size_t Bounds>
metrics::sample shown(const metrics::family& of, const metrics::bucket_counts<Bounds>& seen, double unit) {
    std::vector<std::uint64_t> counts;
    counts.reserve(seen.buckets.size());
    for (const auto& bucket : seen.buckets) counts.push_back(bucket.value());
    return metrics::distribution_of(of, seen.bounds, counts, seen.sum.value(), unit);
}

void add_journal(samples& out, storage::store& store) {
    const auto& writer = store.writer();
    const auto& seen = writer.probes();
    out.push_back(number(families::journal_entries, seen.batches.sum.value()));
    out.push_back(number(families::journal_batches, seen.batches.count()));
    out.push_back(number(families::journal_barriers, seen.barriers.value()));
    out.push_back(number(families::journal_bytes, seen.bytes.value()));
    out.push_back(number(families::journal_batch_largest, seen.batches.max.value()));
    out.push_back(shown(families::journal_batch_size, seen.batches, 1));
    out.push_back(shown(families::journal_commit_duration, seen.commit_ns, 1e9));
    out.push_back(shown(families::journal_sync_duration, seen.sync_ns, 1e9));
    const auto& filer = store.filer().probes();
    out.push_back(shown(families::journal_filing_duration, filer.filing_ns, 1e9));
    out.push_back(number(families::journal_filed, filer.entries.value()));
    out.push_back(number(families::journal_unfiled, seen.unfiled_bytes.value()));
    out.push_back(seconds(families::journal_commit_longest, seen.commit_ns.max.value()));
    out.push_back(number(families::journal_queue, seen.queued.value()));
    out.push_back(number(families::journal_position, writer.durable_position()));
    out.push_back(number(families::journal_epoch, store.start().registry.epochs.number()));
    out.push_back(number(families::journal_map_used, seen.map_used_bytes.value()));
    out.push_back(number(families::journal_map_size, seen.map_bytes.value()));
    out.push_back(number(families::journal_failed, writer.failed() ? 1 : 0));
    std::error_code unknown;
    const auto disk = std::filesystem::space(store.entries().folder(), unknown);
    if (unknown) return;
    out.push_back(number(families::disk_free, disk.available));
    out.push_back(number(families::disk_size, disk.capacity));
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
    out.push_back({families::checkpoint_last_finished, {}, static_cast<double>(seen.last_finished_ms.load()) / 1e3});
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

void add_authentication(samples& out, threads_view threads) {
    for (std::size_t i = 0; i < authentication_failure_names.size(); ++i) {
        const auto why = static_cast<authentication_failure>(i);
        out.push_back(number(families::authentication_failures,
                             sum_of(threads, [why](const io_thread& one) { return one.failures(why); }),
                             {{"reason", std::string{authentication_failure_names.at(i)}}}));
    }
}

void add_routes(samples& out, threads_view threads) {
    const std::size_t routes = threads.front()->routes().size();
    for (std::size_t number = 0; number < routes; ++number) {
        metrics::histogram_view duration;
        for (const auto& one : threads) duration += one->routes().of(number).duration.view();
        out.push_back(metrics::latency(families::http_request_duration, duration, {{"route", route_name(number)}}));
        for (std::size_t i = 2; i < route_probes::status_classes; ++i) {
            const auto count =
                sum_of(threads, [=](const io_thread& one) { return one.routes().of(number).answers[i].value(); });
            out.push_back(metrics::number(families::http_responses, count,
                                          {{"route", route_name(number)}, {"class", std::to_string(i) + "xx"}}));
        }
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

// What a program's points are: issued, and where they are by now.
void add_points(samples& out, const ledger::books& books, const storage::key_ring& keys) {
    using ledger::account;
    const auto kinds = [](account first) { return std::pair{first, ledger::funding_kinds}; };
    const auto one = [](account which) { return std::pair{which, std::size_t{1}}; };
    for (const auto& program : books.programs) {
        const auto credited = [&](std::pair<account, std::size_t> range) {
            std::int64_t points = 0;
            for (std::size_t i = 0; i < range.second; ++i) {
                const auto& sums = program.sums[static_cast<std::size_t>(range.first) + i];
                points += sums.credits.value() - sums.debits.value();
            }
            return points;
        };
        const std::pair<std::string_view, std::int64_t> states[]{
            {"issued", -credited(kinds(account::funding)) - credited(one(account::clearing_in))},
            {"available", credited(one(account::available))},
            {"held", credited(one(account::held))},
            {"unsettled", credited(one(account::payable))},
            {"settled", credited(one(account::settled))},
            {"expired", credited(kinds(account::expired))},
            {"cancelled", credited(kinds(account::cancelled))},
            {"passed_on", credited(one(account::clearing_out))}};
        for (const auto& [state, points] : states)
            out.push_back(metrics::signed_number(
                families::program_points, points,
                {{"program", program_name(program.program, keys)}, {"state", std::string{state}}}));
    }
}

void add_actors(samples& out, threads_view threads) {
    const auto live = [&](std::string_view kind, auto pick) {
        out.push_back(number(families::actors, sum_of(threads, pick), {{"kind", std::string{kind}}}));
    };
    live("wallet", [](const io_thread& one) { return one.actors().live_wallets(); });
    live("caller", [](const io_thread& one) { return one.actors().live_callers(); });
    const auto mail = [&](std::string_view kind, metrics::counter actors::actor_probes::*sent) {
        const auto count = sum_of(threads, [=](const io_thread& one) { return (one.actors().mail().*sent).value(); });
        out.push_back(number(families::actor_messages, count, {{"kind", std::string{kind}}}));
    };
    mail("wallet", &actors::actor_probes::to_wallets);
    mail("merchant", &actors::actor_probes::to_merchants);
    mail("party", &actors::actor_probes::to_parties);
    mail("campaigns", &actors::actor_probes::to_campaigns);
    mail("conversions", &actors::actor_probes::to_conversions);
    mail("purchases", &actors::actor_probes::to_purchases);
    mail("registry", &actors::actor_probes::to_registry);
    add_per_thread(out, families::actors_ready, threads,
                   [](const io_thread& one) { return one.actors().mail().ready.value(); });
}

void add_switch(samples& out, storage::store& store, const service_state& service) {
    const bool ready = service.phase.load() == service_phase::serving;
    out.push_back(number(families::ready, ready ? 1 : 0));
    out.push_back(number(families::operations_lost, actors::operations_lost()));
    out.push_back(number(families::build, 1, {{"version", MEGURI_VERSION}}));
    const auto books = store.writer().books_at().second;
    out.push_back(metrics::signed_number(families::ledger_imbalance, imbalance_of(books)));
    add_points(out, books, store.keys());
}

void add_log(samples& out, threads_view threads) {
    const log_counts seen = logged();
    for (auto i = static_cast<std::size_t>(severity::debug); i < seen.lines.size(); ++i)
        out.push_back(number(families::log_lines, seen.lines[i], {{"level", std::string{severity_names[i]}}}));
    out.push_back(number(families::log_dropped, seen.dropped));
    const auto suppressed = [&](std::string_view kind, std::uint64_t (request_log::*lines)() const noexcept) {
        out.push_back(number(families::log_suppressed,
                             sum_of(threads, [=](const io_thread& one) { return (one.log().*lines)(); }),
                             {{"kind", std::string{kind}}}));
    };
    suppressed("answer", &request_log::suppressed_answers);
    suppressed("refusal", &request_log::suppressed_refusals);
}

// An authority is called by the first digits of its certificate's SHA-256: enough to tell generations apart.
std::string shown_name(const authority_name& one) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char byte : one.substr(0, 4)) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

void add_card_lists(samples& out, const card_trust& cards, const card_list_probes& lists) {
    if (const auto fetched = cards.lists_fetched_at())
        out.push_back(metrics::signed_number(families::card_lists_fetched, fetched->unix_ms() / 1'000));
    for (const auto& one : cards.lists_in_use()) {
        const auto name = shown_name(one.authority);
        out.push_back(
            metrics::signed_number(families::card_list_issued, one.begins.unix_ms() / 1'000, {{"authority", name}}));
        out.push_back(
            metrics::signed_number(families::card_list_expiry, one.ends.unix_ms() / 1'000, {{"authority", name}}));
    }
    out.push_back(number(families::card_list_fetches, lists.fresh.value(), {{"result", "fresh"}}));
    out.push_back(number(families::card_list_fetches, lists.unchanged.value(), {{"result", "unchanged"}}));
    out.push_back(number(families::card_list_fetches, lists.failed.value(), {{"result", "failed"}}));
}

void add_card_responder(samples& out, const card_responder_probes& seen) {
    for (std::size_t i = 0; i < card_answer_names.size(); ++i)
        out.push_back(number(families::card_questions, seen.answers.at(i).value(),
                             {{"result", std::string{card_answer_names.at(i)}}}));
    out.push_back(metrics::latency(families::card_question_duration, seen.duration.view(), {}));
}

void add_reloads(samples& out, const reload_probes& seen) {
    out.push_back(number(families::settings_reloads, seen.succeeded.value(), {{"result", "success"}}));
    out.push_back(number(families::settings_reloads, seen.failed.value(), {{"result", "failure"}}));
    out.push_back(number(families::settings_last_reload, seen.last_succeeded.load() ? 1 : 0));
}

void add_linked(samples& out, const linked_probes& linked) {
    out.push_back(number(families::partner_calls, linked.answered.value(), {{"result", "answered"}}));
    out.push_back(number(families::partner_calls, linked.refused.value(), {{"result", "refused"}}));
    out.push_back(number(families::partner_calls, linked.failed.value(), {{"result", "failed"}}));
    out.push_back(number(families::linked_open, linked.open.value()));
    out.push_back(number(families::linked_waits, linked.waits_s.value()));
}

void add_gateway(samples& out, const gateway_probes& gateway) {
    for (std::size_t i = 0; i < gateway.questions.size(); ++i) {
        const std::string kind{gateway_question_names[i]};
        const auto& question = gateway.questions[i];
        for (std::size_t how = 0; how < question.answers.size(); ++how)
            out.push_back(number(families::gateway_calls, question.answers[how].value(),
                                 {{"kind", kind}, {"result", std::string{gateway_answer_names[how]}}}));
        out.push_back(metrics::latency(families::gateway_call_duration, question.duration.view(), {{"kind", kind}}));
    }
    out.push_back(number(families::card_purchases_open, gateway.open.value()));
    out.push_back(number(families::card_purchase_waits, gateway.open_waits_s.value()));
    out.push_back(number(families::card_refunds_owed, gateway.refunds_owed.value()));
    out.push_back(number(families::card_refund_waits, gateway.refunds_waits_s.value()));
}

void add_clawbacks(samples& out, threads_view threads) {
    const auto rows = [&](metrics::counter actors::clawback_probes::*of) {
        return sum_of(threads, [=](const io_thread& one) { return (one.actors().clawbacks().*of).value(); });
    };
    out.push_back(number(families::clawback_rows_waiting, rows(&actors::clawback_probes::waiting)));
    out.push_back(number(families::clawback_rows, rows(&actors::clawback_probes::taken), {{"result", "taken"}}));
    out.push_back(
        number(families::clawback_rows, rows(&actors::clawback_probes::nothing_left), {{"result", "nothing_left"}}));
}

} // namespace

struct server_metrics::parts {
    metrics::exporter exporter;
};

server_metrics::server_metrics(storage::store& store, const service_state& service, threads_view threads,
                               std::shared_ptr<const tls_context> tls, std::shared_ptr<const card_trust> cards,
                               const card_list_probes& lists, const card_responder_probes& responder,
                               const linked_probes& linked, const gateway_probes& gateway, const reload_probes& reloads)
    : parts_{new parts{metrics::exporter{{
          [threads](samples& out) { add_payments(out, threads); },
          [&store](samples& out) { add_journal(out, store); },
          [&store](samples& out) { add_checkpoints(out, store); },
          [threads](samples& out) { add_front_ends(out, threads); },
          [threads](samples& out) { add_authentication(out, threads); },
          [threads](samples& out) { add_routes(out, threads); },
          [threads](samples& out) { add_actors(out, threads); },
          [&store, &service](samples& out) { add_switch(out, store, service); },
          [tls = std::move(tls)](samples& out) {
              if (!tls) return;
              out.push_back(metrics::signed_number(families::certificate_expiry, tls->expires_s()));
              if (const auto ends = tls->client_crl_expires_s())
                  out.push_back(metrics::signed_number(families::client_crl_expiry, *ends));
          },
          [cards = std::move(cards), &lists](samples& out) { add_card_lists(out, *cards, lists); },
          [&responder](samples& out) { add_card_responder(out, responder); },
          [&linked](samples& out) { add_linked(out, linked); },
          [&gateway](samples& out) { add_gateway(out, gateway); },
          [threads](samples& out) { add_clawbacks(out, threads); },
          metrics::add_process_samples,
          [&reloads](samples& out) { add_reloads(out, reloads); },
          [threads](samples& out) { add_log(out, threads); },
      }}}} {}

server_metrics::~server_metrics() = default;

std::string server_metrics::render() const { return parts_->exporter.render(); }

} // namespace meguri::net
