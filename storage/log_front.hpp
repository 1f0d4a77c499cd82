// The commit log of a journal that runs: the file, what in it LMDB does not have yet, and who may file it.
#pragma once

#include "storage/commit_log.hpp"
#include "storage/error.hpp"
#include "storage/unfiled_frames.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace meguri::storage {

struct log_front {
    explicit log_front(commit_log begun) : log{std::move(begun)}, unfiled{log.capacity_bytes()} {}

    commit_log log; // the writer's
    unfiled_frames unfiled;
    std::mutex filing;            // held by whoever writes to LMDB; failure
    std::optional<error> failure; // of filing
    std::atomic<bool> has_failed{false};
};

} // namespace meguri::storage
