#include "ledger/contract.hpp"

#include <cstdio>
#include <cstdlib>

namespace meguri::ledger {

void contract_broken(const char* kind, const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "meguri: %s broken: %s (%s:%d)\n", kind, condition, file, line);
    std::abort();
}

} // namespace meguri::ledger
