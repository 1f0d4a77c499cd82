#include "bench/report/field.hpp"

#include <boost/json.hpp>

#include <cmath>
#include <utility>

namespace meguri::bench {

field::field(const boost::json::value& value, std::string file, std::string path)
    : value_{&value},
      file_{std::move(file)},
      path_{std::move(path)} {}

void field::fail(const std::string& why) const {
    throw bad_record{file_ + ": " + (path_.empty() ? "" : path_ + ": ") + why};
}

std::optional<field> field::find(std::string_view name) const {
    if (!value_->is_object()) fail("no object");
    const auto* const found = value_->get_object().if_contains(name);
    if (found == nullptr || found->is_null()) return std::nullopt;
    return field{*found, file_, path_ + (path_.empty() ? "" : ".") + std::string{name}};
}

field field::at(std::string_view name) const {
    const auto found = find(name);
    if (!found) fail("has no field \"" + std::string{name} + '"');
    return *found;
}

std::vector<field> field::items() const {
    if (!value_->is_array()) fail("no array");
    std::vector<field> all;
    for (const auto& one : value_->get_array())
        all.emplace_back(one, file_, path_ + '[' + std::to_string(all.size()) + ']');
    return all;
}

double field::number() const {
    if (!value_->is_number()) fail("no number");
    const auto found = value_->to_number<double>();
    if (!std::isfinite(found) || found < 0) fail("below 0, or no finite number");
    return found;
}

std::string field::text() const {
    if (!value_->is_string()) fail("no text");
    const auto& found = value_->get_string();
    return {found.data(), found.size()};
}

bool field::boolean() const {
    if (!value_->is_bool()) fail("neither true nor false");
    return value_->get_bool();
}

} // namespace meguri::bench
