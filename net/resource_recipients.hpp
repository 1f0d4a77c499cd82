// POST, GET /v1/campaigns/{id}/recipients
// GET /v1/recipients/{id}, /v1/recipients/{id}/report
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// SHA-256.
[[nodiscard]] ledger::file_digest digest_of_file(std::string_view bytes);

[[nodiscard]] asked accept_recipients(call& from);

[[nodiscard]] asked read_recipient_files(call& from);
[[nodiscard]] problem_or_none render_recipient_files_read(rendering& to);
[[nodiscard]] asked read_recipients(call& from);
[[nodiscard]] problem_or_none render_recipients_read(rendering& to);
[[nodiscard]] asked read_recipients_report(call& from);
[[nodiscard]] problem_or_none render_recipients_report(rendering& to);

} // namespace meguri::net
