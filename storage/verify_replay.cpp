#include "storage/verify_replay.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

using ledger::entry;

std::string at(const entry& one) { return "entry " + std::to_string(one.position); }

bool is_command_amount(ledger::points amount) {
    return amount.value() >= 1 && amount.value() <= ledger::points::command_max;
}

// Which wallet and merchant a fact concerns, as every entry has to say itself.
struct concerned {
    struct both {
        ledger::wallet_id wallet;
        ledger::merchant_id merchant;
    };
    both operator()(const ledger::wallet_opened& fact) const { return {fact.id, {}}; }
    both operator()(const ledger::code_issued& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::points_granted& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::points_expired& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::merchant_joined& fact) const { return {{}, fact.id}; }
    both operator()(const ledger::outlet_added& fact) const { return {{}, fact.id.merchant()}; }
    both operator()(const ledger::payment_decided& fact) const { return {fact.wallet, fact.merchant}; }
    both operator()(const ledger::freeze_changed& fact) const {
        switch (fact.subject) {
        case ledger::freeze_subject::wallet: return {ledger::wallet_id{fact.id}, {}};
        case ledger::freeze_subject::merchant: return {{}, ledger::merchant_id{fact.id}};
        case ledger::freeze_subject::terminal:
        case ledger::freeze_subject::shop: return {{}, ledger::outlet_id{fact.id}.merchant()};
        case ledger::freeze_subject::program: break;
        }
        return {};
    }
    template <class Other>
    both operator()(const Other&) const {
        return {};
    }
};

} // namespace

void verify_replay::apply(const entry& one) {
    if (!belongs(one)) return;
    if (one.wallet) apply_to_wallet(one);
    if (one.merchant) apply_to_merchant(one);
    if (ledger::concerns_registry(one)) apply_to_registry(one);
    apply_to_books(one);
    storage::apply(ids_, one);
    note_keys(one);
}

bool verify_replay::belongs(const entry& one) {
    const auto names = std::visit(concerned{}, one.what);
    return tally_.check(rule::belongs, names.wallet == one.wallet && names.merchant == one.merchant,
                        [&] { return at(one); });
}

// --- wallets ---

void verify_replay::apply_to_wallet(const entry& one) {
    replayed_wallet& known = wallets_[one.wallet];
    if (known.broken) return;
    known.broken = !follows(known.wallet, one) || !can_apply(known.wallet, one);
    if (!known.broken) ledger::apply(known.wallet, one);
}

bool verify_replay::follows(const ledger::wallet& wallet, const entry& one) {
    const auto where = [&] { return at(one) + ", wallet " + std::to_string(one.wallet.value()); };
    tally_.check(rule::wallet_chain, one.previous_of_wallet == wallet.last_position, where);
    tally_.check(rule::wallet_time, one.decided_at >= wallet.last_time, where);
    const bool opens = std::holds_alternative<ledger::wallet_opened>(one.what);
    return tally_.check(rule::wallet_sequence,
                        one.wallet_sequence == wallet.sequence + 1 && opens == (one.wallet_sequence == 1), where);
}

bool verify_replay::can_apply(const ledger::wallet& wallet, const entry& one) {
    if (const auto* issued = std::get_if<ledger::code_issued>(&one.what))
        return tally_.check(rule::codes_once, issued->ordinal == wallet.codes_issued + 1, [&] { return at(one); });
    if (const auto* granted = std::get_if<ledger::points_granted>(&one.what)) {
        tally_.check(rule::amounts, is_command_amount(granted->lot.amount), [&] { return at(one); });
        return tally_.check(rule::lots, granted->lot.lot->number == wallet.lots_issued + 1, [&] { return at(one); });
    }
    if (const auto* expired = std::get_if<ledger::points_expired>(&one.what))
        return takes_what_is_there(wallet, expired->lots, one);
    if (const auto* paid = std::get_if<ledger::payment_decided>(&one.what)) return can_pay(wallet, *paid, one);
    return true;
}

