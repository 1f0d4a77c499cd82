// The fields of every fact in the order in which they are stored, written once: `fields(io, fact)` encodes with an
// entry_encoder and decodes with an entry_decoder. A stored layout never changes; a new fact gets a new function.
// Included by storage/entry_codec.cpp alone, and by the test that wants a ledger with one of everything.
//
//   fact              fields (v, z, text as in storage/entry_codec.hpp; digest = 16; program = v; points = v)
//   ledger_opened     ledger 8, bits 1 (1 for tests)
//   operator_added    id v, name text, key digest
//   staff_added       municipality program, id v, name text, key digest
//   partner_added     id v, name text, key digest
//   program_opened    code program, name text, expiry_days z, bits 1 (1 online only, 2 frozen, 4 hold days follow),
//                     issuer 1, [hold_days z, where they are not 7]
//   merchant_joined   id v, name text, programs: count v, each program
//   outlet_added      kind 1, id v, name text, key digest
//   wallet_opened     id v
//   code_issued       wallet v, ordinal v, kind 1, valid_until z, code digest
//   freeze_changed    subject 1, id v, bits 1 (1 frozen), reason text
//   points_granted    wallet v, lot use
//   points_expired    wallet v, lot uses: count v, each
//   payment_decided   merchant v, outlet kind 1, outlet v, wallet v, code ordinal v, program, amount points,
//                     reference text, status 1, decline 1, bits 1 (1 code used up, 2 balance follows, 4 limit
//                     follows, 8 counted by the wallet, 16 by the merchant), [balance points], capture_before z, lot
//                     uses: count v, each, [limit: subject 1, kind 1]
//   payment_changed   step 1, payment state, part points, bits 1 (1 was held), captured, returned, lapsed lot uses:
//                     count v, each, reversed key text
//   key_barred        merchant v, key text
//   limits_set        subject 1, id v, bits 1 (which follow), [per payment points], [per day points], [per day v], [per
//                     hour points], [per hour v], reason text
//   home_chosen       wallet v, municipality program
//   points_transferred wallet v, bits 1 (1 by default), from, to lot uses: count v, each
//   correction_proposed wallet v, correction
//   correction_decided wallet v, proposal v, proposal's sequence v, maker: kind 1, id v, bits 1 (1 approved),
//                     correction, lot uses: count v, each, reason text
//   epoch_began       number v, mark v, after v, hash 32, same through v, last wallet v, last merchant v, last party v
//   key_issued        holder: kind 1, id v, municipality program, key digest, chain
//   key_revoked       holder: kind 1, id v, number v, chain, reason text
//   chain             count v (1 to 16), each: number v, issued_at z, ends_at z, bits 1 (1 revoked, 2 scopes follow),
//                     [scopes v]
//   terminal_certificates_changed terminal v, certificates: count v (at most 2), each 32, reason text
//   card_bound        wallet v, ordinal v, ends z, card digest
//   card_retired      wallet v, ordinal v, bound at v, reason text
//   campaign_proposed program, campaign terms
//   campaign_changed  program, campaign v, step 1, increase v, amount points, budget points, maker: kind 1, id v,
//                     campaign terms, reason text
//   campaign_granted  wallet v, campaign v, occasion text, lot use
//   campaign terms    name text, source text, budget points, first_day z, last_day z, rule 1, per_grant points,
//                     expires_on z; where the rule has 0x80: bits 1 (1 eligible only, 2 per person), basis points v,
//                     steps: count v, each: from v, amount points; where the entry has version 4: categories
//   my_key_changed    wallet v, step 1, before v, after v, wished v, wishes left v, reason text    (an ID is one more
//                     than its characters say in base 36, 0 for none)
//   person_enrolled   wallet v, card ends z, card digest, MyKey ID v
//   password_set      wallet v, hash text
//   support_session_opened wallet v
//   card_renewed      wallet v, retired ordinal v, ordinal v, card ends z, card digest
//   conversion_terms_changed partner v, step 1, number v, maker: kind 1, id v, conversion terms, reason text
//   conversion terms  unit text, rate: points v, units v, minimum v, step v, bits 1 (1 per person, 2 per partner
//                     follow), [per person and day points], [per partner and day points]
//   points_converted  wallet v, partner v, MyKey ID v, reference text, units v, remainder v, terms v, day z, of person
//                     points, bits 1 (1 a coupon follows), [coupon v, code digest], lot use
//   coupon_changed    partner v, step 1, coupon v, coupon, reason text
//   partner_reconciled partner v, day z, file 32, lines v, faulty v, matched v, other amount v, missing here v, missing
//                     there v, theirs points, ours points
//   coupon            number v, reference text, units v, remainder v, amount points, terms v, program, last_day z, code
//                     digest
//   link_changed      partner v, step 1, link v, wallet v, subject text, account digest, tokens text (sealed), reason
//                     text
//   linked_conversion_changed partner v, step 1, conversion v, wallet v, link v, reference text, units v, amount
//   points,
//                     terms v, program, reason text
//   recipients_listed program, campaign v, first row v, rows: count v (1 to 250), each: line v, wallet v, occasion
//   text,
//                     amount points, note text
//   recipients_accepted program, campaign v, digest 32, rows v, sum points, lists: count v, each v
//   recipient_granted wallet v, campaign v, file v, row v, occasion text, lot use
//   recipients_left_out program, campaign v, file v, previous v, released points, rows: count v (1 to 250), each: row
//   v,
//                     line v, reason 1
//   eligibility_listed program, campaign v, first row v, rows: count v (1 to 250), each: wallet v, [digest 16, where
//   that
//                     is 0], measured v
//   eligibility_changed program, campaign v, step 1, list v, digest 32, rows v, lists: count v, each v, maker: kind 1,
//                     id v, reason text
//   event_changed     program, campaign v, step 1, event: position v, name text, begins z, ends z, rotates v (zigzag),
//                     bits 1 (1 closed); reason text
//   benefit_granted   wallet v, campaign v, occasion text, MyKey ID v, list v, event v, measured v, lot use
//   clawback_changed  program, campaign v, step 1, clawback v, bits 1 (1 of all), rows v, lists: count v, each v,
//   maker:
//                     kind 1, id v, previous v, ended: count v, each as of recipients_left_out, reason text
//   points_clawed_back wallet v, campaign v, clawback v, row v, lot use
//   purchase_terms_set program, bits 1 (1 refund days, 2 debits follow, 4 cards), minimum points, maximum points, per
//   day
//                     points, per month points, days to pay z, [refund days z], [consignor v, day z, lead days z],
//                     reason text
//   mandate_changed   mandate: position v, program, wallet v, account, status 1; previous v, reason text
//   debits_ordered    program, day z, consignor v, account
//   purchase_debited  purchase, lot use
//   purchase_captured purchase, lot use
//   purchase_charged_back purchase, bits 1 (1 a lot follows), [lot use]
//   purchase_refunded purchase, lot use
//   purchase_changed  step 1, purchase, usage: day z, on day points, in month points, reason text
//   purchase_paid     purchase, lot use, transfer
//   transfer_changed  step 1, transfer
//   purchase          position v, reference v, program, wallet v, amount points, method 1, requested_at z, last_day z,
//                     status 1, credited points, bits 1 (1 refund, 2 debit, 4 card follow), [refund: lot v, paid on z,
//                     maker: kind 1, id v, reason text, amount points], [debit: mandate v, result 1],
//                     [card: stage 1, payment text, redirect text, lost points]
//   transfer          program, position v, line: day z, amount points, remitter text, reference text, number text;
//                     status 1, mismatch 1, purchase v, maker: kind 1, id v, reason text, bits 1 (0)
//   activation_changed merchant v, number v, step 1, valid_until z, code digest, reason text
//   terminal_activated id v, name text, key digest, activation v
//   once_code_issued  wallet v, ordinal v, valid_until z, code digest, prefix text, length v
//   code_blocked      wallet v, ordinal v, issued at v, reason text, reissued as v, [its code digest]
//   application_changed step 1, application v, maker: kind 1, id v, merchant v, application, reason text
//   account_changed   holder: kind 1, id v, step 1, proposal v, previous v, maker: kind 1, id v, effective_from z,
//                     account, reason text
//   application       kind 1, name text, account, contact: name, email, phone text; of a municipality the program as in
//                     program_opened; of a merchant categories: count v, each text, programs: count v, each
//   account           bank v, branch v, type 1, number v, holder text, checked by text
//   correction        kind 1, program, amount points, source text, expires_on z, reason text
//   payment state     position v, sequence v, decided_at z, merchant v, outlet kind 1, outlet v, wallet v, program,
//                     amount points, reference text, status 1, decline 1, captured points, refunded points, bits 1
//                     (1 balance follows), [balance points], capture_before z, lot uses: count v, each
//   lot use           number v, program, source text, expires_on z, issued_at z, amount points; where the entry has
//                     version 4: categories
//   merchant_categories_set merchant v, categories, reason text
//   categories        count v (at most 8), each text, rising
#pragma once

