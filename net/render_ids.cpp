#include "net/render_ids.hpp"

namespace meguri::net {

std::string_view id_texts::remembered(table& texts, storage::id_kind kind, std::uint64_t value) {
    if (const auto known = texts.find(value); known != texts.end()) return known->second.view();
    if (texts.size() == remembered_max) texts.clear();
    return texts.emplace(value, keys_.encode_id(kind, value)).first->second.view();
}

} // namespace meguri::net