bool verify_replay::takes_what_is_there(const ledger::wallet& wallet, const std::vector<ledger::lot_use>& lots,
                                        const entry& one) {
    return std::all_of(lots.begin(), lots.end(), [&](const ledger::lot_use& use) {
        const auto same = std::find_if(wallet.lots.begin(), wallet.lots.end(),
                                       [&use](const ledger::lot& lot) { return lot.terms->number == use.lot->number; });
        const bool twice = std::count_if(lots.begin(), lots.end(), [&use](const ledger::lot_use& other) {
                               return other.lot->number == use.lot->number;
                           }) != 1;
        const bool there = same != wallet.lots.end() && !twice && same->available >= use.amount &&
                           same->terms->program == use.lot->program && same->terms->source == use.lot->source &&
                           same->terms->expires_on == use.lot->expires_on &&
                           same->terms->issued_at == use.lot->issued_at;
        return tally_.check(rule::lots, there, [&] { return at(one) + ", lot " + std::to_string(use.lot->number); });
    });
}

bool verify_replay::can_pay(const ledger::wallet& wallet, const ledger::payment_decided& paid, const entry& one) {
    tally_.check(rule::amounts, is_command_amount(paid.amount), [&] { return at(one); });
    std::int64_t sum = 0;
    bool one_program = true;
    for (const auto& use : paid.lots) {
        sum += use.amount.value();
        one_program = one_program && use.lot->program == paid.program;
    }
    const bool approved = paid.status != ledger::payment_status::declined;
    const bool agrees = approved == (paid.decline == ledger::decline_code::none) && one_program &&
                        sum == (approved ? paid.amount.value() : 0);
    const bool pays = tally_.check(rule::payment_lots, agrees, [&] { return at(one); });
    bool code_free = paid.code_ordinal <= wallet.codes_issued;
    if (paid.code_used_up) code_free = code_free && paid.code_ordinal != 0 && !wallet.code_is_used(paid.code_ordinal);
    const bool once = tally_.check(rule::codes_once, code_free, [&] { return at(one); });
    return pays && once && takes_what_is_there(wallet, paid.lots, one);
}

// --- merchants ---

void verify_replay::apply_to_merchant(const entry& one) {
    replayed_merchant& known = merchants_[one.merchant];
    if (known.broken) return;
    tally_.check(rule::merchant_chain, one.previous_of_merchant == known.merchant.last_position,
                 [&] { return at(one) + ", merchant " + std::to_string(one.merchant.value()); });
    known.broken = !can_apply(known.merchant, one);
    if (!known.broken) ledger::apply(known.merchant, one);
}

bool verify_replay::can_apply(const ledger::merchant& merchant, const entry& one) {
    const bool joins = std::holds_alternative<ledger::merchant_joined>(one.what);
    bool possible = joins == (merchant.terms == nullptr);
    if (const auto* added = std::get_if<ledger::outlet_added>(&one.what); added != nullptr && possible)
        possible = added->id.number() == merchant.terms->outlets.size() + 1;
    const auto* frozen = std::get_if<ledger::freeze_changed>(&one.what);
    if (frozen != nullptr && possible && frozen->subject != ledger::freeze_subject::merchant)
        possible = merchant.terms->find(ledger::outlet_id{frozen->id}) != nullptr;
    if (!tally_.check(rule::registry, possible, [&] { return at(one); })) return false;
    if (const auto* paid = std::get_if<ledger::payment_decided>(&one.what)) check_terms(*merchant.terms, *paid, one);
    return true;
}

void verify_replay::check_terms(const ledger::merchant_terms& terms, const ledger::payment_decided& paid,
                                const entry& one) {
    const bool approved = paid.status != ledger::payment_status::declined;
    const bool known =
        terms.find(paid.outlet) != nullptr && one.terms_version >= 1 && one.terms_version <= terms.version;
    tally_.check(rule::payment_terms, known && (!approved || terms.accepts(paid.program)), [&] { return at(one); });
}

