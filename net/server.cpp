#include "net/server.hpp"

#include "actors/switch_shared.hpp"
#include "config/changes.hpp"
#include "net/bank_table.hpp"
#include "net/card_list_reader.hpp"
#include "net/card_responder.hpp"
#include "net/card_trust.hpp"
#include "net/gateway_follower.hpp"
#include "net/io_thread.hpp"
#include "net/journal_pulse.hpp"
#include "net/linked_conversions.hpp"
#include "net/listener.hpp"
#include "net/log.hpp"
#include "net/ops_handler.hpp"
#include "net/reload_probes.hpp"
#include "net/residents.hpp"
#include "net/routes.hpp"
#include "net/server_metrics.hpp"
#include "net/tls.hpp"
#include "storage/checkpointer.hpp"
#include "storage/journal_writer.hpp"
#include "storage/thread_name.hpp"

#include <chrono>
#include <fstream>
#include <latch>
#include <sstream>
#include <thread>
#include <vector>

namespace meguri::net {
namespace {

constexpr std::int64_t drain_ms = 10'000;
constexpr std::size_t passwords_waiting_max = 64; // a few seconds' work
constexpr std::size_t outside_max = 256;          // exchanges with other parties at once
constexpr std::uint32_t ops_front_index = 255;    // of its request ids: no io thread has it

http_limits limits_of(const config::limit_settings& with) {
    http_limits limits;
    limits.header_bytes = with.header_bytes;
    limits.body_bytes = with.body_bytes;
    limits.bulk_body_bytes = with.bulk_body_bytes;
    limits.bulk_paths = bulk_patterns();
    limits.file_body_bytes = with.file_body_bytes;
    limits.file_paths = file_patterns();
    limits.connections_max = with.max_connections;
    limits.header_timeout_ms = with.header_timeout_ms;
    limits.idle_timeout_ms = with.idle_timeout_ms;
    limits.write_timeout_ms = with.write_timeout_ms;
    return limits;
}

tls_files files_of(const config::server_settings& with) {
    return {with.tls_certificate, with.tls_key, with.tls_client_ca, with.tls_client_crl};
}

// The setting that names the file which could not be used.
std::string_view setting_of(error_kind wrong) noexcept {
    if (wrong == error_kind::bad_client_ca) return "server.tls_client_ca";
    if (wrong == error_kind::bad_card_authorities) return "card.authorities";
    if (wrong == error_kind::bad_bank_table) return "banks.table";
    if (wrong == error_kind::bad_gateway_secret) return "gateway.key_file";
    return wrong == error_kind::bad_client_crl ? "server.tls_client_crl" : "server.tls_certificate";
}

// The first line of the file.
tl::expected<std::string, error> secret_in(const std::string& file) {
    std::ifstream from{file};
    std::string line;
    if (!from || !std::getline(from, line) || line.empty())
        return tl::unexpected{error{error_kind::bad_gateway_secret, "cannot be read: " + file}};
    return line;
}

card_files files_of(const config::card_settings& with) {
    return {with.authorities, with.crl, std::int64_t{with.crl_age_max_s} * 1'000, !with.ocsp_url.empty()};
}

session_settings sessions_of(const config::login_settings& with) {
    return {std::int64_t{with.session_idle_s} * 1'000, std::int64_t{with.session_s} * 1'000, with.sessions_max};
}

challenge_settings challenges_of(const config::login_settings& with) {
    return {with.challenges_max, {with.challenges_per_second, with.challenges_burst}};
}

resident_settings residents_of(const config::login_settings& with) {
    return {with.audience,
            challenges_of(with),
            sessions_of(with),
            {with.password_memory_kib, with.password_passes},
            {with.password_tries_per_second, with.password_tries_burst}};
}

card_list_sources sources_of(const config::card_settings& with) {
    card_list_sources sources{{}, with.crl, with.crl_authorities, std::int64_t{with.crl_every_s} * 1'000};
    std::istringstream urls{with.crl_urls};
    for (std::string one; urls >> one;) sources.urls.push_back(one);
    return sources;
}

card_responder_settings responder_of(const config::card_settings& with) {
    return {with.ocsp_url, with.ocsp_authorities, with.ocsp_timeout_ms};
}

failure_limit_settings failures_of(const config::limit_settings& with) {
    return {with.auth_failures_per_second, with.auth_failures_burst};
}

ledger::numeric_format once_digits_of(const config::code_settings& with) {
    return {with.once_prefix, with.once_length};
}

http_front_settings front_settings(const config::settings& with, std::uint32_t index, const edge_clock& clock,
                                   std::shared_ptr<const tls_context> tls) {
    http_front_settings front;
    front.index = index;
    front.tls = std::move(tls);
    front.wall_ms = [&clock] { return clock.now_ms(); };
    front.limits = limits_of(with.limits);
    return front;
}

// A line of progress for each piece of a file that has come.
void tell(const actors::recipients_progress& how, const storage::key_ring& keys) {
    const auto& file = how.file;
    log_event{severity::info, file.is_finished() ? "recipients_finished" : "recipients_progress"}
        .text("recipients", keys.encode_id(storage::id_kind::recipients, file.position).view())
        .number("rows", file.rows)
        .number("granted", file.granted)
        .number("left_out", file.left_out);
}

// A thread of its own for /livez, /readyz and /metrics: they answer while the io threads are busy.
struct ops_thread {
    ops_thread(const service_state& service, std::function<std::string()> metrics, http_front_settings settings)
        : handler{service, std::move(metrics)},
          front{loop, handler, std::move(settings)},
          responding{front} {
        handler.connect(responding);
        loop.on_turn([this] {
            front.end_of_reads();
            front.flush();
            return false;
        });
    }
    ~ops_thread() {
        loop.stop();
        if (thread.joinable()) thread.join();
    }

    io_loop loop;
    ops_handler handler;
    http_front front;
    front_responder responding;
    std::unique_ptr<listener> accepting;
    std::thread thread;
};

} // namespace

struct server::parts {
    parts(storage::store& from, edge_clock& at)
        : store{from},
          clock{at},
          shared{from},
          past{from.entries()},
          journal{from.writer()} {}

    storage::store& store;
    edge_clock& clock;
    service_state service;
    std::shared_ptr<card_trust> cards; // operations refer to it: gone after they are
    std::unique_ptr<card_list_reader> card_lists;
    std::unique_ptr<card_responder> responder;
    std::unique_ptr<residents> people;
    account_links links;
    actors::switch_shared shared;
    std::vector<std::unique_ptr<io_thread>> threads;
    password_thread passwords{passwords_waiting_max}; // as the past's
    outbound_thread outside{outside_max};             // as the past's
    std::unique_ptr<linked_conversions> linked;       // on the first thread
    gateway_probes gateway_counts;
    std::unique_ptr<gateway_follower> gateway; // none: nothing is bought by card; likewise
    std::string gateway_secret;
    past_thread past; // posts to the threads' loops: gone before they are
    std::unique_ptr<listener> accepting;
    std::unique_ptr<server_metrics> metrics;
    std::unique_ptr<ops_thread> ops;
    std::shared_ptr<tls_context> tls; // none: plain HTTP
    config::settings in_use;
    reload_probes reloads;
    journal_pulse journal;
    bool running = false;

    [[nodiscard]] tl::expected<void, error> bind(const config::settings& with);
    [[nodiscard]] tl::expected<void, error> make_gateway(const config::gateway_settings& with);
    void tell_switch(ledger::note_card_payment news);
    void run();
    [[nodiscard]] tl::expected<std::vector<config::change>, config::error>
    change_to(const tl::expected<config::loaded_settings, config::error>& read);
    void apply(const config::settings& with, const std::shared_ptr<const bank_table>& banks);
    void drain();
    void run_empty();
    void fail(const std::optional<storage::error>& why);
};

tl::expected<void, error> server::parts::make_gateway(const config::gateway_settings& with) {
    if (with.url.empty()) return {};
    auto key = secret_in(with.key_file);
    if (!key) return tl::unexpected{std::move(key.error())};
    auto secret = secret_in(with.webhook_secret_file);
    if (!secret) return tl::unexpected{std::move(secret.error())};
    gateway_secret = *std::move(secret);
    gateway = std::make_unique<gateway_follower>(
        gateway_follower_settings{{with.url, *std::move(key), with.authorities, with.return_url},
                                  std::int64_t{with.give_up_s} * 1'000,
                                  with.poll_ms},
        store, gateway_counts, [this] { return clock.now_ms(); },
        [this](ledger::note_card_payment news) { tell_switch(std::move(news)); });
    return {};
}

// What the gateway says is nobody's command: no actor of a caller keeps it.
void server::parts::tell_switch(ledger::note_card_payment news) {
    threads.front()->loop().post(
        [&actors = threads.front()->actors(), news = std::move(news), now = ledger::instant{clock.now_ms()}]() mutable {
            const auto op = actors::make_operation();
            op->asked = ledger::command{std::move(news)};
            op->at = now;
            actors.submit(op);
        });
}

tl::expected<void, error> server::parts::bind(const config::settings& with) {
    in_use = with;
    if (auto made = make_gateway(with.gateway); !made) return made;
    if (!with.server.tls_certificate.empty()) {
        auto loaded = tls_context::load(files_of(with.server));
        if (!loaded) return tl::unexpected{loaded.error()};
        tls = std::move(*loaded);
    }
    auto trusted = card_trust::load(files_of(with.card));
    if (!trusted) return tl::unexpected{trusted.error()};
    cards = std::move(*trusted);
    card_lists = std::make_unique<card_list_reader>(*cards);
    card_lists->fetch_from(sources_of(with.card));
    card_lists->read_once();
    responder = std::make_unique<card_responder>(*cards, outside, [this] { return clock.now_ms(); });
    responder->use(responder_of(with.card));
    people = std::make_unique<residents>(residents_of(with.login));
    auto banks = bank_table::load(with.banks.table);
    if (!banks) return tl::unexpected{banks.error()};
    auto partners = partner_connections::load(with.partners.connections, store.keys());
    if (!partners) return tl::unexpected{error{error_kind::bad_partner_file, partners.error().message()}};
    links.partners = std::move(*partners);
    links.redirect_uri = with.partners.redirect_uri;
    links.calls = partner_calls{with.partners.timeout_ms};
    const auto& at = with.server.listen;
    if (auto safe = check_transport(at.address, tls != nullptr, with.server.allow_plain_http); !safe) return safe;

    std::vector<http_front*> fronts;
    for (std::uint32_t i = 0; i < with.server.io_threads; ++i) {
        threads.push_back(
            std::make_unique<io_thread>(shared, past, passwords, outside, *cards, *responder, *people, links, service,
                                        io_thread_settings{i, with.limits.in_flight_max, with.log,
                                                           failures_of(with.limits), once_digits_of(with.codes), *banks,
                                                           gateway_secret, front_settings(with, i, clock, tls)}));
        fronts.push_back(&threads.back()->front());
    }
    auto& first = *threads.front();
    linked = std::make_unique<linked_conversions>(linked_conversions::dependencies{
        first.to_switch(), first.view(), store.keys(), links, first.outside(), [this] { return clock.now_ms(); }});
    links.decided = [this, &loop = first.loop()](const ledger::entry& one) {
        loop.post([this, one] { linked->decided(one); });
    };
    auto bound = listener::open(threads.front()->loop(), at.address, at.port, std::move(fronts));
    if (!bound) return tl::unexpected{bound.error()};
    accepting = std::move(*bound);

    metrics = std::make_unique<server_metrics>(store, service, threads, tls, cards, card_lists->probes(),
                                               responder->probes(), linked->probes(), gateway_counts, reloads);
    ops = std::make_unique<ops_thread>(
        service, [this] { return metrics->render(); }, front_settings(with, ops_front_index, clock, nullptr));
    auto ops_bound =
        listener::open(ops->loop, with.server.ops_listen.address, with.server.ops_listen.port, {&ops->front});
    if (!ops_bound) return tl::unexpected{ops_bound.error()};
    ops->accepting = std::move(*ops_bound);
    return {};
}

void server::parts::run() {
    running = true;
    shared.on_failed_write([this] { fail(store.writer().failure()); });
    shared.on_card_purchase([this](const ledger::purchase& one) {
        if (gateway) gateway->note(one);
    });
    shared.on_recipients_followed([this](const actors::recipients_progress& how) { tell(how, store.keys()); });
    store.run(shared, [this](const storage::error& why) { fail(why); });
    for (const auto& one : threads) one->start();
    past.start();
    passwords.start();
    outside.start();
    if (gateway) gateway->start();
    card_lists->start();
    ops->thread = std::thread{[this] {
        storage::name_this_thread("ops");
        ops->loop.run();
    }};
    threads.front()->loop().post([&actors = threads.front()->actors(), now = ledger::instant{clock.now_ms()}] {
        actors.follow_recipients(now);
    });
    threads.front()->loop().post([this] { linked->start(); });
    // A write that failed already has stopped the service; it does not come back.
    auto starting = service_phase::starting;
    service.phase.compare_exchange_strong(starting, service_phase::serving);
}

// Any thread of the store: from now on every request is answered 503, until somebody restarts the process.
void server::parts::fail(const std::optional<storage::error>& why) {
    if (service.phase.exchange(service_phase::stopped) == service_phase::stopped) return;
    log_event{severity::critical, "ledger_stopped"}.text("why", why ? why->text() : "a write failed");
}

// What can fail comes first, so that nothing is changed by halves.
tl::expected<std::vector<config::change>, config::error>
server::parts::change_to(const tl::expected<config::loaded_settings, config::error>& read) {
    if (!read) return tl::unexpected{read.error()};
    auto changes = config::changes_on_reload(in_use, *read);
    if (!changes) return changes;
    const auto card_authorities = card_trust::load_authorities(read->all.card.authorities);
    if (!card_authorities)
        return tl::unexpected{read->error_at(setting_of(card_authorities.error().kind), config::error_kind::bad_value,
                                             card_authorities.error().detail)};
    const auto banks = bank_table::load(read->all.banks.table);
    if (!banks)
        return tl::unexpected{
            read->error_at(setting_of(banks.error().kind), config::error_kind::bad_value, banks.error().detail)};
    if (tls != nullptr) {
        if (const auto loaded = tls->reload(files_of(read->all.server)); !loaded)
            return tl::unexpected{
                read->error_at(setting_of(loaded.error().kind), config::error_kind::bad_value, loaded.error().detail)};
        service.keys_version.fetch_add(1, std::memory_order_acq_rel); // whose certificate is good is asked again
    }
    cards->use(files_of(read->all.card), *card_authorities);
    card_lists->fetch_from(sources_of(read->all.card));
    responder->use(responder_of(read->all.card));
    card_lists->read_once();
    people->set(residents_of(read->all.login));
    apply(read->all, *banks);
    return changes;
}

// To every thread by a message to its loop, so that a request sees either the old limits or the new ones.
void server::parts::apply(const config::settings& with, const std::shared_ptr<const bank_table>& banks) {
    const http_limits limits = limits_of(with.limits);
    std::latch applied{static_cast<std::ptrdiff_t>(threads.size() + 1)};
    for (const auto& one : threads)
        one->loop().post([&, &thread = *one] {
            thread.set_limits(limits, with.limits.in_flight_max, failures_of(with.limits), with.log);
            thread.set_once_digits(once_digits_of(with.codes));
            thread.set_banks(banks);
            applied.count_down();
        });
    ops->loop.post([&] {
        ops->front.set_limits(limits);
        applied.count_down();
    });
    applied.wait();
    adjust_log(with.log);
    in_use = with;
}

// Every front ends its connections with their last answers; the journal still runs, so what is under way is answered.
void server::parts::drain() {
    std::latch empty{static_cast<std::ptrdiff_t>(threads.size())};
    threads.front()->loop().post([this] { accepting->stop_accepting(); });
    for (const auto& one : threads)
        one->loop().post([&] { one->front().drain(drain_ms, [&empty] { empty.count_down(); }); });
    empty.wait();
}

// What the journal gave back last goes to those who asked for it, across threads, before any of them lets go of its
// actors. The loops have ended: all of it on this thread.
void server::parts::run_empty() {
    const auto has_more = [](const auto& one) { return one->actors().turn() || one->actors().has_mail(); };
    for (bool more = true; more;) {
        more = false;
        for (const auto& one : threads) more = has_more(one) || more;
    }
}

server::server(std::unique_ptr<parts> all) : parts_{std::move(all)} {}

server::~server() { shut_down(); }

tl::expected<std::unique_ptr<server>, error> server::start(storage::store& store, edge_clock& clock,
                                                           const config::settings& with) {
    auto made = std::make_unique<parts>(store, clock);
    if (auto bound = made->bind(with); !bound) return tl::unexpected{bound.error()};
    made->run();
    return std::unique_ptr<server>{new server{std::move(made)}};
}

const std::string& server::address() const noexcept { return parts_->accepting->address(); }
const std::string& server::ops_address() const noexcept { return parts_->ops->accepting->address(); }
service_phase server::phase() const noexcept { return parts_->service.phase.load(); }

std::optional<std::string> server::tick() {
    auto complaint = parts_->clock.tick();
    parts_->shared.doubt_clock(parts_->clock.doubtful());
    const auto tail = parts_->store.writer().durable_position() - parts_->store.checkpoint_position();
    parts_->service.shedding.store(tail > parts_->in_use.checkpoint.shed_tail_entries);
    for (const auto& one : parts_->threads) one->loop().post([&thread = *one] { thread.tick(); });
    auto& first = *parts_->threads.front();
    const ledger::instant now{parts_->clock.now_ms()};
    parts_->people->sessions.sweep(now);
    first.loop().post([&actors = first.actors(), &linked = *parts_->linked, now] {
        actors.wake_due(now);
        linked.tick();
    });
    if (!complaint && parts_->clock.doubtful())
        complaint =
            "the wall clock was moved by more than 60 s: until it agrees with the steady clock again nothing expires "
            "and times follow the steady clock; if the new time is right, restart the process";
    return complaint;
}

bool server::answers() {
    bool all = parts_->journal.beats();
    for (const auto& one : parts_->threads) all = one->pulse().beats() && all;
    return all;
}

bool server::reload(const tl::expected<config::loaded_settings, config::error>& read) {
    const auto changes = parts_->change_to(read);
    parts_->reloads.last_succeeded.store(changes.has_value());
    (changes ? parts_->reloads.succeeded : parts_->reloads.failed).add();
    if (!changes) {
        const auto& why = changes.error();
        log_event event{severity::error, "settings_not_reloaded"};
        event.text("message", "nothing was changed").text("why", why.message());
        if (!why.file.empty()) event.text("file", why.file);
        if (why.line != 0) event.number("line", why.line);
        if (!why.key.empty()) event.text("setting", why.key);
        return false;
    }
    std::string changed;
    for (const auto& one : *changes) changed.append(changed.empty() ? "" : ", ").append(one.text());
    log_event{severity::info, "settings_reloaded"}.text("changed", changed.empty() ? "none" : changed);
    return true;
}

bool server::shut_down() {
    if (!parts_->running) return true;
    parts_->running = false;
    auto serving = service_phase::serving;
    parts_->service.phase.compare_exchange_strong(serving, service_phase::draining);
    parts_->drain();
    parts_->shared.end();
    if (parts_->gateway) parts_->gateway->join();
    parts_->past.join();
    parts_->passwords.join();
    parts_->outside.join();
    parts_->card_lists->join();
    for (const auto& one : parts_->threads) one->join();
    parts_->store.stop();
    parts_->run_empty();
    for (const auto& one : parts_->threads) one->clear();
    return parts_->service.phase.load() != service_phase::stopped;
}

} // namespace meguri::net
