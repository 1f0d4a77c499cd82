// A program at a terminal of its own (a pseudo terminal), where somebody types.
#pragma once

#include <string>
#include <vector>

namespace meguri::test {

struct terminal_result {
    int status = -1;    // exit status; 128 + signal where one ended it
    std::string screen; // what stood on the terminal in the end
    std::string output; // standard output, which is no terminal
    std::string errors; // standard error, neither
};

// Runs it, types `typed` once `question` stands on the screen, and waits for its end. An empty question: types nothing.
[[nodiscard]] terminal_result run_at_terminal(const std::string& program, const std::vector<std::string>& arguments,
                                              const std::string& question, const std::string& typed);

} // namespace meguri::test
