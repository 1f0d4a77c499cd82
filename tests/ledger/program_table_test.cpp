#include "ledger/program_table.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

TEST(program_table, finds_what_was_inserted_in_any_order) {
    program_table table;
    for (const auto code : {kumamoto, ishinomaki, aso}) table.insert({code, code.text(), 180, false, {}, false});
    ASSERT_EQ(table.programs.size(), 3u);
    EXPECT_EQ(table.programs[0].code, ishinomaki) << "kept by code";
    EXPECT_EQ(table.programs[1].code, kumamoto);
    EXPECT_EQ(table.programs[2].code, aso);
    for (const auto code : {kumamoto, ishinomaki, aso}) {
        ASSERT_NE(std::as_const(table).find(code), nullptr);
        EXPECT_EQ(std::as_const(table).find(code)->name, code.text());
        EXPECT_EQ(table.find(code), std::as_const(table).find(code));
    }
}

TEST(program_table, finds_nothing_else) {
    program_table table;
    EXPECT_EQ(table.find(aso), nullptr);
    table.insert({ishinomaki, "", 1, false, {}, false});
    EXPECT_EQ(table.find(miyagi), nullptr); // before the first
    EXPECT_EQ(table.find(aso), nullptr);    // after the last
}

TEST(program_table_contract, a_program_is_inserted_once) {
    program_table table;
    table.insert({ishinomaki, "", 1, false, {}, false});
    EXPECT_DEATH(table.insert({ishinomaki, "", 1, false, {}, false}), "EXPECTS broken");
}

} // namespace
} // namespace meguri::ledger
