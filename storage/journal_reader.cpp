#include "storage/journal_reader.hpp"

#include "storage/chain_walk.hpp"
#include "storage/damage_guard.hpp"
#include "storage/steady_clock.hpp"
#include "storage/unfiled_frames.hpp"

#include <algorithm>
#include <string>

namespace meguri::storage {
namespace {

constexpr std::size_t snapshot_entries_max = 1000;
constexpr std::int64_t snapshot_ns_max = 10'000'000;

tl::unexpected<error> fail_at(errc code, std::string what, ledger::journal_position at) {
    return tl::unexpected{error{code, std::move(what), at}};
}

// Closes the snapshot however the reading ends.
class snapshot_scope {
public:
    explicit snapshot_scope(lmdb::read_transaction& of) noexcept : of_{of} {}
    snapshot_scope(const snapshot_scope&) = delete;
    snapshot_scope& operator=(const snapshot_scope&) = delete;
    ~snapshot_scope() { of_.reset(); }

private:
    lmdb::read_transaction& of_;
};

} // namespace

tl::expected<journal_reader, error> journal_reader::make(const journal& over) {
    return over.environment_.begin_read().map([&over](lmdb::read_transaction&& snapshot) {
        return journal_reader{std::move(snapshot), over.entries_, over.unfiled()};
    });
}

tl::expected<journal_reader, error> journal_reader::make(const live_journal& over) {
    return over.environment_.begin_read().map([&over](lmdb::read_transaction&& snapshot) {
        return journal_reader{std::move(snapshot), over.entries_, nullptr};
    });
}

std::shared_ptr<const log_frame> journal_reader::unfiled_at(ledger::journal_position at) const {
    return unfiled_ != nullptr ? unfiled_->find(at) : nullptr;
}

tl::expected<journal_record, error> journal_reader::record_at(ledger::journal_position at) {
    if (const auto frame = unfiled_at(at)) return decode_at(at, frame->record(at));
    if (auto renewed = snapshot_.renew(); !renewed) return tl::unexpected{std::move(renewed.error())};
    const snapshot_scope scope{snapshot_};
    const lmdb::integer_key key{at};
    const auto found = snapshot_.get(entries_, key.view());
    if (!found) return tl::unexpected{found.error()};
    if (!*found) return fail_at(errc::not_found, "the journal has no entry at this position", at);
    return decode_at(at, **found);
}

tl::expected<ledger::entry, error> journal_reader::read(ledger::journal_position at) {
    return record_at(at).map([](journal_record&& record) { return std::move(record.what); });
}

tl::expected<ledger::journal_position, error> journal_reader::last() {
    if (const auto frame = unfiled_ != nullptr ? unfiled_->newest() : nullptr) return frame->last();
    if (auto renewed = snapshot_.renew(); !renewed) return tl::unexpected{std::move(renewed.error())};
    const snapshot_scope scope{snapshot_};
    auto cursor = snapshot_.open_cursor(entries_);
    if (!cursor) return tl::unexpected{std::move(cursor.error())};
    const auto found = cursor->last();
    if (!found) return tl::unexpected{found.error()};
    return *found ? lmdb::integer_key::from((*found)->key).value_or(0) : 0;
}

tl::expected<chain_end, error> journal_reader::end_at(ledger::journal_position at) {
    if (at == 0) return chain_end{};
    const auto record = record_at(at);
    if (!record) return tl::unexpected{record.error()};
    if (!record->end_of_batch) return fail_at(errc::not_found, "no batch ends at this position", at);
    return chain_end{at, record->end_of_batch->hash, record->end_of_batch->recorded_at};
}

tl::expected<void, error> journal_reader::each_raw(ledger::journal_position from, ledger::journal_position to,
                                                   const raw_visitor& visit) {
    for (ledger::journal_position next = from; next <= to;) {
        // In this order: whatever leaves the first is in the second.
        const auto frame = unfiled_at(next);
        const auto done = frame ? each_unfiled(*frame, next, to, visit) : each_filed(next, to, visit);
        if (!done) return tl::unexpected{done.error()};
        if (!done->more || done->records == 0) break;
        next += done->records;
    }
    return {};
}

tl::expected<journal_reader::passed, error> journal_reader::each_unfiled(const log_frame& in,
                                                                         ledger::journal_position from,
                                                                         ledger::journal_position to,
                                                                         const raw_visitor& visit) {
    passed done;
    for (auto at = from; at <= std::min(to, in.last()) && done.more; ++at, ++done.records) {
        const auto go_on = visit(at, in.record(at));
        if (!go_on) return tl::unexpected{go_on.error()};
        done.more = *go_on;
    }
    return done;
}

tl::expected<journal_reader::passed, error>
journal_reader::each_filed(ledger::journal_position from, ledger::journal_position to, const raw_visitor& visit) {
    if (auto renewed = snapshot_.renew(); !renewed) return tl::unexpected{std::move(renewed.error())};
    const snapshot_scope scope{snapshot_};
    const std::int64_t until = steady_ns() + snapshot_ns_max;
    auto cursor = snapshot_.open_cursor(entries_);
    if (!cursor) return tl::unexpected{std::move(cursor.error())};
    const lmdb::integer_key begin{from};
    passed done;
    for (auto found = cursor->at_least(begin.view());; found = cursor->next()) {
        const ledger::journal_position expected = from + done.records;
        if (!found) {
            found.error().position = expected;
            return tl::unexpected{std::move(found.error())};
        }
        if (!*found) return done;
        if (lmdb::integer_key::from((*found)->key) != expected)
            return fail_at(errc::chain_broken, "the journal has no entry at this position, but later ones", expected);
        const auto go_on = visit(expected, (*found)->value);
        if (!go_on) return tl::unexpected{go_on.error()};
        ++done.records;
        done.more = *go_on;
        const bool is_enough = done.records == snapshot_entries_max || expected == to || steady_ns() > until;
        if (!done.more || is_enough) return done;
    }
}

tl::expected<void, error> journal_reader::read_from(ledger::journal_position from, const visitor& visit,
                                                    ledger::journal_position to) {
    return each_raw(from, to, [&visit](ledger::journal_position at, bytes raw) -> tl::expected<bool, error> {
        return decode_at(at, raw).map(visit);
    });
}

tl::expected<chain_end, error> journal_reader::check_chain(const chain_end& from, ledger::journal_position to,
                                                           const visitor& visit) {
    chain_walk walk{from};
    const auto check = [&](ledger::journal_position at, bytes raw) -> tl::expected<bool, error> {
        auto record = walk.take(raw);
        if (!record) return tl::unexpected{std::move(record.error())};
        damage_guard::passed(at);
        return !visit || visit(*std::move(record));
    };
    if (auto walked = each_raw(from.last + 1, to, check); !walked) return tl::unexpected{std::move(walked.error())};
    return walk.finish();
}

} // namespace meguri::storage
