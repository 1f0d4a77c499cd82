// What became of the records of a bank's result file, told to whoever handed it in.
#pragma once

#include "net/bulk_request.hpp"
#include "net/http_types.hpp"
#include "net/render_ids.hpp"

namespace meguri::net {

void render_debit_report(const bulk_request& done, http_response& into, id_texts& ids);

} // namespace meguri::net
