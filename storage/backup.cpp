#include "storage/backup.hpp"

#include "storage/backup_folder.hpp"
#include "storage/chain_walk.hpp"
#include "storage/damage_guard.hpp"
#include "storage/data_folder.hpp"
#include "storage/folder_lock.hpp"
#include "storage/journal_reader.hpp"
#include "storage/key_ring.hpp"
#include "storage/live_journal.hpp"
#include "storage/wait_until_filed.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t as_many_as_there_are = std::numeric_limits<std::uint64_t>::max();

tl::unexpected<error> fail(errc code, std::string what, ledger::journal_position at = 0) {
    return tl::unexpected{error{code, std::move(what), at}};
}

// What is backed up: the journal through the entry that was the last when the run began.
struct backup_source {
    fs::path path;
    key_ring keys;
    live_journal journal;
    journal_reader reader;
    std::uint64_t ledger;
    chain_end end;

    [[nodiscard]] static tl::expected<backup_source, error> open(const fs::path& path);
    // Whole batches after `from`, none after `to`, where a batch ends: as many entries as admitted, or one batch.
    [[nodiscard]] tl::expected<segment_builder, error> read(const chain_end& from, ledger::journal_position to,
                                                            std::uint64_t entries_max);
};

tl::expected<backup_source, error> backup_source::open(const fs::path& path) {
    if (auto there = data_folder::expect_ledger(path); !there) return tl::unexpected{std::move(there.error())};
    auto keys = key_ring::load(data_folder::key_file_of(path));
    if (!keys) return tl::unexpected{std::move(keys.error())};
    auto journal = live_journal::open(data_folder::journal_of(path));
    if (!journal) return tl::unexpected{std::move(journal.error())};
    auto reader = journal_reader::make(*journal);
    if (!reader) return tl::unexpected{std::move(reader.error())};
    const auto first = reader->read(1);
    if (!first) return tl::unexpected{first.error()};
    const auto* const opened = std::get_if<ledger::ledger_opened>(&first->what);
    if (opened == nullptr) return fail(errc::corrupt, "the journal does not begin with a ledger's opening", 1);
    const auto end = reader->last().and_then([&reader](ledger::journal_position at) { return reader->end_at(at); });
    if (!end) return tl::unexpected{end.error()};
    // No copy may hold what a power cut could still take from the ledger.
    if (auto synced = journal->sync(); !synced) return tl::unexpected{std::move(synced.error())};
    return backup_source{path, std::move(*keys), std::move(*journal), std::move(*reader), opened->ledger, *end};
}

tl::expected<segment_builder, error> backup_source::read(const chain_end& from, ledger::journal_position to,
                                                         std::uint64_t entries_max) {
    segment_builder built{ledger, from};
    chain_walk walk{from};
    const auto take = [&](ledger::journal_position at, bytes raw) -> tl::expected<bool, error> {
        const bool fits = at - from.last <= entries_max || built.head().entries() == 0;
        if (!fits) return false;
        const auto record = walk.take(raw);
        if (!record) return tl::unexpected{record.error()};
        damage_guard::passed(at);
        built.add(raw);
        if (record->end_of_batch) built.end_batch(walk.arrived());
        return true;
    };
    if (auto read = reader.each_raw(from.last + 1, to, take); !read) return tl::unexpected{std::move(read.error())};
    if (built.head().entries() == 0 || walk.seen() == to) {
        if (auto whole = walk.finish(); !whole) return tl::unexpected{std::move(whole.error())};
    }
    return built;
}

// --- the target ---

tl::expected<folder_lock, error> take_folder(const backup_folder& to) {
    std::error_code why;
    const bool is_new = fs::create_directories(to.path(), why);
    if (!why && is_new) fs::permissions(to.path(), fs::perms::owner_all, why);
    if (why) return tl::unexpected{system_error(why.value(), "make the folder " + to.path().string())};
    const auto other = to.has_other_files();
    if (!other) return tl::unexpected{other.error()};
    if (*other)
        return fail(errc::not_empty, "the folder " + to.path().string() + " holds something else than a backup");
    return folder_lock::take(to.path(), "the backup folder");
}

// A backup goes on within one epoch: that of the epoch before stays what it was, should the restore have to be done
// again.
tl::expected<void, error> expect_no_restore_since(ledger::journal_position last, backup_source& from,
                                                  const std::string& there) {
    ledger::journal_position began = 0;
    const auto look = [&began](ledger::journal_position at, bytes raw) -> tl::expected<bool, error> {
        if (kind_of(raw) == number_of_fact<ledger::epoch_began>) began = at;
        return true;
    };
    if (auto read = from.reader.each_raw(last + 1, from.end.last, look); !read) return read;
    if (began == 0) return {};
    return fail(errc::backup_foreign,
                there + " was begun before this ledger was restored: an epoch began with entry " +
                    std::to_string(began) + ", and its backup needs a folder of its own",
                began);
}

tl::expected<void, error> expect_same_history(backup_source& from, const backup_folder& to,
                                              const backup_manifest& before) {
    const std::string there = "the backup in " + to.path().string();
    if (before.ledger != from.ledger || before.key != from.keys.fingerprint())
        return fail(errc::backup_foreign, there + " is another ledger's");
    const auto last = before.end.last;
    if (last > from.end.last)
        return fail(errc::backup_foreign,
                    there + " goes on to entry " + std::to_string(last) + ", the ledger ends at " +
                        std::to_string(from.end.last) + ": it was restored from an older copy",
                    last);
    const auto here = from.reader.end_at(last);
    if (!here && here.error().code != errc::not_found) return tl::unexpected{here.error()};
    if (here != before.end)
        return fail(errc::backup_foreign,
                    there + " has other entries up to this position than the ledger: since an older copy was restored "
                            "they went different ways",
                    last);
    return expect_no_restore_since(last, from, there);
}

