#include "config/error.hpp"

#include <algorithm>

namespace meguri::config {

std::string error::message() const {
    std::string text = file;
    if (line != 0) text += ":" + std::to_string(line);
    if (!text.empty()) text += ": ";
    if (!key.empty()) text += key + ": ";
    text += detail;
    // Keys and texts are the file's and may hold a line feed.
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    std::replace_if(text.begin(), text.end(), is_control, '?');
    return text;
}

} // namespace meguri::config
