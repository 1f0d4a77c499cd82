#include "ledger/contract.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

TEST(contract, a_broken_one_aborts_and_says_what_and_where) {
    EXPECT_DEATH(EXPECTS(1 + 1 == 3), "EXPECTS broken: 1 \\+ 1 == 3 \\(.*contract_test.cpp:[0-9]+\\)");
    EXPECT_DEATH(ENSURES(false), "ENSURES broken: false \\(.*contract_test.cpp:[0-9]+\\)");
}

TEST(contract, a_kept_one_is_evaluated_once) {
    int evaluated = 0;
    EXPECTS(++evaluated == 1);
    ENSURES(++evaluated == 2);
    EXPECT_EQ(evaluated, 2);
}

} // namespace
} // namespace meguri::ledger
