#include "storage/journal_reader.hpp"

#include "storage/chain_walk.hpp"
#include "storage/damage_guard.hpp"
#include "storage/steady_clock.hpp"

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
        return journal_reader{std::move(snapshot), over.entries_};
    });
}

tl::expected<journal_reader, error> journal_reader::make(const live_journal& over) {
    return over.environment_.begin_read().map([&over](lmdb::read_transaction&& snapshot) {
        return journal_reader{std::move(snapshot), over.entries_};
    });
}

tl::expected<ledger::entry, error> journal_reader::read(ledger::journal_position at) {
    if (auto renewed = snapshot_.renew(); !renewed) return tl::unexpected{std::move(renewed.error())};
    const snapshot_scope scope{snapshot_};
    const lmdb::integer_key key{at};
    const auto found = snapshot_.get(entries_, key.view());
    if (!found) return tl::unexpected{found.error()};
    if (!*found) return fail_at(errc::not_found, "the journal has no entry at this position", at);
    return decode_at(at, **found).map([](journal_record&& record) { return std::move(record.what); });
}

tl::expected<ledger::journal_position, error> journal_reader::last() {
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
    if (auto renewed = snapshot_.renew(); !renewed) return tl::unexpected{std::move(renewed.error())};
    const snapshot_scope scope{snapshot_};
    const lmdb::integer_key key{at};
    const auto found = snapshot_.get(entries_, key.view());
    if (!found) return tl::unexpected{found.error()};
    if (!*found) return fail_at(errc::not_found, "the journal has no entry at this position", at);
    const auto record = decode_at(at, **found);
    if (!record) return tl::unexpected{record.error()};
    if (!record->end_of_batch) return fail_at(errc::not_found, "no batch ends at this position", at);
    return chain_end{at, record->end_of_batch->hash, record->end_of_batch->recorded_at};
}

tl::expected<void, error> journal_reader::each_raw(ledger::journal_position from, ledger::journal_position to,
                                                   const raw_visitor& visit) {
    ledger::journal_position expected = from;
    for (bool more = true; more && expected <= to;) {
        if (auto renewed = snapshot_.renew(); !renewed) return renewed;
        const snapshot_scope scope{snapshot_};
        const std::int64_t until = steady_ns() + snapshot_ns_max;
        auto cursor = snapshot_.open_cursor(entries_);
        if (!cursor) return tl::unexpected{std::move(cursor.error())};
        const lmdb::integer_key begin{expected};
        auto found = cursor->at_least(begin.view());
        for (std::size_t seen = 0; seen < snapshot_entries_max && expected <= to; ++seen, found = cursor->next()) {
            if (!found) {
                found.error().position = expected;
                return tl::unexpected{std::move(found.error())};
            }
            if (!*found) return {};
            if (lmdb::integer_key::from((*found)->key) != expected)
                return fail_at(errc::chain_broken, "the journal has no entry at this position, but later ones",
                               expected);
            const auto go_on = visit(expected, (*found)->value);
            if (!go_on) return tl::unexpected{go_on.error()};
            ++expected;
            more = *go_on;
            if (!more || steady_ns() > until) break;
        }
    }
    return {};
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
