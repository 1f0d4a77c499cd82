#include "net/json_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meguri::net {
namespace {

std::string_view name_of(json_kind kind) noexcept {
    constexpr std::array<std::string_view, 7> names{"null",     "a boolean", "an integer", "an integer",
                                                    "a string", "an array",  "an object"};
    return names[static_cast<std::size_t>(kind)];
}

// RFC 6901, section 3: `~` and `/` inside a name are escaped.
void append_pointer_step(std::string& out, std::string_view name) {
    out.push_back('/');
    for (const char c : name) {
        if (c == '~')
            out.append("~0");
        else if (c == '/')
            out.append("~1");
        else
            out.push_back(c);
    }
}

std::string between(std::int64_t min, std::int64_t max, std::string_view of) {
    return "Must be " + std::to_string(min) + " to " + std::to_string(max) + std::string{of} + ".";
}

} // namespace

bool within(std::string_view text, text_bounds bounds) noexcept {
    std::size_t characters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) return false;
        characters += (byte & 0xc0) != 0x80; // continuation bytes begin no character
    }
    return characters >= bounds.min && characters <= bounds.max;
}

json_fields::json_fields(json_document& document, std::string_view body, request_fault& fault)
    : nodes_{document.parse(body)},
      fault_{fault} {
    if (nodes_.empty())
        fail(problem_code::malformed_request, "", std::string{document.fault()});
    else if (nodes_[0].kind != json_kind::object)
        fail(problem_code::malformed_request, "", "The body must be a JSON object.");
    else
        check_members();
}

json_fields::json_fields(std::span<const json_node> nodes, std::size_t at, std::string_view parent,
                         request_fault& fault)
    : nodes_{nodes},
      at_{at},
      parent_{parent},
      fault_{fault} {
    check_members();
}

// A name that comes twice means something else to every reader.
void json_fields::check_members() {
    std::array<std::string_view, members_max> names;
    std::size_t count = 0;
    for (std::size_t i = at_ + 1; i < nodes_[at_].end; i = nodes_[i].end) {
        const std::string_view name = nodes_[i].key;
        if (std::find(names.begin(), names.begin() + count, name) != names.begin() + count)
            return fail(problem_code::malformed_request, pointer_to(name), "This member is given twice.");
        if (count == members_max)
            return fail(problem_code::malformed_request, pointer_to(name), "The object has too many members.");
        names[count++] = name;
    }
}

void json_fields::fail(problem_code code, std::string pointer, std::string detail) {
    if (!fault_) fault_ = problem{code, std::move(detail), std::move(pointer), {}};
}

void json_fields::refuse(std::string_view name, problem_code code, std::string detail) {
    fail(code, pointer_to(name), std::move(detail));
}

std::string json_fields::pointer_to(std::string_view name) const {
    std::string pointer;
    if (!parent_.empty()) pointer.append("/").append(parent_); // ours: nothing in it is to be escaped
    append_pointer_step(pointer, name);
    return pointer;
}

// The member if it is there and of the wanted type, and nothing has failed so far.
const json_node* json_fields::find(std::string_view name, json_kind wanted, bool required) {
    if (fault_) return nullptr;
    std::uint32_t bit = 1;
    for (std::size_t i = at_ + 1; i < nodes_[at_].end; i = nodes_[i].end, bit <<= 1) {
        if (nodes_[i].key != name) continue;
        asked_for_ |= bit;
        if (nodes_[i].kind == wanted) return &nodes_[i];
        refuse(name, problem_code::malformed_request, "Must be " + std::string{name_of(wanted)} + ".");
        return nullptr;
    }
    if (required) refuse(name, problem_code::malformed_request, "This member is required.");
    return nullptr;
}

void json_fields::finish() {
    if (fault_) return;
    std::uint32_t bit = 1;
    for (std::size_t i = at_ + 1; i < nodes_[at_].end; i = nodes_[i].end, bit <<= 1) {
        if ((asked_for_ & bit) != 0) continue;
        return refuse(nodes_[i].key, problem_code::malformed_request, "This member is not known here.");
    }
}

std::string_view json_fields::bounded(const json_node& node, text_bounds bounds) {
    if (within(node.text, bounds)) return node.text;
    refuse(node.key, problem_code::invalid_value,
           between(static_cast<std::int64_t>(bounds.min), static_cast<std::int64_t>(bounds.max),
                   " characters, none of them control characters"));
    return {};
}

std::string_view json_fields::text(std::string_view name, text_bounds bounds) {
    const auto* const node = find(name, json_kind::text, true);
    return node != nullptr ? bounded(*node, bounds) : std::string_view{};
}

std::string_view json_fields::text_or(std::string_view name, std::string_view otherwise, text_bounds bounds) {
    const auto* const node = find(name, json_kind::text, false);
    return node != nullptr ? bounded(*node, bounds) : otherwise;
}

