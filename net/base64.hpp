// Bytes in JSON: base64 of RFC 4648, section 4, with its padding and nothing else.
#pragma once

#include <sodium.h>

#include <optional>
#include <string>
#include <string_view>

namespace meguri::net {

// nullopt: not base64.
[[nodiscard]] inline std::optional<std::string> decode_base64(std::string_view text) {
    std::string bytes(text.size() / 4 * 3, '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                          nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

} // namespace meguri::net
