#include "net/trace_id.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

const std::string trace = "0af7651916cd43dd8448eb211c80319c";
const std::string parent = "b7ad6b7169203331";

std::string read(const std::string& header) {
    const auto found = parse_traceparent(header);
    return found.is_given() ? found.text() : "none";
}

TEST(trace_id, is_that_of_a_valid_header) {
    EXPECT_EQ(read("00-" + trace + "-" + parent + "-01"), trace);
    EXPECT_EQ(read("00-" + trace + "-" + parent + "-ff"), trace) << "flags of a later level";
    EXPECT_EQ(read("cc-" + trace + "-" + parent + "-01"), trace) << "a higher version";
    EXPECT_EQ(read("cc-" + trace + "-" + parent + "-01-what-comes-later"), trace);
    EXPECT_EQ(read("00-" + std::string(31, '0') + "1-" + parent + "-01"), std::string(31, '0') + "1");
}

// The cases of the standard's own list of what a receiver must ignore.
TEST(trace_id, is_none_where_the_header_is_not_valid) {
    for (const auto& header :
         {std::string{}, "00-" + trace + "-" + parent, "00-" + trace + "-" + parent + "-1",
          "00-" + trace + "-" + parent + "-01-more", "00-" + trace + "-" + parent + "-01.",
          "cc-" + trace + "-" + parent + "-01.what", "ff-" + trace + "-" + parent + "-01",
          "0x-" + trace + "-" + parent + "-01", "00-" + std::string(32, '0') + "-" + parent + "-01",
          "00-" + trace + "-" + std::string(16, '0') + "-01", "00-0AF7651916CD43DD8448EB211C80319C-" + parent + "-01",
          "00-" + trace + "-B7AD6B7169203331-01", "00-" + trace.substr(1) + "g-" + parent + "-01",
          "00-" + trace + "-" + parent + "-0g", "00_" + trace + "-" + parent + "-01",
          " 00-" + trace + "-" + parent + "-01"})
        EXPECT_EQ(read(header), "none") << header;
}

} // namespace
} // namespace meguri::net
