#include "bench/ledger_sums.hpp"

namespace meguri::bench {
namespace {

std::int64_t sum_of(const std::vector<ledger::lot_use>& lots) {
    std::int64_t sum = 0;
    for (const auto& one : lots) sum += one.amount.value();
    return sum;
}

std::string text_of(const merchant_sums& of) {
    return std::to_string(of.pending) + " pending, " + std::to_string(of.captured) + " captured, " +
           std::to_string(of.refunded) + " refunded";
}

void compare(std::vector<std::string>& found, const std::string& what, std::int64_t summed, std::int64_t shown) {
    if (summed != shown)
        found.push_back(what + ": " + std::to_string(summed) + " in the journal, " + std::to_string(shown) +
                        " in the trial balance");
}

} // namespace

void ledger_sums::see(const ledger::entry& one) {
    if (const auto* const paid = std::get_if<ledger::payment_decided>(&one.what)) {
        auto& of = merchants_[paid->merchant.value()];
        if (paid->status == ledger::payment_status::captured) of.captured += paid->amount.value();
        if (paid->status == ledger::payment_status::authorized) of.pending += paid->amount.value();
    } else if (const auto* const step = std::get_if<ledger::payment_changed>(&one.what)) {
        auto& of = merchants_[step->after->merchant.value()];
        const std::int64_t captured = sum_of(step->captured);
        const std::int64_t back = sum_of(step->returned) + sum_of(step->lapsed);
        if (step->was_held) {
            of.pending -= captured + back;
            of.captured += captured;
        } else {
            of.refunded += back;
        }
    }
}

merchant_sums ledger_sums::total() const {
    merchant_sums all;
    for (const auto& [number, one] : merchants_) {
        all.pending += one.pending;
        all.captured += one.captured;
        all.refunded += one.refunded;
    }
    return all;
}

std::vector<std::string> disagreements(const ledger_sums& summed, const shown_sums& shown) {
    std::vector<std::string> found;
    for (const auto& [number, shows] : shown.merchants) {
        const auto at = summed.merchants().find(number);
        const merchant_sums has = at == summed.merchants().end() ? merchant_sums{} : at->second;
        if (has != shows)
            found.push_back("merchant " + std::to_string(number) + ": " + text_of(has) + " in the journal; " +
                            text_of(shows) + " shown");
    }
    for (const auto& [number, has] : summed.merchants())
        if (has != merchant_sums{} && !shown.merchants.contains(number))
            found.push_back("merchant " + std::to_string(number) + ": " + text_of(has) + " in the journal, not shown");
    const merchant_sums all = summed.total();
    if (!shown.is_balanced) found.emplace_back("the trial balance does not balance");
    compare(found, "held", all.pending, shown.held);
    compare(found, "payable", all.captured - all.refunded, shown.payable);
    return found;
}

} // namespace meguri::bench