// --- registry, books, keys ---

void verify_replay::apply_to_registry(const entry& one) {
    const auto program = changed_program_of(one);
    const bool opens = std::holds_alternative<ledger::program_opened>(one.what);
    const bool possible = (std::holds_alternative<ledger::ledger_opened>(one.what) == (one.position == 1)) &&
                          (!program || (registry_.programs.find(*program) == nullptr) == opens) &&
                          (program || !std::holds_alternative<ledger::freeze_changed>(one.what));
    if (!tally_.check(rule::registry, possible, [&] { return at(one); })) return;
    const std::size_t parties_before = registry_.parties.size();
    ledger::apply(registry_, one);
    if (registry_.parties.size() > parties_before) party_positions_.push_back(one.position);
    if (program) program_positions_[program->number()] = one.position;
}

void verify_replay::apply_to_books(const entry& one) {
    std::int64_t net = 0;
    ledger::for_each_posting(one, [&net](const ledger::posting& posted) {
        net += posted.to == ledger::side::debit ? posted.amount.value() : -posted.amount.value();
    });
    if (tally_.check(rule::postings, net == 0, [&] { return at(one); })) ledger::apply(books_, one);
}

void verify_replay::note_keys(const entry& one) {
    for (const index_key& key : index_keys_of(one, keys_)) {
        if (key.kind == index_kind::idempotency)
            idempotency_.push_back({key.digest, one.position});
        else if (key.kind == index_kind::reference)
            references_.push_back({key.digest, one.position});
        else
            credentials_.push_back({key, known_code_of(one), bearer_owner_of(one), one.position});
    }
}

// --- at the end ---

void verify_replay::finish() {
    tally_.check(rule::books, books_.balanced(), [] { return std::string{"the trial balance does not balance"}; });
    check_wallet_sums();
    check_merchant_sums();
    check_keys_once();
}

void verify_replay::check_wallet_sums() {
    std::map<ledger::program_code, std::pair<std::int64_t, std::int64_t>> sums; // available, held
    for (const auto& [id, known] : wallets_)
        for (const auto& lot : known.wallet.lots) {
            sums[lot.terms->program].first += lot.available.value();
            sums[lot.terms->program].second += lot.held.value();
        }
    for (const auto& one : books_.programs) {
        const auto stands = [&one](ledger::account account) {
            const auto& both = one.sums[static_cast<std::size_t>(account)];
            return both.credits.value() - both.debits.value();
        };
        const auto& [available, held] = sums[one.program];
        const bool equal = stands(ledger::account::available) == available && stands(ledger::account::held) == held;
        tally_.check(rule::books_and_wallets, equal, [&] { return "program " + one.program.text(); });
    }
}

void verify_replay::check_merchant_sums() {
    std::map<ledger::program_code, std::int64_t> payable;
    for (const auto& [id, known] : merchants_)
        for (const auto& totals : known.merchant.totals) payable[totals.program] += totals.payable();
    for (const auto& one : books_.programs) {
        const auto& both = one.sums[static_cast<std::size_t>(ledger::account::payable)];
        const bool equal = both.credits.value() - both.debits.value() == payable[one.program];
        tally_.check(rule::books_and_merchants, equal, [&] { return "program " + one.program.text(); });
    }
}

void verify_replay::check_keys_once() {
    std::sort(idempotency_.begin(), idempotency_.end());
    for (std::size_t i = 0; i < idempotency_.size(); ++i) {
        const bool first = i == 0 || idempotency_[i - 1].digest != idempotency_[i].digest;
        tally_.check(rule::keys_once, first, [&] {
            return "entries " + std::to_string(idempotency_[i - 1].position) + " and " +
                   std::to_string(idempotency_[i].position) + " have the same key of the same caller";
        });
    }
}

} // namespace meguri::storage
