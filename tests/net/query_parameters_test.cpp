#include "net/query_parameters.hpp"

#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

std::string cursor(std::uint64_t position) {
    return test::scene_keys().encode_id(storage::id_kind::cursor, position).str();
}

request_fault read_all(std::string_view query, page& wanted, std::string& reference) {
    request_fault fault;
    query_parameters parameters{query, fault};
    reference = parameters.text("reference", {1, 4});
    wanted = parameters.read_page(test::scene_keys());
    parameters.finish();
    return fault;
}

TEST(query_parameters, reads_known_ones) {
    page wanted;
    std::string reference;
    EXPECT_FALSE(read_all("reference=R-1", wanted, reference));
    EXPECT_EQ(reference, "R-1");
    EXPECT_EQ(wanted.limit, page::limit_default);
    EXPECT_EQ(wanted.before, std::nullopt);
    EXPECT_FALSE(read_all("limit=100&reference=%E7%9F%B3+%2B%26&after=" + cursor(9), wanted, reference));
    EXPECT_EQ(reference, "石 +&");
    EXPECT_EQ(wanted.limit, 100U);
    EXPECT_EQ(wanted.before, 9U);
}

TEST(query_parameters, refuses_by_rule_and_names_the_parameter) {
    struct row {
        std::string query;
        std::string_view parameter;
    };
    const row rows[] = {
        {"", "reference"},
        {"reference=", "reference"},
        {"reference=12345", "reference"},
        {"reference=%FF", "reference"},
        {"reference=a%0Ab", "reference"},
        {"reference=a&limit=0", "limit"},
        {"reference=a&limit=101", "limit"},
        {"reference=a&limit=-1", "limit"},
        {"reference=a&limit=1x", "limit"},
        {"reference=a&limit=", "limit"},
        {"reference=a&limit=99999999999", "limit"},
        {"reference=a&after=", "after"},
        {"reference=a&after=cur_00000000000000000000000000", "after"},
        {"reference=a&after=" + test::wallet_id(9), "after"},
        {"reference=a&reference=b", ""},
        {"reference=a&other=1", ""},
        {"reference=a&x=%", ""},
        {"reference=a&x=%2", ""},
        {"reference=a&x=%zz", ""},
    };
    for (const auto& one : rows) {
        page wanted;
        std::string reference;
        const auto fault = read_all(one.query, wanted, reference);
        ASSERT_TRUE(fault.has_value()) << one.query;
        EXPECT_EQ(fault->code, problem_code::invalid_parameter) << one.query;
        EXPECT_EQ(fault->parameter, one.parameter) << one.query;
    }
}

} // namespace
} // namespace meguri::net
