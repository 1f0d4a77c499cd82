#include "net/json_writer.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <cstdint>

namespace meguri::net {
namespace {

TEST(json_writer, writes_members_in_the_order_of_the_calls) {
    std::string out = "before ";
    json_writer json{out};
    json.begin_object().number("a", INT64_MIN).text("b", "石巻").boolean("c", false).null("d");
    json.begin_array("e").text("x").plain("y").begin_object().end_object().begin_object().number("f", 0).end_object();
    json.end_array().begin_object("g").end_object().plain("h", "").end_object();
    EXPECT_EQ(
        out,
        R"(before {"a":-9223372036854775808,"b":"石巻","c":false,"d":null,"e":["x","y",{},{"f":0}],"g":{},"h":""})");
}

TEST(json_writer, escapes_every_byte_that_needs_it) {
    for (int code = 0; code < 0x80; ++code) {
        const std::string one = "a" + std::string(1, static_cast<char>(code)) + "b";
        std::string out;
        json_writer{out}.begin_object().text("k", one).end_object();
        EXPECT_EQ(boost::json::parse(out).at("k").as_string(), one) << code;
    }
    std::string out;
    json_writer{out}.begin_object().text("k", "\"\\\n/").end_object();
    EXPECT_EQ(out, R"({"k":"\"\\\u000a/"})");
}

} // namespace
} // namespace meguri::net
