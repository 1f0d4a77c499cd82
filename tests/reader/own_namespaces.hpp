// A network and a /run of the test process's own, and of all that it starts: pcscd and its virtual reader listen where
// nobody else does, the machine's own pcscd never notices, and many tests may run side by side.
#pragma once

#include <string>

namespace meguri::test {

// Enters them, once for the process, which must have one thread. Empty, or why this machine does not permit it.
[[nodiscard]] const std::string& enter_own_namespaces();

} // namespace meguri::test
