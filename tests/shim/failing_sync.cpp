// Preloaded into the real program (LD_PRELOAD) to make the disk under its journal fail on demand: while the file that
// MEGURI_SYNC_FAILS names exists, fdatasync of anything in a folder called `journal`, or of its file
// MEGURI_SYNC_FAILS_OF alone, or a write that is to be synced, answers EIO, as a disk does that lost what it was given
// (Linux drops the dirty pages then, so that a second attempt would succeed and lie). Each failure adds a line to that
// file: the test sees how often it was tried.
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

bool is_meant(int descriptor) {
    char path[4096];
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    const auto size = ::readlink(link.c_str(), path, sizeof path);
    const std::string_view file{path, size < 0 ? 0 : static_cast<std::size_t>(size)};
    const char* const name = std::getenv("MEGURI_SYNC_FAILS_OF");
    return name == nullptr ? file.find("/journal/") != file.npos : file.ends_with("/journal/" + std::string{name});
}

// Whether the trigger is there; notes the attempt in it.
bool is_to_fail() {
    const char* const trigger = std::getenv("MEGURI_SYNC_FAILS");
    if (trigger == nullptr) return false;
    const int file = ::open(trigger, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) return false;
    const bool noted = ::write(file, "failed\n", 7) == 7;
    ::close(file);
    return noted;
}

} // namespace

extern "C" int fdatasync(int descriptor) {
    using sync_call = int (*)(int);
    static const auto real = reinterpret_cast<sync_call>(::dlsym(RTLD_NEXT, "fdatasync"));
    if (is_meant(descriptor) && is_to_fail()) {
        errno = EIO;
        return -1;
    }
    return real(descriptor);
}

extern "C" ssize_t pwrite(int descriptor, const void* from, size_t size, off_t at) {
    using write_call = ssize_t (*)(int, const void*, size_t, off_t);
    static const auto real = reinterpret_cast<write_call>(::dlsym(RTLD_NEXT, "pwrite"));
    const bool is_synced = (::fcntl(descriptor, F_GETFL) & O_DSYNC) != 0;
    if (is_synced && is_meant(descriptor) && is_to_fail()) {
        errno = EIO;
        return -1;
    }
    return real(descriptor, from, size, at);
}