std::int64_t json_fields::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    const auto* const node = find(name, json_kind::integer, true);
    return node != nullptr ? within_range(*node, min, max) : min;
}

std::int64_t json_fields::integer_or(std::string_view name, std::int64_t otherwise, std::int64_t min,
                                     std::int64_t max) {
    const auto* const node = find(name, json_kind::integer, false);
    return node != nullptr ? within_range(*node, min, max) : otherwise;
}

std::optional<std::int64_t> json_fields::optional_integer(std::string_view name, std::int64_t min, std::int64_t max) {
    const auto* const node = find(name, json_kind::integer, false);
    if (node == nullptr) return std::nullopt;
    return within_range(*node, min, max);
}

std::int64_t json_fields::within_range(const json_node& node, std::int64_t min, std::int64_t max) {
    if (node.integer >= min && node.integer <= max) return node.integer;
    refuse(node.key, problem_code::invalid_value, between(min, max, ""));
    return min;
}

ledger::points json_fields::amount(std::string_view name) {
    const auto* const node = find(name, json_kind::integer, true);
    return node != nullptr ? amount_of(*node) : ledger::points{};
}

std::optional<ledger::points> json_fields::optional_amount(std::string_view name) {
    const auto* const node = find(name, json_kind::integer, false);
    if (node == nullptr) return std::nullopt;
    return amount_of(*node);
}

ledger::points json_fields::amount_of(const json_node& node) {
    if (node.integer >= 1 && node.integer <= ledger::points::command_max) return *ledger::points::from(node.integer);
    refuse(node.key, problem_code::amount_out_of_range, between(1, ledger::points::command_max, " points"));
    return {};
}

ledger::program_code json_fields::program_of(const json_node& node, const std::string& pointer) {
    if (!ledger::program_code::is_six_digits(node.text)) {
        fail(problem_code::invalid_value, pointer, "Must be the six digits of a local government code.");
        return {};
    }
    std::uint32_t number = 0;
    std::from_chars(node.text.data(), node.text.data() + node.text.size(), number);
    return ledger::program_code::as_named(number);
}

ledger::program_code json_fields::program(std::string_view name) {
    const auto* const node = find(name, json_kind::text, true);
    return node != nullptr ? program_of(*node, pointer_to(name)) : ledger::program_code{};
}

std::optional<ledger::program_code> json_fields::optional_program(std::string_view name) {
    const auto* const node = find(name, json_kind::text, false);
    if (node == nullptr) return std::nullopt;
    return program_of(*node, pointer_to(name));
}

std::vector<ledger::program_code> json_fields::programs(std::string_view name) {
    std::vector<ledger::program_code> codes;
    const auto* const list = find(name, json_kind::array, true);
    if (list == nullptr) return codes;
    const auto begin = static_cast<std::size_t>(list - nodes_.data()) + 1;
    for (std::size_t i = begin; i < list->end && !fault_; i = nodes_[i].end) {
        const std::string pointer = pointer_to(name) + '/' + std::to_string(codes.size());
        if (nodes_[i].kind != json_kind::text)
            fail(problem_code::malformed_request, pointer, "Must be a string.");
        else
            codes.push_back(program_of(nodes_[i], pointer));
    }
    if (fault_) return {};
    if (codes.empty() || codes.size() > program_list_max)
        refuse(name, problem_code::invalid_value, between(1, program_list_max, " programs"));
    std::sort(codes.begin(), codes.end());
    if (std::adjacent_find(codes.begin(), codes.end()) != codes.end())
        refuse(name, problem_code::invalid_value, "Every program may be named once.");
    return codes;
}

std::vector<std::string_view> json_fields::texts(std::string_view name, std::size_t most) {
    return texts_of(find(name, json_kind::array, true), name, most);
}

std::vector<std::string_view> json_fields::optional_texts(std::string_view name, std::size_t most) {
    return texts_of(find(name, json_kind::array, false), name, most);
}

std::vector<std::string_view> json_fields::texts_of(const json_node* list, std::string_view name, std::size_t most) {
    std::vector<std::string_view> all;
    if (list == nullptr) return all;
    const auto begin = static_cast<std::size_t>(list - nodes_.data()) + 1;
    for (std::size_t i = begin; i < list->end && !fault_; i = nodes_[i].end) {
        if (nodes_[i].kind == json_kind::text)
            all.push_back(nodes_[i].text);
        else
            fail(problem_code::malformed_request, pointer_to(name) + '/' + std::to_string(all.size()),
                 "Must be a string.");
    }
    if (all.size() > most)
        refuse(name, problem_code::invalid_value, between(0, static_cast<std::int64_t>(most), " of them"));
    if (fault_) all.clear();
    return all;
}

