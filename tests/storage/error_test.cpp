#include "storage/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace meguri::storage {
namespace {

TEST(storage_error, says_what_happened_where_and_what_to_do) {
    const error broken{errc::chain_broken, "an entry was changed", 12};
    EXPECT_EQ(broken.text(),
              "an entry was changed (journal position 12): run `meguri verify` and restore the journal from "
              "a copy; do not edit it");
    EXPECT_EQ(system_error(ENOSPC, "write a file").code, errc::disk_full);
    EXPECT_EQ(system_error(EFBIG, "write a file").code, errc::disk_full);
    EXPECT_EQ(system_error(EROFS, "write a file").code, errc::read_only);
    EXPECT_EQ(system_error(EIO, "write a file").code, errc::io_failed);
    EXPECT_EQ(name_of(errc::stopped), "stopped");
    EXPECT_EQ(name_of(errc::io_failed), "io_failed");
}

} // namespace
} // namespace meguri::storage
