#include "net/resource_ledger.hpp"

#include "ledger/accounts.hpp"
#include "net/json_writer.hpp"
#include "net/program_name.hpp"
#include "net/query_parameters.hpp"

namespace meguri::net {

namespace {

// `only`: the program whose staff asks; none for an operator.
void write_trial_balance(std::string& out, ledger::books books, ledger::program_code only,
                         const storage::key_ring& keys) {
    const bool balanced = books.balanced(); // before it is cut down: what left one program has come to another
    if (only) std::erase_if(books.programs, [&](const auto& one) { return one.program != only; });

    json_writer json{out};
    json.begin_object().boolean("balanced", balanced).begin_array("data");
    for (const auto& program : books.programs) {
        json.begin_object().plain("program", program_name(program.program, keys)).begin_array("accounts");
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
}

} // namespace

problem_or_none get_trial_balance(call& from, http_response& answer) {
    write_trial_balance(answer.body, from.ledger.books(), from.by.municipality, from.keys);
    return std::nullopt;
}

tl::expected<past_question, problem> look_back_at_trial_balance(call& from) {
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const auto at = query.past_instant("at", from.now());
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (!at) return past_question{};
    return [at = *at, only = from.by.municipality, &keys = from.keys](ledger_past& past) -> past_result {
        auto books = past.books_at(at);
        if (!books) return tl::unexpected{problem{problem_code::read_failed}};
        past_answer answer;
        write_trial_balance(answer.body, std::move(*books), only, keys);
        return answer;
    };
}

} // namespace meguri::net
