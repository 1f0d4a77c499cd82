// What stands in a wallet and how it came there, as JSON. `only` is the program whose staff asks; none for an operator,
// who sees all.
#pragma once

#include "ledger/wallet.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

#include <string>

namespace meguri::net {

// By program, lots in the order in which they will be spent.
void render_balances(std::string& body, const ledger::wallet& seen, ledger::program_code only);

// One line of a wallet's statement; false, and nothing written, where it is not for the asker.
[[nodiscard]] bool render_wallet_entry(json_writer& json, const ledger::entry& one, ledger::program_code only,
                                       id_texts& ids);

} // namespace meguri::net
