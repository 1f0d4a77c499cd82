#include "net/resource_ledger.hpp"

#include "ledger/accounts.hpp"
#include "net/json_writer.hpp"

namespace meguri::net {

problem_or_none get_trial_balance(call& from, http_response& answer) {
    ledger::books books = from.ledger.books();
    if (from.is_staff())
        std::erase_if(books.programs, [&](const auto& one) { return one.program != from.by.municipality; });

    json_writer json{answer.body};
    json.begin_object().boolean("balanced", books.balanced()).begin_array("data");
    for (const auto& program : books.programs) {
        const auto digits = program.program.digits();
        json.begin_object().plain("program", {digits.data(), digits.size()}).begin_array("accounts");
        for (std::size_t i = 0; i < program.sums.size(); ++i) {
            const ledger::account_sums& sums = program.sums[i];
            if (sums.debits.is_zero() && sums.credits.is_zero()) continue; // never used
            json.begin_object();
            json.plain("name", name_of(static_cast<ledger::account>(i)));
            json.number("debits", sums.debits.value()).number("credits", sums.credits.value());
            json.end_object();
        }
        json.end_array().end_object();
    }
    json.end_array().end_object();
    return std::nullopt;
}

} // namespace meguri::net
