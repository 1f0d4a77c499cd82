// A program as a process of its own, under the test that started it.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace meguri::test {

struct child_process {
    pid_t pid;
    int output; // the read end of its standard output; the caller closes it
};

// Starts it with its standard error in a file. A program that cannot be run ends with status 127. Throws where no
// process can be made.
[[nodiscard]] child_process start_program(const std::string& program, const std::vector<std::string>& arguments,
                                          const std::string& errors_file);

// Waits for its end: the exit status, 128 + signal where one ended it, -1 where it is not ours.
[[nodiscard]] int wait_for_end(pid_t pid);

} // namespace meguri::test
