// net/openapi.yaml as a JSON document, so that schemas and answers are values of one kind.
#pragma once

#include <boost/json.hpp>

#include <filesystem>
#include <string_view>

namespace meguri::test {

// Throws std::runtime_error where the file is not YAML.
[[nodiscard]] boost::json::value load_yaml(const std::filesystem::path& file);

// net/openapi.yaml of the source tree that this test was built from.
[[nodiscard]] const boost::json::value& openapi_file();

// Follows `{"$ref": "#/..."}`; anything else is given back. Throws where nothing is there.
[[nodiscard]] const boost::json::value& resolved(const boost::json::value& root, const boost::json::value& one);

} // namespace meguri::test
