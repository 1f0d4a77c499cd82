#include "tests/recovery/loop_disk.hpp"

#include <cstdlib>
#include <fstream>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace meguri::test {
namespace {

constexpr std::uintmax_t size_bytes = 192 << 20; // enough for the journal's zeroed room

// The paths are a temporary folder's, which need no quoting.
bool shell(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

} // namespace

loop_disk::loop_disk(std::filesystem::path at) : at_{std::move(at)} {
    std::filesystem::create_directory(at_);
    std::ofstream{image()}.flush();
    std::filesystem::resize_file(image(), size_bytes);
    if (!shell("mkfs.ext4 -q -F " + image().string()))
        failed_ = "mkfs.ext4 cannot make a file system";
    else if (!mount(false))
        failed_ = "cannot mount a file system from a file: this needs root and a free loop device";
}

loop_disk::~loop_disk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
}

bool loop_disk::mount(bool read_only) {
    mounted_ = shell(std::string{"mount -o loop,errors=remount-ro,"} + (read_only ? "ro " : "rw ") + image().string() +
                     ' ' + at_.string());
    return mounted_;
}

bool loop_disk::turn_read_only() const {
    struct stat found {};
    if (::stat(at_.c_str(), &found) != 0) return false;
    const auto device =
        "/sys/dev/block/" + std::to_string(::major(found.st_dev)) + ':' + std::to_string(::minor(found.st_dev));
    std::error_code why;
    const auto name = std::filesystem::canonical(device, why).filename();
    std::ofstream trigger{std::filesystem::path{"/sys/fs/ext4"} / name / "trigger_fs_error"};
    trigger << "1\n";
    return !why && static_cast<bool>(trigger.flush());
}

bool loop_disk::remount(bool read_only) {
    if (mounted_ && ::umount2(at_.c_str(), 0) != 0) return false;
    return mount(read_only);
}

} // namespace meguri::test
