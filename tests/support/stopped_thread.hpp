// One thread of another process that stands still while the others go on, as one does that hangs: the kernel stops it
// for us as for a debugger (ptrace). To be made and ended on the same thread.
#pragma once

#include <string>

#include <sys/types.h>

namespace meguri::test {

class stopped_thread {
public:
    // The thread of that name, as the process gave it. It stands still when this is back; throws where that fails.
    stopped_thread(pid_t process, const std::string& name);
    ~stopped_thread(); // lets it go on
    stopped_thread(const stopped_thread&) = delete;
    stopped_thread& operator=(const stopped_thread&) = delete;

private:
    pid_t thread_;
};

} // namespace meguri::test
