// What can fail in storage/: a kind to act on, and a text for the person who has to do something about it. Every failed
// operation of this folder answers with one.
#pragma once

#include "ledger/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::storage {

enum class errc : std::uint8_t {
    io_failed,       // the system refused a read, a write or a sync
    disk_full,       // no room on the file system
    map_full,        // no room in the LMDB map
    corrupt,         // bytes are not what was written
    chain_broken,    // entries are whole, but not the ones that were chained
    locked,          // another process has the data folder
    not_found,       // nothing under this name or position
    version_too_new, // written by a newer version of this program
    not_empty,       // a new ledger was asked for where there is something already
    not_a_ledger,    // a ledger was expected where there is none
    reserve_missing, // less free disk than the settings ask for
    readers_full,    // more read transactions at once than the environment admits
    key_exposed,     // others than the owner can read the key file
    stopped,         // after an earlier failure that was final
    state_damaged,   // a record of the state store is not what was written: derived, so it can be made again
    read_only,       // the file system takes no writes
    not_a_backup,    // a backup was expected where there is none
    backup_damaged,  // a file of a backup is missing, or not what was written
    backup_foreign,  // a backup of another ledger, or of another history of this one
    not_in_backup,   // a point to restore to that the backup does not reach
};

[[nodiscard]] std::string_view name_of(errc code) noexcept;

struct [[nodiscard]] error {
    errc code = errc::io_failed;
    std::string what;                      // what happened to which file or record
    ledger::journal_position position = 0; // of the journal entry concerned; 0 where there is none

    // One line for a log or a terminal: what happened, at which position, and what to do about it.
    [[nodiscard]] std::string text() const;
};

// Something of a newer format; `what` ends where the number follows: "a journal entry has version".
[[nodiscard]] error too_new(std::string_view what, std::uint64_t found, std::uint64_t known);

// From errno of a system call; `doing` completes the sentence "cannot ...".
error system_error(int errno_value, std::string_view doing);

} // namespace meguri::storage
