#include "storage/error.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace meguri::storage {
namespace {

struct wording {
    std::string_view name;
    std::string_view to_do;
};

// In the order of errc.
constexpr std::array<wording, 20> wordings{{
    {"io_failed", "look at the kernel's log and the disk, then start again; nothing acknowledged is lost"},
    {"disk_full", "make room on the file system, then start again; nothing acknowledged is lost"},
    {"map_full", "raise the map size in the configuration, then start again; nothing acknowledged is lost"},
    {"corrupt", "run `meguri verify` and restore the folder from a copy; do not edit it"},
    {"chain_broken", "run `meguri verify` and restore the journal from a copy; do not edit it"},
    {"locked", "stop that process, or name another folder"},
    {"not_found", "check the name"},
    {"version_too_new", "use the newer version of meguri that wrote it"},
    {"not_empty", "name a new or empty folder"},
    {"not_a_ledger", "name the folder of a ledger, or make one with `meguri init`"},
    {"reserve_missing", "make room on the file system, or lower data.reserve_mib"},
    {"readers_full", "this is a bug: report it"},
    {"key_exposed", "take the rights of others away with `chmod 600`, and think of the key as known to them"},
    {"stopped", "see the first error, then start again"},
    {"state_damaged", "stop, delete the folder state/ and start again: it is made from the journal"},
    {"read_only", "see in the kernel's log why, check the file system, mount it for writing (rw), then start again; "
                  "nothing acknowledged is lost"},
    {"not_a_backup", "name a folder that `meguri backup` wrote to its end"},
    {"backup_damaged", "take that file from another copy of this backup; while the ledger itself is there, run `meguri "
                       "backup` again"},
    {"backup_foreign", "keep it as it is, and name the folder of this ledger's backup, or a new or empty one"},
    {"not_in_backup", "name an entry or an instant that is in the backup, or none to restore all of it"},
}};
static_assert(wordings.size() == static_cast<std::size_t>(errc::not_in_backup) + 1);

const wording& wording_of(errc code) noexcept { return wordings[static_cast<std::size_t>(code)]; }

} // namespace

std::string_view name_of(errc code) noexcept { return wording_of(code).name; }

std::string error::text() const {
    std::string all = what;
    if (position != 0) all += " (journal position " + std::to_string(position) + ")";
    all += ": ";
    all += wording_of(code).to_do;
    return all;
}

error too_new(std::string_view what, std::uint64_t found, std::uint64_t known) {
    return {errc::version_too_new,
            std::string{what} + ' ' + std::to_string(found) + ", this program knows " + std::to_string(known), 0};
}

error system_error(int errno_value, std::string_view doing) {
    const bool no_room = errno_value == ENOSPC || errno_value == EDQUOT || errno_value == EFBIG;
    const errc code = no_room ? errc::disk_full : errno_value == EROFS ? errc::read_only : errc::io_failed;
    return {code, "cannot " + std::string{doing} + ", " + std::generic_category().message(errno_value), 0};
}

} // namespace meguri::storage
