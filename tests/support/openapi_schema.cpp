#include "tests/support/openapi_schema.hpp"

#include "ledger/calendar.hpp"
#include "tests/support/openapi_file.hpp"

#include <algorithm>
#include <array>
#include <regex.h>
#include <stdexcept>
#include <unordered_map>

namespace meguri::test {
namespace {

namespace json = boost::json;

// Text for people, and what only describes.
constexpr std::array<std::string_view, 5> silent{"description", "default", "example", "examples", "$ref"};

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// The patterns of the file mean the same in JSON Schema and as POSIX extended expressions. (gcc 12 warns about the
// inside of std::regex when it also sanitizes.)
class expression {
public:
    explicit expression(const std::string& pattern) {
        if (::regcomp(&compiled_, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
            throw std::logic_error{"pattern '" + pattern + "' cannot be checked"};
    }
    ~expression() { ::regfree(&compiled_); }
    expression(const expression&) = delete;
    expression& operator=(const expression&) = delete;
    [[nodiscard]] bool found_in(const std::string& text) const {
        return ::regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
    }

private:
    regex_t compiled_;
};

// Clients on several threads hold their answers against the contract; each has its own, rather than a lock around all.
bool matches(std::string_view pattern, std::string_view text) {
    thread_local std::unordered_map<std::string, expression> compiled;
    return compiled.try_emplace(std::string{pattern}, std::string{pattern}).first->second.found_in(std::string{text});
}

bool has_type(std::string_view type, const json::value& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    throw std::logic_error{"type '" + std::string{type} + "' is not checked"};
}

bool has_format(std::string_view format, std::string_view text) {
    if (format == "date") return ledger::parse_date(text).has_value();
    if (format != "date-time") throw std::logic_error{"format '" + std::string{format} + "' is not checked"};
    return ledger::parse_date(text.substr(0, 10)).has_value() &&
           matches("^.{10}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?Z$", text);
}

class schema_check {
public:
    schema_check(const json::value& root, std::vector<std::string>& faults) : root_{root}, faults_{faults} {}

    void check(const json::value& schema, const json::value& value, const std::string& at) {
        const json::object& rules = schema.as_object();
        if (const auto* const ref = rules.if_contains("$ref"); ref != nullptr)
            check(resolved(root_, schema), value, at);
        for (const auto& rule : rules) {
            if (std::find(silent.begin(), silent.end(), rule.key()) != silent.end()) continue;
            rule_ = rule.key();
            if (!choice(rule.value(), value) && !any_value(rule.value(), value) && !text(rule.value(), value) &&
                !number(rule.value(), value) && !array(rule.value(), value, at) &&
                !object(rules, rule.value(), value, at))
                throw std::logic_error{"schema keyword '" + std::string{rule.key()} + "' is not checked"};
            if (!holds_)
                faults_.push_back(at + ": " + std::string{rule.key()} + " does not allow " + json::serialize(value));
            holds_ = true;
        }
    }

private:
    // Each knows some keywords: true where the rule was one of them, and holds_ then says whether it is kept.
    bool choice(const json::value& rule, const json::value& value) {
        if (rule_ != "oneOf") return false;
        const json::array& all = rule.as_array();
        const auto fits = [&](const json::value& one) { return schema_faults(root_, one, value).empty(); };
        return holds(std::count_if(all.begin(), all.end(), fits) == 1);
    }
    bool any_value(const json::value& rule, const json::value& value) {
        if (rule_ == "type") {
            if (rule.is_string()) return holds(has_type(rule.as_string(), value));
            const json::array& types = rule.as_array();
            return holds(std::any_of(types.begin(), types.end(),
                                     [&](const json::value& type) { return has_type(type.as_string(), value); }));
        }
        if (rule_ == "const") return holds(rule == value);
        if (rule_ != "enum") return false;
        const json::array& all = rule.as_array();
        return holds(std::find(all.begin(), all.end(), value) != all.end());
    }
    bool text(const json::value& rule, const json::value& value) {
        const auto* const given = value.if_string();
        const std::string_view text = given != nullptr ? std::string_view{*given} : std::string_view{};
        if (rule_ == "pattern") return holds(given == nullptr || matches(rule.as_string(), text));
        if (rule_ == "format") return holds(given == nullptr || has_format(rule.as_string(), text));
        if (rule_ == "minLength") return holds(given == nullptr || characters(text) >= size(rule));
        if (rule_ == "maxLength") return holds(given == nullptr || characters(text) <= size(rule));
        return false;
    }
    bool number(const json::value& rule, const json::value& value) {
        const auto* const given = value.if_int64();
        if (rule_ == "minimum") return holds(given == nullptr || *given >= rule.as_int64());
        if (rule_ == "maximum") return holds(given == nullptr || *given <= rule.as_int64());
        return false;
    }
    bool array(const json::value& rule, const json::value& value, const std::string& at) {
        static const json::array none;
        const json::array& given = value.is_array() ? value.get_array() : none;
        if (rule_ == "minItems") return holds(!value.is_array() || given.size() >= size(rule));
        if (rule_ == "maxItems") return holds(given.size() <= size(rule));
        if (rule_ == "uniqueItems") {
            for (std::size_t i = 0; i < given.size(); ++i)
                holds_ = holds_ && std::find(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(i), given[i]) ==
                                       given.begin() + static_cast<std::ptrdiff_t>(i);
            return true;
        }
        if (rule_ != "items") return false;
        for (std::size_t i = 0; i < given.size(); ++i) check(rule, given[i], at + '/' + std::to_string(i));
        return true;
    }
    bool object(const json::object& rules, const json::value& rule, const json::value& value, const std::string& at) {
        static const json::object none;
        const json::object& given = value.is_object() ? value.get_object() : none;
        if (rule_ == "required") {
            for (const auto& name : rule.as_array())
                if (value.is_object() && !given.contains(name.as_string()))
                    faults_.push_back(at + ": '" + std::string{name.as_string()} + "' is missing");
            return true;
        }
        if (rule_ == "additionalProperties") {
            if (!rule.is_bool() || rule.get_bool())
                throw std::logic_error{"additionalProperties is only checked as false"};
            const auto* const known = rules.if_contains("properties");
            for (const auto& member : given)
                if (known == nullptr || !known->as_object().contains(member.key()))
                    faults_.push_back(at + ": '" + std::string{member.key()} + "' is not described");
            return true;
        }
        if (rule_ != "properties") return false;
        for (const auto& [name, schema] : rule.as_object())
            if (const auto* const member = given.if_contains(name))
                check(schema, *member, at + '/' + std::string{name});
        return true;
    }

    bool holds(bool kept) {
        holds_ = kept;
        return true;
    }
    static std::size_t size(const json::value& rule) { return rule.to_number<std::size_t>(); }

    const json::value& root_;
    std::vector<std::string>& faults_;
    std::string rule_;
    bool holds_ = true;
};

} // namespace

std::vector<std::string> schema_faults(const json::value& root, const json::value& schema, const json::value& value) {
    std::vector<std::string> faults;
    schema_check{root, faults}.check(schema, value, "");
    return faults;
}

} // namespace meguri::test
