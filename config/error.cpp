#include "config/error.hpp"

namespace meguri::config {

std::string error::message() const {
    std::string text = file;
    if (line != 0) text += ":" + std::to_string(line);
    if (!text.empty()) text += ": ";
    if (!key.empty()) text += key + ": ";
    return text + detail;
}

} // namespace meguri::config
