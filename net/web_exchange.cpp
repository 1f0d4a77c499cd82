#include "net/web_exchange.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

bool is_letter_or_digit(char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9');
}

void add_form_encoded(std::string_view text, std::string& to) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    for (const char one : text) {
        if (is_letter_or_digit(one) || one == '-' || one == '.' || one == '_' || one == '~') {
            to += one;
            continue;
        }
        const auto byte = static_cast<unsigned char>(one);
        to += '%';
        to += hex[byte >> 4];
        to += hex[byte & 0xF];
    }
}

char lower(char one) { return one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one; }

} // namespace

std::optional<web_address> parse_web_address(std::string_view text) {
    web_address found;
    if (text.starts_with("https://"))
        found.is_https = true;
    else if (!text.starts_with("http://"))
        return std::nullopt;
    text.remove_prefix(found.is_https ? 8 : 7);
    const auto is_visible = [](char one) { return one > ' ' && one < 0x7F && one != '"' && one != '#'; };
    if (!std::all_of(text.begin(), text.end(), is_visible)) return std::nullopt;
    const auto slash = std::min(text.find('/'), text.size());
    const auto place = text.substr(0, slash);
    found.target = slash < text.size() ? std::string{text.substr(slash)} : "/";
    const auto colon = place.find(':');
    found.host = place.substr(0, colon);
    found.port = colon != std::string_view::npos ? std::string{place.substr(colon + 1)} : found.is_https ? "443" : "80";
    const auto is_of_name = [](char one) { return is_letter_or_digit(one) || one == '-' || one == '.'; };
    const auto is_digit = [](char one) { return one >= '0' && one <= '9'; };
    if (found.host.empty() || !std::all_of(found.host.begin(), found.host.end(), is_of_name)) return std::nullopt;
    if (found.port.empty() || found.port.size() > 5 || !std::all_of(found.port.begin(), found.port.end(), is_digit))
        return std::nullopt;
    return found;
}

std::string_view web_response::field(std::string_view name) const noexcept {
    const auto same = [name](const web_field& one) {
        return std::equal(one.name.begin(), one.name.end(), name.begin(), name.end(),
                          [](char a, char b) { return lower(a) == lower(b); });
    };
    const auto found = std::find_if(fields.begin(), fields.end(), same);
    return found == fields.end() ? std::string_view{} : found->value;
}

std::string form_text(const form_pairs& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs) {
        if (!text.empty()) text += '&';
        add_form_encoded(name, text);
        text += '=';
        add_form_encoded(value, text);
    }
    return text;
}

} // namespace meguri::net
