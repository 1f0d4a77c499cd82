// Preloaded into the real program (LD_PRELOAD) to make the disk under its journal fail on demand: while the file that
// MEGURI_SYNC_FAILS names exists, fdatasync of anything in a folder called `journal` answers EIO, as a disk does that
// lost what it was given (Linux drops the dirty pages then, so that a second attempt would succeed and lie). Each
// failure adds a line to that file: the test sees how often it was tried.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

bool is_of_journal(int descriptor) {
    char path[4096];
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    const auto size = ::readlink(link.c_str(), path, sizeof path - 1);
    if (size <= 0) return false;
    path[size] = '\0';
    return std::strstr(path, "/journal/") != nullptr;
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
    if (is_of_journal(descriptor) && is_to_fail()) {
        errno = EIO;
        return -1;
    }
    return real(descriptor);
}
