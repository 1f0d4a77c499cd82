// What an api_scene answered, held against the OpenAPI file. Apart from the scene: the fuzzers use that without it.
#pragma once

#include "tests/net/api_scene.hpp"
#include "tests/support/openapi_contract.hpp"

#include <gtest/gtest.h>

namespace meguri::test {

// Fails the test where the answer is not what the file says of such a request.
inline void expect_contract(const asking& asked, const net::http_response& answer) {
    EXPECT_EQ(contract_fault(asked.method, asked.target, as_reply(answer)), "");
}

} // namespace meguri::test
