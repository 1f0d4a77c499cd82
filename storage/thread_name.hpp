// Names the calling thread for whoever looks at the process from outside: top -H, perf, gdb.
#pragma once

#include <pthread.h>

namespace meguri::storage {

// At most 15 characters; more are refused by the system and leave the thread without a name.
inline void name_this_thread(const char* name) noexcept { (void)::pthread_setname_np(::pthread_self(), name); }

} // namespace meguri::storage
