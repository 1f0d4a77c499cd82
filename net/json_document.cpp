// simdjson's DOM parser does the work; this is the only file that knows it.
#include "net/json_document.hpp"

#include <simdjson.h>

#include <limits>

namespace meguri::net {
namespace {

namespace dom = simdjson::dom;

// "\udc00" on its own is no character, but simdjson 3.0 unescapes it into three bytes that are no UTF-8.
bool has_surrogate(std::string_view text) noexcept {
    for (std::size_t at = text.find('\xed'); at != std::string_view::npos; at = text.find('\xed', at + 1))
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0) return true;
    return false;
}

class flattening {
public:
    explicit flattening(std::vector<json_node>& nodes) noexcept : nodes_{nodes} {}

    void add(std::string_view key, dom::element value) {
        const std::size_t at = nodes_.size();
        nodes_.emplace_back().key = key;
        sound_ = sound_ && !has_surrogate(key);
        fill(at, value);
        nodes_[at].end = static_cast<std::uint32_t>(nodes_.size());
    }
    [[nodiscard]] bool sound() const noexcept { return sound_; }

private:
    void fill(std::size_t at, dom::element value) {
        json_node& node = nodes_[at]; // no longer valid once children are added
        switch (value.type()) {
        case dom::element_type::NULL_VALUE: node.kind = json_kind::null; break;
        case dom::element_type::BOOL:
            node.kind = json_kind::boolean;
            node.boolean = value.get_bool().value_unsafe();
            break;
        case dom::element_type::INT64:
            node.kind = json_kind::integer;
            node.integer = value.get_int64().value_unsafe();
            break;
        case dom::element_type::UINT64:
            node.kind = json_kind::integer;
            node.integer = std::numeric_limits<std::int64_t>::max();
            break;
        case dom::element_type::DOUBLE: node.kind = json_kind::fraction; break;
        case dom::element_type::STRING:
            node.kind = json_kind::text;
            node.text = value.get_string().value_unsafe();
            sound_ = sound_ && !has_surrogate(node.text);
            break;
        case dom::element_type::ARRAY: {
            node.kind = json_kind::array;
            const dom::array children = value.get_array().value_unsafe();
            for (const dom::element child : children) add({}, child);
            break;
        }
        case dom::element_type::OBJECT: {
            node.kind = json_kind::object;
            const dom::object fields = value.get_object().value_unsafe();
            for (const auto field : fields) add(field.key, field.value);
            break;
        }
        }
    }

    std::vector<json_node>& nodes_;
    bool sound_ = true;
};

std::string_view fault_of(simdjson::error_code code) noexcept {
    switch (code) {
    case simdjson::EMPTY: return "The body is empty where JSON is expected.";
    case simdjson::UTF8_ERROR: return "The body is not valid UTF-8.";
    case simdjson::DEPTH_ERROR: return "The JSON is nested too deeply.";
    case simdjson::NUMBER_ERROR: return "A number in the JSON is malformed or too large.";
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return "A string in the JSON is malformed.";
    default: return "The body is not one JSON value with nothing behind it.";
    }
}

} // namespace

bool is_utf8(std::string_view text) noexcept { return simdjson::validate_utf8(text.data(), text.size()); }

struct json_document::parser {
    dom::parser with;
};

json_document::json_document() : parser_{std::make_unique<parser>()} {
    // The limit of depth belongs to the parser's buffers and is kept when they grow.
    if (parser_->with.allocate(4096, depth_max) != simdjson::SUCCESS) throw std::bad_alloc{};
}

json_document::~json_document() = default;

std::span<const json_node> json_document::parse(std::string_view text) {
    nodes_.clear();
    fault_ = fault_of(simdjson::EMPTY);
    if (text.empty()) return {};
    dom::element root;
    if (const auto code = parser_->with.parse(text.data(), text.size(), true).get(root); code != simdjson::SUCCESS) {
        fault_ = fault_of(code);
        return {};
    }
    flattening flat{nodes_};
    flat.add({}, root);
    fault_ = flat.sound() ? "" : "A string in the JSON holds half of a surrogate pair.";
    return flat.sound() ? std::span<const json_node>{nodes_} : std::span<const json_node>{};
}

} // namespace meguri::net
