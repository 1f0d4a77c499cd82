// What differs between the settings in use and those of a file that was read again, and whether that may change while
// the switch runs. Called by the server on SIGHUP; pure, any thread.
#pragma once

#include "config/error.hpp"
#include "config/load_settings.hpp"
#include "config/schema.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace meguri::config {

struct change {
    std::string_view key; // "limits.body_bytes"
    effect takes;
    std::string before; // values as the file writes them: 4096, true, "json"
    std::string after;

    [[nodiscard]] std::string text() const; // `limits.body_bytes: 65536 -> 4096`
};

// In the order of the schema.
[[nodiscard]] std::vector<change> changes_between(const settings& before, const settings& after);

// The same, where all of them may take effect while running. Else needs_restart, which names every setting that may
// not, with its line: then nothing is to be changed. TLS may get other files, but not begin or end.
[[nodiscard]] tl::expected<std::vector<change>, error> changes_on_reload(const settings& in_use,
                                                                         const loaded_settings& wanted);

} // namespace meguri::config
