#include "storage/history.hpp"

#include "ledger/decide.hpp"

#include <algorithm>
#include <utility>

namespace meguri::storage {
namespace {

ledger::entry next_of(const ledger::wallet& state, ledger::instant at, ledger::fact what) {
    ledger::entry made;
    made.decided_at = at;
    made.wallet = state.id;
    made.wallet_sequence = state.sequence + 1;
    made.what = std::move(what);
    return made;
}

// The wallet's actor would have booked it before it showed anything. Undecided points alone stay until the entry that
// transferred them: what they become is up to a program, not to the wallet.
void let_due_happen(ledger::wallet& state, ledger::instant at) {
    const auto is_over = [at](const ledger::payment_state& one) { return at >= one.capture_before; };
    for (auto one = std::find_if(state.holds.begin(), state.holds.end(), is_over); one != state.holds.end();
         one = std::find_if(state.holds.begin(), state.holds.end(), is_over))
        ledger::apply(state, next_of(state, at, ledger::end_of_hold(*one, state, at)));
    if (auto expiry = ledger::due(state, at)) ledger::apply(state, next_of(state, at, *std::move(expiry)));
}

bool is_payment(const ledger::entry& one) noexcept {
    return std::holds_alternative<ledger::payment_decided>(one.what) ||
           std::holds_alternative<ledger::payment_changed>(one.what);
}

} // namespace

tl::expected<history, error> history::make(const journal& over, const std::atomic<bool>& ending) {
    return journal_reader::make(over).map([&ending](journal_reader&& entries) {
        return history{std::move(entries), ending};
    });
}

tl::expected<void, error> history::unless_ending() const {
    if (!*ending_) return {};
    return tl::unexpected{error{errc::stopped, "the reading of the past was ended", 0}};
}

tl::expected<void, error> history::replay_chain(ledger::journal_position newest, previous_of previous,
                                                ledger::instant at, const visitor& visit) {
    std::vector<ledger::journal_position> chain;
    for (auto position = newest; position != 0;) {
        if (auto going_on = unless_ending(); !going_on) return going_on;
        auto one = entries_.read(position);
        if (!one) return tl::unexpected{std::move(one.error())};
        if (one->decided_at <= at) chain.push_back(position);
        position = previous(*one);
    }
    for (auto position = chain.rbegin(); position != chain.rend(); ++position) {
        if (auto going_on = unless_ending(); !going_on) return going_on;
        auto one = entries_.read(*position);
        if (!one) return tl::unexpected{std::move(one.error())};
        visit(*one);
    }
    return {};
}

tl::expected<void, error> history::wallet_entries(ledger::journal_position newest, ledger::instant at,
                                                  const visitor& visit) {
    return replay_chain(
        newest, [](const ledger::entry& one) { return one.previous_of_wallet; }, at, visit);
}

tl::expected<void, error> history::merchant_entries(ledger::journal_position newest, ledger::instant at,
                                                    const visitor& visit) {
    return replay_chain(
        newest, [](const ledger::entry& one) { return one.previous_of_merchant; }, at, visit);
}

tl::expected<ledger::wallet, error> history::wallet_at(ledger::journal_position newest, ledger::instant at) {
    ledger::wallet state;
    auto replayed = wallet_entries(newest, at, [&state](const ledger::entry& one) { ledger::apply(state, one); });
    if (!replayed) return tl::unexpected{std::move(replayed.error())};
    let_due_happen(state, at);
    return state;
}

tl::expected<ledger::merchant, error> history::merchant_at(const ledger::merchant& today, ledger::instant at) {
    ledger::merchant state;
    state.terms = today.terms;
    auto replayed = merchant_entries(today.last_position, at, [&state](const ledger::entry& one) {
        if (is_payment(one)) ledger::apply(state, one);
    });
    if (!replayed) return tl::unexpected{std::move(replayed.error())};
    return state;
}

tl::expected<ledger::entry, error> history::entry_at(ledger::journal_position position) {
    if (auto going_on = unless_ending(); !going_on) return tl::unexpected{std::move(going_on.error())};
    return entries_.read(position);
}

tl::expected<ledger::books, error> history::books_at(ledger::instant at) {
    ledger::books state;
    auto read = entries_.read_from(1, [&](const journal_record& one) {
        if (one.what.decided_at <= at) ledger::apply(state, one.what);
        return !*ending_;
    });
    if (!read) return tl::unexpected{std::move(read.error())};
    if (auto whole = unless_ending(); !whole) return tl::unexpected{std::move(whole.error())};
    return state;
}

} // namespace meguri::storage
