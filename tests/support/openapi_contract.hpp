// Holds responses against net/openapi.yaml: a path, method, status, header, media type or member that the file does not
// describe is a fault. Tests call it for every response they get.
#pragma once

#include "tests/support/http_client.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meguri::test {

// What is wrong with the reply to `method target`; empty where it is as the file says. An unknown path or method must
// be answered by the problem that tells so.
[[nodiscard]] std::vector<std::string> contract_faults(std::string_view method, std::string_view target,
                                                       const http_reply& reply);

// The same in one text, for EXPECT_EQ(contract_fault(...), "").
[[nodiscard]] std::string contract_fault(std::string_view method, std::string_view target, const http_reply& reply);

} // namespace meguri::test
