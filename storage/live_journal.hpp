// The journal of a ledger on which a switch may be running, in another process: for reading alone, through
// journal_reader, whose short read transactions keep few pages from being used again. It sees what is filed in LMDB;
// for what the commit log has more, see storage/wait_until_filed.hpp. Never in the process that has the journal open.
#pragma once

#include "storage/error.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <filesystem>

namespace meguri::storage {

class live_journal {
public:
    // `folder` is the journal's. Makes nothing. Errors: not_found, corrupt, version_too_new, io_failed.
    [[nodiscard]] static tl::expected<live_journal, error> open(const std::filesystem::path& folder);
    // The last position that the commit log holds; 0: none. Errors: corrupt, io_failed.
    [[nodiscard]] tl::expected<ledger::journal_position, error> newest_in_log() const;
    // On the disk is then whatever can be read now: what a process left that was killed while it wrote may be in the
    // page cache alone.
    [[nodiscard]] tl::expected<void, error> sync() const;

private:
    friend class journal_reader;
    live_journal(std::filesystem::path folder, lmdb::environment environment, lmdb::database entries,
                 lmdb::database meta)
        : folder_{std::move(folder)},
          environment_{std::move(environment)},
          entries_{entries},
          meta_{meta} {}

    std::filesystem::path folder_;
    lmdb::environment environment_;
    lmdb::database entries_;
    lmdb::database meta_;
};

} // namespace meguri::storage
