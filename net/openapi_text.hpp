// The bytes of net/openapi.yaml, put into the program by the build.
#pragma once

#include <string_view>

namespace meguri::net {

[[nodiscard]] std::string_view openapi_text() noexcept;

} // namespace meguri::net
