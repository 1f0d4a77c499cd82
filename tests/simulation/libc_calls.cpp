// Stands in for the calls by which LMDB and the journal's room write and sync. The executable exports them, so the
// dynamic linker binds liblmdb to these and not to libc's; what does not concern the simulated disk goes on to those.
#include "tests/simulation/libc_calls.hpp"
#include "tests/simulation/simulated_disk.hpp"

#include <cerrno>
#include <vector>

#include <dlfcn.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using meguri::test::simulated_disk;

template <class Call>
Call next(const char* name) {
    return reinterpret_cast<Call>(::dlsym(RTLD_NEXT, name));
}

using pwrite_call = ssize_t (*)(int, const void*, std::size_t, off_t);
using writev_call = ssize_t (*)(int, const iovec*, int);

std::vector<std::byte> gathered(const iovec* parts, int count) {
    std::vector<std::byte> all;
    for (int i = 0; i < count; ++i) {
        const auto* const begin = static_cast<const std::byte*>(parts[i].iov_base);
        all.insert(all.end(), begin, begin + parts[i].iov_len);
    }
    return all;
}

} // namespace

ssize_t meguri::test::real::pwrite(int descriptor, const void* data, std::size_t bytes, off_t at) {
    static const auto real = next<pwrite_call>("pwrite");
    return real(descriptor, data, bytes, at);
}

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc's names are reserved ones
extern "C" {

ssize_t pwrite(int descriptor, const void* data, std::size_t bytes, off_t at) {
    auto& disk = simulated_disk::of_this_process();
    if (!disk.knows(descriptor)) return meguri::test::real::pwrite(descriptor, data, bytes, at);
    return disk.write(descriptor, {static_cast<const std::byte*>(data), bytes}, at);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
    static const auto real = next<writev_call>("writev");
    auto& disk = simulated_disk::of_this_process();
    if (!disk.knows(descriptor)) return real(descriptor, parts, count);
    const off_t at = ::lseek(descriptor, 0, SEEK_CUR);
    const ssize_t written = disk.write(descriptor, gathered(parts, count), at);
    if (written > 0) {
        const int kept = errno;
        ::lseek(descriptor, written, SEEK_CUR);
        errno = kept;
    }
    return written;
}

// Of other files nothing has to survive the test.
int fdatasync(int descriptor) {
    auto& disk = simulated_disk::of_this_process();
    return disk.knows(descriptor) ? disk.sync(descriptor) : 0;
}

int fsync(int descriptor) { return fdatasync(descriptor); }

} // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
