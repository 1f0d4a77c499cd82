// A folder that one process works in at a time: flock(2) on a file `lock` in it, with the pid of its holder, as long as
// the object lives.
#pragma once

#include "storage/error.hpp"
#include "storage/open_file.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <string_view>
#include <utility>

namespace meguri::storage {

class folder_lock {
public:
    // `called` is the folder's name in the error, as "the data folder". Errors: locked (names the other process),
    // io_failed, ...
    [[nodiscard]] static tl::expected<folder_lock, error> take(const std::filesystem::path& folder,
                                                               std::string_view called);

private:
    explicit folder_lock(open_file file) noexcept : file_{std::move(file)} {}
    open_file file_;
};

} // namespace meguri::storage
