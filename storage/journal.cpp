#include "storage/journal.hpp"

#include "ledger/contract.hpp"
#include "storage/chain_walk.hpp"
#include "storage/journal_format.hpp"
#include "storage/log_front.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace meguri::storage {
namespace {

// Only commits need pages, so whoever died reading keeps those of so many at most.
constexpr std::uint64_t commits_between_looks = 256;
constexpr std::string_view started_key = "started_at"; // ms since 1970, u64

tl::unexpected<error> broken(std::string what, ledger::journal_position at) {
    return tl::unexpected{error{errc::chain_broken, std::move(what), at}};
}

tl::expected<std::optional<batch_trailer>, error> trailer_at(bytes record, ledger::journal_position at) {
    return trailer_of(record).map_error([at](error why) {
        why.position = at;
        return why;
    });
}

// The first position that is not there although a later one is; the keys are ascending.
tl::expected<void, error> find_gap(lmdb::cursor& over) {
    ledger::journal_position expected = 1;
    for (auto found = over.first();; found = over.next(), ++expected) {
        if (!found) return tl::unexpected{found.error()};
        if (!*found) break;
        if (lmdb::integer_key::from((*found)->key) != expected) break;
    }
    return broken("the journal has no entry at this position, but later ones", expected);
}

} // namespace

journal::journal(std::filesystem::path folder, lmdb::environment environment, zeroed_room room)
    : folder_{std::move(folder)},
      environment_{std::move(environment)},
      room_{std::move(room)} {}
journal::~journal() = default;
journal::journal(journal&&) noexcept = default;
journal& journal::operator=(journal&&) noexcept = default;

// --- opening ---

tl::expected<journal, error> journal::open(const journal_settings& with) {
    auto environment =
        lmdb::environment::open({.folder = with.folder, .map_bytes = with.map_bytes, .databases_max = 2});
    if (!environment) return tl::unexpected{std::move(environment.error())};
    auto room = zeroed_room::of(with.folder / "data.mdb");
    if (!room) return tl::unexpected{std::move(room.error())};
    journal opened{with.folder, std::move(*environment), std::move(*room)};
    const auto ready = opened.open_databases().and_then([&opened] { return opened.find_end(); }).and_then([&opened] {
        return opened.file_what_was_left();
    });
    if (!ready) return tl::unexpected{ready.error()};
    return opened;
}

tl::expected<void, error> journal::open_databases() {
    auto entries = environment_.open_database("entries", lmdb::key_order::integer);
    if (!entries) return tl::unexpected{std::move(entries.error())};
    auto meta = environment_.open_database("meta");
    if (!meta) return tl::unexpected{std::move(meta.error())};
    entries_ = *entries;
    meta_ = *meta;

    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    const auto known = has_known_format(*within, meta_);
    if (!known) return tl::unexpected{known.error()};
    const auto salt = commit_log_of(*within, meta_);
    if (!salt) return tl::unexpected{salt.error()};
    salt_ = *salt;
    if (*known) return {};
    const auto count = within->count(entries_);
    if (!count) return tl::unexpected{count.error()};
    if (*count != 0) return tl::unexpected{error{errc::corrupt, "the journal's format version is missing", 0}};
    auto put = within->put(meta_, bytes_of(journal_format_key), to_stored(journal_format_version));
    if (!put) return put;
    return std::move(*within).commit();
}

