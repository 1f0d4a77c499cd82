// How `meguri verify` reads the records of the state store. Part of verify; one thread.
#pragma once

#include "storage/lmdb.hpp"
#include "storage/state_records.hpp"

#include <tl/expected.hpp>

#include <utility>

namespace meguri::storage {

inline record_buffer copy_of(bytes record) { return {record.begin(), record.end()}; }

// visit(record); every record of the database, in the order of keys.
template <class Visit>
tl::expected<void, error> for_each_record(lmdb::transaction& within, lmdb::database of, Visit visit) {
    auto over = within.open_cursor(of);
    if (!over) return tl::unexpected{std::move(over.error())};
    auto found = over->first();
    for (; found && *found; found = over->next()) visit(**found);
    if (!found) return tl::unexpected{std::move(found.error())};
    return {};
}

} // namespace meguri::storage
