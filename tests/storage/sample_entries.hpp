// Entries for the tests of storage/: arbitrary ones for the codec, consistent ones for the journal and its writer, and
// an equality that is told of every field.
#pragma once

#include "ledger/entry.hpp"
#include "tests/support/seeds.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace meguri::test {

// --- equality: a structured binding that misses a field does not compile ---

inline auto tied(const ledger::lot_terms& one) {
    const auto& [number, program, source, expires_on, issued_at, earmark] = one;
    return std::tie(number, program, source, expires_on, issued_at, earmark);
}
inline bool same(const ledger::lot_use& a, const ledger::lot_use& b) {
    const auto& [lot_a, amount_a] = a;
    const auto& [lot_b, amount_b] = b;
    return tied(*lot_a) == tied(*lot_b) && amount_a == amount_b;
}
inline bool same(const std::vector<ledger::lot_use>& a, const std::vector<ledger::lot_use>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& other) { return same(one, other); });
}
inline auto tied(const ledger::ledger_opened& one) {
    const auto& [ledger, for_tests] = one;
    return std::tie(ledger, for_tests);
}
inline auto tied(const ledger::operator_added& one) {
    const auto& [id, name, key] = one;
    return std::tie(id, name, key);
}
inline auto tied(const ledger::staff_added& one) {
    const auto& [municipality, id, name, key] = one;
    return std::tie(municipality, id, name, key);
}
inline auto tied(const ledger::partner_added& one) {
    const auto& [id, name, key] = one;
    return std::tie(id, name, key);
}
inline auto tied(const ledger::program_opened& one) {
    const auto& [opened] = one;
    const auto& [code, name, expiry_days, online_only, issuer, frozen, hold_days, limit, sale] = opened;
    return std::tie(code, name, expiry_days, online_only, issuer, frozen, hold_days, limit);
}
inline auto tied(const ledger::merchant_joined& one) {
    const auto& [id, name, programs] = one;
    return std::tie(id, name, programs);
}
inline auto tied(const ledger::outlet_added& one) {
    const auto& [kind, id, name, key] = one;
    return std::tie(kind, id, name, key);
}
inline auto tied(const ledger::wallet_opened& one) {
    const auto& [id] = one;
    return std::tie(id);
}
inline auto tied(const ledger::code_issued& one) {
    const auto& [wallet, ordinal, kind, valid_until, code] = one;
    return std::tie(wallet, ordinal, kind, valid_until, code);
}
inline auto tied(const ledger::card_bound& one) {
    const auto& [wallet, ordinal, ends, card] = one;
    return std::tie(wallet, ordinal, ends, card);
}
inline auto tied(const ledger::card_retired& one) {
    const auto& [wallet, ordinal, bound_at, reason] = one;
    return std::tie(wallet, ordinal, bound_at, reason);
}
inline auto tied(const ledger::freeze_changed& one) {
    const auto& [subject, id, frozen, reason] = one;
    return std::tie(subject, id, frozen, reason);
}