std::vector<json_fields> json_fields::optional_objects(std::string_view name, std::span<const std::string_view> names) {
    std::vector<json_fields> all;
    const auto* const list = find(name, json_kind::array, false);
    if (list == nullptr) return all;
    const auto begin = static_cast<std::size_t>(list - nodes_.data()) + 1;
    for (std::size_t i = begin; i < list->end && !fault_; i = nodes_[i].end) {
        if (all.size() == names.size())
            refuse(name, problem_code::invalid_value, between(1, static_cast<std::int64_t>(names.size()), " of them"));
        else if (nodes_[i].kind == json_kind::object)
            all.push_back(json_fields{nodes_, i, names[all.size()], fault_});
        else
            fail(problem_code::malformed_request, pointer_to(name) + '/' + std::to_string(all.size()),
                 "Must be an object.");
    }
    if (all.empty()) refuse(name, problem_code::invalid_value, "Must have one at least.");
    if (fault_) all.clear();
    return all;
}

std::size_t json_fields::choice(const json_node& node, std::span<const std::string_view> choices, std::string pointer) {
    const auto found = std::find(choices.begin(), choices.end(), node.text);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    std::string allowed;
    for (const auto one : choices) allowed.append(allowed.empty() ? "" : ", ").append(one);
    fail(problem_code::invalid_value, std::move(pointer), "Must be one of: " + allowed + ".");
    return 0;
}

std::size_t json_fields::choice(const json_node& node, std::span<const std::string_view> choices) {
    return choice(node, choices, pointer_to(node.key));
}

std::optional<std::vector<std::size_t>> json_fields::optional_choices(std::string_view name,
                                                                      std::span<const std::string_view> choices) {
    const auto* const list = find(name, json_kind::array, false);
    if (list == nullptr) return std::nullopt;
    std::vector<std::size_t> chosen;
    const auto begin = static_cast<std::size_t>(list - nodes_.data()) + 1;
    for (std::size_t i = begin; i < list->end && !fault_; i = nodes_[i].end) {
        std::string pointer = pointer_to(name) + '/' + std::to_string(chosen.size());
        if (nodes_[i].kind != json_kind::text)
            fail(problem_code::malformed_request, std::move(pointer), "Must be a string.");
        else
            chosen.push_back(choice(nodes_[i], choices, std::move(pointer)));
    }
    if (chosen.empty()) refuse(name, problem_code::invalid_value, "Must name one at least.");
    std::sort(chosen.begin(), chosen.end());
    if (std::adjacent_find(chosen.begin(), chosen.end()) != chosen.end())
        refuse(name, problem_code::invalid_value, "Each may be named once.");
    return chosen;
}

std::optional<ledger::funding_source> json_fields::funding_source(std::string_view name) {
    const std::string_view given = text(name, {3, ledger::funding_source::length_max});
    auto source = given.empty() ? std::nullopt : ledger::funding_source::parse(given);
    if (!source)
        refuse(name, problem_code::invalid_value,
               "Must be kind:rest in visible ASCII; kinds: budget, national, partner, purchase, donation.");
    return source;
}

std::size_t json_fields::one_of(std::string_view name, std::span<const std::string_view> choices) {
    const auto* const node = find(name, json_kind::text, true);
    return node != nullptr ? choice(*node, choices) : 0;
}

std::size_t json_fields::one_of_or(std::string_view name, std::span<const std::string_view> choices,
                                   std::size_t otherwise) {
    const auto* const node = find(name, json_kind::text, false);
    return node != nullptr ? choice(*node, choices) : otherwise;
}

bool json_fields::boolean_or(std::string_view name, bool otherwise) {
    const auto* const node = find(name, json_kind::boolean, false);
    return node != nullptr ? node->boolean : otherwise;
}

ledger::jst_day json_fields::date(std::string_view name) { return date_of(name, true).value_or(ledger::jst_day{}); }

std::optional<ledger::jst_day> json_fields::optional_date(std::string_view name) { return date_of(name, false); }

std::optional<ledger::jst_day> json_fields::date_of(std::string_view name, bool required) {
    const auto* const node = find(name, json_kind::text, required);
    if (node == nullptr) return std::nullopt;
    const auto day = ledger::parse_date(node->text);
    if (!day) refuse(name, problem_code::invalid_value, "Must be a date that exists, as YYYY-MM-DD.");
    return day;
}

std::optional<json_fields> json_fields::optional_object(std::string_view name) {
    const auto* const node = find(name, json_kind::object, false);
    if (node == nullptr) return std::nullopt;
    return json_fields{nodes_, static_cast<std::size_t>(node - nodes_.data()), name, fault_};
}

json_fields json_fields::object(std::string_view name) {
    const auto* const node = find(name, json_kind::object, true);
    if (node == nullptr) return *this; // nothing is read any more: there is a fault
    return {nodes_, static_cast<std::size_t>(node - nodes_.data()), name, fault_};
}

} // namespace meguri::net
