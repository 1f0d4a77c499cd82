#include "storage/restore.hpp"

#include "storage/backup_folder.hpp"
#include "storage/data_folder.hpp"
#include "storage/folder_lock.hpp"
#include "storage/journal.hpp"
#include "storage/key_ring.hpp"
#include "storage/open_file.hpp"
#include "storage/store.hpp"

#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <system_error>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

tl::unexpected<error> fail(errc code, std::string what, ledger::journal_position at = 0) {
    return tl::unexpected{error{code, std::move(what), at}};
}

tl::unexpected<error> cannot(const std::string& doing, const std::error_code& why) {
    return tl::unexpected{system_error(why.value(), doing)};
}

// --- the backup ---

tl::expected<void, error> expect_key(const backup_folder& from, const backup_manifest& manifest) {
    const auto keys = key_ring::load(from.key_file());
    const std::string file = "the backup's key file " + from.key_file().string();
    if (!keys && keys.error().code == errc::not_found) return fail(errc::backup_damaged, file + " is missing");
    if (!keys && keys.error().code == errc::corrupt) return fail(errc::backup_damaged, file + " is not 32 bytes long");
    if (!keys) return tl::unexpected{keys.error()};
    if (keys->fingerprint() != manifest.key)
        return fail(errc::backup_damaged, file + " is not the one that was backed up");
    return {};
}

tl::expected<backup_manifest, error> open_backup(const backup_folder& from) {
    const auto manifest = from.read_manifest();
    if (!manifest) return tl::unexpected{manifest.error()};
    if (!*manifest) return fail(errc::not_a_backup, "there is no whole backup in " + from.path().string());
    if (auto key = expect_key(from, **manifest); !key) return tl::unexpected{std::move(key.error())};
    // All of them before the first is read: what is missing is told at once.
    for (const auto& one : (**manifest).segments)
        if (auto there = from.expect_segment(one); !there) return tl::unexpected{std::move(there.error())};
    return **manifest;
}

// That the file is the noted one and goes on where the journal ends. Its records, views of the file's bytes.
tl::expected<std::vector<bytes>, error> check_segment(bytes file, const noted_segment& noted,
                                                      const backup_manifest& manifest, const chain_end& before,
                                                      chain_end& after) {
    const auto segment = parse_segment(file);
    if (!segment) return tl::unexpected{segment.error()};
    const segment_head& head = segment->head;
    const bool is_noted = segment->hash == noted.hash && head.first() == noted.first && head.after.last == noted.last;
    if (!is_noted)
        return fail(errc::backup_damaged, "it is not the one that the manifest names, but one of the entries " +
                                              std::to_string(head.first()) + " to " + std::to_string(head.after.last));
    if (head.ledger != manifest.ledger) return fail(errc::backup_damaged, "it is another ledger's");
    if (head.before != before)
        return fail(errc::backup_damaged, "its entries do not follow those of the segment before");
    after = head.after;
    return check_entries(*segment);
}

tl::expected<void, error> copy_segment(const backup_folder& from, const noted_segment& noted,
                                       const backup_manifest& manifest, journal& to) {
    const auto file = from.read_segment(noted);
    if (!file) return tl::unexpected{file.error()};
    chain_end after;
    auto records = check_segment(*file, noted, manifest, to.end(), after);
    if (records) return to.append_copies(*records, after);
    error why = std::move(records.error());
    why.what = "the backup's file " + from.file_of(noted).string() + " is damaged: " + why.what;
    if (why.position == 0) why.position = noted.first;
    return tl::unexpected{std::move(why)};
}

// --- the place where the ledger is made ---

