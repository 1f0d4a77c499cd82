// From method and path to a route: literal segments and `{name}` segments that take any one non-empty segment. The
// table is built once at the start; matching allocates nothing and is read-only, so all io threads share one router.
#pragma once

#include "net/http_types.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

struct route {
    http_method method;
    std::string_view pattern; // "/v1/wallets/{id}/codes"; text that outlives the router's construction
    std::uint16_t id;         // the caller's own number for it
};

enum class routing : std::uint8_t { found, unknown_path, wrong_method };

struct route_match {
    static constexpr std::size_t captures_max = 4;

    routing result = routing::unknown_path;
    std::uint16_t id = 0;
    std::array<std::string_view, captures_max> captured{}; // in the order of the pattern; not percent-decoded
    std::string_view allow; // the methods of this path, where the method is wrong: "GET, HEAD, POST"
};

class router {
public:
    // Every (method, pattern) once; a literal segment wins over a `{name}` at the same place, without looking back.
    // A GET route answers HEAD too.
    explicit router(std::span<const route> routes);
    ~router();

    // `path` as in http_request::path. The views in the answer point into `path` and into the router.
    [[nodiscard]] route_match match(http_method method, std::string_view path) const noexcept;

private:
    struct node;
    node* grow(std::string_view pattern);

    std::vector<std::unique_ptr<node>> nodes_; // [0] is the root
};

// Whether `path` has the form of `pattern`.
[[nodiscard]] bool path_matches(std::string_view pattern, std::string_view path) noexcept;

} // namespace meguri::net
