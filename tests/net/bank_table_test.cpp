// The table of banks as it is read: what it knows, and every way in which a file is none.
#include "net/bank_table.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace meguri::net {
namespace {

const std::string good = "meguri-banks 1\tzengin-code 1.0.0\t2026-11-26\n"
                         "bank\t0125\t七十七\tシチジユウシチ\n"
                         "branch\t0125\t001\t本店\tホンテン\n"
                         "branch\t0125\t404\t石巻\tイシノマキ\n"
                         "bank\t0182\t肥後\tヒゴ\n"
                         "bank\t1172\t石巻信金\tイシノマキ\n"
                         "branch\t1172\t001\t本店\tホンテン\n";

TEST(bank_table, knows_banks_and_their_branches) {
    const auto read = bank_table::parse(good);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    const bank_table& banks = **read;
    EXPECT_TRUE(banks.is_loaded());
    EXPECT_EQ(banks.source(), "zengin-code 1.0.0 2026-11-26");
    EXPECT_EQ(banks.banks(), 3U);
    EXPECT_EQ(banks.branches(), 3U);
    EXPECT_TRUE(banks.has_bank(125) && banks.has_bank(182) && banks.has_bank(1172));
    EXPECT_FALSE(banks.has_bank(126) || banks.has_bank(0));
    EXPECT_TRUE(banks.has_branch(125, 404) && banks.has_branch(1172, 1));
    EXPECT_FALSE(banks.has_branch(1172, 404) || banks.has_branch(182, 1) || banks.has_branch(124, 1'404));
}

TEST(bank_table, that_was_not_named_knows_nothing_and_says_so) {
    const auto none = bank_table::load("");
    ASSERT_TRUE(none.has_value());
    EXPECT_FALSE((**none).is_loaded());
    EXPECT_FALSE((**none).has_bank(125));
    const test::temporary_folder folder;
    EXPECT_FALSE(bank_table::load((folder / "nowhere").string()).has_value());
    std::ofstream{folder / "banks"} << good;
    EXPECT_TRUE(bank_table::load((folder / "banks").string()).has_value());
}

TEST(bank_table, refuses_what_is_none) {
    const std::string head = "meguri-banks 1\tzengin-code 1.0.0\t2026-11-26\n";
    const std::string bank = "bank\t0125\t七十七\tシチジユウシチ\n";
    const std::string branch = "branch\t0125\t404\t石巻\tイシノマキ\n";
    for (const auto& text : {std::string{},
                             head,
                             head + bank,
                             bank + branch,
                             head + branch,
                             head + branch + bank,
                             head + bank + bank + branch,
                             head + bank + branch + branch,
                             head + bank + branch + "branch\t0125\t001\ta\tb\n",
                             head + bank + "branch\t0126\t404\ta\tb\n",
                             head + bank + "branch\t0125\t40\ta\tb\n",
                             head + bank + "branch\t0125\t404\t\tb\n",
                             head + bank + "branch\t0125\t404\ta\n",
                             head + "bank\t125\ta\tb\n" + branch,
                             head + "bank\t0125\ta\n" + branch,
                             head + bank + branch + "more\n",
                             head + bank + branch + "\n",
                             std::string{"meguri-banks 2\ta\tb\n"} + bank + branch,
                             std::string{"meguri-banks 1\n"} + bank + branch,
                             head + bank + branch.substr(0, branch.size() - 1)}) {
        const auto read = bank_table::parse(text);
        EXPECT_FALSE(read.has_value()) << text;
        if (!read) {
            EXPECT_EQ(read.error().kind, error_kind::bad_bank_table);
        }
    }
}

} // namespace
} // namespace meguri::net
