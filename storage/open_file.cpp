#include "storage/open_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace meguri::storage {

tl::expected<open_file, error> open_file::open(const std::filesystem::path& path, int flags, unsigned mode) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode); // NOLINT(cppcoreguidelines-pro-type-vararg)
    if (descriptor >= 0) return open_file{descriptor};
    error why = system_error(errno, "open " + path.string());
    if (errno == ENOENT || errno == ENOTDIR) why.code = errc::not_found;
    if (errno == EEXIST) why.code = errc::not_empty;
    return tl::unexpected{std::move(why)};
}

open_file::~open_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

tl::expected<std::size_t, error> open_file::read(std::span<std::byte> room) const {
    std::size_t done = 0;
    while (done < room.size()) {
        const ssize_t got = ::pread(descriptor_, room.data() + done, room.size() - done, static_cast<off_t>(done));
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return tl::unexpected{system_error(errno, "read a file")};
        done += static_cast<std::size_t>(got);
    }
    return done;
}

tl::expected<void, error> open_file::write(std::span<const std::byte> all) const {
    while (!all.empty()) {
        const ssize_t put = ::write(descriptor_, all.data(), all.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return tl::unexpected{system_error(errno, "write a file")};
        all = all.subspan(static_cast<std::size_t>(put));
    }
    return {};
}

tl::expected<void, error> open_file::sync() const {
    if (::fsync(descriptor_) != 0) return tl::unexpected{system_error(errno, "sync a file")};
    return {};
}

tl::expected<void, error> sync_folder(const std::filesystem::path& folder) {
    return open_file::open(folder, O_RDONLY | O_DIRECTORY).and_then([](const open_file& opened) {
        return opened.sync();
    });
}

} // namespace meguri::storage
