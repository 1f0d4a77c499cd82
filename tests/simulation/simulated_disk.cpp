#include "tests/simulation/simulated_disk.hpp"

#include "tests/simulation/libc_calls.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace meguri::test {
namespace {

off_t size_of(int descriptor) {
    struct stat found {};
    return ::fstat(descriptor, &found) == 0 ? found.st_size : 0;
}

bool writes_through(int descriptor) {
    return (::fcntl(descriptor, F_GETFL) & O_DSYNC) != 0; // NOLINT(cppcoreguidelines-pro-type-vararg)
}

int failed(int why) {
    errno = why;
    return -1;
}

} // namespace

simulated_disk& simulated_disk::of_this_process() {
    static simulated_disk disk;
    return disk;
}

void simulated_disk::attach(const std::filesystem::path& ledger, std::uint64_t seed) {
    files_.clear();
    dice_ = dice{seed};
    is_off_ = is_cut_ = refuses_ = had_trouble_ = failed_sync_ = false;
    due_in_ = calls_ = lost_ = 0;
    for (const std::string name : {"journal/data.mdb", "journal/commit.log", "state/data.mdb"}) {
        const auto path = ledger / name;
        const bool is_journal = name.starts_with("journal");
        // The log is made by the first start of a switch.
        if (name.ends_with("commit.log") && !std::filesystem::exists(path)) continue;
        auto opened = storage::open_file::open(path, O_RDWR);
        struct stat found {};
        if (!opened || ::fstat(opened->descriptor(), &found) != 0)
            throw std::runtime_error{"cannot look at " + path.string()};
        files_.push_back({std::move(*opened), is_journal, found.st_dev, found.st_ino, found.st_size, {}});
    }
}

void simulated_disk::detach() noexcept {
    files_.clear();
    meanwhile_ = nullptr;
}

void simulated_disk::bring(trouble what, std::size_t calls_from_now, bool of_meta_pages) noexcept {
    what_ = what;
    due_in_ = calls_from_now;
    due_with_meta_page_ = of_meta_pages;
}

void simulated_disk::power_on() {
    if (is_cut_)
        for (auto& one : files_) lose_unsynced(one);
    is_off_ = is_cut_ = refuses_ = had_trouble_ = failed_sync_ = false;
    due_in_ = 0;
}

simulated_disk::file* simulated_disk::find(int descriptor) {
    if (files_.empty()) return nullptr;
    struct stat found {};
    if (::fstat(descriptor, &found) != 0) return nullptr;
    const auto at = std::ranges::find_if(
        files_, [&](const file& one) { return one.inode == found.st_ino && one.device == found.st_dev; });
    return at != files_.end() ? &*at : nullptr;
}

simulated_disk::verdict simulated_disk::judge(bool is_meta_page) {
    ++calls_;
    // Not while they write or sync themselves.
    if (const auto others = std::exchange(meanwhile_, nullptr)) {
        others();
        meanwhile_ = others;
    }
    const bool counts = is_meta_page || !due_with_meta_page_;
    if (counts && due_in_ > 0 && --due_in_ == 0) {
        had_trouble_ = true;
        if (what_ == trouble::power_cut) {
            is_off_ = is_cut_ = true;
            return verdict::cut;
        }
        refuses_ = what_ == trouble::refused;
        return verdict::refused;
    }
    return refuses_ ? verdict::refused : verdict::granted;
}

ssize_t simulated_disk::write(int descriptor, std::span<const std::byte> data, off_t at) {
    if (is_off_) return failed(EIO);
    file& of = *find(descriptor);
    const verdict now = judge(writes_through(descriptor));
    if (is_off_ && now != verdict::cut) return failed(EIO); // by what the others did
    const bool through = writes_through(descriptor) && !forgets_meta_pages_;
    std::size_t bytes = data.size();
    // Of a refused write the page cache has the beginning; of one that was to be synced too, all of it.
    if (now == verdict::refused && !through) bytes = sector_bytes * dice_.below(bytes / sector_bytes + 1);
    const bool is_whole = bytes == data.size();
    remember(of, at, bytes);
    // By our own descriptor: nothing here needs the real disk's durability.
    if (real::pwrite(of.opened.descriptor(), data.data(), bytes, at) != static_cast<ssize_t>(bytes))
        throw std::runtime_error{"the simulation's own disk takes no more"};
    if (now == verdict::granted) {
        if (through) settle(of, at, bytes);
        return static_cast<ssize_t>(bytes);
    }
    if (now == verdict::refused && through) {
        failed_sync_ = failed_sync_ || of.is_journal;
        const auto first = static_cast<std::uint64_t>(at) / sector_bytes;
        give_up(of, first, (static_cast<std::uint64_t>(at) + bytes - 1) / sector_bytes);
        return failed(EIO);
    }
    const bool is_short = now == verdict::refused && bytes > 0 && !is_whole && dice_.one_in(2);
    return is_short ? static_cast<ssize_t>(bytes) : failed(now == verdict::cut ? EIO : some_error());
}

