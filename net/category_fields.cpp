#include "net/category_fields.hpp"

#include <string>
#include <utility>
#include <vector>

namespace meguri::net {
namespace {

ledger::category_set set_of(json_fields& body, std::string_view name, const std::vector<std::string_view>& texts) {
    auto read = ledger::category_set::from({texts.begin(), texts.end()});
    if (read) return *std::move(read);
    body.refuse(name, problem_code::invalid_value, "Each must be 1 to 32 of a to z, 0 to 9 and _, and there once.");
    return {};
}

} // namespace

ledger::category_set read_categories(json_fields& body, std::string_view name) {
    return set_of(body, name, body.texts(name, ledger::merchant_categories_max));
}

ledger::category_set read_optional_categories(json_fields& body, std::string_view name) {
    return set_of(body, name, body.optional_texts(name, ledger::merchant_categories_max));
}

void write_categories(json_writer& json, std::string_view name, const ledger::category_set& set) {
    json.begin_array(name);
    for (const auto& one : set.names()) json.text(one);
    json.end_array();
}

void write_earmark(json_writer& json, const ledger::category_set& earmark) {
    if (!earmark.empty()) write_categories(json, "earmark", earmark);
}

} // namespace meguri::net
