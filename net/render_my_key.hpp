// What became of a wallet's MyKey ID, as an answer and a statement tell it.
#pragma once

#include "ledger/entry.hpp"
#include "net/json_writer.hpp"

namespace meguri::net {

// The members mykey_id, result, previous, wish and tries_left.
void write_my_key(json_writer& json, const ledger::my_key_changed& fact);

} // namespace meguri::net