int simulated_disk::sync(int descriptor) {
    if (is_off_) return failed(EIO);
    file& of = *find(descriptor);
    const verdict now = judge(false);
    if (is_off_) return failed(EIO);
    switch (now) {
    case verdict::cut: return failed(EIO);
    case verdict::refused:
        failed_sync_ = failed_sync_ || of.is_journal;
        give_up(of, 0, UINT64_MAX);
        return failed(EIO);
    case verdict::granted: break;
    }
    std::erase_if(of.unsynced, [](const auto& one) { return !one.second.is_given_up; });
    of.platter_bytes = size_of(descriptor);
    return 0;
}

// Keeps what the platter has before the page cache gets something else.
void simulated_disk::remember(file& of, off_t at, std::size_t bytes) {
    if (bytes == 0) return;
    const auto first = static_cast<std::uint64_t>(at) / sector_bytes;
    const auto last = (static_cast<std::uint64_t>(at) + bytes - 1) / sector_bytes;
    for (auto number = first; number <= last; ++number) {
        const auto [place, is_new] = of.unsynced.try_emplace(number);
        place->second.is_given_up = false;
        if (!is_new) continue;
        auto& kept = place->second.on_platter;
        // Beyond the file's end there are zeros.
        const auto begin = static_cast<off_t>(number * sector_bytes);
        if (::pread(of.opened.descriptor(), kept.data(), kept.size(), begin) < 0)
            throw std::runtime_error{"the simulation cannot read its own disk"};
    }
}

void simulated_disk::settle(file& of, off_t at, std::size_t bytes) {
    const auto first = static_cast<std::uint64_t>(at) / sector_bytes;
    const auto last = (static_cast<std::uint64_t>(at) + bytes - 1) / sector_bytes;
    of.unsynced.erase(of.unsynced.lower_bound(first), of.unsynced.upper_bound(last));
    of.platter_bytes = std::max(of.platter_bytes, at + static_cast<off_t>(bytes));
}

void simulated_disk::give_up(file& of, std::uint64_t first, std::uint64_t last) {
    for (auto at = of.unsynced.lower_bound(first); at != of.unsynced.end() && at->first <= last;) {
        const auto end = static_cast<off_t>((at->first + 1) * sector_bytes);
        if (dice_.one_in(2)) {
            of.platter_bytes = std::max(of.platter_bytes, end);
            at = of.unsynced.erase(at);
        } else {
            at->second.is_given_up = true;
            ++at;
        }
    }
}

void simulated_disk::lose_unsynced(file& of) {
    const int opened = of.opened.descriptor();
    // All, none, or each by itself: a disk's own order is anything.
    const auto manner = dice_.below(4);
    off_t size = of.platter_bytes;
    for (const auto& [number, lost] : of.unsynced) {
        const bool survives = !lost.is_given_up && (manner == 0 || (manner >= 2 && dice_.one_in(2)));
        const auto at = static_cast<off_t>(number * sector_bytes);
        if (survives) {
            size = std::max(size, at + static_cast<off_t>(sector_bytes));
        } else {
            ++lost_;
            static_cast<void>(real::pwrite(opened, lost.on_platter.data(), sector_bytes, at));
        }
    }
    of.unsynced.clear();
    if (::ftruncate(opened, size) != 0) throw std::runtime_error{"the simulation cannot cut its own disk"};
    of.platter_bytes = size;
}

} // namespace meguri::test
