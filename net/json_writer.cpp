#include "net/json_writer.hpp"

#include <charconv>

namespace meguri::net {
namespace {

void append_escaped(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
        return;
    }
    const auto code = static_cast<unsigned char>(c);
    out.append("\\u00").push_back(hex[code >> 4]);
    out.push_back(hex[code & 0xf]);
}

bool needs_escape(char c) noexcept { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

} // namespace

void json_writer::separate() {
    if (!first_) out_.push_back(',');
    first_ = false;
}

json_writer& json_writer::open(char bracket) {
    separate();
    out_.push_back(bracket);
    first_ = true;
    return *this;
}

json_writer& json_writer::close(char bracket) {
    out_.push_back(bracket);
    first_ = false;
    return *this;
}

json_writer& json_writer::name(std::string_view key) {
    separate();
    out_.push_back('"');
    out_.append(key).append("\":");
    first_ = true;
    return *this;
}

json_writer& json_writer::raw(std::string_view value) {
    separate();
    out_.append(value);
    return *this;
}

json_writer& json_writer::number(std::string_view key, std::int64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return name(key).raw({digits, static_cast<std::size_t>(end - digits)});
}

json_writer& json_writer::plain(std::string_view value) {
    separate();
    out_.push_back('"');
    out_.append(value).push_back('"');
    return *this;
}

json_writer& json_writer::text(std::string_view value) {
    separate();
    out_.push_back('"');
    std::size_t written = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (!needs_escape(value[i])) continue;
        out_.append(value, written, i - written);
        append_escaped(out_, value[i]);
        written = i + 1;
    }
    out_.append(value, written, value.size() - written);
    out_.push_back('"');
    return *this;
}

} // namespace meguri::net
