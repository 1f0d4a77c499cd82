#include "net/query_parameters.hpp"

#include <algorithm>
#include <charconv>

namespace meguri::net {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out.push_back(' ');
        } else if (text[i] != '%') {
            out.push_back(text[i]);
        } else {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0) return std::nullopt;
            out.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        }
    }
    return out;
}

} // namespace

query_parameters::query_parameters(std::string_view query, request_fault& fault) : fault_{fault} {
    while (!query.empty() && !fault_) {
        const std::string_view one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(one.size() + 1, query.size()));
        const std::size_t equals = std::min(one.find('='), one.size());
        auto name = decoded(one.substr(0, equals));
        auto value = decoded(one.substr(std::min(equals + 1, one.size())));
        const auto same = [&](const parameter& other) { return other.name == *name; };
        if (!name || !value)
            refuse({}, "A percent sign must be followed by two hexadecimal digits.");
        else if (std::any_of(parameters_.begin(), parameters_.end(), same))
            refuse({}, "A query parameter is given twice.");
        else
            parameters_.push_back({std::move(*name), std::move(*value)});
    }
}

void query_parameters::refuse(std::string_view name, std::string detail) {
    if (!fault_) fault_ = problem{problem_code::invalid_parameter, std::move(detail), std::nullopt, name};
}

const std::string* query_parameters::find(std::string_view name) {
    for (auto& one : parameters_) {
        if (one.name != name) continue;
        one.asked_for = true;
        return &one.value;
    }
    return nullptr;
}

std::string query_parameters::text(std::string_view name, text_bounds bounds) {
    const auto* const value = find(name);
    if (value == nullptr || !is_utf8(*value) || !within(*value, bounds)) {
        refuse(name, "This parameter is required: " + std::to_string(bounds.min) + " to " + std::to_string(bounds.max) +
                         " characters.");
        return {};
    }
    return *value;
}

page query_parameters::read_page(const storage::key_ring& keys) {
    page wanted;
    if (const auto* const limit = find("limit")) {
        const auto* const end = limit->data() + limit->size();
        const auto [stopped, failed] = std::from_chars(limit->data(), end, wanted.limit);
        if (failed != std::errc{} || stopped != end || wanted.limit < 1 || wanted.limit > page::limit_max)
            refuse("limit", "Must be 1 to " + std::to_string(page::limit_max) + ".");
    }
    if (const auto* const after = find("after")) {
        wanted.before = keys.decode_id(storage::id_kind::cursor, *after);
        if (!wanted.before) refuse("after", "Must be the `next` of an earlier answer.");
    }
    return wanted;
}

void query_parameters::finish() {
    for (const auto& one : parameters_)
        if (!one.asked_for) return refuse({}, "A query parameter is not known here.");
}

} // namespace meguri::net
