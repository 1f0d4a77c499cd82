// A place in a JSON document that knows its own path, so that what is wrong there can be said.
#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

// "runs.json: runs[2].latency_us.p99: no number"
class bad_record : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class field {
public:
    // `value` outlives it.
    field(const boost::json::value& value, std::string file, std::string path = {});

    // All throw bad_record.
    [[nodiscard]] field at(std::string_view name) const;
    // nullopt where it is not there, or null.
    [[nodiscard]] std::optional<field> find(std::string_view name) const;
    [[nodiscard]] std::vector<field> items() const;
    [[nodiscard]] double number() const; // finite, not below 0
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool boolean() const;

    [[nodiscard]] const boost::json::value& value() const noexcept { return *value_; }
    [[noreturn]] void fail(const std::string& why) const;

private:
    const boost::json::value* value_;
    std::string file_;
    std::string path_;
};

} // namespace meguri::bench
