#include "tests/reader/virtual_reader.hpp"

#include "tests/reader/pkcs11_tool.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/source_tree.hpp"

#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace meguri::test {
namespace {

using namespace std::chrono_literals;

// On an idle machine a tenth of a second is enough; tests run beside others.
constexpr auto patience = 30s;

bool comes_true(const std::function<bool()>& holds) {
    for (const auto end = std::chrono::steady_clock::now() + patience; !holds(); std::this_thread::sleep_for(20ms))
        if (std::chrono::steady_clock::now() > end) return false;
    return true;
}

bool pcscd_listens() {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::strcpy(at.sun_path, "/run/pcscd/pcscd.comm");
    const int tried = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listens = ::connect(tried, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
    ::close(tried);
    return listens;
}

// A connection would already be a card, so the kernel's list is asked.
bool reader_listens() {
    std::ifstream sockets{"/proc/self/net/tcp"};
    const std::string all{std::istreambuf_iterator<char>{sockets}, {}};
    return all.find(":8C7B 00000000:0000 0A") != std::string::npos; // 0A: listening
}

bool has_card() { return pkcs11_tool({"--list-slots"}).output.find("token label") != std::string::npos; }

void end(pid_t pid, int output) {
    if (pid <= 0) return;
    ::kill(pid, SIGTERM);
    (void)wait_for_end(pid);
    ::close(output);
}

} // namespace

virtual_reader::virtual_reader() {
    const auto readers = folder_ / "readers";
    const auto no_drivers = folder_ / "no_drivers";
    std::filesystem::create_directory(readers);
    std::filesystem::create_directory(no_drivers);
    std::ofstream{readers / "vpcd"} << "FRIENDLYNAME \"Virtual PCD\"\n"
                                       "DEVICENAME   /dev/null:0x8C7B\n"
                                       "LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so\n"
                                       "CHANNELID    0x8C7B\n";
    // A real reader at this machine is none of the test's business.
    ::setenv("PCSCLITE_HP_DROPDIR", no_drivers.c_str(), 1);
    const auto log = (folder_ / "log").string();
    // What it says goes into the file too: it says so much that it would stand still before a pipe that nobody reads.
    const auto started = start_program(
        "/bin/sh", {"-c", "exec /usr/sbin/pcscd --foreground --config \"$0\" >&2", readers.string()}, log);
    pcscd_ = started.pid;
    output_ = started.output;
    if (comes_true([] { return pcscd_listens() && reader_listens(); })) return;
    end(pcscd_, output_);
    throw std::runtime_error{"pcscd with its virtual reader did not start: " + text_of(log)};
}

virtual_reader::~virtual_reader() { end(pcscd_, output_); }

inserted_card::inserted_card(const std::filesystem::path& card) {
    const auto log = (folder_ / "log").string();
    const auto started = start_program(MEGURI_CARD, {"insert", "--card", card.string()}, log);
    program_ = started.pid;
    output_ = started.output;
    if (comes_true(has_card)) return;
    end(program_, output_);
    throw std::runtime_error{"nobody noticed the card: " + text_of(log)};
}

inserted_card::~inserted_card() {
    end(program_, output_);
    (void)comes_true([] { return !has_card(); });
}

} // namespace meguri::test
