// Categories of merchants as JSON: read by one rule wherever they are named, and shown.
#pragma once

#include "ledger/category_set.hpp"
#include "net/json_fields.hpp"
#include "net/json_writer.hpp"

#include <string_view>

namespace meguri::net {

// The member that must be there, perhaps empty. Faults the body where one is no category, or is there twice.
[[nodiscard]] ledger::category_set read_categories(json_fields& body, std::string_view name);
// Likewise; none where it is left out.
[[nodiscard]] ledger::category_set read_optional_categories(json_fields& body, std::string_view name);

void write_categories(json_writer& json, std::string_view name, const ledger::category_set& set);
// Nothing where points are good everywhere: their answers are what they were before there were earmarks.
void write_earmark(json_writer& json, const ledger::category_set& earmark);

} // namespace meguri::net
