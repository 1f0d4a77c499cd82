// Why settings could not be read: always with the place, so that the person who wrote the file can go there.
#pragma once

#include <cstdint>
#include <string>

namespace meguri::config {

enum class error_kind : std::uint8_t {
    unreadable,    // no such file, a folder, no permission
    too_large,     // over settings_file_bytes_max
    not_toml,      // syntax, encoding, a key given twice
    unknown_key,   // no setting has this name
    wrong_type,    // a text where a number is asked, and so on
    out_of_range,  // outside what the setting admits
    bad_value,     // a text that does not parse, or settings that contradict each other
    needs_restart, // may not change while the switch runs
};

struct error {
    error_kind kind;
    std::string file;       // as it was named to us; empty for the command line
    std::uint32_t line = 0; // 1 is the first; 0 when there is none
    std::string key;        // "limits.body_bytes"; empty when the file as a whole is meant
    std::string detail;

    // One line, control characters as `?`: `meguri.toml:12: limits.body_bytes: must be 1024 to 16777216, but is 5`.
    [[nodiscard]] std::string message() const;
};

} // namespace meguri::config
