#include "storage/record_categories.hpp"

#include <string>
#include <utility>
#include <vector>

namespace meguri::storage {

void write(record_writer& out, const ledger::category_set& set) {
    EXPECTS(!set.empty());
    out.number(static_cast<std::uint8_t>(set.names().size()));
    for (const auto& one : set.names()) out.short_text(one);
}

ledger::category_set read_categories(record_reader& in) {
    std::vector<std::string> names;
    const auto count = in.number<std::uint8_t>();
    for (unsigned i = 0; i < count && in.ok(); ++i) names.emplace_back(in.short_text());
    auto read = ledger::category_set::from(names);
    if (!read || read->empty() || read->names() != names) {
        in.refuse();
        return {};
    }
    return *std::move(read);
}

} // namespace meguri::storage
