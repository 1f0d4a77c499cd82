#include "storage/verify_recipients.hpp"

namespace meguri::storage {

std::optional<verify_recipients::awaited_file> verify_recipients::read_accepted(const ledger::recipients_accepted& fact,
                                                                                const ledger::entry& one,
                                                                                const read_entry& read) {
    std::vector<awaited_row> rows;
    ledger::points sum;
    for (const auto position : fact.lists) {
        if (position == 0 || position >= one.position) return std::nullopt;
        const auto found = read(position);
        const auto* const listed = found ? std::get_if<ledger::recipients_listed>(&found->what) : nullptr;
        if (listed == nullptr || listed->campaign != fact.campaign || listed->first_row != rows.size())
            return std::nullopt;
        for (const auto& row : listed->rows) {
            const auto more = sum.plus(row.amount);
            if (!more || !row.wallet || row.occasion.empty() || row.amount.is_zero()) return std::nullopt;
            sum = *more;
            rows.push_back({row.wallet, row.occasion, row.amount, row.line});
        }
    }
    if (rows.size() != fact.rows || sum != fact.sum) return std::nullopt;
    const auto left = rows.size();
    return awaited_file{std::move(rows), left};
}

template <class Wanted>
std::optional<ledger::points> verify_recipients::take_row(ledger::journal_position file, std::uint32_t row,
                                                          Wanted is_wanted) {
    const auto known = files.find(file);
    if (known == files.end() || row >= known->second.rows.size()) return std::nullopt;
    awaited_row& one = known->second.rows[row];
    if (one.has_come || !is_wanted(one)) return std::nullopt;
    one.has_come = true;
    const auto amount = one.amount;
    if (--known->second.left == 0) files.erase(known);
    return amount;
}

bool verify_recipients::take(const ledger::recipient_granted& fact) {
    return take_row(fact.file, fact.row,
                    [&fact](const awaited_row& one) {
                        return one.wallet == fact.wallet && one.occasion == fact.occasion &&
                               one.amount == fact.lot.amount;
                    })
        .has_value();
}

bool verify_recipients::take(const ledger::recipients_left_out& fact) {
    ledger::points released;
    for (const auto& one : fact.rows) {
        const auto amount =
            take_row(fact.file, one.row, [&one](const awaited_row& row) { return row.line == one.line; });
        const auto sum = amount ? released.plus(*amount) : std::nullopt;
        if (!sum) return false;
        released = *sum;
    }
    return released == fact.released;
}

} // namespace meguri::storage
