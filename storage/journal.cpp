#include "storage/journal.hpp"

#include "ledger/contract.hpp"
#include "storage/journal_format.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>
#include <string>
#include <system_error>

namespace meguri::storage {
namespace {

// Only commits need pages, so whoever died reading keeps those of so many at most.
constexpr std::uint64_t appends_between_looks = 1024;
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

// --- batch ---

void journal_batch::add(const ledger::entry& one) {
    if (empty()) first_ = one.position;
    EXPECTS(one.position == first_ + size());
    begins_.push_back(encoded_.size());
    encode(one, encoded_);
}

void journal_batch::clear() noexcept {
    encoded_.clear();
    begins_.clear();
}

std::span<std::byte> journal_batch::record(std::size_t index) noexcept {
    const std::size_t end = index + 1 < begins_.size() ? begins_[index + 1] : encoded_.size();
    return std::span{encoded_}.subspan(begins_[index], end - begins_[index]);
}

chain_end journal_batch::seal(const chain_end& previous, ledger::instant now, chain_hasher& hasher) {
    EXPECTS(!empty() && first_ == previous.last + 1);
    chain_end end{previous.last + size(), {}, std::max(previous.recorded_at, now)};
    append_trailer(encoded_, begins_.back(), end.recorded_at);
    hasher.begin(previous.hash);
    for (std::size_t i = 0; i < size(); ++i) add_to_chain(hasher, record(i), i + 1 == size());
    end.hash = hasher.finish();
    set_trailer_hash(record(size() - 1), end.hash);
    for (std::size_t i = 0; i < size(); ++i) set_checksum(record(i));
    return end;
}

// --- journal ---

tl::expected<journal, error> journal::open(const journal_settings& with) {
    auto environment =
        lmdb::environment::open({.folder = with.folder, .map_bytes = with.map_bytes, .databases_max = 2});
    if (!environment) return tl::unexpected{std::move(environment.error())};
    auto room = zeroed_room::of(with.folder / "data.mdb");
    if (!room) return tl::unexpected{std::move(room.error())};
    journal opened{with.folder, std::move(*environment), std::move(*room)};
    if (auto ready = opened.open_databases().and_then([&opened] { return opened.find_end(); }); !ready)
        return tl::unexpected{std::move(ready.error())};
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

tl::expected<void, error> journal::append(journal_batch& batch, ledger::instant now) {
    const chain_end end = batch.seal(end_, now, hasher_);
    room_.ahead_of(environment_.usage().used_bytes, batch.total_bytes());
    // Should it fail, the journal grows, no more; what is wrong with the environment the write below will tell.
    if (++appends_ % appends_between_looks == 0) static_cast<void>(environment_.forget_dead_readers());
    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    {
        auto at = within->open_cursor(entries_);
        if (!at) return tl::unexpected{std::move(at.error())};
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const lmdb::integer_key position{batch.first_ + i};
            if (auto put = at->put(position.view(), batch.record(i), lmdb::put_mode::append); !put) return put;
        }
    }
    const std::int64_t began = steady_ns();
    if (auto committed = std::move(*within).commit(); !committed)
        return tl::unexpected{blame(std::move(committed.error()))};
    last_sync_ns_ = steady_ns() - began;
    end_ = end;
    return {};
}

tl::expected<void, error> journal::append_copies(std::span<const bytes> records, const chain_end& to) {
    EXPECTS(!records.empty() && end_.last + records.size() == to.last);
    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    {
        auto at = within->open_cursor(entries_);
        if (!at) return tl::unexpected{std::move(at.error())};
        for (std::size_t i = 0; i < records.size(); ++i) {
            const lmdb::integer_key position{end_.last + 1 + i};
            if (auto put = at->put(position.view(), records[i], lmdb::put_mode::append); !put) return put;
        }
    }
    if (auto committed = std::move(*within).commit(); !committed)
        return tl::unexpected{blame(std::move(committed.error()))};
    end_ = to;
    return {};
}

// A disk that is nearly full cuts a write short, which LMDB calls an I/O error.
error journal::blame(error why) const {
    constexpr std::uintmax_t nearly_full_bytes = 1 << 20;
    std::error_code unknown;
    const auto room = std::filesystem::space(folder_, unknown);
    if (why.code == errc::io_failed && !unknown && room.available < nearly_full_bytes) why.code = errc::disk_full;
    return why;
}

tl::expected<void, error> journal::note_start(ledger::instant at) {
    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    auto put = within->put(meta_, bytes_of(started_key), to_stored(static_cast<std::uint64_t>(at.unix_ms())));
    if (!put) return put;
    return std::move(*within).commit();
}

} // namespace meguri::storage
