#include "storage/restore.hpp"

#include "storage/backup_folder.hpp"
#include "storage/data_folder.hpp"
#include "storage/folder_lock.hpp"
#include "storage/journal.hpp"
#include "storage/journal_refill.hpp"
#include "storage/key_ring.hpp"
#include "storage/open_file.hpp"
#include "storage/store.hpp"

#include <cerrno>
#include <cstdio>
#include <random>
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
    return **manifest;
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

// --- the ledger ---

tl::expected<chain_end, error> fill_journal(const backup_folder& from, journal_refill& refill, const fs::path& ledger) {
    const auto made = data_folder::init(ledger, from.key_file());
    if (!made) return tl::unexpected{made.error()};
    auto entries = journal::open({made->journal()});
    if (!entries) return tl::unexpected{std::move(entries.error())};
    if (auto filled = refill.fill(*entries); !filled) return tl::unexpected{std::move(filled.error())};
    return entries->end();
}

ledger::epoch_mark new_mark(const ledger::epoch_list& epochs) {
    std::random_device device;
    for (;;)
        if (const ledger::epoch_mark mark{device()}; epochs.is_new(mark)) return mark;
}

// What the epoch has to say of the entries before it, once they have become a state.
tl::expected<ledger::epoch_began, error> next_epoch(const fs::path& ledger, const chain_end& kept) {
    const auto made = store::open(ledger, {}); // as at any start
    if (!made) return tl::unexpected{made.error()};
    const start_values& stands = (*made)->start();
    const auto& epochs = stands.registry.epochs;
    if (epochs.number() == ledger::epoch::number_max)
        return fail(errc::not_in_backup, "the ledger was restored " + std::to_string(epochs.number()) +
                                             " times, which is as often as its ids can tell apart");
    ledger::epoch_began began;
    began.number = epochs.number() + 1;
    began.mark = new_mark(epochs);
    began.after = kept.last;
    began.hash = kept.hash;
    began.last_wallet = stands.last_wallet;
    began.last_merchant = stands.last_merchant;
    began.last_party = stands.last_party;
    return began;
}

// Takes the epoch into the journal and the state store, which stands at the journal's end then.
tl::expected<void, error> begin_epoch(const fs::path& ledger, const ledger::epoch_began& began, ledger::instant now) {
    {
        auto entries = journal::open({data_folder::journal_of(ledger)});
        if (!entries) return tl::unexpected{std::move(entries.error())};
        ledger::entry one;
        one.position = began.after + 1;
        one.decided_at = now;
        one.what = began;
        journal_batch batch;
        batch.add(one);
        if (auto appended = entries->append(batch, now); !appended) return appended;
    }
    return store::open(ledger, {}).map([](const std::unique_ptr<store>&) {});
}

} // namespace

std::string restore_report::text() const {
    return "restored " + std::to_string(entries) + " entries, the last one recorded at " +
           ledger::to_rfc3339(recorded_at) + "; epoch " + std::to_string(epoch) + " begins with entry " +
           std::to_string(entries + 1) + (is_whole ? "\n" : ", what the backup has after that is forgotten\n");
}

tl::expected<restore_report, error> restore(const fs::path& from, const fs::path& to, const restore_point& point,
                                            ledger::instant now) {
    const backup_folder backup{from};
    const auto manifest = open_backup(backup);
    if (!manifest) return tl::unexpected{manifest.error()};
    auto refill = journal_refill::prepare(backup, *manifest, point);
    if (!refill) return tl::unexpected{std::move(refill.error())};
    const fs::path target = plain(to);
    if (auto free = expect_new_or_empty(target); !free) return tl::unexpected{std::move(free.error())};
    const auto place = workshop::make(target);
    if (!place) return tl::unexpected{place.error()};
    const auto kept = fill_journal(backup, *refill, place->ledger());
    if (!kept) return tl::unexpected{kept.error()};
    auto began = next_epoch(place->ledger(), *kept);
    if (!began) return tl::unexpected{std::move(began.error())};
    began->same_through = refill->same_through();
    const auto done = begin_epoch(place->ledger(), *began, now).and_then([&] { return place->move_ledger(target); });
    if (!done) return tl::unexpected{done.error()};
    return restore_report{kept->last, kept->recorded_at, began->number, kept->last == manifest->end.last};
}

} // namespace meguri::storage
