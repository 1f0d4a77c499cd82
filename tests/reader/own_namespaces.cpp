#include "tests/reader/own_namespaces.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

namespace meguri::test {
namespace {

std::string because(const char* what) {
    return std::string{"this process may have no "} + what + ": " + std::strerror(errno);
}

bool write_line(const char* file, const std::string& line) {
    std::ofstream to{file};
    return static_cast<bool>((to << line).flush());
}

// Who is not root becomes root in a namespace of users, and there alone.
bool unshare_all() {
    if (::geteuid() == 0) return ::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0;
    const auto user = std::to_string(::geteuid());
    const auto group = std::to_string(::getegid());
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == 0 && write_line("/proc/self/setgroups", "deny") &&
           write_line("/proc/self/uid_map", "0 " + user + " 1") &&
           write_line("/proc/self/gid_map", "0 " + group + " 1");
}

// A new network has nothing but a loopback that is down.
bool raise_loopback() {
    const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool raised = any >= 0 && ::ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
    if (any >= 0) ::close(any);
    return raised;
}

std::string enter() {
    if (!unshare_all()) return because("namespaces of its own");
    if (!raise_loopback()) return because("network of its own");
    // Nothing that is mounted here is to reach the machine.
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", "/run", "tmpfs", 0, nullptr) != 0)
        return because("/run of its own");
    std::filesystem::create_directory("/run/pcscd");
    return {};
}

} // namespace

const std::string& enter_own_namespaces() {
    static const std::string refused = enter();
    return refused;
}

} // namespace meguri::test
