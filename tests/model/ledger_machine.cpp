#include "tests/model/ledger_machine.hpp"

#include "ledger/contract.hpp"
#include "tests/model/ledger_rules.hpp"

#include <algorithm>

namespace meguri::ledger::model {
namespace {

template <class Fact>
ledger_machine::refused refusal_of(const tl::expected<Fact, refusal>& made) {
    return made ? std::nullopt : std::optional{made.error()};
}

} // namespace

bool concerns_payment(const entry& one) noexcept {
    return std::holds_alternative<payment_decided>(one.what) || std::holds_alternative<payment_changed>(one.what);
}

void apply(ledger_state& state, const entry& applied) {
    if (applied.wallet) ledger::apply(state.wallets[applied.wallet], applied);
    if (applied.merchant) ledger::apply(state.merchants[applied.merchant], applied);
    if (concerns_registry(applied)) ledger::apply(state.registry, applied);
    ledger::apply(state.books, applied);
    if (!concerns_payment(applied)) return;
    auto after = payment_after(applied);
    state.payments[after.position] = std::move(after);
}

void ledger_machine::write(entry made) {
    made.position = journal_.size() + 1;
    state_before before;
    if (made.wallet) before.payer = state_.wallets[made.wallet];
    if (const auto* step = std::get_if<payment_changed>(&made.what))
        before.payment = state_.payments.at(step->after->position);
    model::apply(state_, made);
    expect_rules_hold(state_, made, before);
    journal_.push_back(std::move(made));
}

instant ledger_machine::time_of(wallet_id wallet, instant at) const {
    return std::max(at, state_.wallets.at(wallet).last_time);
}

entry ledger_machine::entry_of(wallet_id wallet, instant at, fact what) const {
    entry made;
    made.decided_at = at;
    made.what = std::move(what);
    if (!wallet) return made;
    made.wallet = wallet;
    const auto known = state_.wallets.find(wallet);
    made.wallet_sequence = known == state_.wallets.end() ? 1 : known->second.sequence + 1;
    return made;
}

ledger_machine::refused ledger_machine::open_program(program opened) {
    auto fact = decide(ledger::open_program{std::move(opened)}, state_.registry.programs);
    if (!fact) return fact.error();
    write(entry_of({}, {}, *std::move(fact)));
    return std::nullopt;
}

ledger_machine::refused ledger_machine::join_merchant(merchant_id id, std::vector<program_code> programs) {
    auto fact = decide(ledger::join_merchant{"店", std::move(programs)}, id, state_.registry.programs);
    if (!fact) return fact.error();
    auto made = entry_of({}, {}, *std::move(fact));
    made.merchant = id;
    write(std::move(made));
    return std::nullopt;
}

outlet_id ledger_machine::add_outlet(merchant_id merchant, outlet_kind kind) {
    const auto fact = decide(ledger::add_outlet{merchant, kind, "レジ"}, *state_.merchants.at(merchant).terms, 0);
    EXPECTS(fact.has_value());
    auto made = entry_of({}, {}, *fact);
    made.merchant = merchant;
    write(std::move(made));
    return fact->id;
}

void ledger_machine::open_wallet(wallet_id id, instant at) { write(entry_of(id, at, wallet_opened{id})); }

void ledger_machine::set_freeze(freeze_subject subject, std::uint64_t id, bool frozen, instant at) {
    const bool is_wallets = subject == freeze_subject::wallet;
    const bool is_outlets = subject == freeze_subject::terminal || subject == freeze_subject::shop;
    const wallet_id wallet = is_wallets ? wallet_id{id} : wallet_id{};
    if (is_wallets) book_what_is_due(wallet, at);
    auto made = entry_of(wallet, is_wallets ? time_of(wallet, at) : at, freeze_changed{subject, id, frozen, "試験"});
    if (subject == freeze_subject::merchant) made.merchant = merchant_id{id};
    if (is_outlets) made.merchant = outlet_id{id}.merchant();
    write(std::move(made));
}

void ledger_machine::set_limits(limit_subject subject, std::uint64_t id, const limits& limit, instant at) {
    const wallet_id wallet = subject == limit_subject::wallet ? wallet_id{id} : wallet_id{};
    if (wallet) book_what_is_due(wallet, at);
    auto made = entry_of(wallet, wallet ? time_of(wallet, at) : at, limits_set{subject, id, limit, "試験"});
    if (subject == limit_subject::merchant) made.merchant = merchant_id{id};
    if (subject == limit_subject::terminal || subject == limit_subject::shop) made.merchant = outlet_id{id}.merchant();
    write(std::move(made));
}

// As the wallet's actor does: the holds first, each by an entry of its own, then the lots, then what is undecided.
void ledger_machine::book_what_is_due(wallet_id wallet, instant at) {
    if (clock_is_doubtful_) return;
    const instant now = time_of(wallet, at);
    const auto& state = state_.wallets.at(wallet);
    std::vector<payment_state> over;
    for (const auto& one : state.holds)
        if (now >= one.capture_before) over.push_back(one);
    for (const auto& one : over) write_step(one, now, end_of_hold(one, state, now));
    if (auto expiry = due(state, now)) write(entry_of(wallet, now, *std::move(expiry)));
    if (auto moved = due_transfer(state, state_.registry.programs, now))
        write(entry_of(wallet, now, *std::move(moved)));
}

known_code ledger_machine::issue_code(wallet_id wallet, code_kind kind, instant at) {
    book_what_is_due(wallet, at);
    const instant now = time_of(wallet, at);
    const auto fact = decide(ledger::issue_code{wallet, kind}, state_.wallets.at(wallet), now);
    write(entry_of(wallet, now, fact));
    return {wallet, fact.ordinal, fact.kind, fact.valid_until};
}

template <class Decide>
auto ledger_machine::of_wallet(wallet_id wallet, instant at, Decide decide, person_ref by) {
    book_what_is_due(wallet, at);
    const instant now = time_of(wallet, at);
    auto fact = decide(state_.wallets.at(wallet), now);
    if (!fact) return fact;
    auto made = entry_of(wallet, now, *fact);
    made.caller.kind = by.kind;
    made.person = by.id;
    write(std::move(made));
    return fact;
}

ledger_machine::refused ledger_machine::grant(const ledger::grant& asked, instant at) {
    const auto decided = [&](const wallet& to, instant now) {
        return decide(asked, to, state_.registry.programs, now);
    };
    return refusal_of(of_wallet(asked.wallet, at, decided));
}

ledger_machine::refused ledger_machine::convert(const credit_undecided& asked, instant at) {
    return refusal_of(
        of_wallet(asked.wallet, at, [&](const wallet& to, instant now) { return decide(asked, to, now); }));
}

ledger_machine::refused ledger_machine::choose_home(const ledger::choose_home& asked, instant at) {
    return refusal_of(of_wallet(
        asked.wallet, at, [&](const wallet& of, instant) { return decide(asked, of, state_.registry.programs); }));
}

tl::expected<points_transferred, refusal> ledger_machine::transfer(const transfer_undecided& asked, instant at) {
    return of_wallet(asked.wallet, at,
                     [&](const wallet& of, instant now) { return decide(asked, of, state_.registry.programs, now); });
}

tl::expected<correction_proposed, refusal> ledger_machine::propose(const propose_correction& asked, person_ref by,
                                                                   instant at) {
    const auto decided = [&](const wallet& of, instant now) {
        return decide(asked, of, state_.registry.programs, now);
    };
    return of_wallet(asked.wallet, at, decided, by);
}

tl::expected<correction_decided, refusal> ledger_machine::decide_correction(const ledger::decide_correction& asked,
                                                                            person_ref by, instant at) {
    return of_wallet(
        asked.wallet, at, [&](const wallet& of, instant now) { return decide(asked, by, of, now); }, by);
}

tl::expected<payment_decided, refusal> ledger_machine::pay(const till_reading& read, const authorize& asked,
                                                           instant at) {
    const merchant& payee = state_.merchants.at(read.outlet.merchant());
    const merchant_terms& terms = *payee.terms;
    const auto program = program_of(asked, terms);
    if (!program) return tl::unexpected{program.error()};
    const outlet* const known = terms.find(read.outlet);
    const auto kind = known != nullptr ? known->kind : outlet_kind::terminal;
    payment_question question{asked,       *program, terms,     state_.registry.programs,
                              read.outlet, kind,     read.code, barred_.contains({read.outlet, read.key})};
    question.limit_at_merchant = reached_at_merchant(payee, read.outlet, asked.amount, {}, at);
    const wallet_id payer = read.code ? read.code->wallet : wallet_id{};
    if (payer) book_what_is_due(payer, at);
    const instant now = payer ? time_of(payer, at) : at;
    auto decided = decide(question, payer ? &state_.wallets.at(payer) : nullptr, now);
    auto made = entry_of(payer, now, decided);
    made.merchant = terms.id;
    made.terms_version = terms.version;
    write(std::move(made));
    return decided;
}

// --- what follows a payment ---

payment_state ledger_machine::payment_of(journal_position position) const {
    const auto& newest = state_.payments.at(position);
    if (!newest.wallet) return newest;
    const auto* const open = state_.wallets.at(newest.wallet).hold(newest.sequence);
    return open != nullptr ? *open : newest;
}

void ledger_machine::write_step(const payment_state& payment, instant at, payment_changed made) {
    auto step = entry_of(payment.wallet, at, std::move(made));
    step.merchant = payment.merchant;
    step.terms_version = state_.merchants.at(payment.merchant).terms->version;
    write(std::move(step));
}

template <class Asked>
ledger_machine::stepped ledger_machine::step(const Asked& asked, instant at) {
    const wallet_id payer = payment_of(asked.payment).wallet;
    if (!payer) return tl::unexpected{refusal::invalid_state}; // declined: the merchant's actor knows it by itself
    book_what_is_due(payer, at);
    const instant now = time_of(payer, at);
    const auto payment = payment_of(asked.payment);
    auto made = decide(asked, payment, state_.wallets.at(payer), now);
    if (made) write_step(payment, now, *made);
    return made;
}

ledger_machine::stepped ledger_machine::take_step(const capture_payment& asked, instant at) { return step(asked, at); }
ledger_machine::stepped ledger_machine::take_step(const void_payment& asked, instant at) { return step(asked, at); }
ledger_machine::stepped ledger_machine::take_step(const refund_payment& asked, instant at) { return step(asked, at); }

payment_changed ledger_machine::reverse(journal_position payment, const reverse_attempt& asked, instant at) {
    const wallet_id payer = payment_of(payment).wallet;
    if (payer) book_what_is_due(payer, at);
    const instant now = payer ? time_of(payer, at) : at;
    const auto before = payment_of(payment);
    auto made = decide(asked, before, payer ? &state_.wallets.at(payer) : nullptr, now);
    write_step(before, now, made);
    return made;
}

void ledger_machine::bar_key(outlet_id by, const reverse_attempt& asked, instant at) {
    auto made = entry_of({}, at, key_barred{by.merchant(), asked.key});
    made.merchant = by.merchant();
    barred_.emplace(by, asked.key);
    write(std::move(made));
}

} // namespace meguri::ledger::model
