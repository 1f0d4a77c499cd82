// POST, GET /v1/campaigns/{id}/recipients
// GET /v1/recipients/{id}, /v1/recipients/{id}/report
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// SHA-256.
[[nodiscard]] ledger::file_digest digest_of_file(std::string_view bytes);

// The rows of a file of which nothing became, by their numbers, in the form that was asked for: a report of recipients
// or of a claw-back.
void write_row_report(rendering& to, std::vector<ledger::left_out_row> rows);

[[nodiscard]] asked accept_recipients(call& from);

[[nodiscard]] asked read_recipient_files(call& from);
[[nodiscard]] problem_or_none render_recipient_files_read(rendering& to);
[[nodiscard]] asked read_recipients(call& from);
[[nodiscard]] problem_or_none render_recipients_read(rendering& to);
[[nodiscard]] asked read_recipients_report(call& from);
[[nodiscard]] problem_or_none render_recipients_report(rendering& to);

} // namespace meguri::net