tl::expected<void, error> journal::find_end() {
    auto snapshot = environment_.begin_read();
    if (!snapshot) return tl::unexpected{std::move(snapshot.error())};
    const auto count = snapshot->count(entries_);
    if (!count) return tl::unexpected{count.error()};
    auto at = snapshot->open_cursor(entries_);
    if (!at) return tl::unexpected{std::move(at.error())};
    auto found = at->last();
    if (!found) return tl::unexpected{std::move(found.error())};
    if (!*found) return {};

    const auto last = lmdb::integer_key::from((*found)->key).value_or(0);
    if (last != *count) return find_gap(*at);
    const auto trailer = trailer_at((*found)->value, last);
    if (!trailer) return tl::unexpected{trailer.error()};
    if (!*trailer) return broken("the journal ends in the middle of a batch", last);
    end_ = {last, (*trailer)->hash, (*trailer)->recorded_at};

    // Back to the end of the batch before, then forward again through the last one with its hash.
    chain_end before;
    ledger::journal_position first = last;
    for (; first > 1; --first) {
        found = at->previous();
        if (!found) return tl::unexpected{std::move(found.error())};
        EXPECTS(found->has_value()); // as many records as positions
        const auto earlier = trailer_at((*found)->value, first - 1);
        if (!earlier) return tl::unexpected{earlier.error()};
        if (*earlier) {
            before = {first - 1, (*earlier)->hash, (*earlier)->recorded_at};
            break;
        }
    }
    hasher_.begin(before.hash);
    const lmdb::integer_key begin{first};
    found = at->find(begin.view());
    for (; found && *found; found = at->next()) {
        const bool is_last = lmdb::integer_key::from((*found)->key) == last;
        add_to_chain(hasher_, (*found)->value, is_last);
    }
    if (!found) return tl::unexpected{std::move(found.error())};
    if (hasher_.finish() != end_.hash || before.recorded_at > end_.recorded_at)
        return broken(
            "the journal's last batch is not the one that was chained, from position " + std::to_string(first), last);
    return {};
}

// What the log of an earlier run has more than LMDB. Each record and each batch's hash is checked on the way.
tl::expected<void, error> journal::file_what_was_left() {
    if (salt_ == 0) return {};
    const auto frames = commit_log::frames_after(folder_, salt_, end_.last);
    if (!frames) {
        error why = frames.error();
        if (why.code == errc::not_found)
            why = {errc::corrupt, "the commit log is missing, which may hold the newest entries: " + why.what,
                   end_.last + 1};
        return tl::unexpected{std::move(why)};
    }
    if (frames->empty()) return {};
    std::vector<bytes> records;
    chain_walk walk{end_};
    for (const auto& one : *frames)
        for (auto at = one.first(); at <= one.last(); ++at) {
            records.push_back(one.record(at));
            if (const auto taken = walk.take(records.back()); !taken) return tl::unexpected{taken.error()};
        }
    return walk.finish().and_then([&](const chain_end& to) { return append_copies(records, to); });
}

tl::expected<void, error> journal::note(std::string_view key, std::uint64_t value) {
    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    if (auto put = within->put(meta_, bytes_of(key), to_stored(value)); !put) return put;
    return std::move(*within).commit();
}

tl::expected<void, error> journal::note_start(ledger::instant at) {
    return note(started_key, static_cast<std::uint64_t>(at.unix_ms()));
}

// --- the commit log ---

tl::expected<void, error> journal::begin_log(std::uint64_t capacity_bytes) {
    EXPECTS(!front_);
    auto begun = commit_log::begin(folder_, capacity_bytes, salt_);
    if (!begun) return tl::unexpected{blame(std::move(begun.error()))};
    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    for (const auto& [key, value] :
         {std::pair{journal_format_key, journal_format_version}, std::pair{commit_log_key, begun->salt()}})
        if (auto put = within->put(meta_, bytes_of(key), to_stored(value)); !put) return put;
    if (auto committed = std::move(*within).commit(); !committed)
        return tl::unexpected{blame(std::move(committed.error()))};
    salt_ = begun->salt();
    front_ = std::make_unique<log_front>(std::move(*begun));
    return {};
}

tl::expected<void, error> journal::end_log() {
    if (!front_ || salt_ == 0) return {};
    if (auto filed = file(); !filed) return tl::unexpected{std::move(filed.error())};
    if (auto noted = note(commit_log_key, 0); !noted) return noted;
    salt_ = 0;
    return {};
}

unfiled_frames* journal::unfiled() const noexcept { return front_ ? &front_->unfiled : nullptr; }

// --- appending ---

tl::expected<void, error> journal::append(journal_batch& batch, ledger::instant now) {
    const chain_end end = batch.seal(end_, now, hasher_);
    const bool is_logged = salt_ != 0 && front_ != nullptr;
    const auto took_ns = is_logged ? append_to_log(batch) : append_directly(batch);
    if (!took_ns) return tl::unexpected{took_ns.error()};
    last_sync_ns_ = *took_ns;
    end_ = end;
    return {};
}

