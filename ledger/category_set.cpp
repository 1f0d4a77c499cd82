#include "ledger/category_set.hpp"

#include <algorithm>
#include <utility>

namespace meguri::ledger {

bool is_category(std::string_view text) noexcept {
    const auto is_allowed = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_';
    };
    return !text.empty() && text.size() <= category_length_max && std::all_of(text.begin(), text.end(), is_allowed);
}

std::optional<category_set> category_set::from(std::vector<std::string> names) {
    category_set made;
    if (names.empty()) return made;
    std::sort(names.begin(), names.end());
    const bool are_categories = std::all_of(names.begin(), names.end(), is_category);
    const bool is_each_once = std::adjacent_find(names.begin(), names.end()) == names.end();
    if (names.size() > merchant_categories_max || !are_categories || !is_each_once) return std::nullopt;
    made.names_ = std::make_shared<const std::vector<std::string>>(std::move(names));
    return made;
}

const std::vector<std::string>& category_set::names() const noexcept {
    static const std::vector<std::string> none;
    return names_ != nullptr ? *names_ : none;
}

// Both are sorted.
bool category_set::meets(const category_set& other) const noexcept {
    const auto& theirs = other.names();
    auto at = theirs.begin();
    for (const auto& one : names()) {
        while (at != theirs.end() && *at < one) ++at;
        if (at != theirs.end() && *at == one) return true;
    }
    return false;
}

} // namespace meguri::ledger
