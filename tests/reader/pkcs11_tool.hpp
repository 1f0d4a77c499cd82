// OpenSC's command line and its PKCS#11 module, the middleware that reads real cards.
#pragma once

#include "tests/support/tool.hpp"

namespace meguri::test {

// By its name alone, wherever the system keeps its libraries.
inline constexpr const char* opensc_module = "opensc-pkcs11.so";

[[nodiscard]] tool_result pkcs11_tool(std::vector<std::string> arguments);

} // namespace meguri::test
