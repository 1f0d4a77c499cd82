#include "net/render_debit.hpp"

#include "ledger/contract.hpp"
#include "net/account_fields.hpp"

namespace meguri::net {

void write_mandate(json_writer& json, const ledger::entry& one, id_texts& ids) {
    const auto mandate = ledger::mandate_in(one);
    EXPECTS(mandate.has_value());
    const auto& reason = std::get<ledger::mandate_changed>(one.what).reason;
    json.plain("id", ids.encode(storage::id_kind::mandate, mandate->position).view());
    json.plain("wallet", ids.encode(storage::id_kind::wallet, mandate->wallet.value()).view());
    json.plain("program", mandate->program.text());
    write_account(json, "account", mandate->account);
    json.plain("status", name_of(mandate->status));
    reason.empty() ? json.null("reason") : json.text("reason", reason);
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

void write_debit_order(json_writer& json, const ledger::entry& one, const ledger::debit_order& what, id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::debit_order, one.position).view());
    json.plain("program", what.program.text());
    json.plain("debit_day", ledger::to_date(what.day));
    json.plain("consignor_code", consignor_code(what.consignor));
    write_account(json, "account", what.account);
    json.plain("created_at", ledger::to_rfc3339(one.decided_at));
}

std::string consignor_code(std::uint64_t consignor) {
    std::string digits(10, '0');
    for (std::size_t i = digits.size(); i-- > 0; consignor /= 10) digits[i] = static_cast<char>('0' + consignor % 10);
    return digits;
}

} // namespace meguri::net
