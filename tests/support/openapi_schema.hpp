// Holds a JSON value against a schema of net/openapi.yaml: the part of JSON Schema 2020-12 that the file uses. A
// keyword that is not checked here is an error, never ignored.
#pragma once

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace meguri::test {

// What is wrong, each with the JSON pointer of the place; empty where the value is as the schema says. Throws
// std::logic_error on a keyword that it does not know.
[[nodiscard]] std::vector<std::string> schema_faults(const boost::json::value& root, const boost::json::value& schema,
                                                     const boost::json::value& value);

} // namespace meguri::test
