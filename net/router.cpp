#include "net/router.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <optional>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 7> method_names{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

bool is_capture(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// Cuts the first segment off "/a/b": "a", leaving "/b". Nothing when `rest` does not begin with a slash.
std::optional<std::string_view> cut_segment(std::string_view& rest) {
    if (rest.empty() || rest.front() != '/') return std::nullopt;
    const std::size_t end = std::min(rest.find('/', 1), rest.size());
    const std::string_view segment = rest.substr(1, end - 1);
    rest.remove_prefix(end);
    return segment;
}

} // namespace

struct router::node {
    std::string literal; // the segment that leads here, unless by a capture
    std::vector<node*> literals;
    node* capture = nullptr;
    std::array<std::optional<std::uint16_t>, method_names.size()> routes; // by method
    std::string allow;                                                    // empty: no path ends here
};

router::router(std::span<const route> routes) {
    nodes_.push_back(std::make_unique<node>());
    for (const route& one : routes) {
        EXPECTS(one.method != http_method::other);
        node* const end = grow(one.pattern);
        auto& place = end->routes[static_cast<std::size_t>(one.method)];
        EXPECTS(!place);
        place = one.id;
    }
    for (const auto& one : nodes_) {
        auto& head = one->routes[static_cast<std::size_t>(http_method::head)];
        if (!head) head = one->routes[static_cast<std::size_t>(http_method::get)];
        for (std::size_t method = 0; method < method_names.size(); ++method) {
            if (!one->routes[method]) continue;
            if (!one->allow.empty()) one->allow += ", ";
            one->allow += method_names[method];
        }
    }
}

router::~router() = default;

router::node* router::grow(std::string_view pattern) {
    node* here = nodes_.front().get();
    std::size_t captures = 0;
    for (std::string_view rest = pattern; !rest.empty();) {
        const auto segment = cut_segment(rest);
        EXPECTS(segment && !segment->empty());
        const bool capture = is_capture(*segment);
        const auto known = std::ranges::find(here->literals, *segment, [](const node* one) { return one->literal; });
        if (capture) ++captures;
        EXPECTS(captures <= route_match::captures_max);
        node* next = capture ? here->capture : known == here->literals.end() ? nullptr : *known;
        if (next == nullptr) {
            next = nodes_.emplace_back(std::make_unique<node>()).get();
            if (capture) {
                here->capture = next;
            } else {
                next->literal = *segment;
                here->literals.push_back(next);
            }
        }
        here = next;
    }
    return here;
}

route_match router::match(http_method method, std::string_view path) const noexcept {
    route_match found;
    const node* here = nodes_.front().get();
    std::size_t captures = 0;
    while (!path.empty()) {
        const auto segment = cut_segment(path);
        if (!segment || segment->empty()) return {};
        const auto literal =
            std::ranges::find_if(here->literals, [&](const node* one) { return one->literal == *segment; });
        if (literal != here->literals.end()) {
            here = *literal;
        } else if (here->capture != nullptr) {
            here = here->capture;
            found.captured[captures++] = *segment;
        } else {
            return {};
        }
    }
    if (here->allow.empty()) return {};
    const auto by_method = static_cast<std::size_t>(method);
    if (method == http_method::other || !here->routes[by_method]) {
        found.result = routing::wrong_method;
        found.allow = here->allow;
        return found;
    }
    found.result = routing::found;
    found.id = *here->routes[by_method];
    return found;
}

bool path_matches(std::string_view pattern, std::string_view path) noexcept {
    while (!pattern.empty() && !path.empty()) {
        const auto wanted = cut_segment(pattern);
        const auto given = cut_segment(path);
        if (!wanted || !given || given->empty()) return false;
        if (!is_capture(*wanted) && *wanted != *given) return false;
    }
    return pattern.empty() && path.empty();
}

} // namespace meguri::net
