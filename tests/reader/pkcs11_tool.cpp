#include "tests/reader/pkcs11_tool.hpp"

namespace meguri::test {

tool_result pkcs11_tool(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--module", opensc_module});
    return run_tool("/usr/bin/pkcs11-tool", arguments);
}

} // namespace meguri::test
