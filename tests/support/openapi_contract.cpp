#include "tests/support/openapi_contract.hpp"

#include "tests/support/openapi_file.hpp"
#include "tests/support/openapi_schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

namespace meguri::test {
namespace {

namespace json = boost::json;

std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> all;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        all.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return all;
}

bool has_form(std::string_view pattern, std::string_view path) {
    const auto wanted = segments(pattern);
    const auto given = segments(path);
    return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(),
                      [](auto one, auto other) { return one == other || (one.starts_with('{') && !other.empty()); });
}

const json::object* path_item(std::string_view path) {
    const json::object& paths = openapi_file().at("paths").as_object();
    if (const auto* const literal = paths.if_contains(path)) return &literal->as_object();
    for (const auto& one : paths)
        if (has_form(one.key(), path)) return &one.value().as_object();
    return nullptr;
}

json::value parsed_body(const http_reply& reply, std::vector<std::string>& faults) {
    boost::system::error_code failed;
    json::value body = json::parse(reply.body, failed);
    if (failed) faults.push_back("the body is no JSON: " + reply.body);
    return body;
}

void check_headers(const json::object& response, const http_reply& reply, std::vector<std::string>& faults) {
    const auto* const headers = response.if_contains("headers");
    if (headers == nullptr) return;
    for (const auto& [name, reference] : headers->as_object()) {
        const json::object& header = resolved(openapi_file(), reference).as_object();
        const std::string field = lower_case(name);
        if (!reply.has(field)) {
            if (header.contains("required")) faults.push_back("the header " + std::string{name} + " is missing");
            continue;
        }
        const json::value& schema = header.at("schema");
        const bool is_number = schema.as_object().contains("minimum");
        const json::value value =
            is_number ? json::value(std::stoll(reply.field(field))) : json::value(reply.field(field));
        for (const auto& fault : schema_faults(openapi_file(), schema, value))
            faults.push_back("header " + std::string{name} + fault);
    }
    for (const std::string_view rare : {"Idempotent-Replayed", "Retry-After", "WWW-Authenticate", "Allow"})
        if (reply.has(lower_case(rare)) && !headers->as_object().contains(rare))
            faults.push_back("the header " + std::string{rare} + " is not described");
}

// The schema is that of each line.
void check_lines(const json::value& schema, const http_reply& reply, std::vector<std::string>& faults) {
    if (!reply.body.ends_with('\n')) faults.emplace_back("the last line has no end");
    std::istringstream lines{reply.body};
    for (std::string line; std::getline(lines, line);)
        for (auto& fault : schema_faults(openapi_file(), schema, json::parse(line))) faults.push_back(std::move(fault));
}

void check_content(const json::object& response, const http_reply& reply, std::vector<std::string>& faults) {
    const std::string type = reply.field("content-type").substr(0, reply.field("content-type").find(';'));
    const auto* const content = response.if_contains("content");
    const auto* const media = content != nullptr ? content->as_object().if_contains(type) : nullptr;
    if (media == nullptr) return faults.push_back("the media type '" + type + "' is not described");
    if (type == "application/x-ndjson") return check_lines(media->as_object().at("schema"), reply, faults);
    if (!type.ends_with("json")) return; // text, and no more is said of it
    const json::value body = parsed_body(reply, faults);
    if (!faults.empty()) return;
    for (auto& fault : schema_faults(openapi_file(), media->as_object().at("schema"), body))
        faults.push_back(std::move(fault));
    if (type == "application/problem+json" && body.as_object().at("status") != reply.status)
        faults.emplace_back("the problem's status is not the response's");
}

// What no operation describes is told by a problem: 404 of a path, 405 of a method, or what stands before any routing.
void check_undescribed(bool known_path, const http_reply& reply, std::vector<std::string>& faults) {
    constexpr std::array before_routing{400, 408, 413, 417, 431, 503};
    const int wanted = known_path ? 405 : 404;
    if (reply.status != wanted &&
        std::find(before_routing.begin(), before_routing.end(), reply.status) == before_routing.end())
        faults.emplace_back("this path and method are not described");
    const json::value body = parsed_body(reply, faults);
    if (!faults.empty()) return;
    const auto& schema = openapi_file().at_pointer("/components/schemas/Problem");
    for (auto& fault : schema_faults(openapi_file(), schema, body)) faults.push_back(std::move(fault));
}

} // namespace

std::vector<std::string> contract_faults(std::string_view method, std::string_view target, const http_reply& reply) {
    std::vector<std::string> faults;
    const bool to_head = method == "HEAD";
    const auto* const item = path_item(target.substr(0, target.find('?')));
    const auto* const operation = item != nullptr ? item->if_contains(to_head ? "get" : lower_case(method)) : nullptr;
    if (operation == nullptr) {
        check_undescribed(item != nullptr, reply, faults);
        return faults;
    }
    const auto& responses = operation->as_object().at("responses").as_object();
    const auto* const described = responses.if_contains(std::to_string(reply.status));
    if (described == nullptr)
        return {"the status " + std::to_string(reply.status) + " is not described: " + reply.body};
    const json::object& response = resolved(openapi_file(), *described).as_object();
    check_headers(response, reply, faults);
    if (!to_head) check_content(response, reply, faults);
    return faults;
}

std::string contract_fault(std::string_view method, std::string_view target, const http_reply& reply) {
    std::string all;
    for (const auto& fault : contract_faults(method, target, reply))
        all.append(method).append(" ").append(target).append(": ").append(fault).append("\n");
    return all;
}

} // namespace meguri::test
