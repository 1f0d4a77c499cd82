#include "net/loop_pulse.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

TEST(loop_pulse, beats_while_the_loop_works_off_what_is_posted) {
    io_loop loop;
    loop_pulse pulse{loop};
    EXPECT_TRUE(pulse.beats()) << "nothing has been asked yet";
    EXPECT_FALSE(pulse.beats()) << "nobody runs the loop";
    EXPECT_FALSE(pulse.beats());
    loop.post([&loop] { loop.stop(); });
    loop.run();
    EXPECT_TRUE(pulse.beats());
    EXPECT_FALSE(pulse.beats());
}

} // namespace
} // namespace meguri::net
