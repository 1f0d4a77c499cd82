#include "tests/virtual_card/command_apdu.hpp"

#include <gtest/gtest.h>

namespace meguri::virtual_card {
namespace {

TEST(command_apdu, has_four_short_forms) {
    const bytes no_data_no_answer{0x00, 0x20, 0x00, 0x80};
    auto parsed = parse_command(no_data_no_answer);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(parsed->data.empty());
    EXPECT_FALSE(parsed->answers);

    const bytes answer_only{0x00, 0xB0, 0x01, 0x02, 0x10};
    parsed = parse_command(answer_only);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->ins, 0xB0);
    EXPECT_TRUE(parsed->has_parameters(1, 2));
    EXPECT_FALSE(parsed->has_parameters(2, 1));
    EXPECT_EQ(parsed->answers, 16U);

    const bytes data_only{0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x0A};
    parsed = parse_command(data_only);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(bytes(parsed->data.begin(), parsed->data.end()), (bytes{0x00, 0x0A}));
    EXPECT_FALSE(parsed->answers);

    const bytes both{0x80, 0x2A, 0x00, 0x80, 0x01, 0xFF, 0x00};
    parsed = parse_command(both);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->cla, 0x80);
    EXPECT_EQ(parsed->data.size(), 1U);
    EXPECT_EQ(parsed->answers, 256U) << "00 asks for as many as there can be";
}

TEST(command_apdu, is_refused_where_lengths_do_not_fit) {
    for (const bytes& command : {bytes{}, bytes{0x00, 0xA4, 0x04}, bytes{0, 0xA4, 2, 0xC, 2, 0x00},
                                 bytes{0, 0xA4, 2, 0xC, 1, 0x00, 0x00, 0x00}, bytes{0, 0xA4, 2, 0xC, 0, 0, 2, 0, 1}})
        EXPECT_FALSE(parse_command(command)) << command.size() << " bytes";
}

} // namespace
} // namespace meguri::virtual_card
