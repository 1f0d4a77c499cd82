// The command line: `meguri serve`, `init`, `verify`, `backup` and `restore`. Turns settings into what the folders
// take, in one readable place, and waits for signals.
#include "config/load_settings.hpp"
#include "net/log.hpp"
#include "net/notify_socket.hpp"
#include "net/server.hpp"
#include "net/service_loop.hpp"
#include "net/time_extension.hpp"
#include "storage/backup.hpp"
#include "storage/new_ledger.hpp"
#include "storage/restore.hpp"
#include "storage/store.hpp"
#include "storage/verify.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace {

using namespace meguri;

// What the command line overrides; none where the file or the default stands.
struct serve_options {
    std::optional<std::string> config;
    std::optional<std::string> data;
    std::optional<std::string> listen;
    std::optional<std::string> ops_listen;
    std::optional<std::string> test_clock;
};

int fail(const std::string& why) {
    std::fprintf(stderr, "meguri: %s\n", why.c_str());
    return 1;
}

// Once the log is there, what goes wrong is told there.
int fail_to_serve(const std::string& why) {
    net::log_event{net::severity::critical, "cannot_serve"}.text("why", why);
    return 1;
}

tl::expected<void, config::error> override_address(const std::optional<std::string>& text, const char* option,
                                                   config::listen_address& address) {
    if (!text) return {};
    auto parsed = config::parse_listen_address(*text);
    if (!parsed) {
        parsed.error().key = option;
        return tl::unexpected{parsed.error()};
    }
    address = *parsed;
    return {};
}

// The file's settings and the command line's on top: at the start, and again on SIGHUP.
tl::expected<config::loaded_settings, config::error> settings_of(const serve_options& options) {
    config::loaded_settings loaded;
    config::settings& with = loaded.all;
    if (options.config) {
        loaded.file = *options.config;
        auto read = config::load_settings(*options.config, &loaded.lines);
        if (!read) return tl::unexpected{read.error()};
        with = std::move(*read);
    }
    if (options.data) with.data.dir = *options.data;
    if (auto done = override_address(options.listen, "--listen", with.server.listen); !done)
        return tl::unexpected{done.error()};
    if (auto done = override_address(options.ops_listen, "--ops-listen", with.server.ops_listen); !done)
        return tl::unexpected{done.error()};
    if (auto fits = config::check_settings(with); !fits)
        return tl::unexpected{loaded.error_at(fits.error().key, fits.error().kind, fits.error().detail)};
    return loaded;
}

tl::expected<config::loaded_settings, config::error> settings_again(const serve_options& options) {
    if (options.config) return settings_of(options);
    return tl::unexpected{config::error{
        config::error_kind::unreadable, {}, 0, "--config", "not given, so there is no file to read again"}};
}

storage::store_settings store_settings_of(const config::settings& with) {
    storage::store_settings store;
    store.journal_map_bytes = std::uint64_t{with.journal.map_gib} << 30;
    store.batch_entries_max = with.journal.batch_entries_max;
    store.reserve_bytes = with.data.reserve_mib << 20;
    store.checkpoint.entries_max = with.checkpoint.entries_max;
    store.checkpoint.interval = std::chrono::milliseconds{with.checkpoint.interval_ms};
    store.checkpoint.slice_puts_max = with.checkpoint.slice_puts_max;
    return store;
}

// The journal's tail is applied; what takes longer than this is no tail.
constexpr std::chrono::minutes start_within{10};
// Ten seconds for what is under way, and the last checkpoint.
constexpr std::chrono::minutes end_within{2};

tl::expected<std::unique_ptr<storage::store>, storage::error> open_store(const config::settings& with,
                                                                         const net::notify_socket& manager) {
    manager.status("opening the ledger");
    const net::time_extension longer{manager, start_within};
    return storage::store::open(with.data.dir, store_settings_of(with));
}

bool shut_down(net::server& server, const net::notify_socket& manager) {
    manager.stopping("answering what is under way, then the last checkpoint");
    net::log_plain(net::severity::info, "draining");
    const net::time_extension longer{manager, end_within};
    return server.shut_down();
}

int serve(const serve_options& options) {
    // Blocked before any thread starts, so that this thread alone takes them. A peer that is gone is an error of
    // write().
    const sigset_t signals = net::service_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const auto manager = net::notify_socket::from_environment();

    const auto loaded = settings_of(options);
    if (!loaded) return fail(loaded.error().message());
    const config::settings& with = loaded->all;
    const net::log_output log{with.log};
    const auto store = open_store(with, manager);
    if (!store) return fail_to_serve(store.error().text());
    if (options.test_clock && !(*store)->start().registry.for_tests)
        return fail_to_serve("--test-clock: only a ledger made by `meguri init --test` takes a turned clock");
    net::edge_clock clock = options.test_clock ? net::edge_clock{*options.test_clock} : net::edge_clock{};
    if (const auto wrong = clock.tick()) return fail_to_serve(*wrong);
    const auto server = net::server::start(**store, clock, with);
    if (!server) return fail_to_serve(server.error().detail);

    std::printf("ready listen=%s ops=%s\n", (*server)->address().c_str(), (*server)->ops_address().c_str());
    std::fflush(stdout);
    net::log_event{net::severity::info, "ready"}
        .text("version", MEGURI_VERSION)
        .text("listen", (*server)->address())
        .text("ops", (*server)->ops_address());
    net::service_loop(**server, manager, [&options] { return settings_again(options); });
    if (!shut_down(**server, manager))
        return fail_to_serve("a write had failed: acknowledged payments are safe, restart to go on");
    net::log_plain(net::severity::info, "stopped");
    return 0;
}

