// Why no payment was signed, in words for the person at the till, and the exit status for the program that asked.
#pragma once

#include <stdexcept>
#include <string>

namespace meguri::net::reader {

enum class exit_status : int {
    failed = 1,
    wrong_usage = 2,
    no_card = 3,    // or no reader, or not a My Number card
    wrong_pin = 4,  // tries are left
    locked_pin = 5, // only a municipal office unlocks it
};

class reader_error : public std::runtime_error {
public:
    reader_error(exit_status status, const std::string& why) : std::runtime_error{why}, status_{status} {}
    [[nodiscard]] exit_status status() const noexcept { return status_; }

private:
    exit_status status_;
};

} // namespace meguri::net::reader