tl::expected<void, error> back_up_key(const backup_source& from, const backup_folder& to) {
    const auto there = key_ring::load(to.key_file());
    if (there && there->fingerprint() == from.keys.fingerprint()) return {};
    if (there) return fail(errc::backup_foreign, "the key file " + to.key_file().string() + " is another ledger's");
    if (there.error().code != errc::not_found && there.error().code != errc::corrupt)
        return tl::unexpected{there.error()};
    auto unfinished = to.key_file();
    unfinished += ".new";
    std::error_code why;
    fs::remove(unfinished, why);
    if (auto copied = key_ring::copy(data_folder::key_file_of(from.path), unfinished); !copied) return copied;
    fs::rename(unfinished, to.key_file(), why);
    if (why) return tl::unexpected{system_error(why.value(), "name the file " + to.key_file().string())};
    return {};
}

// Brings the segments up to date.
class segment_run {
public:
    segment_run(backup_source& from, const backup_folder& to, std::uint64_t entries_max)
        : from_{from},
          to_{to},
          entries_max_{std::max<std::uint64_t>(entries_max, 1)} {
        result_.ledger = from.ledger;
        result_.key = from.keys.fingerprint();
    }

    // Segments that can take no more stay as they are; one of them that is not as noted is written anew.
    [[nodiscard]] tl::expected<void, error> keep(const std::vector<noted_segment>& before) {
        for (const auto& one : before) {
            const auto head = to_.head_of(one);
            const bool is_whole = head && head->ledger == from_.ledger && head->before == result_.end;
            const bool is_last = one == before.back();
            if (is_last && is_whole) open_ = {one, *head};
            if (is_last) return {};
            if (is_whole) {
                note(one, *head);
            } else if (auto written = write(one.last, as_many_as_there_are); !written) {
                return written;
            }
        }
        return {};
    }
    [[nodiscard]] tl::expected<void, error> go_on() {
        while (result_.end.last < from_.end.last)
            if (auto written = write(from_.end.last, entries_max_); !written) return written;
        return {};
    }
    [[nodiscard]] const backup_manifest& result() const noexcept { return result_; }
    [[nodiscard]] backup_report report() const {
        return {result_.end.last, result_.end.recorded_at, result_.segments.size(), written_, bytes_written_};
    }

private:
    struct existing_segment {
        noted_segment noted;
        segment_head head;
    };

    void note(const noted_segment& one, const segment_head& head) {
        result_.segments.push_back(one);
        result_.end = head.after;
    }
    // The next segment, unless it is there already.
    [[nodiscard]] tl::expected<void, error> write(ledger::journal_position to, std::uint64_t entries_max) {
        auto built = from_.read(result_.end, to, entries_max);
        if (!built) return tl::unexpected{std::move(built.error())};
        const segment_head head = built->head();
        if (open_ && open_->head == head) {
            note(open_->noted, head);
            return {};
        }
        const auto file = std::move(*built).finish();
        noted_segment one{head.first(), head.after.last, file.size(), {}};
        std::copy_n(file.end() - sizeof(chain_hash), sizeof(chain_hash), one.hash.begin());
        if (auto written = to_.write_segment(one, file); !written) return written;
        note(one, head);
        ++written_;
        bytes_written_ += file.size();
        return {};
    }

    backup_source& from_;
    const backup_folder& to_;
    std::uint64_t entries_max_;
    backup_manifest result_;
    std::optional<existing_segment> open_; // the last one of the run before
    std::size_t written_ = 0;
    std::uint64_t bytes_written_ = 0;
};

} // namespace

std::string backup_report::text() const {
    return std::to_string(entries) + " entries, the last one recorded at " + ledger::to_rfc3339(recorded_at) + ", in " +
           std::to_string(segments) + (segments == 1 ? " segment" : " segments") +
           "; written now: " + std::to_string(segments_written) +
           (segments_written == 1 ? " segment, " : " segments, ") + std::to_string(bytes_written) + " bytes\n";
}

tl::expected<backup_report, error> back_up(const fs::path& ledger, const fs::path& to,
                                           const backup_settings& settings) {
    const damage_guard guard{ledger};
    if (auto filed = wait_until_filed(ledger); !filed) return tl::unexpected{std::move(filed.error())};
    auto from = backup_source::open(ledger);
    if (!from) return tl::unexpected{std::move(from.error())};
    const backup_folder folder{to};
    const auto locked = take_folder(folder);
    if (!locked) return tl::unexpected{locked.error()};
    const auto before = folder.read_manifest();
    if (!before) return tl::unexpected{before.error()};
    if (*before) {
        if (auto same = expect_same_history(*from, folder, **before); !same)
            return tl::unexpected{std::move(same.error())};
    }
    segment_run run{*from, folder, settings.segment_entries_max};
    const auto done =
        back_up_key(*from, folder)
            .and_then([&] { return run.keep(*before ? (**before).segments : std::vector<noted_segment>{}); })
            .and_then([&] { return run.go_on(); })
            .and_then([&] { return folder.write_manifest(run.result()); });
    if (!done) return tl::unexpected{done.error()};
    folder.remove_all_but(run.result());
    return run.report();
}

} // namespace meguri::storage
