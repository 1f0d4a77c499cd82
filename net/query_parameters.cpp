#include "net/query_parameters.hpp"

#include <algorithm>
#include <array>
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

std::optional<ledger::instant> query_parameters::past_instant(std::string_view name, ledger::instant now) {
    const auto* const value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto at = ledger::parse_rfc3339(*value);
    if (!at)
        refuse(name, "Must be an instant as of RFC 3339, such as 2026-04-01T03:04:05Z (a plus sign is %2B).");
    else if (*at > now)
        refuse(name, "Must not lie in the future.");
    return at;
}

std::uint32_t query_parameters::number_or(std::string_view name, std::uint32_t otherwise, std::uint32_t min,
                                          std::uint32_t max) {
    const auto* const value = find(name);
    if (value == nullptr) return otherwise;
    std::uint32_t number = 0;
    const auto* const end = value->data() + value->size();
    const auto [stopped, failed] = std::from_chars(value->data(), end, number);
    if (failed == std::errc{} && stopped == end && number >= min && number <= max) return number;
    refuse(name, "Must be " + std::to_string(min) + " to " + std::to_string(max) + ".");
    return otherwise;
}

ledger::jst_day query_parameters::date(std::string_view name) {
    const auto day = ledger::parse_date(text(name, {1, 10}));
    if (!day) refuse(name, "Must be a date that exists, as YYYY-MM-DD.");
    return day.value_or(ledger::jst_day{});
}

std::size_t query_parameters::one_of_or(std::string_view name, std::span<const std::string_view> choices,
                                        std::size_t otherwise) {
    const auto* const value = find(name);
    if (value == nullptr) return otherwise;
    const auto found = std::find(choices.begin(), choices.end(), *value);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    std::string allowed;
    for (const auto one : choices) allowed.append(allowed.empty() ? "" : ", ").append(one);
    refuse(name, "Must be one of: " + allowed + ".");
    return otherwise;
}

symbology query_parameters::picture() {
    constexpr std::array<std::string_view, 2> names{"qr", "code128"};
    constexpr std::array values{symbology::qr, symbology::code128, symbology::none};
    return values[one_of_or("picture", names, names.size())];
}

page query_parameters::read_page(const storage::key_ring& keys) {
    page wanted;
    wanted.limit = number_or("limit", page::limit_default, 1, page::limit_max);
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
