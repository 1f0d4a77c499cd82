// A small ext4 of its own in a file, for tests of what a file system does to the process on it. Needs root and a free
// loop device.
#pragma once

#include <filesystem>
#include <string>

namespace meguri::test {

class loop_disk {
public:
    // Makes `at` and mounts a new file system there, whose image lies beside it.
    explicit loop_disk(std::filesystem::path at);
    ~loop_disk();
    loop_disk(const loop_disk&) = delete;
    loop_disk& operator=(const loop_disk&) = delete;

    // Why there is none; empty where it is mounted.
    [[nodiscard]] const std::string& failed() const noexcept { return failed_; }

    // Makes the kernel find an error in it: it turns read-only under those who have files open, as with a dying disk.
    [[nodiscard]] bool turn_read_only() const;
    // Unmounts it, so that only what is on the disk is left, and mounts it again.
    [[nodiscard]] bool remount(bool read_only);

private:
    [[nodiscard]] bool mount(bool read_only);
    [[nodiscard]] std::filesystem::path image() const { return at_.string() + ".img"; }

    std::filesystem::path at_;
    std::string failed_;
    bool mounted_ = false;
};

} // namespace meguri::test
