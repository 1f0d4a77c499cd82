#include "storage/folder_lock.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace meguri::storage {
namespace {

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

tl::expected<folder_lock, error> folder_lock::take(const std::filesystem::path& folder, std::string_view called) {
    auto file = open_file::open(folder / "lock", O_RDWR | O_CREAT, 0600);
    if (!file) return tl::unexpected{std::move(file.error())};
    if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return tl::unexpected{system_error(errno, "lock " + folder.string())};
        const std::string pid = holder_of(*file);
        return tl::unexpected{error{errc::locked,
                                    std::string{called} + " " + folder.string() + " is in use by " +
                                        (pid.empty() ? "another process" : "process " + pid),
                                    0}};
    }
    if (::ftruncate(file->descriptor(), 0) != 0) return tl::unexpected{system_error(errno, "write the lock file")};
    const std::string pid = std::to_string(::getpid()) + "\n";
    // The lock holds without its text too, so a full disk does not matter here.
    static_cast<void>(file->write(std::as_bytes(std::span{pid})));
    return folder_lock{std::move(*file)};
}

} // namespace meguri::storage
