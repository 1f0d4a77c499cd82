// What stands in a wallet and how it came there, as JSON. `only` is the program whose staff asks; none for an operator,
// who sees all.
#pragma once

#include "ledger/wallet.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

#include <cstdint>
#include <string>

namespace meguri::net {

// By program, lots in the order in which they will be spent; then the undecided points by partner.
void render_balances(std::string& body, const ledger::wallet& seen, ledger::program_code only, id_texts& ids);

// What of the wallet will expire on `today` or in the days that follow, first what expires first.
inline constexpr std::int32_t notice_days = 30;
void render_expiry_notices(std::string& body, const ledger::wallet& seen, ledger::program_code only,
                           ledger::jst_day today, id_texts& ids);

// One line of a wallet's statement; false, and nothing written, where it is not for the asker.
[[nodiscard]] bool render_wallet_entry(json_writer& json, const ledger::entry& one, ledger::program_code only,
                                       id_texts& ids);

} // namespace meguri::net
