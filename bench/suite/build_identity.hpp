// Of which sources these programs were built, and how: the build writes it down (cmake/build_identity.cmake).
#pragma once

#include <string_view>

namespace meguri::bench {

struct build_identity {
    std::string_view commit; // as `git describe` names it, with "-dirty" where files differ from it; or "unknown"
    std::string_view type;
    std::string_view compiler;
    std::string_view flags;
};
[[nodiscard]] build_identity identity_of_build();

} // namespace meguri::bench
