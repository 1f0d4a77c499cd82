#include "storage/wait_until_filed.hpp"

#include "storage/data_folder.hpp"
#include "storage/journal.hpp"
#include "storage/journal_reader.hpp"
#include "storage/live_journal.hpp"

#include <optional>
#include <thread>

namespace meguri::storage {
namespace {

constexpr std::chrono::milliseconds pause{10};

tl::expected<ledger::journal_position, error> last_filed(const live_journal& in) {
    return journal_reader::make(in).and_then([](journal_reader&& reader) { return reader.last(); });
}

// Whether LMDB has all that the log had when `wanted` was empty, which then holds its last position.
tl::expected<bool, error> is_filed(const std::filesystem::path& ledger,
                                   std::optional<ledger::journal_position>& wanted) {
    const auto live = live_journal::open(data_folder::journal_of(ledger));
    if (!live) return tl::unexpected{live.error()};
    if (!wanted) {
        const auto newest = live->newest_in_log();
        if (!newest) return tl::unexpected{newest.error()};
        wanted = *newest;
    }
    return last_filed(*live).map([&wanted](ledger::journal_position last) { return last >= *wanted; });
}

// Whether no switch runs, and its log has been filed here.
tl::expected<bool, error> file_it_here(const std::filesystem::path& ledger) {
    const auto locked = data_folder::open(ledger);
    if (!locked && locked.error().code == errc::locked) return false;
    if (!locked) return tl::unexpected{locked.error()};
    return journal::open({locked->journal()}).map([](const journal&) { return true; });
}

} // namespace

tl::expected<void, error> wait_until_filed(const std::filesystem::path& ledger, std::chrono::milliseconds at_most) {
    if (auto there = data_folder::expect_ledger(ledger); !there) return there;
    const auto until = std::chrono::steady_clock::now() + at_most;
    for (std::optional<ledger::journal_position> wanted;;) {
        const auto filed = is_filed(ledger, wanted);
        if (!filed) return tl::unexpected{filed.error()};
        if (*filed) return {};
        const auto done = file_it_here(ledger);
        if (!done) return tl::unexpected{done.error()};
        if (*done) return {};
        if (std::chrono::steady_clock::now() > until)
            return tl::unexpected{
                error{errc::stopped,
                      "the switch that runs on this ledger does not bring its commit log into the database", *wanted}};
        std::this_thread::sleep_for(pause);
    }
}

} // namespace meguri::storage
