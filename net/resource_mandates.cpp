#include "net/resource_mandates.hpp"

#include "net/account_fields.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_debit.hpp"
#include "net/resource_purchases.hpp"
#include "net/write_page.hpp"

#include <map>

namespace meguri::net {
namespace {

constexpr std::size_t mandate_steps_max = 1'000; // that one answer looks at

// The mandate that the path names, as it was requested; neither staff of another municipality nor another resident
// learns that it exists.
tl::expected<ledger::debit_mandate, problem> mandate_in_path(const call& from) {
    const auto requested = from.id(storage::id_kind::mandate);
    if (!requested) return tl::unexpected{problem{problem_code::not_found}};
    const auto found = from.ledger.entry_at(*requested);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    auto mandate = *found ? ledger::mandate_in(**found) : std::nullopt;
    if (!mandate || !from.knows(mandate->program) || !from.knows(mandate->wallet))
        return tl::unexpected{problem{problem_code::not_found}};
    return *std::move(mandate);
}

// Finds the newest entry of each mandate of a wallet. Those of the wallet and a program stand one behind the other, and
// who asks for mandates from new to old walks them once.
class newest_steps {
public:
    explicit newest_steps(const call& from) noexcept : from_{from} {}

    [[nodiscard]] tl::expected<ledger::entry, problem> of(const ledger::debit_mandate& mandate) {
        const auto digest = from_.keys.digest_of_mandate(mandate.program, mandate.wallet);
        auto at = next_.find(mandate.program);
        if (at == next_.end()) {
            const auto newest = from_.ledger.find_joining(digest);
            if (!newest) return tl::unexpected{problem{problem_code::read_failed}};
            at = next_.emplace(mandate.program, newest->value_or(0)).first;
        }
        while (at->second != 0 && seen_++ < mandate_steps_max) {
            auto found = from_.ledger.entry_at(at->second);
            const auto step = found && *found ? ledger::mandate_in(**found) : std::nullopt;
            if (!step) break;
            at->second = std::get<ledger::mandate_changed>((**found).what).previous;
            if (step->position == mandate.position) return **std::move(found);
        }
        return tl::unexpected{problem{problem_code::read_failed}};
    }

private:
    const call& from_;
    std::map<ledger::program_code, ledger::journal_position> next_; // to be looked at, of each program
    std::size_t seen_ = 0;
};

problem_or_none write_as_it_stands(json_writer& json, const call& from, newest_steps& steps,
                                   const ledger::debit_mandate& mandate) {
    const auto newest = steps.of(mandate);
    if (!newest) return newest.error();
    json.begin_object();
    write_mandate(json, *newest, from.ids);
    json.end_object();
    return std::nullopt;
}

} // namespace

asked request_mandate(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::request_mandate wanted;
    wanted.wallet = buyer_in(body, from);
    wanted.program = body.program("program");
    wanted.account = std::make_shared<const ledger::bank_account>(read_account(body, "account", from.banks));
    wanted.verdict = verdict_on(*wanted.account, from.banks);
    body.finish();
    if (!fault && !ledger::can_be_debited(wanted.account->type))
        return tl::unexpected{problem{
            problem_code::invalid_value, "Banks debit ordinary and current accounts alone.", "/account/type", {}, {}}};
    if (fault) return tl::unexpected{std::move(*fault)};
    if (from.is_staff() && wanted.program != from.by.municipality) return refused(problem_code::forbidden);
    return ledger::command{std::move(wanted)};
}

problem_or_none get_mandate(call& from, http_response& answer) {
    const auto named = mandate_in_path(from);
    if (!named) return named.error();
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    json_writer json{answer.body};
    newest_steps steps{from};
    return write_as_it_stands(json, from, steps, *named);
}

problem_or_none list_mandates(call& from, http_response& answer) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return problem{problem_code::not_found};
    const auto list = storage::number_of_list(ledger::wallet_id{*wallet}, storage::list_kind::mandates);
    return write_list(from, answer, list,
                      [&, steps = newest_steps{from}](json_writer& json,
                                                      ledger::journal_position position) mutable -> problem_or_none {
                          const auto request = from.ledger.entry_at(position);
                          const auto mandate = request && *request ? ledger::mandate_in(**request) : std::nullopt;
                          if (!mandate) return problem{problem_code::read_failed};
                          if (!from.knows(mandate->program)) return std::nullopt;
                          return write_as_it_stands(json, from, steps, *mandate);
                      });
}

template <ledger::mandate_status To>
asked change_mandate(call& from) {
    const auto mandate = mandate_in_path(from);
    if (!mandate) return tl::unexpected{mandate.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    constexpr bool is_good = To == ledger::mandate_status::confirmed;
    std::string reason{is_good ? body.text_or("reason", {}, reason_bounds) : body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::change_mandate{mandate->program, mandate->wallet, mandate->position, To, std::move(reason)}};
}

template asked change_mandate<ledger::mandate_status::confirmed>(call&);
template asked change_mandate<ledger::mandate_status::refused>(call&);
template asked change_mandate<ledger::mandate_status::ended>(call&);

} // namespace meguri::net
