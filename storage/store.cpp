#include "storage/store.hpp"

#include "storage/damage_guard.hpp"
#include "storage/data_folder.hpp"
#include "storage/journal.hpp"
#include "storage/journal_filer.hpp"
#include "storage/journal_writer.hpp"
#include "storage/key_ring.hpp"
#include "storage/recent_index.hpp"
#include "storage/recovery.hpp"
#include "storage/state_store.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace meguri::storage {
namespace {

ledger::instant wall_now() {
    using namespace std::chrono;
    return ledger::instant{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

std::size_t map_or_default(std::uint64_t bytes) { return bytes != 0 ? bytes : lmdb::map_bytes_default; }

} // namespace

// In the order in which they need each other; destroyed the other way round.
struct store::parts {
    data_folder folder;
    key_ring keys;
    journal entries;
    std::unique_ptr<state_store> state;
    recent_index recent;
    std::unique_ptr<checkpointer> checkpoints;
    start_values start;
    std::unique_ptr<journal_filer> filer;
    std::unique_ptr<journal_writer> writer;
    std::function<void(const error&)> failed;
    bool is_stopped = false;

    parts(data_folder locked, key_ring loaded, journal opened, std::unique_ptr<state_store> opened_state)
        : folder{std::move(locked)},
          keys{std::move(loaded)},
          entries{std::move(opened)},
          state{std::move(opened_state)},
          recent{keys} {}

    [[nodiscard]] tl::expected<void, error> begin(const store_settings& settings);
    [[nodiscard]] tl::expected<void, error> fill_start_values();
};

tl::expected<std::unique_ptr<store>, error> store::open(const std::filesystem::path& folder,
                                                        const store_settings& settings) {
    const damage_guard guard{folder};
    auto locked = data_folder::open(folder, settings.reserve_bytes);
    if (!locked) return tl::unexpected{std::move(locked.error())};
    auto keys = key_ring::load(locked->key_file());
    if (!keys) return tl::unexpected{std::move(keys.error())};
    auto entries = journal::open({locked->journal(), map_or_default(settings.journal_map_bytes)});
    if (!entries) return tl::unexpected{std::move(entries.error())};
    auto state = state_store::open(locked->state(), map_or_default(settings.state_map_bytes));
    if (!state) return tl::unexpected{std::move(state.error())};

    auto all = std::make_unique<parts>(std::move(*locked), std::move(*keys), std::move(*entries), std::move(*state));
    if (auto begun = all->begin(settings); !begun) return tl::unexpected{std::move(begun.error())};
    return std::unique_ptr<store>{new store{std::move(all)}};
}

tl::expected<void, error> store::parts::begin(const store_settings& settings) {
    // First of all: who reads the journal from here on looks into the log as well.
    const auto log_bytes = settings.commit_log_bytes != 0 ? settings.commit_log_bytes : commit_log_bytes_default;
    if (auto begun = entries.begin_log(log_bytes); !begun) return begun;
    filer = std::make_unique<journal_filer>(entries);
    auto opened = checkpointer::open(*state, entries, keys, &recent, settings.checkpoint);
    if (!opened) return tl::unexpected{std::move(opened.error())};
    checkpoints = std::move(*opened);
    const auto wall_clock = settings.wall_clock ? settings.wall_clock : wall_now;
    // Before anything is derived from it: what a process left that a failing disk stopped may be in the page cache
    // alone, and a power cut would leave a state store that is ahead of its journal.
    if (auto noted = entries.note_start(wall_clock()); !noted) return noted;
    if (auto recovered = recover(entries, *checkpoints); !recovered) return recovered;
    if (auto filled = fill_start_values(); !filled) return filled;

    journal_writer_settings writing;
    if (settings.batch_entries_max != 0) writing.batch_entries_max = settings.batch_entries_max;
    writing.wall_clock = wall_clock;
    writer = std::make_unique<journal_writer>(entries, checkpoints->stand().books, recent, writing);
    return {};
}

tl::expected<void, error> store::parts::fill_start_values() {
    auto snapshot = state->begin_read();
    if (!snapshot) return tl::unexpected{std::move(snapshot.error())};
    auto registry = get_registry(*snapshot, state->databases());
    if (!registry) return tl::unexpected{std::move(registry.error())};
    const checkpoint& at = checkpoints->stand().at;
    start = {std::move(*registry), at.end.last, at.ids.wallet, at.ids.merchant, at.ids.party()};
    keys.adopt(start.registry.epochs);
    return {};
}

store::store(std::unique_ptr<parts> all) : parts_{std::move(all)} {}

store::~store() { stop(); }

void store::run(completion_sink& sink, std::function<void(const error&)> failed) {
    parts_->writer->connect(sink);
    parts_->writer->run();
    parts_->failed = failed;
    parts_->filer->run(failed);
    parts_->checkpoints->run(std::move(failed));
}

void store::stop() {
    parts_->writer->stop();
    parts_->checkpoints->stop();
    parts_->filer->stop();
    if (std::exchange(parts_->is_stopped, true)) return;
    // Where it fails, nothing is lost: the next start files the rest.
    if (const auto ended = parts_->entries.end_log(); !ended && parts_->failed) parts_->failed(ended.error());
}

const start_values& store::start() const noexcept { return parts_->start; }
const key_ring& store::keys() const noexcept { return parts_->keys; }
const journal& store::entries() const noexcept { return parts_->entries; }
journal_writer& store::writer() noexcept { return *parts_->writer; }
checkpointer& store::checkpoints() noexcept { return *parts_->checkpoints; }
journal_filer& store::filer() noexcept { return *parts_->filer; }
const state_store& store::state() const noexcept { return *parts_->state; }
const recent_index& store::recent() const noexcept { return parts_->recent; }
ledger::journal_position store::checkpoint_position() const noexcept { return parts_->checkpoints->position(); }

} // namespace meguri::storage
