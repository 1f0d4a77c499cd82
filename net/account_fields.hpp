// An account as JSON: read, with its bank and branch looked up in the table, and shown.
#pragma once

#include "ledger/application.hpp"
#include "net/bank_table.hpp"
#include "net/json_fields.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

#include <string_view>

namespace meguri::net {

// The member `name` of `body`; faults it where a field is not what banks take.
[[nodiscard]] ledger::bank_account read_account(json_fields& body, std::string_view name, const bank_table& banks);
// What the table says of it: the ledger refuses what is not good, after its look at the idempotency key.
[[nodiscard]] ledger::account_verdict verdict_on(const ledger::bank_account& one, const bank_table& banks) noexcept;

void write_account(json_writer& json, std::string_view name, const ledger::bank_account& one);

// Operator or staff member; null: nobody yet.
void write_person_or_null(json_writer& json, std::string_view name, const ledger::person_ref& who, id_texts& ids);

[[nodiscard]] std::string_view name_of(ledger::account_type type) noexcept;

} // namespace meguri::net
