#include "storage/journal_refill.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <string>

namespace meguri::storage {
namespace {

tl::unexpected<error> fail(errc code, std::string what, ledger::journal_position at = 0) {
    return tl::unexpected{error{code, std::move(what), at}};
}

// That the segment is the noted one and goes on where the journal ends.
tl::expected<void, error> expect_in_place(const segment_view& segment, const noted_segment& noted,
                                          const backup_manifest& manifest, const chain_end& before) {
    const segment_head& head = segment.head;
    const bool is_noted = segment.hash == noted.hash && head.first() == noted.first && head.after.last == noted.last;
    if (!is_noted)
        return fail(errc::backup_damaged, "it is not the one that the manifest names, but one of the entries " +
                                              std::to_string(head.first()) + " to " + std::to_string(head.after.last));
    if (head.ledger != manifest.ledger) return fail(errc::backup_damaged, "it is another ledger's");
    if (head.before != before)
        return fail(errc::backup_damaged, "its entries do not follow those of the segment before");
    return {};
}

} // namespace

tl::expected<journal_refill, error> journal_refill::prepare(const backup_folder& from, const backup_manifest& manifest,
                                                            const restore_point& to) {
    journal_refill made{from, manifest, to};
    if (auto there = made.expect_point(); !there) return tl::unexpected{std::move(there.error())};
    for (const auto& one : manifest.segments) {
        if (!made.may_hold_some(one)) break;
        // All of them before the first is read: what is missing is told at once.
        if (auto there = from.expect_segment(one); !there) return tl::unexpected{std::move(there.error())};
        made.segments_.push_back(one);
    }
    return made;
}

tl::expected<void, error> journal_refill::expect_point() const {
    const chain_end& end = manifest_.end;
    const std::string reach = "the backup in " + from_.path().string() + " ends with entry " +
                              std::to_string(end.last) + ", recorded at " + ledger::to_rfc3339(end.recorded_at);
    if (const auto* const wanted = std::get_if<up_to_position>(&to_)) {
        if (wanted->position == 0) return fail(errc::not_in_backup, "entries are numbered from 1");
        if (wanted->position > end.last)
            return fail(errc::not_in_backup, reach + ": there is no entry " + std::to_string(wanted->position));
    }
    // Of what came between its end and a later instant it knows nothing, so it cannot show how things stood then.
    if (const auto* const wanted = std::get_if<up_to_instant>(&to_); wanted != nullptr && wanted->at > end.recorded_at)
        return fail(errc::not_in_backup,
                    reach + ": what came after that until " + ledger::to_rfc3339(wanted->at) + " it does not know");
    return {};
}

// True also where its file does not say: whoever reads it will say what is wrong with it.
bool journal_refill::may_hold_some(const noted_segment& one) const {
    if (const auto* const wanted = std::get_if<up_to_position>(&to_)) return one.first <= wanted->position;
    if (const auto* const wanted = std::get_if<up_to_instant>(&to_)) {
        const auto head = from_.head_of(one);
        return !head || head->before.recorded_at <= wanted->at;
    }
    return true;
}

bool journal_refill::is_wanted(const chain_end& batch) const noexcept {
    if (const auto* const wanted = std::get_if<up_to_position>(&to_)) return batch.last <= wanted->position;
    if (const auto* const wanted = std::get_if<up_to_instant>(&to_)) return batch.recorded_at <= wanted->at;
    return true;
}

tl::expected<void, error> journal_refill::fill(journal& into) {
    EXPECTS(into.end() == chain_end{});
    for (const auto& one : segments_) {
        const auto segment = open(one, into.end());
        if (!segment) {
            error why = segment.error();
            why.what = "the backup's file " + from_.file_of(one).string() + " is damaged: " + why.what;
            if (why.position == 0) why.position = one.first;
            return tl::unexpected{std::move(why)};
        }
        if (auto copied = copy(*segment, into); !copied) return copied;
        if (is_cut_) break;
    }
    if (!is_cut_ && segments_.size() == manifest_.segments.size() && into.end() != manifest_.end)
        return fail(errc::backup_damaged, "the segments do not end with the entry that the manifest names",
                    into.end().last);
    return {};
}

tl::expected<journal_refill::opened_segment, error> journal_refill::open(const noted_segment& noted,
                                                                         const chain_end& before) const {
    auto file = from_.read_segment(noted);
    if (!file) return tl::unexpected{std::move(file.error())};
    opened_segment opened{std::move(*file), {}, {}};
    const auto segment = parse_segment(opened.file);
    if (!segment) return tl::unexpected{segment.error()};
    if (auto fits = expect_in_place(*segment, noted, manifest_, before); !fits)
        return tl::unexpected{std::move(fits.error())};
    auto records = check_entries(*segment, [&opened](const chain_end& batch) { opened.batches.push_back(batch); });
    if (!records) return tl::unexpected{std::move(records.error())};
    opened.records = std::move(*records);
    return opened;
}

tl::expected<void, error> journal_refill::copy(const opened_segment& segment, journal& into) {
    const std::span<const bytes> records{segment.records};
    const auto cut = std::find_if_not(segment.batches.begin(), segment.batches.end(),
                                      [this](const chain_end& batch) { return is_wanted(batch); });
    const auto before = into.end().last;
    if (cut != segment.batches.begin()) {
        const chain_end& last = *(cut - 1);
        if (auto done = into.append_copies(records.first(last.last - before), last); !done) return done;
    }
    same_through_ = into.end().last;
    is_cut_ = cut != segment.batches.end();
    if (!is_cut_) return {};
    if (const auto* const wanted = std::get_if<up_to_position>(&to_)) {
        const auto part = records.subspan(same_through_ - before, wanted->position - same_through_);
        return copy_part(part, cut->recorded_at, into);
    }
    if (same_through_ != 0) return {};
    return fail(errc::not_in_backup, "the ledger's first entries were recorded at " +
                                         ledger::to_rfc3339(cut->recorded_at) + ", before that there is nothing");
}

tl::expected<void, error> journal_refill::copy_part(std::span<const bytes> records, ledger::instant recorded_at,
                                                    journal& into) const {
    if (records.empty()) return {};
    journal_batch batch;
    for (const bytes record : records) batch.add_copy(into.end().last + 1 + batch.size(), record);
    return into.append(batch, recorded_at);
}

} // namespace meguri::storage
