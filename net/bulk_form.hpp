// What differs between the bulk requests: what their lines are written in, and how the answers to all are told.
#pragma once

#include "net/bulk_request.hpp"
#include "net/resource.hpp"

namespace meguri::net {

struct bulk_lines {
    std::vector<std::string_view> lines;
    bool as_csv = false; // the answer
};

struct bulk_form {
    std::string_view content_type; // of the request's body
    std::size_t lines_max = bulk_request::lines_max;
    // The lines, behind whatever stands before them; a problem: none of them is begun.
    tl::expected<bulk_lines, problem> (*lines)(call&) = nullptr;
    void (*render)(const bulk_request& done, http_response& into, id_texts& ids) = nullptr;
    std::string_view wrong_type; // what to tell whoever sends another type
};

// NDJSON of authorizations.
extern const bulk_form authorizations_form;

} // namespace meguri::net
