#include "metrics/process_samples.hpp"

#include "metrics/families.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

namespace meguri::metrics {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
    std::ifstream from{file};
    return {std::istreambuf_iterator<char>{from}, {}};
}

// Seconds since 1970 at which the machine started.
std::optional<std::uint64_t> boot_time_s() {
    std::ifstream from{"/proc/stat"};
    for (std::string name; from >> name;) {
        std::uint64_t value = 0;
        if (name == "btime" && from >> value) return value;
        std::getline(from, name);
    }
    return std::nullopt;
}

// Of /proc/self/stat, by its number in proc_pid_stat(5): behind the name, which may hold anything but ends with the
// last parenthesis.
std::optional<std::uint64_t> field_of(const std::string& stat, std::size_t number) {
    const auto name_ends = stat.rfind(')');
    if (name_ends == std::string::npos) return std::nullopt;
    std::istringstream rest{stat.substr(name_ends + 1)};
    std::string skipped;
    for (std::size_t i = 3; i < number; ++i) rest >> skipped;
    std::uint64_t value = 0;
    if (!(rest >> value)) return std::nullopt;
    return value;
}

void add_threads(samples& out) {
    std::map<std::string, std::uint64_t> ns_by_name;
    std::error_code unknown;
    for (const auto& thread : fs::directory_iterator{"/proc/self/task", unknown}) {
        std::string name = content_of(thread.path() / "comm");
        if (!name.empty() && name.back() == '\n') name.pop_back();
        std::uint64_t ran_ns = 0; // the first number: time on a core
        if (std::ifstream{thread.path() / "schedstat"} >> ran_ns && !name.empty()) ns_by_name[name] += ran_ns;
    }
    for (const auto& [name, ns] : ns_by_name) out.push_back(seconds(families::thread_cpu, ns, {{"thread", name}}));
}

} // namespace

void add_process_samples(samples& out) {
    constexpr std::size_t user_ticks = 14;
    constexpr std::size_t system_ticks = 15;
    constexpr std::size_t started_ticks = 22;
    constexpr std::size_t resident_pages = 24;
    const double ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto as_seconds = [=](std::uint64_t ticks) { return static_cast<double>(ticks) / ticks_a_second; };

    const std::string stat = content_of("/proc/self/stat");
    const auto booted = boot_time_s();
    if (const auto began = field_of(stat, started_ticks); began && booted)
        out.push_back({families::process_start, {}, static_cast<double>(*booted) + as_seconds(*began)});
    const auto user = field_of(stat, user_ticks);
    const auto system = field_of(stat, system_ticks);
    if (user && system) out.push_back({families::process_cpu, {}, as_seconds(*user + *system)});
    if (const auto pages = field_of(stat, resident_pages))
        out.push_back(number(families::process_resident, *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))));
    std::error_code unknown;
    const auto files = fs::directory_iterator{"/proc/self/fd", unknown};
    if (!unknown)
        out.push_back(
            number(families::process_open_files, static_cast<std::uint64_t>(std::distance(begin(files), end(files)))));
    rlimit most{};
    if (::getrlimit(RLIMIT_NOFILE, &most) == 0) out.push_back(number(families::process_files_max, most.rlim_cur));
    add_threads(out);
}

} // namespace meguri::metrics
