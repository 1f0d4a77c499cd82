#include "net/ordered_debits.hpp"

#include "storage/index_keys.hpp"

#include <algorithm>
#include <limits>
#include <unordered_set>

namespace meguri::net {

using ledger::journal_position;
using storage::list_kind;

tl::expected<std::optional<ordered_debits>, problem> ordered_debits::find(ledger_view& from,
                                                                          journal_position position) {
    const auto found = from.entry_at(position);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const fact = *found ? std::get_if<ledger::debits_ordered>(&(**found).what) : nullptr;
    if (fact == nullptr) return std::nullopt;
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    const auto program = fact->what->program;
    auto of_day =
        from.conversion_list(storage::number_of_list(program, list_kind::debits, fact->what->day), position, all);
    auto ended = from.conversion_list(storage::number_of_list(program, list_kind::ended_mandates), position, all);
    if (!of_day || !ended) return tl::unexpected{problem{problem_code::read_failed}};
    const auto oldest = of_day->empty() ? position : of_day->back();
    std::erase_if(*ended, [oldest](journal_position one) { return one < oldest; });
    return ordered_debits{position, *fact->what, *std::move(of_day), *std::move(ended)};
}

std::optional<std::vector<ledger::debit_request>> ordered_debits::requests(const reader& entry_at) const {
    std::unordered_set<journal_position> over; // mandates
    for (const auto at : ended) {
        const auto entry = entry_at(at);
        const auto mandate = entry ? ledger::mandate_in(*entry) : std::nullopt;
        if (!mandate) return std::nullopt;
        over.insert(mandate->position);
    }
    std::unordered_set<ledger::purchase_reference> given_up; // newest first: told before their requests
    std::vector<ledger::debit_request> all;
    for (const auto at : of_day) {
        const auto entry = entry_at(at);
        const auto* const step = entry ? std::get_if<ledger::purchase_changed>(&entry->what) : nullptr;
        if (step == nullptr) return std::nullopt;
        const auto& purchase = *step->after;
        if (step->step == ledger::purchase_step::cancellation) given_up.insert(purchase.reference);
        if (step->step != ledger::purchase_step::request || given_up.contains(purchase.reference) ||
            over.contains(purchase.debit->mandate))
            continue;
        const auto requested = entry_at(purchase.debit->mandate);
        const auto mandate = requested ? ledger::mandate_in(*requested) : std::nullopt;
        if (!mandate) return std::nullopt;
        all.push_back({purchase.reference, mandate->account, purchase.amount});
    }
    std::ranges::reverse(all);
    return all;
}

ordered_debits::reader reader_of(ledger_view& from) {
    return [&from](journal_position position) {
        auto found = from.entry_at(position);
        return found ? std::move(*found) : std::nullopt;
    };
}

ordered_debits::reader reader_of(ledger_past& from) {
    return [&from](journal_position position) -> std::optional<ledger::entry> {
        auto found = from.entry_at(position);
        return found ? std::optional{std::move(*found)} : std::nullopt;
    };
}

} // namespace meguri::net
