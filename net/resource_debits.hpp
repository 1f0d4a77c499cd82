// POST /v1/debit_orders, GET /v1/debit_orders/{id}, GET /v1/debit_orders/{id}/file
// POST /v1/debit_orders/{id}/results: the bank's result file
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked order_debits(call& from);
// Away from the io thread: as many entries are read as there are debits.
[[nodiscard]] tl::expected<past_question, problem> look_up_debit_order(call& from);
[[nodiscard]] tl::expected<past_question, problem> write_debit_order_file(call& from);
[[nodiscard]] asked take_debit_record(call& from, std::string_view record, std::string& key);
extern const bulk_form debit_results_form;

} // namespace meguri::net
