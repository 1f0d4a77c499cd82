// The disk itself: what one thread reaches that makes 4 KiB durable at a time.
#include "bench/suite/one_at_a_time.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace meguri::bench {
namespace {

constexpr std::size_t block_bytes = 4'096;
constexpr std::size_t file_blocks = 4'096; // 16 MiB, zeroed before and written over and over

[[noreturn]] void fail_on_disk(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

class disk_peer final : public peer {
public:
    disk_peer(const std::string& folder, bool direct) : direct_{direct} {
        const auto path = folder + "/blocks";
        if (direct_) zero(path);
        file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (direct_ ? O_DIRECT | O_DSYNC : O_APPEND), 0600);
        if (file_ < 0) fail_on_disk("open");
    }
    ~disk_peer() override { ::close(file_); }
    disk_peer(const disk_peer&) = delete;
    disk_peer& operator=(const disk_peer&) = delete;

    peer_round measure(double seconds) override {
        return one_at_a_time(seconds, [this] { write_durably(); });
    }

    std::vector<std::string> faults() override { return {}; }

private:
    void zero(const std::string& path) {
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0) fail_on_disk("open");
        for (std::size_t i = 0; i < file_blocks; ++i)
            if (::write(file, block_.data(), block_bytes) != static_cast<ssize_t>(block_bytes)) fail_on_disk("write");
        if (::fsync(file) != 0) fail_on_disk("fsync");
        ::close(file);
    }

    void write_durably() {
        const auto offset = static_cast<off_t>(next_++ % file_blocks * block_bytes);
        const auto wrote =
            direct_ ? ::pwrite(file_, block_.data(), block_bytes, offset) : ::write(file_, block_.data(), block_bytes);
        if (wrote != static_cast<ssize_t>(block_bytes)) fail_on_disk("write");
        if (!direct_ && ::fdatasync(file_) != 0) fail_on_disk("fdatasync");
    }

    alignas(block_bytes) std::array<char, block_bytes> block_{}; // O_DIRECT takes aligned memory alone
    bool direct_;
    int file_ = -1;
    std::uint64_t next_ = 0;
};

peer_kind disk_kind(const std::string& name, const std::string& work, bool direct) {
    return {name, "each write is on disk before the next", work, [] { return std::string{}; },
            [direct](const std::string& folder) { return std::make_unique<disk_peer>(folder, direct); }};
}

} // namespace

peer_kind appended_sync_kind() { return disk_kind("disk, appended", "4 KiB appended, fdatasync", false); }
peer_kind direct_write_kind() {
    return disk_kind("disk, in place", "4 KiB by O_DIRECT|O_DSYNC into a zeroed file", true);
}

} // namespace meguri::bench