// `<to>.restoring`, this process' own; gone with the object.
class workshop {
public:
    [[nodiscard]] static tl::expected<workshop, error> make(const fs::path& beside) {
        auto path = beside;
        path += ".restoring";
        std::error_code why;
        fs::create_directories(path, why);
        if (why) return cannot("make the folder " + path.string(), why);
        auto lock = folder_lock::take(path, "the folder");
        if (!lock) return tl::unexpected{std::move(lock.error())};
        workshop made{std::move(path), std::move(*lock)};
        fs::remove_all(made.ledger(), why);
        if (why) return cannot("remove " + made.ledger().string(), why);
        return made;
    }
    workshop(workshop&& from) noexcept : path_{std::exchange(from.path_, {})}, lock_{std::move(from.lock_)} {}
    workshop& operator=(workshop&&) = delete;
    ~workshop() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }

    [[nodiscard]] fs::path ledger() const { return path_ / "ledger"; }
    // The ledger takes the place of the new or empty folder.
    [[nodiscard]] tl::expected<void, error> move_ledger(const fs::path& to) const {
        for (const char* const part : {"journal", "state", "."})
            if (auto synced = sync_folder(ledger() / part); !synced) return synced;
        if (::rename(ledger().c_str(), to.c_str()) == 0) return sync_folder(to.parent_path());
        if (errno == ENOTEMPTY || errno == EEXIST)
            return fail(errc::not_empty, "the folder " + to.string() + " is not empty");
        return tl::unexpected{system_error(errno, "move the ledger to " + to.string())};
    }

private:
    workshop(fs::path path, folder_lock lock) : path_{std::move(path)}, lock_{std::move(lock)} {}

    fs::path path_;
    folder_lock lock_;
};

// Absolute, and without a slash at its end.
fs::path plain(const fs::path& path) {
    auto all = fs::absolute(path).lexically_normal();
    return all.has_filename() ? all : all.parent_path();
}

tl::expected<void, error> expect_new_or_empty(const fs::path& folder) {
    std::error_code why;
    if (!fs::exists(folder, why)) return {};
    if (!fs::is_directory(folder, why) || !fs::is_empty(folder, why))
        return fail(errc::not_empty, folder.string() + " is not an empty folder");
    struct stat self {};
    struct stat parent {};
    if (::stat(folder.c_str(), &self) != 0 || ::stat(folder.parent_path().c_str(), &parent) != 0)
        return tl::unexpected{system_error(errno, "look at " + folder.string())};
    if (self.st_dev != parent.st_dev)
        return fail(errc::not_empty, folder.string() + " is where a file system begins and cannot be replaced: name a "
                                                       "folder in it");
    return {};
}

tl::expected<void, error> fill_journal(const backup_folder& from, const backup_manifest& manifest,
                                       const fs::path& ledger) {
    const auto made = data_folder::init(ledger, from.key_file());
    if (!made) return tl::unexpected{made.error()};
    auto entries = journal::open({made->journal()});
    if (!entries) return tl::unexpected{std::move(entries.error())};
    for (const auto& one : manifest.segments)
        if (auto copied = copy_segment(from, one, manifest, *entries); !copied) return copied;
    if (entries->end() != manifest.end)
        return fail(errc::backup_damaged, "the segments do not end with the entry that the manifest names",
                    entries->end().last);
    return {};
}

// As at any start; the state store stands at the journal's end then.
tl::expected<void, error> make_state(const fs::path& ledger) {
    return store::open(ledger, {}).map([](const std::unique_ptr<store>&) {});
}

} // namespace

std::string restore_report::text() const {
    return "restored " + std::to_string(entries) + " entries, up to position " + std::to_string(entries) +
           ", recorded at " + ledger::to_rfc3339(recorded_at) + "\n";
}

tl::expected<restore_report, error> restore(const fs::path& from, const fs::path& to) {
    const backup_folder backup{from};
    const auto manifest = open_backup(backup);
    if (!manifest) return tl::unexpected{manifest.error()};
    const fs::path target = plain(to);
    if (auto free = expect_new_or_empty(target); !free) return tl::unexpected{std::move(free.error())};
    const auto place = workshop::make(target);
    if (!place) return tl::unexpected{place.error()};
    const auto done = fill_journal(backup, *manifest, place->ledger())
                          .and_then([&] { return make_state(place->ledger()); })
                          .and_then([&] { return place->move_ledger(target); });
    if (!done) return tl::unexpected{done.error()};
    return restore_report{manifest->end.last, manifest->end.recorded_at};
}

} // namespace meguri::storage
