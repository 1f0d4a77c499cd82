#include "storage/data_folder.hpp"

#include "storage/key_ring.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

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

// The pid that the lock's holder wrote, or an empty text.
std::string holder_of(const open_file& lock) {
    std::array<std::byte, 20> room{};
    const auto size = lock.read(room).value_or(0);
    std::string pid{reinterpret_cast<const char*>(room.data()), size};
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    const bool digits = std::all_of(pid.begin(), pid.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    return digits ? pid : std::string{};
}

} // namespace

tl::expected<data_folder, error> data_folder::lock(const fs::path& path) {
    auto file = open_file::open(path / "lock", O_RDWR | O_CREAT, 0600);
    if (!file) return tl::unexpected{std::move(file.error())};
    if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return tl::unexpected{system_error(errno, "lock " + path.string())};
        const std::string pid = holder_of(*file);
        return tl::unexpected{error{errc::locked,
                                    "the data folder " + path.string() + " is in use by " +
                                        (pid.empty() ? "another process" : "process " + pid),
                                    0}};
    }
    if (::ftruncate(file->descriptor(), 0) != 0) return tl::unexpected{system_error(errno, "write the lock file")};
    const std::string pid = std::to_string(::getpid()) + "\n";
    // The lock holds without its text too, so a full disk does not matter here.
    static_cast<void>(file->write(std::as_bytes(std::span{pid})));
    return data_folder{path, std::move(*file)};
}

tl::expected<void, error> data_folder::fill() {
    for (const auto& folder : {journal(), state()}) {
        std::error_code why;
        fs::create_directory(folder, why);
        if (why) return cannot("make the folder " + folder.string(), why);
        fs::permissions(folder, fs::perms::owner_all, why);
        if (why) return cannot("set the rights of " + folder.string(), why);
    }
    return key_ring::create(key_file()).and_then([this] { return sync_folder(path_); });
}

tl::expected<data_folder, error> data_folder::init(const fs::path& path) {
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
    if (auto filled = folder->fill(); !filled) return tl::unexpected{std::move(filled.error())};
    return folder;
}

tl::expected<data_folder, error> data_folder::open(const fs::path& path, std::uint64_t reserve_bytes) {
    std::error_code why;
    const bool is_ledger = fs::is_directory(path / "journal", why) && fs::exists(path / "key", why);
    if (!is_ledger) return tl::unexpected{error{errc::not_a_ledger, "there is no ledger in " + path.string(), 0}};
    auto folder = lock(path);
    if (!folder) return folder;
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
