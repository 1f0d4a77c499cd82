// JSON that a client sends: the nodes are well formed, and another parser reads the same in every text that we take.
#include "ledger/contract.hpp"
#include "net/json_document.hpp"
#include "tests/fuzz/fuzzing.hpp"

#include <boost/json.hpp>

#include <set>

namespace meguri::fuzz {
namespace {

using net::json_kind;
using net::json_node;
using nodes = std::span<const json_node>;

bool has_children(const json_node& one) { return one.kind == json_kind::array || one.kind == json_kind::object; }

void check_shape(nodes all, std::size_t at, std::uint32_t limit, std::size_t depth) {
    const json_node& one = all[at];
    ENSURES(one.end > at && one.end <= limit && depth <= net::json_document::depth_max);
    ENSURES(net::is_utf8(one.key) && net::is_utf8(one.text));
    ENSURES(has_children(one) || one.end == at + 1);
    for (std::size_t i = at + 1; i < one.end; i = all[i].end) {
        ENSURES(one.kind == json_kind::object || all[i].key.empty());
        check_shape(all, i, one.end, depth + 1);
    }
}

void compare(nodes all, std::size_t at, const boost::json::value& other);

void compare_members(nodes all, std::size_t at, const boost::json::object& other) {
    std::set<std::string_view> names;
    for (std::size_t i = at + 1; i < all[at].end; i = all[i].end) names.insert(all[i].key);
    ENSURES(names.size() == other.size());
    for (std::size_t i = at + 1; i < all[at].end; i = all[i].end) {
        const auto* const found = other.if_contains(all[i].key);
        ENSURES(found != nullptr);
        // Of members that come twice, which json_fields refuses, Boost.JSON keeps the last.
        const auto more = [&](const json_node& one) { return one.key == all[i].key; };
        std::size_t next = all[i].end;
        while (next < all[at].end && !more(all[next])) next = all[next].end;
        if (next == all[at].end) compare(all, i, *found);
    }
}

void compare(nodes all, std::size_t at, const boost::json::value& other) {
    const json_node& one = all[at];
    switch (one.kind) {
    case json_kind::null: return ENSURES(other.is_null());
    case json_kind::boolean: return ENSURES(other.is_bool() && other.get_bool() == one.boolean);
    case json_kind::integer:
        if (other.is_uint64()) return ENSURES(one.integer == INT64_MAX);
        return ENSURES(other.is_int64() && other.get_int64() == one.integer);
    case json_kind::fraction: return ENSURES(other.is_double());
    case json_kind::text: return ENSURES(other.is_string() && other.get_string() == one.text);
    case json_kind::object: ENSURES(other.is_object()); return compare_members(all, at, other.get_object());
    case json_kind::array: break;
    }
    ENSURES(other.is_array());
    std::size_t index = 0;
    for (std::size_t i = at + 1; i < one.end; i = all[i].end, ++index) {
        ENSURES(index < other.get_array().size());
        compare(all, i, other.get_array()[index]);
    }
    ENSURES(index == other.get_array().size());
}

} // namespace

void try_input(input bytes) {
    static net::json_document document; // as on an io thread, one for all requests
    const std::string text{text_of(bytes)};
    const nodes all = document.parse(text);
    ENSURES(all.empty() != document.fault().empty());
    if (all.empty()) return;
    ENSURES(all[0].end == all.size());
    check_shape(all, 0, all[0].end, 0);
    boost::json::parse_options options;
    options.max_depth = net::json_document::depth_max;
    boost::system::error_code failed;
    const auto other = boost::json::parse(text, failed, {}, options);
    if (failed == boost::json::error::exponent_overflow) return; // to us 1e-99999999999 is a fraction like any other
    ENSURES(!failed);
    compare(all, 0, other);
}

} // namespace meguri::fuzz
