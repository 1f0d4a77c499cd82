// The answer of a list: what it has, newest first, as much as `limit` and `after` ask for, and where it goes on.
#pragma once

#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"
#include "net/resource.hpp"

#include <algorithm>
#include <cstddef>

namespace meguri::net {

// `positions_before(position, limit)` reads the list (0: from its beginning on). `write_one(json, position)` writes one
// object of it, or nothing where it does not concern the caller: the page then has less.
template <class Look, class Write>
[[nodiscard]] problem_or_none write_page(call& from, http_response& answer, Look positions_before, Write write_one) {
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const page wanted = query.read_page(from.keys);
    query.finish();
    if (fault) return std::move(*fault);
    // One more than is shown says whether the list goes on.
    const auto found = positions_before(wanted.before.value_or(0), wanted.limit + std::size_t{1});
    if (!found) return problem{problem_code::read_failed};
    const std::size_t shown = std::min<std::size_t>(found->size(), wanted.limit);
    json_writer json{answer.body};
    json.begin_object().begin_array("data");
    for (std::size_t i = 0; i < shown; ++i)
        if (auto failed = write_one(json, (*found)[i])) return failed;
    json.end_array();
    found->size() > shown
        ? json.plain("next", from.keys.encode_id(storage::id_kind::cursor, (*found)[shown - 1]).view())
        : json.null("next");
    json.end_object();
    return std::nullopt;
}

// The same of storage::number_of_list.
template <class Write>
[[nodiscard]] problem_or_none write_list(call& from, http_response& answer, std::uint64_t list, Write write_one) {
    return write_page(
        from, answer,
        [&](ledger::journal_position before, std::size_t limit) {
            return from.ledger.conversion_list(list, before, limit);
        },
        write_one);
}

} // namespace meguri::net
