// Reads settings from TOML. Called by main while starting up and on SIGHUP; any thread.
#pragma once

#include "config/error.hpp"
#include "config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace meguri::config {

// toml++ destroys nested tables by recursion, and a level takes two bytes of the file ("a.a.a = 1"). A stack of 8 MiB
// holds more than 16,000 levels, twice what this admits; config/meguri.toml is a fifth of it.
inline constexpr std::size_t settings_file_bytes_max = 16 * 1024;

// Where a file gives which setting: key -> line, 1 is the first. What it leaves out is not in it.
using setting_lines = std::map<std::string, std::uint32_t, std::less<>>;

// Settings and where they come from, so that what is wrong with one of them can be named.
struct loaded_settings {
    settings all;
    std::string file; // empty: there was none
    setting_lines lines;

    // That `key` has a wrong value.
    [[nodiscard]] error error_at(std::string_view key, error_kind kind, std::string detail) const;
};

// Settings that the file leaves out keep their defaults. The first error wins: syntax, unknown keys, values, then
// settings that contradict each other. `lines`, where given, is filled on success.
[[nodiscard]] tl::expected<settings, error> load_settings(const std::string& file, setting_lines* lines = nullptr);

// The same from a file's text; `file` only names it in errors.
[[nodiscard]] tl::expected<settings, error> parse_settings(std::string_view text, const std::string& file,
                                                           setting_lines* lines = nullptr);

// What must hold between settings. To be asked again once the command line has overridden some.
[[nodiscard]] tl::expected<void, error> check_settings(const settings& all);

} // namespace meguri::config
