// A server of ours as a process of its own: started for a load and ended with the object. Its CPU time and memory are
// read from /proc, so that a load on the same machine is not counted.
#pragma once

#include <boost/process/child.hpp>
#include <boost/process/pipe.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

class served_program {
public:
    // Starts it and waits for the line that begins with "ready listen=". Throws std::runtime_error if none comes.
    served_program(const std::string& program, const std::vector<std::string>& arguments);
    // SIGTERM, and waits, unless it was killed.
    ~served_program();
    served_program(const served_program&) = delete;
    served_program& operator=(const served_program&) = delete;

    // SIGKILL, and waits.
    void kill();

    [[nodiscard]] bool is_killed() const noexcept { return is_killed_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    // From starting it to its ready line.
    [[nodiscard]] double ready_after_s() const noexcept { return ready_after_s_; }
    // User and system time so far, of all its threads.
    [[nodiscard]] double cpu_seconds() const;
    // RssAnon: memory that is its own, without pages of mapped files.
    [[nodiscard]] std::uint64_t anonymous_bytes() const;
    // VmRSS: with the pages of mapped files that are in memory.
    [[nodiscard]] std::uint64_t resident_bytes() const;
    // Open files, sockets and the like.
    [[nodiscard]] std::uint64_t descriptors() const;
    // The sum of a metric's series now, from the operations listener. Throws std::runtime_error where it shows none.
    [[nodiscard]] double metric(const std::string& name) const;

private:
    [[nodiscard]] std::uint64_t status_bytes(const std::string& name) const;

    boost::process::ipstream output_;
    boost::process::child process_;
    std::uint16_t port_ = 0;
    std::uint16_t ops_port_ = 0; // 0: none
    double ready_after_s_ = 0;
    bool is_killed_ = false;
};

// What a settings file in the ledger's folder says to the switch: its log tells what is wrong and no sample of the
// answers, which would drown the figures. All else is as by default.
inline constexpr std::string_view switch_settings = "[log]\nlevel = \"error\"\n";
// The arguments with which the switch serves this ledger on free ports, with these settings and more tables of them.
[[nodiscard]] std::vector<std::string> serving(const std::string& ledger, const std::string& more_settings = {});
// The same over TLS, with a new certificate in certificate_of(ledger).
[[nodiscard]] std::vector<std::string> serving_over_tls(const std::string& ledger,
                                                        const std::string& more_settings = {});
[[nodiscard]] std::string certificate_of(const std::string& ledger);

// Runs `program` to its end; its standard output. Throws std::runtime_error where it fails.
[[nodiscard]] std::string output_of(const std::string& program, const std::vector<std::string>& arguments);

} // namespace meguri::bench
