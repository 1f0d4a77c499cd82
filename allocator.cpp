// How mimalloc, which takes the place of malloc in the programs that are run, deals with memory that was freed. Linked
// into those programs alone; nothing calls it.
#include <mimalloc.h>

namespace {

// By default it is given back to the system after 25 ms, and an io thread that frees in bursts asks for it again, page
// by page. What has not been used for ten seconds is given back all the same.
constexpr long keep_freed_ms = 10'000;

[[maybe_unused]] const bool is_set = [] {
    mi_option_set(mi_option_decommit_delay, keep_freed_ms);
    return true;
}();

} // namespace
