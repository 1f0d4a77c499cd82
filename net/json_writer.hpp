// Writes JSON at the end of a string, members in the order of the calls and nothing in between: the same calls give the
// same bytes, because a replayed answer is rendered again. Keys are our own literals and need no escapes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::net {

class json_writer {
public:
    explicit json_writer(std::string& out) noexcept : out_{out} {}

    json_writer& begin_object() { return open('{'); }
    json_writer& begin_object(std::string_view key) { return name(key).open('{'); }
    json_writer& end_object() { return close('}'); }
    json_writer& begin_array(std::string_view key) { return name(key).open('['); }
    json_writer& end_array() { return close(']'); }

    json_writer& text(std::string_view key, std::string_view value) { return name(key).text(value); }
    // Text that needs no escapes: ids, dates, names of enumerations.
    json_writer& plain(std::string_view key, std::string_view value) { return name(key).plain(value); }
    json_writer& number(std::string_view key, std::int64_t value);
    json_writer& boolean(std::string_view key, bool value) { return name(key).raw(value ? "true" : "false"); }
    json_writer& null(std::string_view key) { return name(key).raw("null"); }

    // An array of elements that were written before, commas included.
    json_writer& array_of(std::string_view key, std::string_view elements) {
        return begin_array(key).raw(elements).end_array();
    }

    // Elements of an array.
    json_writer& text(std::string_view value);
    json_writer& plain(std::string_view value);

private:
    json_writer& open(char bracket);
    json_writer& close(char bracket);
    json_writer& name(std::string_view key);
    json_writer& raw(std::string_view value);
    void separate();

    std::string& out_;
    bool first_ = true; // nothing stands in the innermost bracket yet, or a value must follow its name
};

} // namespace meguri::net