tl::expected<std::int64_t, error> journal::append_directly(const journal_batch& batch) {
    return commit(batch.first(), batch.size(), batch.total_bytes(),
                  [&batch](std::size_t i) { return batch.record(i); });
}

tl::expected<std::int64_t, error> journal::append_to_log(const journal_batch& batch) {
    if (front_->has_failed.load(std::memory_order_acquire)) {
        const std::scoped_lock lock{front_->filing};
        return tl::unexpected{*front_->failure};
    }
    auto one = std::make_shared<const log_frame>(batch.records(), batch.begins(), batch.first(), salt_);
    auto place = front_->unfiled.place_for(one->image().size());
    if (!place) {
        if (auto filed = file(); !filed) return tl::unexpected{std::move(filed.error())};
        place = front_->unfiled.place_for(one->image().size());
    }
    if (!place) { // larger than the whole log, of which nothing waits now
        const std::scoped_lock lock{front_->filing};
        return append_directly(batch);
    }
    const std::int64_t began = steady_ns();
    if (auto written = front_->log.write(*one, *place); !written) return tl::unexpected{std::move(written.error())};
    const std::int64_t took_ns = steady_ns() - began;
    front_->unfiled.add(std::move(one), *place);
    return took_ns;
}

tl::expected<filing, error> journal::file() {
    if (!front_) return filing{};
    const std::scoped_lock lock{front_->filing};
    if (front_->failure) return tl::unexpected{*front_->failure};
    const auto frames = front_->unfiled.all();
    if (frames.empty()) return filing{};
    const std::int64_t began = steady_ns();
    filing done;
    for (const auto& one : frames) {
        done.entries += one->count();
        done.bytes += one->image().size();
    }
    auto frame = frames.begin();
    const ledger::journal_position first = frames.front()->first();
    const auto filed = commit(first, done.entries, done.bytes, [&, first](std::size_t i) {
        if ((*frame)->last() < first + i) ++frame;
        return (*frame)->record(first + i);
    });
    if (!filed) {
        front_->failure = filed.error();
        front_->has_failed.store(true, std::memory_order_release);
        return tl::unexpected{filed.error()};
    }
    front_->unfiled.forget_through(frames.back()->last());
    done.took_ns = steady_ns() - began;
    return done;
}

tl::expected<void, error> journal::append_copies(std::span<const bytes> records, const chain_end& to) {
    EXPECTS(!records.empty() && end_.last + records.size() == to.last);
    std::uint64_t total = 0;
    for (const auto one : records) total += one.size();
    const auto copied = commit(end_.last + 1, records.size(), total, [&](std::size_t i) { return records[i]; });
    if (!copied) return tl::unexpected{copied.error()};
    end_ = to;
    return {};
}

// One synced transaction with these records at the journal's end; asks for each once, in order. How long the disk took.
template <class RecordAt>
tl::expected<std::int64_t, error> journal::commit(ledger::journal_position first, std::size_t count,
                                                  std::uint64_t total_bytes, const RecordAt& record_at) {
    room_.ahead_of(environment_.usage().used_bytes, total_bytes);
    // Should it fail, the journal grows, no more; what is wrong with the environment the write below will tell.
    if (++commits_ % commits_between_looks == 0) static_cast<void>(environment_.forget_dead_readers());
    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    {
        auto at = within->open_cursor(entries_);
        if (!at) return tl::unexpected{std::move(at.error())};
        for (std::size_t i = 0; i < count; ++i) {
            const lmdb::integer_key position{first + i};
            if (auto put = at->put(position.view(), record_at(i), lmdb::put_mode::append); !put)
                return tl::unexpected{std::move(put.error())};
        }
    }
    const std::int64_t began = steady_ns();
    if (auto committed = std::move(*within).commit(); !committed)
        return tl::unexpected{blame(std::move(committed.error()))};
    return steady_ns() - began;
}

// A disk that is nearly full cuts a write short, which LMDB calls an I/O error.
error journal::blame(error why) const {
    constexpr std::uintmax_t nearly_full_bytes = 1 << 20;
    std::error_code unknown;
    const auto room = std::filesystem::space(folder_, unknown);
    if (why.code == errc::io_failed && !unknown && room.available < nearly_full_bytes) why.code = errc::disk_full;
    return why;
}

} // namespace meguri::storage