#include "ledger/entry.hpp"
#include "storage/entry_coders.hpp"

#include <concepts>
#include <type_traits>

namespace meguri::storage {

// `Fact` is const where Io encodes.
template <class Fact, class Is>
concept fact_of = std::same_as<std::remove_const_t<Fact>, Is>;

template <class Io, fact_of<ledger::ledger_opened> Fact>
void fields(Io& io, Fact& fact) {
    io.fixed(fact.ledger);
    io.bits(fact.for_tests);
}
template <class Io, class Fact>
requires fact_of<Fact, ledger::operator_added> || fact_of<Fact, ledger::partner_added>
void fields(Io& io, Fact& fact) {
    io(fact.id);
    io(fact.name);
    io(fact.key);
}
template <class Io, fact_of<ledger::staff_added> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.municipality);
    io(fact.id);
    io(fact.name);
    io(fact.key);
}
template <class Io, class Program>
void program_fields(Io& io, Program& opened) {
    io(opened.code);
    io(opened.name);
    io(opened.expiry_days);
    bool has_hold_days = opened.hold_days != ledger::hold_days_default;
    io.bits(opened.online_only, opened.frozen, has_hold_days);
    io(opened.issuer);
    if (!has_hold_days) return;
    io(opened.hold_days);
    io.require(opened.hold_days != ledger::hold_days_default, "a default is written out");
}
template <class Io, fact_of<ledger::program_opened> Fact>
void fields(Io& io, Fact& fact) {
    program_fields(io, fact.opened);
}
template <class Io, fact_of<ledger::bank_account> Account>
void fields(Io& io, Account& account) {
    std::uint32_t bank = account.bank;
    std::uint32_t branch = account.branch;
    io(bank);
    io(branch);
    io.require(bank <= 9'999 && branch <= 999, "an account is at no bank that can be");
    if constexpr (!std::is_const_v<Account>) {
        account.bank = static_cast<std::uint16_t>(bank);
        account.branch = static_cast<std::uint16_t>(branch);
    }
    io(account.type);
    io.require(static_cast<unsigned>(account.type) != 3, "a kind is unknown");
    io(account.number);
    io(account.holder);
    io(account.checked_by);
}
template <class Io, fact_of<ledger::application> Application>
void fields(Io& io, Application& what) {
    io(what.kind);
    io(what.name);
    fields(io, what.account);
    io(what.reached_by.name);
    io(what.reached_by.email);
    io(what.reached_by.phone);
    if (what.kind == ledger::applicant_kind::municipality) return program_fields(io, what.opened);
    io(what.categories);
    io(what.programs);
}
// What is shared: decoded into one of its own.
template <class Io, class Pointer>
void shared_fields(Io& io, Pointer& what) {
    if constexpr (std::is_const_v<Pointer>) {
        EXPECTS(what != nullptr);
        fields(io, *what);
    } else {
        std::remove_const_t<typename Pointer::element_type> read;
        fields(io, read);
        what = std::make_shared<typename Pointer::element_type>(std::move(read));
    }
}
template <class Io, fact_of<ledger::application_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.step);
    io(fact.application);
    io(fact.maker.kind);
    io(fact.maker.id);
    io(fact.merchant);
    shared_fields(io, fact.what);
    io(fact.reason);
}
template <class Io, fact_of<ledger::account_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.holder.kind);
    io(fact.holder.id);
    io(fact.step);
    io(fact.proposal);
    io(fact.previous);
    io(fact.maker.kind);
    io(fact.maker.id);
    io(fact.effective_from);
    shared_fields(io, fact.account);
    io(fact.reason);
}
template <class Io, fact_of<ledger::merchant_joined> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.id);
    io(fact.name);
    io(fact.programs);
}
template <class Io, fact_of<ledger::outlet_added> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.kind);
    io(fact.id);
    io(fact.name);
    io(fact.key);
}
template <class Io, fact_of<ledger::wallet_opened> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.id);
}
template <class Io, fact_of<ledger::code_issued> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.ordinal);
    io(fact.kind);
    io(fact.valid_until);
    io(fact.code);
}
template <class Io, fact_of<ledger::freeze_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.subject);
    io(fact.id);
    io.bits(fact.frozen);
    io(fact.reason);
}
template <class Io, fact_of<ledger::points_granted> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.lot);
}
template <class Io, fact_of<ledger::points_expired> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.lots);
}
// What is there or not, as its flag has said.
template <class Io, class Value>
void optional_field(Io& io, Value& value, bool is_there) {
    if constexpr (!std::is_const_v<Value>)
        if (is_there) value.emplace();
    if (is_there) io(*value);
}
template <class Io, fact_of<ledger::payment_decided> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.merchant);
    io(fact.outlet_is);
    io(fact.outlet);
    io(fact.wallet);
    io(fact.code_ordinal);
    io(fact.program);
    io(fact.amount);
    io(fact.reference);
    io(fact.status);
    io(fact.decline);
    bool has_balance = fact.balance.has_value();
    bool has_limit = fact.limit.has_value();
    io.bits(fact.code_used_up, has_balance, has_limit, fact.counted_by_wallet, fact.counted_by_merchant);
    optional_field(io, fact.balance, has_balance);
    io(fact.capture_before);
    io(fact.lots);
    if constexpr (!std::is_const_v<Fact>)
        if (has_limit) fact.limit.emplace();
    if (!has_limit) return;
    io(fact.limit->subject);
    io(fact.limit->kind);
}
template <class Io, fact_of<ledger::payment_state> State>
void fields(Io& io, State& state) {
    io(state.position);
    io(state.sequence);
    io(state.decided_at);
    io(state.merchant);
    io(state.outlet_is);
    io(state.outlet);
    io(state.wallet);
    io(state.program);
    io(state.amount);
    io(state.reference);
    io(state.status);
    io(state.decline);
    io(state.captured);
    io(state.refunded);
    bool has_balance = state.balance.has_value();
    io.bits(has_balance);
    optional_field(io, state.balance, has_balance);
    io(state.capture_before);
    io(state.lots);
}
template <class Io, fact_of<ledger::payment_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.step);
    if constexpr (std::is_const_v<Fact>) {
        EXPECTS(fact.after != nullptr);
        fields(io, *fact.after);
    } else {
        ledger::payment_state after;
        fields(io, after);
        fact.after = std::make_shared<const ledger::payment_state>(std::move(after));
    }
    io(fact.part);
    io.bits(fact.was_held);
    io(fact.captured);
    io(fact.returned);
    io(fact.lapsed);
    io(fact.reversed_key);
}
template <class Io, fact_of<ledger::key_barred> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.merchant);
    io(fact.key);
}
// Five values that are there or not: their flags, then those that are.
template <class Io, fact_of<ledger::limits_set> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.subject);
    io(fact.id);
    auto& set = fact.limit;
    bool has_payment = set.per_payment.has_value();
    bool has_day_amount = set.per_day.amount.has_value();
    bool has_day_count = set.per_day.count.has_value();
    bool has_hour_amount = set.per_hour.amount.has_value();
    bool has_hour_count = set.per_hour.count.has_value();
    io.bits(has_payment, has_day_amount, has_day_count, has_hour_amount, has_hour_count);
    optional_field(io, set.per_payment, has_payment);
    optional_field(io, set.per_day.amount, has_day_amount);
    optional_field(io, set.per_day.count, has_day_count);
    optional_field(io, set.per_hour.amount, has_hour_amount);
    optional_field(io, set.per_hour.count, has_hour_count);
    io(fact.reason);
}
template <class Io, fact_of<ledger::home_chosen> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.municipality);
}
template <class Io, fact_of<ledger::points_transferred> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io.bits(fact.by_default);
    io(fact.from);
    io(fact.to);
}
template <class Io, fact_of<ledger::correction_proposed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.what);
}
template <class Io, fact_of<ledger::correction_decided> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.proposal);
    io(fact.proposal_sequence);
    io(fact.maker.kind);
    io(fact.maker.id);
    io.bits(fact.approved);
    io(fact.what);
    io(fact.lots);
    io(fact.reason);
}
template <class Io, fact_of<ledger::epoch_began> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.number);
    io(fact.mark);
    io(fact.after);
    io(fact.hash);
    io(fact.same_through);
    io(fact.last_wallet);
    io(fact.last_merchant);
    io(fact.last_party);
}
template <class Io, fact_of<ledger::key_chain> Chain>
void fields(Io& io, Chain& chain) {
    if constexpr (!std::is_const_v<Chain>) chain.known.clear();
    io(chain.known);
    io.require(!chain.known.empty() && chain.known.size() <= ledger::key_chain::known_max,
               "it has too many keys, or none");
}
template <class Io, fact_of<ledger::key_issued> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.holder.kind);
    io(fact.holder.id);
    io(fact.municipality);
    io(fact.key);
    fields(io, fact.after);
}
template <class Io, fact_of<ledger::key_revoked> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.holder.kind);
    io(fact.holder.id);
    io(fact.number);
    fields(io, fact.after);
    io(fact.reason);
}
template <class Io, fact_of<ledger::terminal_certificates_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.terminal);
    io(fact.certificates);
    io.require(fact.certificates.size() <= ledger::certificates_max, "a terminal has too many certificates");
    io(fact.reason);
}
template <class Io, fact_of<ledger::card_bound> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.ordinal);
    io(fact.ends);
    io(fact.card);
}
template <class Io, fact_of<ledger::card_retired> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.ordinal);
    io(fact.bound_at);
    io(fact.reason);
}
template <class Io, fact_of<ledger::campaign_proposed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.terms);
}
template <class Io, fact_of<ledger::campaign_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.step);
    io(fact.increase);
    io(fact.amount);
    io(fact.budget);
    io(fact.maker.kind);
    io(fact.maker.id);
    io(fact.terms);
    io(fact.reason);
}
template <class Io, fact_of<ledger::campaign_granted> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.campaign);
    io(fact.occasion);
    io(fact.lot);
}
template <class Io, fact_of<ledger::recipients_listed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.first_row);
    io(fact.rows);
    io.require(!fact.rows.empty() && fact.rows.size() <= ledger::recipients_listed_max, "it lists too many, or none");
}
template <class Io, fact_of<ledger::recipients_accepted> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.digest);
    io(fact.rows);
    io(fact.sum);
    io(fact.lists);
}
template <class Io, fact_of<ledger::recipient_granted> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.campaign);
    io(fact.file);
    io(fact.row);
    io(fact.occasion);
    io(fact.lot);
}
template <class Io, fact_of<ledger::recipients_left_out> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.file);
    io(fact.previous);
    io(fact.released);
    io(fact.rows);
    io.require(!fact.rows.empty() && fact.rows.size() <= ledger::recipients_listed_max, "it has too many, or none");
}
template <class Io, fact_of<ledger::eligibility_listed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.first_row);
    io(fact.rows);
    io.require(!fact.rows.empty() && fact.rows.size() <= ledger::recipients_listed_max, "it has too many, or none");
}
template <class Io, fact_of<ledger::eligibility_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.step);
    io(fact.list);
    io(fact.digest);
    io(fact.rows);
    io(fact.lists);
    io(fact.maker.kind);
    io(fact.maker.id);
    io(fact.reason);
}
template <class Io, fact_of<ledger::event_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.step);
    io(fact.what.position);
    io(fact.what.name);
    io(fact.what.begins);
    io(fact.what.ends);
    io(fact.what.rotates_s);
    io.bits(fact.what.closed);
    io(fact.reason);
}
template <class Io, fact_of<ledger::benefit_granted> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.campaign);
    io(fact.occasion);
    io(fact.my_key);
    io(fact.list);
    io(fact.event);
    io(fact.measured);
    io(fact.lot);
}
template <class Io, fact_of<ledger::clawback_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    io(fact.campaign);
    io(fact.step);
    io(fact.clawback);
    io.bits(fact.is_of_all);
    io(fact.rows);
    io(fact.lists);
    io(fact.maker.kind);
    io(fact.maker.id);
    io(fact.previous);
    io(fact.ended);
    io(fact.reason);
}
template <class Io, fact_of<ledger::points_clawed_back> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.campaign);
    io(fact.clawback);
    io(fact.row);
    io(fact.lot);
}
template <class Io, fact_of<ledger::my_key_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.step);
    io(fact.before);
    io(fact.after);
    io(fact.wished);
    io(fact.wishes_left);
    io(fact.reason);
}
template <class Io, fact_of<ledger::support_session_opened> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
}
template <class Io, fact_of<ledger::card_renewed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.retired);
    io(fact.ordinal);
    io(fact.card_ends);
    io(fact.card);
}
template <class Io, fact_of<ledger::password_set> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.hash);
}
template <class Io, fact_of<ledger::person_enrolled> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.card_ends);
    io(fact.card);
    io(fact.my_key);
}
template <class Io, fact_of<ledger::conversion_terms_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.partner);
    io(fact.step);
    io(fact.number);
    io(fact.maker.kind);
    io(fact.maker.id);
    io(fact.terms);
    io(fact.reason);
}
template <class Io, fact_of<ledger::points_converted> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.partner);
    io(fact.my_key);
    io(fact.reference);
    io(fact.units);
    io(fact.remainder);
    io(fact.terms);
    io(fact.day);
    io(fact.of_person);
    bool by_coupon = fact.coupon != 0;
    io.bits(by_coupon);
    if (by_coupon) {
        io(fact.coupon);
        io(fact.code);
        io.require(fact.coupon != 0, "a coupon is named that is none");
    }
    io(fact.lot);
}
template <class Io, fact_of<ledger::coupon_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.partner);
    io(fact.step);
    io(fact.coupon);
    io(fact.what);
    io(fact.reason);
}

