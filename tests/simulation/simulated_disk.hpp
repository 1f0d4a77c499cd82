// A disk under the ledger's three data files that fails, tears writes and loses what was not synced, when it is told
// to. The files lie in a real folder and always hold what the page cache would; beside them stands, for every sector
// that was written since its last sync, what the platter still has. libc_calls.cpp brings it the writes and syncs of
// LMDB, of the commit log and of the journal's room. One thread; one disk a process.
//
//   write            the page cache has it, the platter does not
//   write, O_DSYNC   these sectors are on the platter (LMDB's meta page, the commit log)
//   fdatasync        all sectors of the file are, but for those that an earlier failed sync gave up
//   failed sync      of each sector the platter has the old or the new, and no later sync writes it again (as Linux
//   does) power cut        of each unsynced sector the old or the new survives, and of the file's growth some of it
#pragma once

#include "storage/open_file.hpp"
#include "tests/support/seeds.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include <sys/types.h>

namespace meguri::test {

class simulated_disk {
public:
    enum class trouble : std::uint8_t {
        refused_once, // EIO or ENOSPC, a write perhaps cut short
        refused,      // from then on, until power_on()
        power_cut,
    };

    [[nodiscard]] static simulated_disk& of_this_process();

    // The data files of that ledger; what they hold is on the platter. Forgets those of before.
    void attach(const std::filesystem::path& ledger, std::uint64_t seed);
    void detach() noexcept;

    // The trouble comes with the n-th write or sync from now, counted from 1; or with the n-th write that is synced at
    // once.
    void bring(trouble what, std::size_t calls_from_now, bool of_meta_pages = false) noexcept;
    // What others do while a write or a sync is under way: called before each one. Must not throw.
    void meanwhile(std::function<void()> others) { meanwhile_ = std::move(others); }
    // Nothing that is still asked for happens any more: the process is gone, the page cache stays.
    void kill() noexcept { is_off_ = true; }
    void cut_power() noexcept { is_off_ = is_cut_ = had_trouble_ = true; }
    // Whoever used the files has closed them. After a power cut they hold what the platter has.
    void power_on();
    // What is written with O_DSYNC is on the platter only with the next sync: a disk that lies, to see that the
    // simulation notices.
    void forget_meta_pages(bool forget) noexcept { forgets_meta_pages_ = forget; }

    [[nodiscard]] bool is_off() const noexcept { return is_off_; }               // killed or cut
    [[nodiscard]] bool had_trouble() const noexcept { return had_trouble_; }     // since power_on()
    [[nodiscard]] bool had_failed_sync() const noexcept { return failed_sync_; } // of the journal, since power_on()
    [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
    [[nodiscard]] std::size_t sectors_lost() const noexcept { return lost_; } // that cuts took back

    // --- from libc_calls.cpp: as pwrite(2) and fdatasync(2), of descriptors that it knows ---

    [[nodiscard]] bool knows(int descriptor) { return find(descriptor) != nullptr; }
    ssize_t write(int descriptor, std::span<const std::byte> data, off_t at);
    int sync(int descriptor);

private:
    static constexpr std::size_t sector_bytes = 512;
    struct sector {
        std::array<std::byte, sector_bytes> on_platter{};
        bool is_given_up = false; // a sync failed: the page cache calls it clean
    };
    struct file {
        storage::open_file opened; // our own: LMDB's second descriptor cannot read
        bool is_journal;
        dev_t device;
        ino_t inode;
        off_t platter_bytes; // size that is sure to survive
        std::map<std::uint64_t, sector> unsynced;
    };
    // What is to happen to the call at hand.
    enum class verdict : std::uint8_t { granted, refused, cut };

    [[nodiscard]] file* find(int descriptor);
    [[nodiscard]] verdict judge(bool is_meta_page);
    [[nodiscard]] int some_error() { return dice_.one_in(2) ? EIO : ENOSPC; }
    static void remember(file& of, off_t at, std::size_t bytes);
    static void settle(file& of, off_t at, std::size_t bytes);
    void give_up(file& of, std::uint64_t first, std::uint64_t last);
    void lose_unsynced(file& of);

    std::vector<file> files_;
    dice dice_{0};
    std::size_t due_in_ = 0; // 0: no trouble is on its way
    bool due_with_meta_page_ = false;
    trouble what_ = trouble::refused_once;
    bool refuses_ = false;
    bool is_off_ = false;
    bool is_cut_ = false;
    bool had_trouble_ = false;
    bool failed_sync_ = false;
    bool forgets_meta_pages_ = false;
    std::function<void()> meanwhile_;
    std::size_t calls_ = 0;
    std::size_t lost_ = 0;
};

} // namespace meguri::test
