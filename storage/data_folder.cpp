#include "storage/data_folder.hpp"

#include "storage/key_ring.hpp"

#include <cerrno>
#include <string>
#include <sys/statvfs.h>
#include <system_error>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

tl::unexpected<error> cannot(std::string_view doing, const std::error_code& why) {
    return tl::unexpected{system_error(why.value(), doing)};
}

// Empty but for the lock and for what a fresh file system brings along.
tl::expected<bool, error> is_unused(const fs::path& folder) {
    std::error_code why;
    for (fs::directory_iterator at{folder, why}; !why && at != fs::directory_iterator{}; at.increment(why)) {
        const auto name = at->path().filename();
        if (name != "lock" && name != "lost+found") return false;
    }
    if (why) return cannot("list " + folder.string(), why);
    return true;
}

} // namespace

tl::expected<data_folder, error> data_folder::lock(const fs::path& path) {
    return folder_lock::take(path, "the data folder").map([&path](folder_lock&& taken) {
        return data_folder{path, std::move(taken)};
    });
}

tl::expected<void, error> data_folder::fill(const fs::path& key_from) {
    for (const auto& folder : {journal(), state()}) {
        std::error_code why;
        fs::create_directory(folder, why);
        if (why) return cannot("make the folder " + folder.string(), why);
        fs::permissions(folder, fs::perms::owner_all, why);
        if (why) return cannot("set the rights of " + folder.string(), why);
    }
    const auto made = key_from.empty() ? key_ring::create(key_file()) : key_ring::copy(key_from, key_file());
    return made.and_then([this] { return sync_folder(path_); });
}

tl::expected<data_folder, error> data_folder::init(const fs::path& path, const fs::path& key_from) {
    std::error_code why;
    fs::create_directories(path, why);
    if (why) return cannot("make the folder " + path.string(), why);
    // Before the lock, so that a refusal leaves nothing behind. Of two processes that get this far, one gets the lock,
    // and whoever comes after it finds the key there.
    const auto unused = is_unused(path);
    if (!unused) return tl::unexpected{unused.error()};
    if (!*unused) return tl::unexpected{error{errc::not_empty, "the folder " + path.string() + " is not empty", 0}};
    auto folder = lock(path);
    if (!folder) return folder;
    if (auto filled = folder->fill(key_from); !filled) return tl::unexpected{std::move(filled.error())};
    return folder;
}

tl::expected<void, error> data_folder::expect_ledger(const fs::path& path) {
    std::error_code why;
    const bool is_ledger = fs::is_directory(journal_of(path), why) && fs::exists(key_file_of(path), why);
    if (!is_ledger) return tl::unexpected{error{errc::not_a_ledger, "there is no ledger in " + path.string(), 0}};
    return {};
}

tl::expected<data_folder, error> data_folder::open(const fs::path& path, std::uint64_t reserve_bytes) {
    if (auto there = expect_ledger(path); !there) return tl::unexpected{std::move(there.error())};
    auto folder = lock(path);
    if (!folder) return folder;
    std::error_code why;
    // The state is derived: whoever threw it away gets it made again.
    fs::create_directory(folder->state(), why);
    if (why) return cannot("make the folder " + folder->state().string(), why);
    const auto free = folder->free_bytes();
    if (!free) return tl::unexpected{free.error()};
    if (*free < reserve_bytes)
        return tl::unexpected{error{errc::reserve_missing,
                                    "only " + std::to_string(*free >> 20) + " MiB are free for " + path.string() +
                                        ", the reserve is " + std::to_string(reserve_bytes >> 20) + " MiB",
                                    0}};
    return folder;
}

tl::expected<std::uint64_t, error> data_folder::free_bytes() const {
    struct statvfs found {};
    if (::statvfs(path_.c_str(), &found) != 0)
        return tl::unexpected{system_error(errno, "ask for the free disk of " + path_.string())};
    return std::uint64_t{found.f_bavail} * found.f_frsize;
}

} // namespace meguri::storage
