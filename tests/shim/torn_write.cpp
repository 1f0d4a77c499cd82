// Preloaded into the real program (LD_PRELOAD) to end it in the middle of writing its databases (files `data.mdb`) or
// its commit log.
// The file that MEGURI_TORN_WRITE names, once it is there, says how: `torn <n> <seed>` or `cut <n> <seed>`.
//   torn  the n-th write from then on to the journal's database or log writes a part of its bytes, and the process is
//         gone
//   cut   at the n-th write or sync from then on to any of them the power fails: each 512-byte sector that was written
//         since the last sync of its file has its old contents again or not, and the process is gone
// LMDB writes with pwrite and writev, and its meta pages through a descriptor with O_DSYNC, whose writes are durable
// when they return; so are those of the log.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using pwrite_call = ssize_t (*)(int, const void*, size_t, off_t);
using writev_call = ssize_t (*)(int, const iovec*, int);
using sync_call = int (*)(int);

template <class Call>
Call real(const char* name) {
    return reinterpret_cast<Call>(::dlsym(RTLD_NEXT, name));
}

ssize_t write_at(int descriptor, const char* from, std::size_t size, off_t at) {
    static const auto call = real<pwrite_call>("pwrite");
    return call(descriptor, from, size, at);
}

constexpr off_t sector_bytes = 512;
using sector = std::array<char, sector_bytes>;
using file_id = std::pair<dev_t, ino_t>;

struct old_sector {
    int descriptor;
    sector contents;
};

// The file again, for any bytes: one descriptor cannot be read from, another takes whole pages only.
int opened_again(int descriptor) {
    return ::open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), O_RDWR | O_CLOEXEC);
}

struct {
    std::mutex mutex;
    bool armed = false;
    bool cut = false;
    long left = 0;
    std::mt19937_64 random;
    std::map<std::pair<file_id, off_t>, old_sector> unsynced; // as they lie on the disk
} shim;

enum class watched { no, state, journal };

watched kind_of(int descriptor) {
    char path[4096];
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    const auto size = ::readlink(link.c_str(), path, sizeof path - 1);
    const std::string_view name{path, size < 0 ? 0 : static_cast<std::size_t>(size)};
    if (name.ends_with("/journal/commit.log")) return watched::journal;
    if (!name.ends_with("/data.mdb")) return watched::no;
    return name.ends_with("/journal/data.mdb") ? watched::journal : watched::state;
}

file_id id_of(int descriptor) {
    struct stat found {};
    ::fstat(descriptor, &found);
    return {found.st_dev, found.st_ino};
}

[[noreturn]] void end_process() {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
}

// Whether this is the call at which it happens.
bool is_the_one(bool is_sync, watched kind) {
    if (!shim.armed) {
        const char* const order = std::getenv("MEGURI_TORN_WRITE");
        std::ifstream in{order != nullptr ? order : ""};
        std::string how;
        unsigned long seed = 0;
        if (!(in >> how >> shim.left >> seed)) return false;
        shim.armed = true;
        shim.cut = how == "cut";
        shim.random.seed(seed);
    }
    if (!shim.cut && (is_sync || kind != watched::journal)) return false;
    return --shim.left == 0;
}

// Keeps what the sectors hold on the disk, if they are not kept already.
void keep(int descriptor, off_t at, std::size_t size) {
    const auto file = id_of(descriptor);
    const int readable = opened_again(descriptor);
    for (off_t from = at / sector_bytes * sector_bytes; from < at + static_cast<off_t>(size); from += sector_bytes) {
        const auto [kept, is_new] = shim.unsynced.try_emplace({file, from}, old_sector{descriptor, {}});
        if (is_new && ::pread(readable, kept->second.contents.data(), sector_bytes, from) < 0) std::abort();
    }
    ::close(readable);
}

void forget(int descriptor, off_t at, std::size_t size) {
    const auto file = id_of(descriptor);
    const auto begin = shim.unsynced.lower_bound({file, at / sector_bytes * sector_bytes});
    shim.unsynced.erase(begin, shim.unsynced.lower_bound({file, at + static_cast<off_t>(size)}));
}

// From one that loses hardly anything to one that loses all of it.
[[noreturn]] void cut_power() {
    const unsigned percent = std::array{10U, 50U, 90U, 100U}[shim.random() % 4];
    std::map<int, int> again;
    const auto descriptor_of = [&again](const old_sector& one) {
        const auto [known, is_new] = again.try_emplace(one.descriptor, -1);
        if (is_new) known->second = opened_again(one.descriptor);
        return known->second;
    };
    for (const auto& [where, old] : shim.unsynced)
        if (shim.random() % 100 < percent)
            (void)write_at(descriptor_of(old), old.contents.data(), sector_bytes, where.second);
    end_process();
}

[[noreturn]] void tear(int watched, const std::string& bytes, off_t at) {
    const int descriptor = opened_again(watched);
    if (shim.random() % 2 == 0) {
        (void)write_at(descriptor, bytes.data(), shim.random() % bytes.size(), at);
        end_process();
    }
    for (std::size_t from = 0; from < bytes.size();) {
        const off_t begin = at + static_cast<off_t>(from);
        const auto to_next = static_cast<std::size_t>(sector_bytes - begin % sector_bytes);
        const std::size_t size = std::min(to_next, bytes.size() - from);
        if (shim.random() % 2 == 0) (void)write_at(descriptor, bytes.data() + from, size, begin);
        from += size;
    }
    end_process();
}

template <class Write>
ssize_t watch(int descriptor, const iovec* parts, int count, off_t at, Write write) {
    const auto kind = kind_of(descriptor);
    if (kind == watched::no) return write();
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    const std::scoped_lock lock{shim.mutex};
    const bool now = is_the_one(false, kind);
    if (now && !shim.cut) tear(descriptor, bytes, at);
    keep(descriptor, at, bytes.size());
    const ssize_t written = write();
    if (now) cut_power();
    if ((::fcntl(descriptor, F_GETFL) & O_DSYNC) != 0) forget(descriptor, at, bytes.size());
    return written;
}

} // namespace

extern "C" ssize_t pwrite(int descriptor, const void* from, size_t size, off_t at) {
    const iovec all{const_cast<void*>(from), size};
    return watch(descriptor, &all, 1, at,
                 [&] { return write_at(descriptor, static_cast<const char*>(from), size, at); });
}

extern "C" ssize_t writev(int descriptor, const iovec* parts, int count) {
    static const auto call = real<writev_call>("writev");
    return watch(descriptor, parts, count, ::lseek(descriptor, 0, SEEK_CUR),
                 [&] { return call(descriptor, parts, count); });
}

extern "C" int fdatasync(int descriptor) {
    static const auto call = real<sync_call>("fdatasync");
    const auto kind = kind_of(descriptor);
    if (kind == watched::no) return call(descriptor);
    {
        const std::scoped_lock lock{shim.mutex};
        if (is_the_one(true, kind)) cut_power();
    }
    const int done = call(descriptor);
    const std::scoped_lock lock{shim.mutex};
    if (done == 0)
        std::erase_if(shim.unsynced, [file = id_of(descriptor)](const auto& one) { return one.first.first == file; });
    return done;
}
