#include "tests/support/openapi_file.hpp"

#include "tests/support/source_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <stdexcept>
#include <string>

namespace meguri::test {
namespace {

namespace json = boost::json;

// The core schema of YAML 1.2, as far as the file uses it. A quoted scalar is always text.
json::value scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return json::string{text};
    if (text == "null" || text == "~" || text.empty()) return nullptr;
    if (text == "true") return true;
    if (text == "false") return false;
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed == std::errc{} && end == text.data() + text.size()) return number;
    return json::string{text};
}

json::value as_json(const YAML::Node& node) {
    if (node.IsMap()) {
        json::object all;
        for (const auto& pair : node) {
            const auto& name = pair.first.Scalar();
            if (!all.emplace(name, as_json(pair.second)).second)
                throw std::runtime_error{"openapi.yaml: '" + name + "' stands twice in one mapping"};
        }
        return all;
    }
    if (node.IsSequence()) {
        json::array all;
        for (const auto& one : node) all.push_back(as_json(one));
        return all;
    }
    return node.IsNull() ? json::value(nullptr) : scalar(node);
}

} // namespace

json::value load_yaml(const std::filesystem::path& file) { return as_json(YAML::LoadFile(file)); }

const json::value& openapi_file() {
    static const json::value file = load_yaml(source_folder() / "net/openapi.yaml");
    return file;
}

const json::value& resolved(const json::value& root, const json::value& one) {
    const auto* const object = one.if_object();
    const auto* const ref = object != nullptr ? object->if_contains("$ref") : nullptr;
    if (ref == nullptr) return one;
    const std::string_view target{ref->as_string()};
    if (!target.starts_with("#/")) throw std::runtime_error{"openapi.yaml: a reference to elsewhere"};
    return resolved(root, root.at_pointer(target.substr(1)));
}

} // namespace meguri::test