inline auto tied(const ledger::limits_set& one) {
    const auto& [subject, id, limit, reason] = one;
    return std::tie(subject, id, limit, reason);
}
inline auto tied(const ledger::merchant_categories_set& one) {
    const auto& [merchant, categories, reason] = one;
    return std::tie(merchant, categories, reason);
}
inline auto tied(const ledger::key_barred& one) {
    const auto& [merchant, key] = one;
    return std::tie(merchant, key);
}
inline auto tied(const ledger::key_issued& one) {
    const auto& [holder, municipality, key, after] = one;
    return std::tie(holder, municipality, key, after);
}
inline auto tied(const ledger::key_revoked& one) {
    const auto& [holder, number, after, reason] = one;
    return std::tie(holder, number, after, reason);
}
inline auto tied(const ledger::home_chosen& one) {
    const auto& [wallet, municipality] = one;
    return std::tie(wallet, municipality);
}
inline auto tied(const ledger::terminal_certificates_changed& one) {
    const auto& [terminal, certificates, reason] = one;
    return std::tie(terminal, certificates, reason);
}
inline auto tied(const ledger::activation_changed& one) {
    const auto& [merchant, number, step, valid_until, code, reason] = one;
    return std::tie(merchant, number, step, valid_until, code, reason);
}
inline auto tied(const ledger::terminal_activated& one) {
    const auto& [id, name, key, activation] = one;
    return std::tie(id, name, key, activation);
}
inline auto tied(const ledger::once_code_issued& one) {
    const auto& [wallet, ordinal, valid_until, code, format] = one;
    return std::tie(wallet, ordinal, valid_until, code, format);
}
inline auto tied(const ledger::code_blocked& one) {
    const auto& [wallet, ordinal, issued_at, reason, reissued_as, reissued] = one;
    return std::tie(wallet, ordinal, issued_at, reason, reissued_as, reissued);
}
inline auto tied(const ledger::application& one) {
    const auto& [kind, name, account, reached_by, opened, categories, programs] = one;
    const auto& [code, title, expiry_days, online_only, issuer, frozen, hold_days, limit, sale] = opened;
    return std::tie(kind, name, account, reached_by, code, title, expiry_days, online_only, issuer, frozen, hold_days,
                    categories, programs);
}
inline auto tied(const ledger::application_changed& one) {
    const auto& [step, application, maker, merchant, what, reason] = one;
    return std::tuple_cat(std::tie(step, application, maker, merchant, reason), tied(*what));
}
inline auto tied(const ledger::account_changed& one) {
    const auto& [holder, step, proposal, previous, maker, effective_from, account, reason] = one;
    return std::tie(holder, step, proposal, previous, maker, effective_from, *account, reason);
}
inline auto tied(const ledger::my_key_changed& one) {
    const auto& [wallet, step, before, after, wished, wishes_left, reason] = one;
    return std::tie(wallet, step, before, after, wished, wishes_left, reason);
}
inline auto tied(const ledger::support_session_opened& one) {
    const auto& [wallet] = one;
    return std::tie(wallet);
}
inline auto tied(const ledger::card_renewed& one) {
    const auto& [wallet, retired, ordinal, card_ends, card] = one;
    return std::tie(wallet, retired, ordinal, card_ends, card);
}
inline auto tied(const ledger::password_set& one) {
    const auto& [wallet, hash] = one;
    return std::tie(wallet, hash);
}
inline auto tied(const ledger::person_enrolled& one) {
    const auto& [wallet, card_ends, card, my_key] = one;
    return std::tie(wallet, card_ends, card, my_key);
}
inline auto tied(const ledger::correction_proposed& one) {
    const auto& [wallet, what] = one;
    return std::tie(wallet, *what);
}
inline auto tied(const ledger::campaign_proposed& one) {
    const auto& [program, terms] = one;
    return std::tie(program, *terms);
}
inline auto tied(const ledger::campaign_changed& one) {
    const auto& [program, campaign, step, increase, amount, budget, maker, terms, reason] = one;
    return std::tie(program, campaign, step, increase, amount, budget, maker, *terms, reason);
}
inline auto tied(const ledger::conversion_terms_changed& one) {
    const auto& [partner, step, number, maker, terms, reason] = one;
    return std::tie(partner, step, number, maker, *terms, reason);
}
inline auto tied(const ledger::link_changed& one) {
    const auto& [partner, step, link, what, reason] = one;
    const auto& [wallet, subject, account, tokens] = *what;
    return std::tie(partner, step, link, wallet, subject, account, tokens, reason);
}
inline auto tied(const ledger::linked_conversion_changed& one) {
    const auto& [partner, step, conversion, what, reason] = one;
    const auto& [wallet, link, reference, units, amount, terms, program] = *what;
    return std::tie(partner, step, conversion, wallet, link, reference, units, amount, terms, program, reason);
}
inline auto tied(const ledger::coupon_changed& one) {
    const auto& [partner, step, coupon, what, reason] = one;
    return std::tie(partner, step, coupon, *what, reason);
}
inline auto tied(const ledger::partner_reconciled& one) {
    const auto& [partner, found] = one;
    return std::tie(partner, found);
}
inline auto tied(const ledger::recipients_listed& one) {
    const auto& [program, campaign, first_row, rows] = one;
    return std::tie(program, campaign, first_row, rows);
}
inline auto tied(const ledger::recipients_accepted& one) {
    const auto& [program, campaign, digest, rows, sum, lists] = one;
    return std::tie(program, campaign, digest, rows, sum, lists);
}
inline auto tied(const ledger::eligibility_listed& one) {
    const auto& [program, campaign, first_row, rows] = one;
    return std::tie(program, campaign, first_row, rows);
}
inline auto tied(const ledger::eligibility_changed& one) {
    const auto& [program, campaign, step, list, digest, rows, lists, maker, reason] = one;
    return std::tie(program, campaign, step, list, digest, rows, lists, maker, reason);
}
inline auto tied(const ledger::event_changed& one) {
    const auto& [program, campaign, step, what, reason] = one;
    return std::tie(program, campaign, step, what, reason);
}
inline auto tied(const ledger::clawback_changed& one) {
    const auto& [program, campaign, step, clawback, is_of_all, rows, lists, maker, previous, ended, reason] = one;
    return std::tie(program, campaign, step, clawback, is_of_all, rows, lists, maker, previous, ended, reason);
}
inline auto tied(const ledger::recipients_left_out& one) {
    const auto& [program, campaign, file, previous, released, rows] = one;
    return std::tie(program, campaign, file, previous, released, rows);
}
inline auto tied(const ledger::purchase_terms_set& one) {
    const auto& [program, terms, reason] = one;
    return std::tie(program, terms, reason);
}
inline auto tied(const ledger::purchase_changed& one) {
    const auto& [step, after, usage, reason] = one;
    return std::tie(step, *after, usage, reason);
}
inline auto tied(const ledger::mandate_changed& one) {
    const auto& [after, previous, reason] = one;
    return std::tie(*after, previous, reason);
}
inline auto tied(const ledger::debits_ordered& one) {
    const auto& [what] = one;
    return std::tie(*what);
}
inline auto tied(const ledger::transfer_changed& one) {
    const auto& [step, after] = one;
    return std::tie(step, *after);
}
inline auto tied(const ledger::epoch_began& one) {
    const auto& [number, mark, after, hash, same_through, last_wallet, last_merchant, last_party] = one;
    return std::tie(number, mark, after, hash, same_through, last_wallet, last_merchant, last_party);
}

