// A request's JSON, parsed once and whole: valid UTF-8, nothing behind it, not deep. Nodes lie in the order of the
// text, so a value's children follow it. One per io thread; a new parse ends the views of the one before.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace meguri::net {

enum class json_kind : std::uint8_t { null, boolean, integer, fraction, text, array, object };

struct json_node {
    json_kind kind = json_kind::null;
    bool boolean = false;
    std::uint32_t end = 0;    // index of the node after this one's last descendant
    std::int64_t integer = 0; // clamped to 64 signed bits: every bound of ours lies within
    std::string_view key;     // in an object
    std::string_view text;    // unescaped
};

// Well-formed UTF-8 as Unicode has it: no surrogates, nothing overlong.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

class json_document {
public:
    static constexpr std::size_t depth_max = 8;

    json_document();
    ~json_document();
    json_document(const json_document&) = delete;
    json_document& operator=(const json_document&) = delete;

    // The nodes, the outermost value first; empty where the text is not JSON as above, and then fault() says why.
    [[nodiscard]] std::span<const json_node> parse(std::string_view text);
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }

private:
    struct parser;
    std::unique_ptr<parser> parser_;
    std::vector<json_node> nodes_;
    std::string_view fault_;
};

} // namespace meguri::net
