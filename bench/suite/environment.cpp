#include "bench/suite/environment.hpp"

#include "bench/latency_histogram.hpp"
#include "bench/served_program.hpp"
#include "bench/suite/block_file.hpp"
#include "bench/suite/build_identity.hpp"
#include "ledger/calendar.hpp"

#include <boost/json.hpp>

#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

namespace meguri::bench {
namespace {

namespace json = boost::json;

constexpr int syncs_measured = 200;
constexpr int naps_measured = 5'000;
constexpr std::chrono::microseconds nap{200};

std::string processor() {
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
    return "unknown";
}

std::string file_system_of(const std::string& folder) {
    struct statfs found {};
    if (::statfs(folder.c_str(), &found) != 0) return "unknown";
    switch (static_cast<unsigned long>(found.f_type)) { // statfs(2)
    case 0xef53: return "ext4";
    case 0x58465342: return "xfs";
    case 0x9123683e: return "btrfs";
    case 0x01021994: return "tmpfs";
    case 0x794c7630: return "overlayfs";
    default: return std::to_string(found.f_type);
    }
}

// One durable write after the other.
json::value sync_latency(const std::filesystem::path& folder, block_writing how) try {
    using clock = std::chrono::steady_clock;
    block_file file{folder / "meguri-bench-sync-probe", how};
    latency_histogram took;
    for (int i = 0; i < syncs_measured; ++i) {
        const auto begun = clock::now();
        file.write_durably();
        took.record(static_cast<std::uint64_t>(std::chrono::nanoseconds{clock::now() - begun}.count()));
    }
    const auto us = [&took](double fraction) { return static_cast<double>(took.percentile_ns(fraction)) / 1e3; };
    return json::object{{"p50", us(0.5)}, {"p99", us(0.99)}};
} catch (const std::system_error& why) {
    if (why.code().value() == EINVAL && how == block_writing::in_place) return nullptr;
    throw;
}

// What the machine itself, and who shares it, adds to everything.
json::object wake_delay() {
    using clock = std::chrono::steady_clock;
    ::prctl(PR_SET_TIMERSLACK, 1UL); // ns; the kernel's 50 us are no delay of the machine's
    latency_histogram late;
    for (int i = 0; i < naps_measured; ++i) {
        const auto due = clock::now() + nap;
        std::this_thread::sleep_until(due);
        late.record(static_cast<std::uint64_t>(std::chrono::nanoseconds{clock::now() - due}.count()));
    }
    const auto us = [&late](double fraction) { return static_cast<double>(late.percentile_ns(fraction)) / 1e3; };
    return {
        {"p50", us(0.5)}, {"p99", us(0.99)}, {"p99_9", us(0.999)}, {"max", static_cast<double>(late.max_ns()) / 1e3}};
}

} // namespace

std::string time_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return ledger::to_rfc3339(ledger::instant{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
}

json::object configuration_of_switch(const std::string& program) {
    return {{"version", output_of(program, {"--version"})}, {"settings", switch_settings}};
}

json::object environment_of(const std::string& folder, json::object configuration) {
    auto there = std::filesystem::absolute(folder);
    while (!std::filesystem::exists(there)) there = there.parent_path();
    utsname kernel{};
    ::uname(&kernel);
    struct sysinfo memory {};
    ::sysinfo(&memory);
    const auto built = identity_of_build();
    return {{"at", time_now()},
            {"machine", processor()},
            {"cpus", std::thread::hardware_concurrency()},
            {"memory_bytes", static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit},
            {"kernel", std::string{kernel.sysname} + ' ' + kernel.release},
            {"file_system", file_system_of(there)},
            {"disk_sync_us", sync_latency(there, block_writing::appended)},
            {"disk_direct_write_us", sync_latency(there, block_writing::in_place)},
            {"wake_delay_us", wake_delay()},
            {"build", {{"type", built.type}, {"compiler", built.compiler}, {"flags", built.flags}}},
            {"commit", built.commit},
            {"shared_cores", true}, // no load of ours comes from another machine
            {"configuration", std::move(configuration)}};
}

} // namespace meguri::bench
