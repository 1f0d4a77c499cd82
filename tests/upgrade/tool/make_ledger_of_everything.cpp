// make_ledger_of_everything FOLDER: what each release adds to tests/data/upgrade, made with the program that
// MEGURI_BINARY names. A ledger that was stopped and one that was killed, packed, and what the program answered on
// them.
#include "tests/support/temporary_folder.hpp"
#include "tests/upgrade/everything.hpp"

#include <cstdio>
#include <exception>

namespace {

using namespace meguri::test;

void keep(const std::filesystem::path& ledger, const recorded_ledger& answers, const std::filesystem::path& in,
          const std::string& name) {
    pack(ledger, in / (name + ".tar.gz"));
    write_answers(answers, in / (name + ".json"));
}

void make(const std::filesystem::path& in) {
    std::filesystem::create_directories(in);
    const temporary_folder folder;
    ledger_of_everything ledger{folder.path()};
    ledger.one_day();
    ledger.twenty_days_later();
    const auto stopped = ledger.record();
    ledger.stop();
    keep(folder / "ledger", stopped, in, "stopped");
    ledger.go_on();
    const auto killed = ledger.record();
    ledger.kill();
    keep(folder / "ledger", killed, in, "killed");
}

} // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::fputs("Usage: make_ledger_of_everything FOLDER\n", stderr);
        return 2;
    }
    make(argv[1]);
    return 0;
} catch (const std::exception& why) {
    std::fprintf(stderr, "make_ledger_of_everything: %s\n", why.what());
    return 1;
}