template <class Fact>
bool same(const Fact& a, const Fact& b) {
    return tied(a) == tied(b);
}
inline bool same(const ledger::points_converted& a, const ledger::points_converted& b) {
    const auto split = [](const ledger::points_converted& one) {
        const auto& [wallet, partner, my_key, reference, units, remainder, terms, day, of_person, coupon, code, lot] =
            one;
        return std::pair{
            std::tie(wallet, partner, my_key, reference, units, remainder, terms, day, of_person, coupon, code), &lot};
    };
    const auto [scalars_a, lot_a] = split(a);
    const auto [scalars_b, lot_b] = split(b);
    return scalars_a == scalars_b && same(*lot_a, *lot_b);
}
inline bool same(const ledger::points_transferred& a, const ledger::points_transferred& b) {
    const auto& [wallet_a, by_default_a, from_a, to_a] = a;
    const auto& [wallet_b, by_default_b, from_b, to_b] = b;
    return wallet_a == wallet_b && by_default_a == by_default_b && same(from_a, from_b) && same(to_a, to_b);
}
inline bool same(const ledger::correction_decided& a, const ledger::correction_decided& b) {
    const auto split = [](const ledger::correction_decided& one) {
        const auto& [wallet, proposal, proposal_sequence, maker, approved, what, lots, reason] = one;
        return std::pair{std::tie(wallet, proposal, proposal_sequence, maker, approved, *what, reason), &lots};
    };
    const auto [scalars_a, lots_a] = split(a);
    const auto [scalars_b, lots_b] = split(b);
    return scalars_a == scalars_b && same(*lots_a, *lots_b);
}
inline bool same(const ledger::campaign_granted& a, const ledger::campaign_granted& b) {
    const auto& [wallet_a, campaign_a, occasion_a, lot_a] = a;
    const auto& [wallet_b, campaign_b, occasion_b, lot_b] = b;
    return wallet_a == wallet_b && campaign_a == campaign_b && occasion_a == occasion_b && same(lot_a, lot_b);
}
inline bool same(const ledger::recipient_granted& a, const ledger::recipient_granted& b) {
    const auto split = [](const ledger::recipient_granted& one) {
        const auto& [wallet, campaign, file, row, occasion, lot] = one;
        return std::pair{std::tie(wallet, campaign, file, row, occasion), &lot};
    };
    const auto [scalars_a, lot_a] = split(a);
    const auto [scalars_b, lot_b] = split(b);
    return scalars_a == scalars_b && same(*lot_a, *lot_b);
}
inline bool same(const ledger::benefit_granted& a, const ledger::benefit_granted& b) {
    const auto split = [](const ledger::benefit_granted& one) {
        const auto& [wallet, campaign, occasion, my_key, list, event, measured, lot] = one;
        return std::pair{std::tie(wallet, campaign, occasion, my_key, list, event, measured), &lot};
    };
    const auto [scalars_a, lot_a] = split(a);
    const auto [scalars_b, lot_b] = split(b);
    return scalars_a == scalars_b && same(*lot_a, *lot_b);
}
inline bool same(const ledger::points_clawed_back& a, const ledger::points_clawed_back& b) {
    const auto& [wallet_a, campaign_a, clawback_a, row_a, lot_a] = a;
    const auto& [wallet_b, campaign_b, clawback_b, row_b, lot_b] = b;
    return wallet_a == wallet_b && campaign_a == campaign_b && clawback_a == clawback_b && row_a == row_b &&
           same(lot_a, lot_b);
}
inline bool same(const ledger::purchase_refunded& a, const ledger::purchase_refunded& b) {
    const auto& [after_a, lot_a] = a;
    const auto& [after_b, lot_b] = b;
    return *after_a == *after_b && same(lot_a, lot_b);
}
inline bool same(const ledger::purchase_debited& a, const ledger::purchase_debited& b) {
    const auto& [after_a, lot_a] = a;
    const auto& [after_b, lot_b] = b;
    return *after_a == *after_b && same(lot_a, lot_b);
}
inline bool same(const ledger::purchase_captured& a, const ledger::purchase_captured& b) {
    const auto& [after_a, lot_a] = a;
    const auto& [after_b, lot_b] = b;
    return *after_a == *after_b && same(lot_a, lot_b);
}
inline bool same(const ledger::purchase_charged_back& a, const ledger::purchase_charged_back& b) {
    const auto& [after_a, lot_a] = a;
    const auto& [after_b, lot_b] = b;
    return *after_a == *after_b && lot_a.has_value() == lot_b.has_value() && (!lot_a || same(*lot_a, *lot_b));
}
inline bool same(const ledger::purchase_paid& a, const ledger::purchase_paid& b) {
    const auto& [after_a, lot_a, transfer_a] = a;
    const auto& [after_b, lot_b, transfer_b] = b;
    return *after_a == *after_b && same(lot_a, lot_b) && *transfer_a == *transfer_b;
}
inline bool same(const ledger::points_granted& a, const ledger::points_granted& b) {
    const auto& [wallet_a, lot_a] = a;
    const auto& [wallet_b, lot_b] = b;
    return wallet_a == wallet_b && same(lot_a, lot_b);
}
inline bool same(const ledger::points_expired& a, const ledger::points_expired& b) {
    const auto& [wallet_a, lots_a] = a;
    const auto& [wallet_b, lots_b] = b;
    return wallet_a == wallet_b && same(lots_a, lots_b);
}
inline bool same(const ledger::payment_decided& a, const ledger::payment_decided& b) {
    const auto split = [](const ledger::payment_decided& one) {
        const auto& [merchant, outlet_is, outlet, wallet, code_ordinal, code_used_up, program, amount, reference,
                     status, decline, balance, capture_before, lots, limit, counted_by_wallet, counted_by_merchant] =
            one;
        return std::pair{std::tie(merchant, outlet_is, outlet, wallet, code_ordinal, code_used_up, program, amount,
                                  reference, status, decline, balance, capture_before, limit, counted_by_wallet,
                                  counted_by_merchant),
                         &lots};
    };
    const auto [scalars_a, lots_a] = split(a);
    const auto [scalars_b, lots_b] = split(b);
    return scalars_a == scalars_b && same(*lots_a, *lots_b);
}
inline bool same(const ledger::payment_state& a, const ledger::payment_state& b) {
    const auto split = [](const ledger::payment_state& one) {
        const auto& [position, sequence, decided_at, merchant, outlet_is, outlet, wallet, program, amount, reference,
                     status, decline, captured, refunded, balance, capture_before, lots] = one;
        return std::pair{std::tie(position, sequence, decided_at, merchant, outlet_is, outlet, wallet, program, amount,
                                  reference, status, decline, captured, refunded, balance, capture_before),
                         &lots};
    };
    const auto [scalars_a, lots_a] = split(a);
    const auto [scalars_b, lots_b] = split(b);
    return scalars_a == scalars_b && same(*lots_a, *lots_b);
}
inline bool same(const ledger::payment_changed& a, const ledger::payment_changed& b) {
    const auto split = [](const ledger::payment_changed& one) {
        const auto& [step, after, part, was_held, captured, returned, lapsed, reversed_key] = one;
        return std::pair{std::tie(step, part, was_held, reversed_key), std::tie(after, captured, returned, lapsed)};
    };
    const auto [scalars_a, rest_a] = split(a);
    const auto [scalars_b, rest_b] = split(b);
    const auto& [after_a, captured_a, returned_a, lapsed_a] = rest_a;
    const auto& [after_b, captured_b, returned_b, lapsed_b] = rest_b;
    return scalars_a == scalars_b && same(*after_a, *after_b) && same(captured_a, captured_b) &&
           same(returned_a, returned_b) && same(lapsed_a, lapsed_b);
}