ledger::instant wall_clock_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return ledger::instant{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

int init(const std::string& folder, bool for_tests) {
    const auto key = storage::make_new_ledger(folder, for_tests, wall_clock_now());
    if (!key) return fail(key.error().text());
    std::printf("%s\n", key->reveal().c_str());
    return 0;
}

int verify(const std::string& folder) {
    const auto report = storage::verify(folder);
    if (!report) return fail(report.error().text());
    std::fputs(report->text().c_str(), stdout);
    return report->all_agree() ? 0 : 1;
}

int backup(const std::string& folder, const std::string& to, const storage::backup_settings& settings) {
    const auto report = storage::back_up(folder, to, settings);
    if (!report) return fail(report.error().text());
    std::fputs(report->text().c_str(), stdout);
    return 0;
}

struct restore_options {
    std::optional<std::string> at;
    std::optional<std::uint64_t> to_position;
};

tl::expected<storage::restore_point, std::string> restore_point_of(const restore_options& options) {
    if (options.to_position) return storage::up_to_position{*options.to_position};
    if (!options.at) return storage::whole_backup{};
    const auto at = ledger::parse_rfc3339(*options.at);
    if (!at)
        return tl::unexpected{"--at: \"" + *options.at +
                              "\" is no instant of RFC 3339; write one as 2026-04-01T12:00:00+09:00"};
    return storage::up_to_instant{*at};
}

int restore(const std::string& from, const std::string& folder, const restore_options& options) {
    const auto point = restore_point_of(options);
    if (!point) return fail(point.error());
    const auto report = storage::restore(from, folder, *point, wall_clock_now());
    if (!report) return fail(report.error().text());
    std::fputs(report->text().c_str(), stdout);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"Meguri (巡り): a payment switch for municipal points"};
    app.require_subcommand(1);
    app.set_version_flag("--version", MEGURI_VERSION);

    serve_options options;
    auto* const serving =
        app.add_subcommand("serve", "Run the switch until SIGTERM; SIGHUP reads the --config file again");
    serving->add_option(
        "--config", options.config,
        "TOML file; every setting has a default. On SIGHUP what config/meguri.toml marks `reload` takes "
        "effect; a file with a mistake changes nothing");
    serving->add_option("--data", options.data, "The ledger's folder, made by `meguri init`");
    serving->add_option("--listen", options.listen, "ADDR:PORT of the public API; port 0 picks a free one");
    serving->add_option("--ops-listen", options.ops_listen, "ADDR:PORT of /livez, /readyz and /metrics; never public");
    serving->add_option("--test-clock", options.test_clock,
                        "FILE with seconds to add to the clock, read each second; only on a ledger for tests");

    std::string folder;
    bool for_tests = false;
    auto* const making = app.add_subcommand("init", "Make an empty ledger and print the first operator's key");
    making->add_option("--data", folder, "A new or empty folder")->required();
    making->add_flag("--test", for_tests, "A ledger for tests: only there may the clock be turned");
    auto* const verifying =
        app.add_subcommand("verify", "Replay the journal, check every rule, compare with the stored state");
    verifying->add_option("--data", folder, "The ledger's folder; no switch may be running on it")->required();

    std::string backup_folder;
    storage::backup_settings backup_settings;
    auto* const backing_up = app.add_subcommand(
        "backup", "Copy journal and key file, also while the switch runs; again into the same folder: what is new");
    backing_up->add_option("--data", folder, "The ledger's folder; call it on the machine on which the switch runs")
        ->required();
    backing_up
        ->add_option("--to", backup_folder,
                     "The backup's folder, new, empty or of an earlier backup; it holds "
                     "the ledger's key: keep it as safe as the ledger")
        ->required();
    backing_up
        ->add_option("--segment-entries", backup_settings.segment_entries_max,
                     "Journal entries per file of the backup, at most")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    auto* const restoring =
        app.add_subcommand("restore", "Check a backup and make the ledger again from it, whole or not at all; an "
                                      "epoch begins, so that what was acknowledged later is never taken for it");
    restoring->add_option("--from", backup_folder, "The backup's folder")->required();
    restoring->add_option("--data", folder, "A new or empty folder for the ledger")->required();
    restore_options restore_to;
    auto* const at = restoring->add_option(
        "--at", restore_to.at, "Only what was recorded up to and including this instant, as 2026-04-01T12:00:00+09:00");
    restoring
        ->add_option("--to-position", restore_to.to_position,
                     "Only the entries up to and including this journal position")
        ->check(CLI::PositiveNumber)
        ->excludes(at);

    CLI11_PARSE(app, argc, argv);
    if (serving->parsed()) return serve(options);
    if (backing_up->parsed()) return backup(folder, backup_folder, backup_settings);
    if (restoring->parsed()) return restore(backup_folder, folder, restore_to);
    return making->parsed() ? init(folder, for_tests) : verify(folder);
}
