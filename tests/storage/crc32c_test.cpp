#include "storage/crc32c.hpp"

#include "storage/lmdb.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace meguri::storage {
namespace {

using record = std::vector<std::byte>;

TEST(crc32c, is_castagnolis) {
    // RFC 3720, B.4: 32 bytes of zero; and the check value of the polynomial's catalogue entry.
    EXPECT_EQ(crc32c(record(32)), 0x8A9136AAU);
    EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283U);
    EXPECT_EQ(crc32c({}), 0U);
}

TEST(crc32c, gives_the_same_by_table_and_by_instruction) {
    for (const auto seed : test::seeds(3)) {
        test::dice dice{seed};
        for (std::size_t size = 0; size < 200; ++size) {
            record some(size);
            for (auto& one : some) one = static_cast<std::byte>(dice.below(256));
            ASSERT_EQ(crc32c(some), crc32c_by_table(some)) << "seed " << seed << " size " << size;
        }
    }
}

} // namespace
} // namespace meguri::storage
