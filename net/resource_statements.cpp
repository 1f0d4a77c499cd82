#include "net/resource_statements.hpp"

#include "ledger/contract.hpp"
#include "net/query_parameters.hpp"
#include "net/statement.hpp"

#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> formats{"json", "csv"};
constexpr std::uint32_t part_max = 1'000'000;

// A month that has begun, and which part of its statement in which form.
tl::expected<actors::looking_back, problem> read_wanted(call& from) {
    const auto month = parse_month(from.route.captured[1]);
    if (!month || month->first > from.now()) return tl::unexpected{problem{problem_code::not_found}};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const bool as_csv = query.one_of_or("format", formats, 0) == 1;
    const auto part = query.number_or("part", 1, 1, part_max);
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::looking_back{month->end.plus_ms(-1), part, as_csv};
}

// The statement of the month that `back` ends with, filled by `read`.
template <class Read>
past_result answer_of(const actors::looking_back& back, const statement_columns& columns, ledger::program_code only,
                      const storage::key_ring& keys, Read read) {
    const auto month = parse_month(ledger::to_date(ledger::jst_day::of(back.at)).substr(0, 7));
    EXPECTS(month.has_value());
    statement told{*month, columns, only, back.part};
    const auto done = read([&told](const ledger::entry& one) { told.add(one); });
    if (!done) return tl::unexpected{problem{problem_code::read_failed}};
    id_texts ids{keys};
    past_answer answer;
    if (back.as_csv) {
        told.write_csv(answer.body, ids);
        answer.content_type = "text/csv; charset=utf-8";
    } else {
        told.write_json(answer.body, ids);
    }
    return answer;
}

} // namespace

asked read_wallet_statement(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    auto back = read_wanted(from);
    if (!back) return tl::unexpected{std::move(back.error())};
    return actors::read_wallet{ledger::wallet_id{*wallet}, 0, 0, *back};
}

past_question look_back_at_wallet_statement(const actors::operation& read, const storage::key_ring& keys) {
    const auto back = *std::get<actors::read_wallet>(read.asked).back;
    return [back, newest = read.record.previous_of_wallet, only = read.by.municipality, &keys](ledger_past& past) {
        return answer_of(back, wallet_columns, only, keys,
                         [&](const auto& visit) { return past.wallet_entries(newest, back.at, visit); });
    };
}

asked read_merchant_statement(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return refused(problem_code::not_found);
    auto back = read_wanted(from);
    if (!back) return tl::unexpected{std::move(back.error())};
    return actors::read_merchant{ledger::merchant_id{*merchant}, *back};
}

past_question look_back_at_merchant_statement(const actors::operation& read, const storage::key_ring& keys) {
    const auto back = *std::get<actors::read_merchant>(read.asked).back;
    const ledger::program_code only = read.by.municipality;
    const bool hidden = only && !read.merchant_seen->terms->accepts(only);
    return [back, hidden, only, newest = read.merchant_seen->last_position, &keys](ledger_past& past) -> past_result {
        if (hidden) return tl::unexpected{problem{problem_code::not_found}};
        return answer_of(back, merchant_columns, only, keys,
                         [&](const auto& visit) { return past.merchant_entries(newest, back.at, visit); });
    };
}

problem_or_none render_no_statement(rendering&) {
    EXPECTS(!"every statement looks back");
    return std::nullopt;
}

} // namespace meguri::net
