#include "storage/open_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
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

tl::expected<std::uint64_t, error> open_file::size() const {
    struct stat found {};
    if (::fstat(descriptor_, &found) != 0) return tl::unexpected{system_error(errno, "look at a file")};
    return static_cast<std::uint64_t>(found.st_size);
}

tl::expected<std::vector<std::byte>, error> read_file(const std::filesystem::path& path) {
    const auto named = [&path](error why) {
        why.what += ": " + path.string();
        return why;
    };
    const auto opened = open_file::open(path, O_RDONLY);
    if (!opened) return tl::unexpected{opened.error()};
    const auto size = opened->size();
    if (!size) return tl::unexpected{named(size.error())};
    std::vector<std::byte> all(static_cast<std::size_t>(*size));
    const auto got = opened->read(all);
    if (!got) return tl::unexpected{named(got.error())};
    all.resize(*got);
    return all;
}

tl::expected<void, error> write_file(const std::filesystem::path& path, std::span<const std::byte> all) {
    auto unfinished = path;
    unfinished += ".new";
    const auto written =
        open_file::open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600).and_then([all](const open_file& opened) {
            return opened.write(all).and_then([&opened] { return opened.sync(); });
        });
    if (!written) {
        auto why = written.error();
        why.what += ": " + unfinished.string();
        return tl::unexpected{std::move(why)};
    }
    if (::rename(unfinished.c_str(), path.c_str()) != 0)
        return tl::unexpected{system_error(errno, "name the file " + path.string())};
    return {};
}

tl::expected<void, error> sync_folder(const std::filesystem::path& folder) {
    return open_file::open(folder, O_RDONLY | O_DIRECTORY).and_then([](const open_file& opened) {
        return opened.sync();
    });
}

} // namespace meguri::storage
