// What a command leaves behind.
#pragma once

#include <string>
#include <string_view>

namespace meguri::bench {

// Replaces what was there. Throws std::runtime_error where it cannot be written.
void write_file(const std::string& path, std::string_view content);

} // namespace meguri::bench
