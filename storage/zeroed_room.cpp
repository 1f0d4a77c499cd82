#include "storage/zeroed_room.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace meguri::storage {
namespace {

// The sync that finds them takes the zeros along: a megabyte costs some 2 ms once, for about 4,000 entries.
constexpr std::uint64_t stretch_bytes = 1 << 20;
constexpr std::uint64_t spare_disk_bytes = 64 * stretch_bytes;
// What a commit may write besides what is added: tree pages and the list of free ones.
constexpr std::uint64_t overhead_bytes = 128 << 10;

} // namespace

tl::expected<zeroed_room, error> zeroed_room::of(const std::filesystem::path& file) {
    auto opened = open_file::open(file, O_RDWR);
    if (!opened) return tl::unexpected{std::move(opened.error())};
    const off_t size = ::lseek(opened->descriptor(), 0, SEEK_END);
    if (size < 0) return tl::unexpected{system_error(errno, "look at " + file.string())};
    zeroed_room room{std::move(*opened)};
    room.end_ = static_cast<std::uint64_t>(size);
    return room;
}

void zeroed_room::ahead_of(std::uint64_t used_bytes, std::uint64_t added_bytes) noexcept {
    const std::uint64_t needed = used_bytes + added_bytes + added_bytes / 4 + overhead_bytes;
    if (needed <= end_ || is_given_up_ || !has_spare_disk()) return;
    static constexpr std::array<std::byte, 64 << 10> zeros{};
    // The file may have grown by itself while the disk had no room to spare.
    end_ = std::max(end_, used_bytes);
    while (end_ < needed + stretch_bytes) {
        const ssize_t put = ::pwrite(file_.descriptor(), zeros.data(), zeros.size(), static_cast<off_t>(end_));
        if (put <= 0) {
            is_given_up_ = true;
            return;
        }
        end_ += static_cast<std::uint64_t>(put);
    }
}

bool zeroed_room::has_spare_disk() const noexcept {
    struct statvfs found {};
    return ::fstatvfs(file_.descriptor(), &found) == 0 && found.f_bavail * found.f_frsize > spare_disk_bytes;
}

} // namespace meguri::storage