inline bool same(const ledger::entry& a, const ledger::entry& b) {
    const auto split = [](const ledger::entry& one) {
        const auto& [position, decided_at, caller, person, idempotency_key, fingerprint, origin, wallet,
                     wallet_sequence, previous_of_wallet, merchant, previous_of_merchant, terms_version, what] = one;
        return std::pair{std::tie(position, decided_at, caller, person, idempotency_key, fingerprint, origin, wallet,
                                  wallet_sequence, previous_of_wallet, merchant, previous_of_merchant, terms_version),
                         &what};
    };
    const auto [scalars_a, what_a] = split(a);
    const auto [scalars_b, what_b] = split(b);
    if (scalars_a != scalars_b || what_a->index() != what_b->index()) return false;
    return std::visit(
        [&other = *what_b](const auto& fact) { return same(fact, std::get<std::decay_t<decltype(fact)>>(other)); },
        *what_a);
}

// --- arbitrary entries ---

class any_entry {
public:
    explicit any_entry(std::uint64_t seed) : dice_{seed} {}

    [[nodiscard]] ledger::entry operator()() { return of_kind(dice_.below(std::variant_size_v<ledger::fact_kinds>)); }
    [[nodiscard]] ledger::entry of_kind(std::size_t kind) {
        ledger::entry one;
        one.position = number();
        one.decided_at = instant();
        if (!dice_.one_in(3)) one.caller = {static_cast<ledger::caller_kind>(dice_.between(0, 5)), number()};
        if (dice_.one_in(3)) one.person = number();
        if (!dice_.one_in(3)) one.idempotency_key = text(64);
        if (!dice_.one_in(3)) one.fingerprint = digest();
        if (dice_.one_in(3)) one.origin.key_number = static_cast<std::uint32_t>(number());
        if (dice_.one_in(3)) {
            one.origin.request_process = dice_.engine()();
            one.origin.request = number();
        }
        if (!dice_.one_in(3)) {
            one.wallet = ledger::wallet_id{number()};
            one.wallet_sequence = number();
            one.previous_of_wallet = number();
        }
        if (!dice_.one_in(3)) {
            one.merchant = ledger::merchant_id{number()};
            one.previous_of_merchant = number();
            one.terms_version = number();
        }
        one.what = fact(kind);
        return one;
    }

private:
    // Of any length in bits.
    std::uint64_t number() { return dice_.engine()() >> dice_.below(64); }
    std::int64_t signed_number() { return static_cast<std::int64_t>(dice_.engine()()) >> dice_.below(64); }
    ledger::instant instant() { return ledger::instant{signed_number()}; }
    ledger::digest128 digest() { return {dice_.engine()(), dice_.engine()()}; }
    ledger::points points() {
        return *ledger::points::from(dice_.between(0, ledger::points::value_max) >> dice_.below(62));
    }
    // Sometimes a partner's pseudo-program.
    ledger::program_code program() {
        if (dice_.one_in(4)) return ledger::program_code::as_stored(static_cast<std::uint32_t>(number()));
        return ledger::program_code::as_named(static_cast<std::uint32_t>(dice_.below(1'000'000)));
    }
    std::string text(std::size_t most) {
        std::string out(dice_.below(most + 1), ' ');
        for (char& c : out) c = static_cast<char>(dice_.below(256));
        return out;
    }
    ledger::funding_source source() {
        const std::vector<std::string> some{"budget:042021:health", "national:1", "partner:card",
                                            "donation:" + std::string(55, 'x')};
        return *ledger::funding_source::parse(dice_.any_of(some));
    }
    ledger::category_set categories() {
        std::vector<std::string> some;
        for (std::size_t i = dice_.below(ledger::merchant_categories_max + 1); i > 0; --i)
            some.push_back(std::string(dice_.below(ledger::category_length_max), 'x') + std::to_string(i));
        return *ledger::category_set::from(std::move(some));
    }
    // Most have none, so that entries without any come too.
    ledger::category_set earmark() { return dice_.one_in(6) ? categories() : ledger::category_set{}; }
    ledger::lot_use lot() {
        return {std::make_shared<const ledger::lot_terms>(ledger::lot_terms{
                    static_cast<std::uint32_t>(number()), program(), source(),
                    ledger::jst_day{static_cast<std::int32_t>(signed_number())}, instant(), earmark()}),
                points()};
    }
    std::vector<ledger::lot_use> lots() {
        std::vector<ledger::lot_use> all(dice_.one_in(20) ? dice_.below(300) : dice_.below(4));
        for (auto& one : all) one = lot();
        return all;
    }
    ledger::correction_ptr correction() {
        return std::make_shared<const ledger::correction>(
            ledger::correction{static_cast<ledger::correction_kind>(dice_.between(1, 2)), program(), points(), source(),
                               ledger::jst_day{static_cast<std::int32_t>(signed_number())}, text(300)});
    }
    ledger::jst_day day() { return ledger::jst_day{static_cast<std::int32_t>(signed_number())}; }
    ledger::campaign_terms_ptr campaign() {
        ledger::campaign_terms terms{text(300), source(), points(),
                                     day(),     day(),    static_cast<ledger::amount_rule>(dice_.between(1, 4)),
                                     points(),  day()};
        terms.earmark = earmark();
        if (dice_.one_in(2)) return std::make_shared<const ledger::campaign_terms>(std::move(terms));
        terms.eligible_only = true; // so that what follows belongs to them, whatever the rule
        terms.per_person = dice_.one_in(2);
        terms.basis_points = static_cast<std::uint32_t>(number());
        terms.steps.resize(dice_.below(ledger::amount_steps_max + 1));
        for (auto& one : terms.steps) one = {number(), points()};
        return std::make_shared<const ledger::campaign_terms>(std::move(terms));
    }
    ledger::conversion_terms_ptr conversion() {
        auto terms = std::make_shared<ledger::conversion_terms>();
        terms->unit = text(100);
        terms->rate = {static_cast<std::uint32_t>(number()), static_cast<std::uint32_t>(number())};
        terms->minimum = number();
        terms->step = number();
        if (dice_.one_in(2)) terms->per_person_day = points();
        if (dice_.one_in(2)) terms->per_partner_day = points();
        return terms;
    }
    // Or none.
    ledger::purchase_reference reference() {
        return ledger::purchase_reference::from_number(number()).value_or(ledger::purchase_reference{});
    }
    ledger::purchase_ptr purchase() {
        ledger::purchase one{number(),
                             reference(),
                             program(),
                             ledger::wallet_id{number()},
                             points(),
                             static_cast<ledger::purchase_method>(dice_.between(1, 3)),
                             instant(),
                             day(),
                             static_cast<ledger::purchase_status>(dice_.between(1, 6)),
                             points()};
        if (dice_.one_in(2))
            one.refund = ledger::purchase_refund{static_cast<std::uint32_t>(number()),
                                                 day(),
                                                 {static_cast<ledger::caller_kind>(dice_.between(0, 5)), number()},
                                                 text(300),
                                                 points()};
        const std::vector<std::uint8_t> results{0, 1, 2, 3, 4, 8, 9, 10};
        if (dice_.one_in(2))
            one.debit = ledger::purchase_debit{number(), static_cast<ledger::debit_result>(dice_.any_of(results))};
        if (dice_.one_in(2))
            one.card = ledger::purchase_card{static_cast<ledger::card_stage>(dice_.between(1, 8)), text(64), text(300),
                                             points()};
        return std::make_shared<const ledger::purchase>(std::move(one));
    }
    std::optional<ledger::debit_terms> debits() {
        if (dice_.one_in(2)) return std::nullopt;
        return ledger::debit_terms{number(), static_cast<std::int32_t>(dice_.between(1, 31)),
                                   static_cast<std::int32_t>(dice_.between(0, 30))};
    }
    ledger::bank_transfer_ptr transfer() {
        return std::make_shared<const ledger::bank_transfer>(
            ledger::bank_transfer{program(),
                                  number(),
                                  {day(), points(), text(140), text(20), text(20)},
                                  static_cast<ledger::transfer_status>(dice_.between(1, 6)),
                                  static_cast<ledger::transfer_mismatch>(dice_.between(0, 8)),
                                  reference(),
                                  {static_cast<ledger::caller_kind>(dice_.between(0, 5)), number()},
                                  text(300)});
    }
    ledger::fact fact(std::size_t kind) {
        using namespace ledger;
        switch (kind) {
        case 0: return ledger_opened{dice_.engine()(), dice_.one_in(2)};
        case 1: return operator_added{operator_id{number()}, text(300), digest()};
        case 2: return staff_added{program(), staff_id{number()}, text(300), digest()};
        case 3: return partner_added{partner_id{number()}, text(300), digest()};
        case 4:
            return program_opened{{program(), text(300), static_cast<std::int32_t>(signed_number()), dice_.one_in(2),
                                   static_cast<issuer_kind>(dice_.between(1, 3)), dice_.one_in(2),
                                   dice_.one_in(2) ? hold_days_default : static_cast<std::int32_t>(signed_number())}};
        case 5: {
            std::vector<program_code> programs(dice_.below(50));
            for (auto& one : programs) one = program();
            return merchant_joined{merchant_id{number()}, text(300), std::move(programs)};
        }
        case 6:
            return outlet_added{static_cast<outlet_kind>(dice_.between(1, 2)), outlet_id{number()}, text(300),
                                digest()};
        case 7: return wallet_opened{wallet_id{number()}};
        case 8:
            return code_issued{wallet_id{number()}, static_cast<std::uint32_t>(number()),
                               static_cast<code_kind>(dice_.between(1, 2)), instant(), digest()};
        case 9:
            return freeze_changed{static_cast<freeze_subject>(dice_.between(1, 5)), number(), dice_.one_in(2),
                                  text(500)};
        case 10: return points_granted{wallet_id{number()}, lot()};
        case 11: return points_expired{wallet_id{number()}, lots()};
        case 12: return payment();
        case 13: return step();
        case 14: return key_barred{merchant_id{number()}, text(64)};
        case 15: return limits_set{static_cast<limit_subject>(dice_.between(1, 5)), number(), limits(), text(300)};
        case 16: return home_chosen{wallet_id{number()}, program()};
        case 17: return points_transferred{wallet_id{number()}, dice_.one_in(2), lots(), lots()};
        case 18: return correction_proposed{wallet_id{number()}, correction()};
        case 19:
            return correction_decided{
                wallet_id{number()}, number(),     number(), {static_cast<caller_kind>(dice_.between(0, 5)), number()},
                dice_.one_in(2),     correction(), lots(),   text(300)};
        case 20: {
            epoch_began began{static_cast<std::uint32_t>(number()),
                              epoch_mark{static_cast<std::uint32_t>(number())},
                              number(),
                              {},
                              number(),
                              number(),
                              number(),
                              number()};
            for (auto& one : began.hash) one = static_cast<std::byte>(dice_.below(256));
            return began;
        }
        case 21: return key_issued{holder(), program(), digest(), chain()};
        case 22: return key_revoked{holder(), static_cast<std::uint32_t>(number()), chain(), text(300)};
        case 24: return card_bound{wallet_id{number()}, static_cast<std::uint32_t>(number()), instant(), digest()};
        case 25: return card_retired{wallet_id{number()}, static_cast<std::uint32_t>(number()), number(), text(300)};
        case 26: return campaign_proposed{program(), campaign()};
        case 27:
            return campaign_changed{program(),
                                    number(),
                                    static_cast<campaign_step>(dice_.between(1, 6)),
                                    static_cast<std::uint32_t>(number()),
                                    points(),
                                    points(),
                                    {static_cast<caller_kind>(dice_.between(0, 5)), number()},
                                    campaign(),
                                    text(300)};
        case 28: return campaign_granted{wallet_id{number()}, number(), text(64), lot()};
        case 29:
            return my_key_changed{wallet_id{number()},
                                  static_cast<my_key_step>(dice_.between(1, 5)),
                                  my_key(),
                                  my_key(),
                                  my_key(),
                                  static_cast<std::uint32_t>(number()),
                                  text(300)};
        case 33:
            return card_renewed{wallet_id{number()}, static_cast<std::uint32_t>(number()),
                                static_cast<std::uint32_t>(number()), instant(), digest()};
        case 32: return support_session_opened{wallet_id{number()}};
        case 31: return password_set{wallet_id{number()}, text(127)};
        case 30: return person_enrolled{wallet_id{number()}, instant(), digest(), my_key()};
        case 34:
            return conversion_terms_changed{partner_id{number()},
                                            static_cast<conversion_terms_step>(dice_.between(1, 3)),
                                            static_cast<std::uint32_t>(number()),
                                            {static_cast<caller_kind>(dice_.between(0, 5)), number()},
                                            conversion(),
                                            text(300)};
        case 35: {
            points_converted made{wallet_id{number()},
                                  partner_id{number()},
                                  my_key(),
                                  text(64),
                                  number(),
                                  number(),
                                  static_cast<std::uint32_t>(number()),
                                  day(),
                                  points(),
                                  0,
                                  {},
                                  lot()};
            if (dice_.one_in(2)) {
                made.coupon = 1 + number() / 2;
                made.code = digest();
            }
            return made;
        }
        case 36:
            return coupon_changed{partner_id{number()}, static_cast<coupon_step>(dice_.between(1, 2)), number(),
                                  std::make_shared<const coupon>(coupon{
                                      static_cast<std::uint32_t>(number()), text(64), number(), number(), points(),
                                      static_cast<std::uint32_t>(number()), program(), day(), digest()}),
                                  text(300)};
        case 37: {
            const auto count = [this] { return static_cast<std::uint32_t>(number()); };
            reconciliation found{day(), {}, count(), count(), count(), count(), count(), count(), points(), points()};
            for (auto& one : found.file) one = static_cast<std::byte>(dice_.below(256));
            return partner_reconciled{partner_id{number()}, found};
        }
        case 38: {
            std::vector<recipient_row> rows(1 + dice_.below(dice_.one_in(20) ? recipients_listed_max : 4));
            for (auto& one : rows)
                one = {static_cast<std::uint32_t>(number()), wallet_id{number()}, text(64), points(), text(300)};
            return recipients_listed{program(), number(), static_cast<std::uint32_t>(number()), std::move(rows)};
        }
        case 39: {
            file_digest digest{};
            for (auto& one : digest) one = static_cast<std::byte>(dice_.below(256));
            std::vector<journal_position> lists(dice_.below(40));
            for (auto& one : lists) one = number();
            return recipients_accepted{program(), number(),        digest, static_cast<std::uint32_t>(number()),
                                       points(),  std::move(lists)};
        }
        case 40:
            return recipient_granted{
                wallet_id{number()}, number(), number(), static_cast<std::uint32_t>(number()), text(64), lot()};
        case 41: {
            std::vector<left_out_row> rows(1 + dice_.below(9));
            for (auto& one : rows)
                one = {static_cast<std::uint32_t>(number()), static_cast<std::uint32_t>(number()),
                       static_cast<left_out_reason>(dice_.between(1, 7))};
            return recipients_left_out{program(), number(), number(), number(), points(), std::move(rows)};
        }
        case 42: {
            std::vector<eligible_row> rows(1 + dice_.below(9));
            for (auto& one : rows) {
                const bool by_wallet = dice_.one_in(2);
                one.wallet = wallet_id{by_wallet ? number() : 0};
                if (!one.wallet) one.digest = digest();
                one.measured = number();
            }
            return eligibility_listed{program(), number(), static_cast<std::uint32_t>(number()), std::move(rows)};
        }
        case 43: {
            file_digest digest{};
            for (auto& one : digest) one = static_cast<std::byte>(dice_.below(256));
            std::vector<journal_position> lists(dice_.below(40));
            for (auto& one : lists) one = number();
            return eligibility_changed{program(),
                                       number(),
                                       static_cast<eligibility_step>(dice_.between(1, 4)),
                                       number(),
                                       digest,
                                       static_cast<std::uint32_t>(number()),
                                       std::move(lists),
                                       {static_cast<caller_kind>(dice_.between(0, 5)), number()},
                                       text(300)};
        }
        case 44:
            return purchase_terms_set{
                program(),
                {points(), points(), points(), points(), static_cast<std::int32_t>(signed_number()),
                 dice_.one_in(2) ? 0 : static_cast<std::int32_t>(signed_number()), debits(), dice_.one_in(2)},
                text(300)};
        case 45:
            return purchase_changed{
                static_cast<purchase_step>(dice_.between(1, 9)), purchase(), {day(), points(), points()}, text(300)};
        case 46: return purchase_paid{purchase(), lot(), transfer()};
        case 48: return purchase_refunded{purchase(), lot()};
        case 47: return transfer_changed{static_cast<transfer_step>(dice_.between(1, 5)), transfer()};
        case 49:
            return activation_changed{merchant_id{number()},
                                      static_cast<std::uint32_t>(number()),
                                      static_cast<activation_step>(dice_.between(1, 2)),
                                      instant(),
                                      digest(),
                                      text(300)};
        case 50:
            return terminal_activated{outlet_id{number()}, text(300), digest(), static_cast<std::uint32_t>(number())};
        case 51:
            return once_code_issued{wallet_id{number()},
                                    static_cast<std::uint32_t>(number()),
                                    instant(),
                                    digest(),
                                    {std::string(dice_.below(numeric_format::prefix_max + 1), '7'),
                                     static_cast<std::uint32_t>(22 + 2 * dice_.below(5))}};
        case 52: {
            code_blocked blocked{wallet_id{number()}, static_cast<std::uint32_t>(number()), number(), text(300), 0, {}};
            if (dice_.one_in(2)) blocked.reissued_as = static_cast<std::uint32_t>(number());
            if (blocked.reissued_as != 0) blocked.reissued = digest();
            return blocked;
        }
        case 53:
            return application_changed{static_cast<application_step>(dice_.between(1, 3)),
                                       number(),
                                       {static_cast<caller_kind>(dice_.between(0, 5)), number()},
                                       merchant_id{number()},
                                       application(),
                                       text(300)};
        case 54:
            return account_changed{{static_cast<applicant_kind>(dice_.between(1, 2)), number()},
                                   static_cast<account_step>(dice_.between(1, 3)),
                                   number(),
                                   number(),
                                   {static_cast<caller_kind>(dice_.between(0, 5)), number()},
                                   day(),
                                   std::make_shared<const bank_account>(account()),
                                   text(300)};
        case 55:
            return link_changed{
                partner_id{number()}, static_cast<link_step>(dice_.between(1, 3)), number(),
                std::make_shared<const partner_link>(partner_link{wallet_id{number()}, text(100), digest(), text(300)}),
                text(300)};
        case 56:
            return linked_conversion_changed{partner_id{number()},
                                             static_cast<linked_conversion_step>(dice_.between(1, 5)), number(),
                                             std::make_shared<const linked_conversion>(linked_conversion{
                                                 wallet_id{number()}, number(), text(64), number(), points(),
                                                 static_cast<std::uint32_t>(number()), program()}),
                                             text(64)};
        case 57:
            return mandate_changed{
                std::make_shared<const debit_mandate>(debit_mandate{number(), program(), wallet_id{number()}, account(),
                                                                    static_cast<mandate_status>(dice_.between(1, 4))}),
                number(), text(300)};
        case 58:
            return debits_ordered{
                std::make_shared<const debit_order>(debit_order{program(), day(), number(), account()})};
        case 59: return purchase_debited{purchase(), lot()};
        case 60: return purchase_captured{purchase(), lot()};
        case 61: return purchase_charged_back{purchase(), dice_.one_in(2) ? std::optional{lot()} : std::nullopt};
        case 62:
            return benefit_granted{
                wallet_id{number()}, number(), text(64), my_key(), number(), number(), number(), lot()};
        case 63:
            return event_changed{
                program(),
                number(),
                static_cast<event_step>(dice_.between(1, 2)),
                {number(), text(64), instant(), instant(), static_cast<std::int32_t>(signed_number()), dice_.one_in(2)},
                text(300)};
        case 64: {
            clawback_changed changed{program(),
                                     number(),
                                     static_cast<clawback_step>(dice_.between(1, 4)),
                                     number(),
                                     dice_.one_in(2),
                                     static_cast<std::uint32_t>(number()),
                                     {},
                                     {static_cast<caller_kind>(dice_.between(0, 5)), number()},
                                     number(),
                                     {},
                                     text(300)};
            changed.lists.resize(dice_.below(9));
            for (auto& one : changed.lists) one = number();
            changed.ended.resize(dice_.below(9));
            for (auto& one : changed.ended)
                one = {static_cast<std::uint32_t>(number()), static_cast<std::uint32_t>(number()),
                       static_cast<left_out_reason>(dice_.between(1, 7))};
            return changed;
        }
        case 65:
            return points_clawed_back{wallet_id{number()}, number(), number(), static_cast<std::uint32_t>(number()),
                                      lot()};
        case 66: return merchant_categories_set{merchant_id{number()}, categories(), text(300)};
        default: {
            std::vector<certificate_digest> certificates(dice_.below(certificates_max + 1));
            for (auto& one : certificates)
                for (auto& byte : one.bytes) byte = static_cast<std::uint8_t>(dice_.below(256));
            return terminal_certificates_changed{outlet_id{number()}, std::move(certificates), text(300)};
        }
        }
    }
    ledger::bank_account account() {
        return {static_cast<std::uint16_t>(dice_.below(10'000)),
                static_cast<std::uint16_t>(dice_.below(1'000)),
                dice_.one_in(2) ? ledger::account_type::ordinary : ledger::account_type::savings,
                static_cast<std::uint32_t>(dice_.below(10'000'000)),
                text(90),
                text(60)};
    }
    // Of a municipality it has no merchant's fields, and the other way round.
    ledger::application_ptr application() {
        auto made = std::make_shared<ledger::application>();
        made->kind = static_cast<ledger::applicant_kind>(dice_.between(1, 2));
        made->name = text(300);
        made->account = account();
        made->reached_by = {text(300), text(254), text(20)};
        if (made->kind == ledger::applicant_kind::municipality) {
            made->opened = std::get<ledger::program_opened>(fact(4)).opened;
            return made;
        }
        made->categories.resize(dice_.below(8));
        for (auto& one : made->categories) one = text(32);
        made->programs.resize(dice_.below(20));
        for (auto& one : made->programs) one = program();
        return made;
    }
    // Or none.
    ledger::my_key_id my_key() { return ledger::my_key_id::from_number(number()).value_or(ledger::my_key_id{}); }
    ledger::key_holder holder() { return {static_cast<ledger::caller_kind>(dice_.between(0, 5)), number()}; }
    ledger::key_chain chain() {
        ledger::key_chain all;
        all.known.resize(1 + dice_.below(ledger::key_chain::known_max));
        for (auto& one : all.known) {
            one = {static_cast<std::uint32_t>(number()), instant(), instant(), dice_.one_in(2)};
            const auto some = static_cast<std::uint32_t>(1 + dice_.below((1U << ledger::scope_count) - 1));
            if (dice_.one_in(2)) one.scopes = *ledger::scope_set::from_bits(some);
        }
        return all;
    }
    ledger::payment_decided payment() {
        ledger::payment_decided paid;
        paid.merchant = ledger::merchant_id{number()};
        paid.outlet_is = static_cast<ledger::outlet_kind>(dice_.between(1, 2));
        paid.outlet = ledger::outlet_id{number()};
        paid.wallet = ledger::wallet_id{number()};
        paid.code_ordinal = static_cast<std::uint32_t>(number());
        paid.code_used_up = dice_.one_in(2);
        paid.program = program();
        paid.amount = points();
        paid.reference = text(256);
        paid.status = static_cast<ledger::payment_status>(dice_.between(1, 7));
        paid.decline = static_cast<ledger::decline_code>(dice_.between(0, 14));
        if (dice_.one_in(2)) paid.balance = points();
        paid.capture_before = instant();
        paid.lots = lots();
        return paid;
    }

    ledger::limits limits() {
        ledger::limits set;
        if (dice_.one_in(2)) set.per_payment = points();
        for (auto* const window : {&set.per_day, &set.per_hour}) {
            if (dice_.one_in(2)) window->amount = points();
            if (dice_.one_in(2)) window->count = static_cast<std::uint32_t>(number());
        }
        return set;
    }
    ledger::payment_changed step() {
        ledger::payment_state state;
        state.position = number();
        state.sequence = number();
        state.decided_at = instant();
        state.merchant = ledger::merchant_id{number()};
        state.outlet_is = static_cast<ledger::outlet_kind>(dice_.between(1, 2));
        state.outlet = ledger::outlet_id{number()};
        state.wallet = ledger::wallet_id{number()};
        state.program = program();
        state.amount = points();
        state.reference = text(256);
        state.status = static_cast<ledger::payment_status>(dice_.between(1, 7));
        state.decline = static_cast<ledger::decline_code>(dice_.between(0, 14));
        state.captured = points();
        state.refunded = points();
        if (dice_.one_in(2)) state.balance = points();
        state.capture_before = instant();
        state.lots = lots();
        ledger::payment_changed made;
        made.step = static_cast<ledger::payment_step>(dice_.between(1, 5));
        made.after = std::make_shared<const ledger::payment_state>(std::move(state));
        made.part = points();
        made.was_held = dice_.one_in(2);
        made.captured = lots();
        made.returned = lots();
        made.lapsed = lots();
        made.reversed_key = text(64);
        return made;
    }

    dice dice_;
};

// --- consistent ones: a resident of Ishinomaki who pays at one till ---

inline constexpr ledger::program_code ishinomaki = *ledger::program_code::parse("042021");

[[nodiscard]] inline ledger::points yen(std::int64_t value) { return *ledger::points::from(value); }

[[nodiscard]] inline ledger::lot_terms_ptr sample_lot() {
    static const auto lot = std::make_shared<const ledger::lot_terms>(
        ledger::lot_terms{1, ishinomaki, *ledger::funding_source::parse("budget:042021:health"),
                          ledger::jst_day{20'900}, ledger::instant{1'790'000'000'000}});
    return lot;
}

// A grant of `amount` to wallet 41, as its first entry.
[[nodiscard]] inline ledger::entry sample_grant(std::int64_t amount) {
    ledger::entry one;
    one.decided_at = ledger::instant{1'795'000'000'000};
    one.caller = {ledger::caller_kind::operator_, 1};
    one.wallet = ledger::wallet_id{41};
    one.wallet_sequence = 1;
    one.what = ledger::points_granted{one.wallet, {sample_lot(), yen(amount)}};
    return one;
}

// A captured payment as a till makes them: with a key, a reference, one lot.
[[nodiscard]] inline ledger::entry sample_payment(std::uint64_t wallet_sequence = 2, std::int64_t amount = 1) {
    const ledger::outlet_id till{ledger::merchant_id{7}, 1};
    ledger::entry one;
    one.decided_at = ledger::instant{1'795'000'000'000};
    one.caller = {ledger::caller_kind::terminal, till.value()};
    one.idempotency_key = "0b9cc7b4-5b0e-4b0a-9d5e-7a1e2f3c4d5e";
    one.fingerprint = {0x0123456789abcdef, 0xfedcba9876543210};
    one.wallet = ledger::wallet_id{41};
    one.wallet_sequence = wallet_sequence;
    one.merchant = till.merchant();
    one.terms_version = 2;
    ledger::payment_decided paid;
    paid.merchant = till.merchant();
    paid.outlet = till;
    paid.wallet = one.wallet;
    paid.code_ordinal = 1;
    paid.program = ishinomaki;
    paid.amount = yen(amount);
    paid.reference = "R-000123";
    paid.status = ledger::payment_status::captured;
    paid.balance = yen(3800);
    paid.lots = {{sample_lot(), yen(amount)}};
    one.what = std::move(paid);
    return one;
}

// One that moves no points and belongs to nobody: any number of them in any order.
[[nodiscard]] inline ledger::entry sample_operator(std::uint64_t id) {
    ledger::entry one;
    one.decided_at = ledger::instant{1'795'000'000'000};
    one.what = ledger::operator_added{ledger::operator_id{id}, "operator " + std::to_string(id), {id, id}};
    return one;
}

} // namespace meguri::test