template <class Io, fact_of<ledger::partner_reconciled> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.partner);
    io(fact.found.day);
    io(fact.found.file);
    io(fact.found.lines);
    io(fact.found.faulty);
    io(fact.found.matched);
    io(fact.found.other_amount);
    io(fact.found.missing_here);
    io(fact.found.missing_there);
    io(fact.found.theirs);
    io(fact.found.ours);
}
// Room for flags of what may follow one day.
template <class Io>
void no_more(Io& io) {
    bool more = false;
    io.bits(more);
    io.require(!more, "a flag is unknown");
}
template <class Io, fact_of<ledger::purchase_terms_set> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.program);
    bool has_refunds = fact.terms.refund_days != 0;
    bool has_debits = fact.terms.debits.has_value();
    bool has_cards = fact.terms.cards;
    io.bits(has_refunds, has_debits, has_cards);
    if constexpr (!std::is_const_v<Fact>) fact.terms.cards = has_cards;
    io(fact.terms.minimum);
    io(fact.terms.maximum);
    io(fact.terms.per_day);
    io(fact.terms.per_month);
    io(fact.terms.days_to_pay);
    if (has_refunds) {
        io(fact.terms.refund_days);
        io.require(fact.terms.refund_days != 0, "a default is written out");
    }
    if constexpr (!std::is_const_v<Fact>)
        if (has_debits) fact.terms.debits.emplace();
    if (has_debits) {
        io(fact.terms.debits->consignor);
        io(fact.terms.debits->day);
        io(fact.terms.debits->lead_days);
        io.require(fact.terms.debits->day >= 1 && fact.terms.debits->day <= 31, "a month has no such day");
    }
    io(fact.reason);
}
template <class Io, fact_of<ledger::purchase> Purchase>
void fields(Io& io, Purchase& one) {
    io(one.position);
    io(one.reference);
    io(one.program);
    io(one.wallet);
    io(one.amount);
    io(one.method);
    io(one.requested_at);
    io(one.last_day);
    io(one.status);
    io(one.credited);
    bool has_refund = one.refund.has_value();
    bool has_debit = one.debit.has_value();
    bool has_card = one.card.has_value();
    io.bits(has_refund, has_debit, has_card);
    if constexpr (!std::is_const_v<Purchase>) {
        if (has_refund) one.refund.emplace();
        if (has_debit) one.debit.emplace();
        if (has_card) one.card.emplace();
    }
    if (has_refund) {
        io(one.refund->lot);
        io(one.refund->paid_on);
        io(one.refund->maker.kind);
        io(one.refund->maker.id);
        io(one.refund->reason);
        io(one.refund->amount);
    }
    if (has_debit) {
        io(one.debit->mandate);
        io(one.debit->result);
        const auto code = static_cast<unsigned>(one.debit->result);
        io.require(code <= 4 || code >= 8, "a kind is unknown");
    }
    if (has_card) {
        io(one.card->stage);
        io(one.card->payment);
        io(one.card->redirect);
        io(one.card->lost);
    }
}
template <class Io, fact_of<ledger::debit_mandate> Mandate>
void fields(Io& io, Mandate& one) {
    io(one.position);
    io(one.program);
    io(one.wallet);
    fields(io, one.account);
    io(one.status);
}
template <class Io, fact_of<ledger::debit_order> Order>
void fields(Io& io, Order& one) {
    io(one.program);
    io(one.day);
    io(one.consignor);
    fields(io, one.account);
}
template <class Io, fact_of<ledger::bank_transfer> Transfer>
void fields(Io& io, Transfer& one) {
    io(one.program);
    io(one.position);
    io(one.line.day);
    io(one.line.amount);
    io(one.line.remitter);
    io(one.line.reference);
    io(one.line.number);
    io(one.status);
    io(one.why);
    io(one.purchase);
    io(one.maker.kind);
    io(one.maker.id);
    io(one.reason);
    no_more(io);
}
template <class Io, fact_of<ledger::purchase_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.step);
    shared_fields(io, fact.after);
    io(fact.usage.day);
    io(fact.usage.on_day);
    io(fact.usage.in_month);
    io(fact.reason);
}
template <class Io, fact_of<ledger::purchase_paid> Fact>
void fields(Io& io, Fact& fact) {
    shared_fields(io, fact.after);
    io(fact.lot);
    shared_fields(io, fact.transfer);
}
template <class Io, fact_of<ledger::mandate_changed> Fact>
void fields(Io& io, Fact& fact) {
    shared_fields(io, fact.after);
    io(fact.previous);
    io(fact.reason);
}
template <class Io, fact_of<ledger::debits_ordered> Fact>
void fields(Io& io, Fact& fact) {
    shared_fields(io, fact.what);
}
template <class Io, fact_of<ledger::purchase_debited> Fact>
void fields(Io& io, Fact& fact) {
    shared_fields(io, fact.after);
    io(fact.lot);
}
template <class Io, fact_of<ledger::purchase_captured> Fact>
void fields(Io& io, Fact& fact) {
    shared_fields(io, fact.after);
    io(fact.lot);
}
template <class Io, fact_of<ledger::purchase_charged_back> Fact>
void fields(Io& io, Fact& fact) {
    shared_fields(io, fact.after);
    bool has_lot = fact.lot.has_value();
    io.bits(has_lot);
    if constexpr (!std::is_const_v<Fact>)
        if (has_lot) fact.lot.emplace();
    if (has_lot) io(*fact.lot);
}
template <class Io, fact_of<ledger::purchase_refunded> Fact>
void fields(Io& io, Fact& fact) {
    shared_fields(io, fact.after);
    io(fact.lot);
}
template <class Io, fact_of<ledger::transfer_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.step);
    shared_fields(io, fact.after);
}
template <class Io, fact_of<ledger::activation_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.merchant);
    io(fact.number);
    io(fact.step);
    io(fact.valid_until);
    io(fact.code);
    io(fact.reason);
}
template <class Io, fact_of<ledger::terminal_activated> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.id);
    io(fact.name);
    io(fact.key);
    io(fact.activation);
}
template <class Io, fact_of<ledger::once_code_issued> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.ordinal);
    io(fact.valid_until);
    io(fact.code);
    io(fact.format.prefix);
    io(fact.format.length);
    io.require(fact.format.wrong() == nullptr, "a code has a form that no code has");
}
template <class Io, fact_of<ledger::code_blocked> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.wallet);
    io(fact.ordinal);
    io(fact.issued_at);
    io(fact.reason);
    io(fact.reissued_as);
    if (fact.reissued_as != 0) io(fact.reissued);
}
template <class Io, fact_of<ledger::merchant_categories_set> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.merchant);
    io(fact.categories);
    io(fact.reason);
}
template <class Io, fact_of<ledger::link_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.partner);
    io(fact.step);
    io(fact.link);
    io(fact.what);
    io(fact.reason);
}
template <class Io, fact_of<ledger::linked_conversion_changed> Fact>
void fields(Io& io, Fact& fact) {
    io(fact.partner);
    io(fact.step);
    io(fact.conversion);
    io(fact.what);
    io(fact.reason);
}

} // namespace meguri::storage
