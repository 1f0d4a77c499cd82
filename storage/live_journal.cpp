#include "storage/live_journal.hpp"

#include "storage/commit_log.hpp"
#include "storage/journal_format.hpp"
#include "storage/open_file.hpp"

#include <fcntl.h>

namespace meguri::storage {

tl::expected<live_journal, error> live_journal::open(const std::filesystem::path& folder) {
    auto environment = lmdb::environment::open({.folder = folder, .databases_max = 2, .read_only = true});
    if (!environment) return tl::unexpected{std::move(environment.error())};
    const auto entries = environment->open_database("entries", lmdb::key_order::integer);
    if (!entries) return tl::unexpected{entries.error()};
    const auto meta = environment->open_database("meta");
    if (!meta) return tl::unexpected{meta.error()};
    {
        const auto snapshot = environment->begin_read();
        if (!snapshot) return tl::unexpected{snapshot.error()};
        const auto known = has_known_format(*snapshot, *meta);
        if (!known) return tl::unexpected{known.error()};
        if (!*known) return tl::unexpected{error{errc::corrupt, "the journal's format version is missing", 0}};
    }
    return live_journal{folder, std::move(*environment), *entries, *meta};
}

tl::expected<ledger::journal_position, error> live_journal::newest_in_log() const {
    const auto snapshot = environment_.begin_read();
    if (!snapshot) return tl::unexpected{snapshot.error()};
    auto salt = commit_log_of(*snapshot, meta_);
    if (!salt || *salt == 0) return salt;
    return commit_log::newest(folder_, *salt);
}

tl::expected<void, error> live_journal::sync() const {
    return open_file::open(folder_ / "data.mdb", O_RDONLY).and_then([](const open_file& opened) {
        return opened.sync();
    });
}

} // namespace meguri::storage
