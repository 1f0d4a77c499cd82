// The rules. Pure functions from what stands and what is asked, at a moment, to the fact that follows. Called by the
// actors that own the state; nothing is changed here.
#pragma once

#include "ledger/campaign.hpp"
#include "ledger/commands.hpp"
#include "ledger/merchant.hpp"
#include "ledger/partner.hpp"
#include "ledger/program_table.hpp"
#include "ledger/wallet.hpp"

#include <tl/expected.hpp>

#include <optional>

namespace meguri::ledger {

// A code that exists, as the index of codes knows it: all of it unchanging.
struct known_code {
    wallet_id wallet;
    std::uint32_t ordinal = 0;
    code_kind kind = code_kind::card;
    instant valid_until; // 0 for a lasting code
};

// All that a payment's decision rests on besides the wallet.
struct payment_question {
    const authorize& asked;
    program_code program; // resolved by program_of()
    const merchant_terms& merchant;
    const program_table& programs;
    outlet_id outlet;
    outlet_kind outlet_is = outlet_kind::terminal;
    std::optional<known_code> code; // none: nobody's
    bool reversed_before_arrival = false;
    std::optional<reached_limit> limit_at_merchant = {}; // as the merchant's actor counts, which alone knows
    std::optional<card_facts> card = {};                 // where a card pays
};

// The limit of the merchant or the outlet that one more payment would pass, after what was paid and what is reserved
// for payments under way.
struct reserved_usage {
    usage merchant;
    usage outlet;
};
[[nodiscard]] std::optional<reached_limit> reached_at_merchant(const merchant& state, outlet_id outlet, points amount,
                                                               const reserved_usage& reserved, instant now);

// The program of a payment: the one named, or the only one that the merchant accepts. Else refusal::program_required.
[[nodiscard]] tl::expected<program_code, refusal> program_of(const authorize& asked, const merchant_terms& merchant);

// The whole ladder of decline reasons in their precedence, then the lots to spend. `payer` is null where the code is
// nobody's. Always a fact: approved or declined.
[[nodiscard]] payment_decided decide(const payment_question& question, const wallet* payer, instant now);

// The holder's keys after the act. Refusals: keys_exhausted; key_unknown, invalid_state where it is revoked already.
[[nodiscard]] tl::expected<key_chain, refusal> decide(const issue_key& asked, const key_chain& keys, instant now);
[[nodiscard]] tl::expected<key_chain, refusal> decide(const revoke_key& asked, const key_chain& keys);

// The next step of a payment that was approved. `payer` is its wallet, in which all that is due is booked; `at`: the
// merchant's categories, of which the balance after the step is told. Refusals: invalid_state,
// amount_exceeds_remaining.
[[nodiscard]] tl::expected<payment_changed, refusal> decide(const capture_payment& asked, const payment_state& payment,
                                                            const wallet& payer, instant now,
                                                            const category_set& at = {});
[[nodiscard]] tl::expected<payment_changed, refusal> decide(const void_payment& asked, const payment_state& payment,
                                                            const wallet& payer, instant now,
                                                            const category_set& at = {});
[[nodiscard]] tl::expected<payment_changed, refusal> decide(const refund_payment& asked, const payment_state& payment,
                                                            const wallet& payer, instant now,
                                                            const category_set& at = {});
// Undoes whatever the attempt did; always a fact. `payer` is null for a decline without a wallet.
[[nodiscard]] payment_changed decide(const reverse_attempt& asked, const payment_state& payment, const wallet* payer,
                                     instant now, const category_set& at = {});
// The end of a hold that nobody captured in time. Contract: it is open and its time is over.
[[nodiscard]] payment_changed end_of_hold(const payment_state& payment, const wallet& payer, instant now,
                                          const category_set& at = {});

// Whether `step` can follow `before`: the same payment, nothing given or captured that it does not have, each hold
// ended once, captured <= authorized, refunded <= captured (domain rules 8 and 9). For those who check decisions.
[[nodiscard]] bool follows(const payment_state& before, const payment_changed& step);

// Why a new lot cannot have that last day; none: it can.
[[nodiscard]] std::optional<refusal> wrong_last_day(jst_day expires_on, jst_day today) noexcept;

// A grant of a new lot to the wallet; refusals: program_unknown, expires_in_the_past, expires_too_far,
// balance_too_large.
[[nodiscard]] tl::expected<points_granted, refusal> decide(const grant& asked, const wallet& to,
                                                           const program_table& programs, instant now);

// --- undecided points ---

// A new undecided lot; refusals: balance_too_large.
[[nodiscard]] tl::expected<points_granted, refusal> decide(const credit_undecided& asked, const wallet& to,
                                                           instant now);
// Refusals: program_unknown.
[[nodiscard]] tl::expected<home_chosen, refusal> decide(const choose_home& asked, const wallet& of,
                                                        const program_table& programs);
// The oldest undecided points first. Refusals: program_unknown, nothing_undecided, amount_exceeds_remaining.
[[nodiscard]] tl::expected<points_transferred, refusal> decide(const transfer_undecided& asked, const wallet& of,
                                                               const program_table& programs, instant now);
// What nobody chose a program for in time, where there is a home municipality to go to.
[[nodiscard]] std::optional<points_transferred> due_transfer(const wallet& state, const program_table& programs,
                                                             instant now);

// --- corrections ---

// Refusals: program_unknown, corrections_exhausted, expires_in_the_past, expires_too_far.
[[nodiscard]] tl::expected<correction_proposed, refusal> decide(const propose_correction& asked, const wallet& of,
                                                                const program_table& programs, instant now);
// `checker` is the person who asks. Refusals: invalid_state, second_person_required, expires_in_the_past,
// balance_too_large, amount_exceeds_remaining; one that was refused can be decided again.
[[nodiscard]] tl::expected<correction_decided, refusal> decide(const decide_correction& asked, person_ref checker,
                                                               const wallet& of, instant now);

// --- campaigns ---

// `known`: how many the program has. Refusals: program_unknown, campaigns_exhausted, campaign_not_open where its last
// day is over, expires_in_the_past, expires_too_far.
[[nodiscard]] tl::expected<campaign_proposed, refusal> decide(const propose_campaign& asked, std::size_t known,
                                                              const program_table& programs, instant now);
// `by` is the person who asks. Refusals: invalid_state, second_person_required; of an increase budget_exceeded, where
// the budget would be larger than a budget may be.
[[nodiscard]] tl::expected<campaign_changed, refusal> decide(const decide_campaign& asked, person_ref by,
                                                             const campaign& of);
[[nodiscard]] tl::expected<campaign_changed, refusal> decide(const propose_increase& asked, person_ref by,
                                                             const campaign& of);
[[nodiscard]] tl::expected<campaign_changed, refusal> decide(const decide_increase& asked, person_ref by,
                                                             const campaign& of);
[[nodiscard]] tl::expected<campaign_changed, refusal> decide(const close_campaign& asked, person_ref by,
                                                             const campaign& of);
// What its wallet is then asked to take. `reserved` is what other grants under way may still take of the budget.
// Refusals: campaign_not_open, amount_not_allowed, budget_exceeded.
[[nodiscard]] tl::expected<grant, refusal> decide(const grant_from_campaign& asked, const campaign& of, points reserved,
                                                  instant now);

// The same of a benefit: of a campaign whose terms are of benefits, or at an event. `who`: as the wallet has been seen;
// `listed`: what the list in force says of the person, none where it does not name them. Refusals: campaign_not_open,
// person_required, eligibility_missing, not_eligible, measure_too_small, amount_not_allowed, budget_exceeded.
struct benefit_question {
    wallet_id wallet;
    std::string occasion;
    std::optional<points> amount;
    std::uint64_t measured = 0; // at most measure_max
    my_key_id my_key;           // none: the wallet has none
    std::optional<std::uint64_t> listed;
    journal_position event = 0;
};
struct allowed_benefit {
    grant what;
    benefit_basis basis;
};
[[nodiscard]] tl::expected<allowed_benefit, refusal> decide(const benefit_question& asked, const campaign& of,
                                                            points reserved, instant now);
// Contract: the campaign is known. Refusals: event_not_open, event_code_over.
[[nodiscard]] tl::expected<const campaign_event*, refusal> event_of(const redeem_event& asked, const campaign& of,
                                                                    instant now);
// What the wallet then takes, if it is still the same person's. Refusals: wallet_frozen, person_required, invalid_state
// where its MyKey ID is another one by now, and as of a grant.
[[nodiscard]] tl::expected<benefit_granted, refusal> decide(const grant& allowed, const benefit_basis& basis,
                                                            journal_position campaign, const wallet& to,
                                                            const program_table& programs, instant now);
// Refusals: campaign_not_open, invalid_state where the campaign asks for no list, or one waits for its second person;
// recipients_repeated where the list in force is of the same bytes. The lists are filled in by whoever writes them.
[[nodiscard]] tl::expected<eligibility_changed, refusal> decide(const accept_eligibility& asked, person_ref by,
                                                                const campaign& of, std::uint32_t rows, instant now);
// Refusals: invalid_state, second_person_required.
[[nodiscard]] tl::expected<eligibility_changed, refusal> decide(const decide_eligibility& asked, person_ref by,
                                                                const campaign& of);
// Refusals: campaign_not_open, invalid_state where the campaign has no events, events_exhausted.
[[nodiscard]] tl::expected<event_changed, refusal> decide(const open_event& asked, person_ref by, const campaign& of);
// Refusals: campaign_unknown where the event is none of it, invalid_state where it is closed.
[[nodiscard]] tl::expected<event_changed, refusal> decide(const close_event& asked, person_ref by, const campaign& of);

// Of rows that are all found: their count. Refusals: campaign_not_open where it was never approved, nothing_granted,
// clawbacks_exhausted. The lists are filled in by whoever writes them.
[[nodiscard]] tl::expected<clawback_changed, refusal> decide(const propose_clawback& asked, person_ref by,
                                                             const campaign& of, std::uint32_t rows);
// Refusals: campaign_unknown where it is none of the campaign, invalid_state, second_person_required.
[[nodiscard]] tl::expected<clawback_changed, refusal> decide(const decide_clawback& asked, person_ref by,
                                                             const campaign& of);
// What the wallet gives up: what its lot has that no payment holds. Refusals: nothing_unspent.
[[nodiscard]] tl::expected<points_clawed_back, refusal> decide(const claw_back_row& asked, const wallet& from);

// Of a file whose rows are all checked: its count and sum. `reserved` as above. Refusals: campaign_not_open,
// recipients_repeated, recipients_exhausted, budget_exceeded. The lists are filled in by whoever writes them.
[[nodiscard]] tl::expected<recipients_accepted, refusal> decide(const accept_recipients& asked, const campaign& of,
                                                                std::uint32_t rows, points sum, points reserved,
                                                                instant now);
// How many points the rule gives to who asks for so many; nullopt: not so many.
[[nodiscard]] std::optional<points> amount_by_rule(const campaign_terms& terms, std::optional<points> asked) noexcept;
// What the row's wallet is then asked to take. Contract: its file was accepted, and what it asks is still reserved.
[[nodiscard]] grant decide(const grant_recipient& asked, const campaign& of);
// Why a row's refusal leaves it out for good; nullopt: it does not.
[[nodiscard]] std::optional<left_out_reason> reason_of(refusal why) noexcept;

// --- purchases ---

// Contract: the maximum is not below the minimum. Refusals: program_unknown.
[[nodiscard]] tl::expected<purchase_terms_set, refusal> decide(const set_purchase_terms& asked,
                                                               const program_table& programs);
// By account transfer: under which mandate, and for which debit day, which is not closed.
struct debit_plan {
    journal_position mandate = 0;
    jst_day day;
};
// `used`: what the person asked to buy before; `drawn`: a reference that nobody has or had; `debit`: by account
// transfer, none where no mandate is confirmed. Refusals: program_unknown, purchase_not_offered, mandate_missing,
// purchase_amount_not_allowed, purchase_limit_reached.
[[nodiscard]] tl::expected<purchase_changed, refusal> decide(const request_purchase& asked,
                                                             const program_table& programs, const purchase_usage& used,
                                                             purchase_reference drawn, instant now,
                                                             const std::optional<debit_plan>& debit = {});
// Refusals: invalid_state, where it is paid, or cancelled already.
[[nodiscard]] tl::expected<purchase_changed, refusal> decide(const cancel_purchase& asked, const purchase& of,
                                                             const purchase_usage& used, instant now);
// A line that nobody has taken yet: what it is, and the purchase after it where it pays one.
struct taken_transfer {
    bank_transfer transfer;
    std::optional<purchase> paid;
};
[[nodiscard]] taken_transfer decide(const take_transfer& asked, const purchase* meant);
// `meant`: the purchase that is named. Refusals: invalid_state, where the transfer does not wait, or the purchase is
// not to be paid.
[[nodiscard]] tl::expected<transfer_changed, refusal> decide(const propose_for_transfer& asked, person_ref by,
                                                             const bank_transfer& of, const purchase* meant);
// A proposal is rejected, or a return approved. Refusals: invalid_state, second_person_required.
[[nodiscard]] tl::expected<transfer_changed, refusal> decide(const decide_transfer& asked, person_ref by,
                                                             const bank_transfer& of);
// An assignment is approved: what decide() of a line gives. Refusals: invalid_state, second_person_required.
[[nodiscard]] tl::expected<taken_transfer, refusal> decide_assignment(const decide_transfer& asked, person_ref by,
                                                                      const bank_transfer& of, const purchase& meant);
// Refusals: invalid_state, where it is not paid or a refund waits already; refund_not_allowed by the program's terms.
[[nodiscard]] tl::expected<purchase_changed, refusal>
decide(const propose_refund& asked, person_ref by, const purchase& of, const program_table& programs, instant now);
// A proposal is rejected, or what is unspent goes back. `from` is the purchase's wallet, in which all that is due is
// booked. Refusals: invalid_state, second_person_required; of an approval nothing_unspent.
[[nodiscard]] tl::expected<purchase_changed, refusal> reject(const decide_refund& asked, person_ref by,
                                                             const purchase& of);
[[nodiscard]] tl::expected<purchase_refunded, refusal> approve(const decide_refund& asked, person_ref by,
                                                               const purchase& of, const wallet& from);
// What the wallet of a purchase that was paid is then asked to take.
[[nodiscard]] grant grant_of(const purchase& paid);

// --- account transfer ---

// `newest`: of the same person and program; null: none. `previous`: its newest entry. Refusals: bank_table_missing,
// bank_unknown, branch_unknown, program_unknown, purchase_not_offered, mandate_exists.
[[nodiscard]] tl::expected<mandate_changed, refusal> decide(const request_mandate& asked, const debit_mandate* newest,
                                                            journal_position previous, const program_table& programs);
// Refusals: invalid_state, where it is another one or cannot become that.
[[nodiscard]] tl::expected<mandate_changed, refusal> decide(const change_mandate& asked, const debit_mandate* newest,
                                                            journal_position previous);
// Of a day whose debits were not ordered; `is_any`: something was asked for. Refusals: program_unknown,
// purchase_not_offered, collection_account_missing, nothing_to_debit, on a day that is over too.
[[nodiscard]] tl::expected<debits_ordered, refusal> decide(const order_debits& asked, bool is_any,
                                                           const program_table& programs, instant now);
// Contract: it is paid by account transfer, awaits its payment and was ordered; of the first its account was debited,
// and the lot is to come.
[[nodiscard]] purchase debited(const purchase& of);
[[nodiscard]] purchase_changed not_debited(const purchase& of, debit_result why, const purchase_usage& used,
                                           instant now);
// The money of a debit that pays no purchase, for the queue of the unmatched.
[[nodiscard]] bank_transfer transfer_of_debit(const purchase& of, transfer_mismatch why);

// --- by card ---

// What is to be done about what the gateway says.
enum class card_answer : std::uint8_t {
    nothing,     // it is known already, or says nothing any more
    note,        // a step, which note_card() gives
    credit,      // captured: the lot is to come, and where the wallet does not take it a refund is owed
    charge_back, // of which the wallet decides
};
// Contract: it is paid by card. Refusals: card_payment_differs.
[[nodiscard]] tl::expected<card_answer, refusal> decide(const note_card_payment& asked, const purchase& of);
// Contract: decide() answered note, or the wallet would not take what was captured.
[[nodiscard]] purchase_changed note_card(const note_card_payment& asked, const purchase& of, const purchase_usage& used,
                                         instant now);
// Contract of both: decide() answered so.
[[nodiscard]] purchase captured(const note_card_payment& asked, const purchase& of);
[[nodiscard]] purchase_charged_back charge_back(const purchase& of, const wallet& from);

// --- MyKey IDs ---

// One that nobody has or had, and nobody else is offered: the wish or, where that is taken and where there is none,
// one that was drawn.
struct my_key_offer {
    my_key_id id;
    bool wish_is_taken = false;
};
// Refusals: invalid_state, where the wallet has one already, or has none or no wish left to change it.
[[nodiscard]] tl::expected<my_key_changed, refusal> decide(const issue_my_key& asked, const my_key_offer& offer,
                                                           const wallet& of);
// Refusals: invalid_state, where it has none.
[[nodiscard]] tl::expected<my_key_changed, refusal> decide(const revoke_my_key& asked, const wallet& of);
// Whether the change can follow the wallet as it stands. For those who check decisions.
[[nodiscard]] bool follows(const wallet& before, const my_key_changed& change) noexcept;

// --- people ---

// A wallet of that id for whoever holds the card, with the offered MyKey ID. Contract: the card is nobody's yet.
// Refusals: card_not_accepted.
[[nodiscard]] tl::expected<person_enrolled, refusal> decide(const enroll_person& asked, wallet_id id,
                                                            const my_key_offer& offer, instant now);

// Contract: the new card is nobody's yet. Refusals: card_not_accepted; card_retired, of the one before.
[[nodiscard]] tl::expected<card_renewed, refusal> decide(const renew_card& asked, const wallet& of, instant now);

// Refusals: invalid_state, where the wallet has no MyKey ID that the password could stand beside.
[[nodiscard]] tl::expected<password_set, refusal> decide(const set_password& asked, const wallet& of);

// --- conversion ---

// Refusals: invalid_state, where others wait to be decided.
[[nodiscard]] tl::expected<conversion_terms_changed, refusal> decide(const propose_conversion_terms& asked,
                                                                     person_ref by, const partner& of);
// Refusals: invalid_state, second_person_required.
[[nodiscard]] tl::expected<conversion_terms_changed, refusal> decide(const decide_conversion_terms& asked,
                                                                     person_ref by, const partner& of);
// What the units are worth by the terms in force. Refusals: conversion_terms_unknown, units_below_minimum,
// units_off_step, conversion_too_large; of a linked account reference_reused, conversion_terms_changed.
[[nodiscard]] tl::expected<converted_units, refusal> decide(const convert_points& asked, const partner& of);

// What conversions have taken of the limits of a day: the person's, and of all those that are under way.
struct taken_of_limits {
    jst_day day;
    points by_person;
    points reserved;
};
// What the person has been credited on that day with so many more points. Refusals: conversion_limit_reached,
// balance_too_large. Contract: the partner has terms in force.
[[nodiscard]] tl::expected<points, refusal> decide(points amount, const partner& of, const taken_of_limits& taken);

// A conversion that its partner's terms and limits allow, for its wallet to take.
struct allowed_conversion {
    wallet_id wallet;
    partner_id partner;
    my_key_id my_key;
    std::string reference;
    std::uint64_t units = 0;
    std::uint64_t remainder = 0;
    points amount;
    std::uint32_t terms = 0;
    jst_day day;
    points of_person;
    journal_position coupon = 0;
    digest128 code;
    program_code program; // none: undecided
    funding_source source;
};
// Refusals: my_key_unknown where the wallet has it no more, wallet_frozen, program_unknown, balance_too_large.
[[nodiscard]] tl::expected<points_converted, refusal> decide(const allowed_conversion& allowed, const wallet& to,
                                                             const program_table& programs, instant now);
// Whether the conversion is the one that is asked for again under its reference.
[[nodiscard]] bool is_same_conversion(const convert_points& asked, const points_converted& made) noexcept;

// The partner's coupon of that number, its code's digest still to be filled in by whoever derives the text. Refusals:
// conversion_terms_unknown, program_unknown, expires_in_the_past, expires_too_far, and as of units converted.
[[nodiscard]] tl::expected<coupon_changed, refusal>
decide(const issue_coupon& asked, std::uint32_t number, const partner& of, const program_table& programs, instant now);
// Whether the coupon of which that is the newest entry can be redeemed or blocked. Refusals: coupon_redeemed,
// coupon_blocked. Contract: the entry is a coupon's.
[[nodiscard]] tl::expected<void, refusal> may_end(const entry& newest_of_coupon);

// --- linked accounts ---

// The newest entry of the account and that of the person at the partner; null: there was none. Refusals:
// already_linked, account_linked_elsewhere.
[[nodiscard]] tl::expected<link_changed, refusal> decide(const link_account& asked, const entry* of_account,
                                                         const entry* of_person);
// `newest`: the person's at the partner. Refusals: not_linked, where it is not that link or has ended.
[[nodiscard]] tl::expected<link_changed, refusal> decide(const renew_link& asked, const entry* newest);
[[nodiscard]] tl::expected<link_changed, refusal> decide(const end_link& asked, const entry* newest);
// Where the wallet's account was linked; 0: it is not.
[[nodiscard]] journal_position linked_at(const entry* newest) noexcept;

// Refusals: not_linked, linked_conversions_exhausted, and as of points converted by the partner.
[[nodiscard]] tl::expected<linked_conversion_changed, refusal> decide(const convert_linked& asked,
                                                                      const entry* newest_link, const partner& of);
// Refusals: invalid_state, where it does not follow.
[[nodiscard]] tl::expected<linked_conversion_changed, refusal> decide(const note_linked_conversion& asked,
                                                                      const partner& of);

// The next code of the wallet, its digest still to be filled in by whoever derives its text.
[[nodiscard]] code_issued decide(const issue_code& asked, const wallet& of, instant now);
// The same of digits. Contract: it is a one-time code, and its form is said.
[[nodiscard]] once_code_issued decide_digits(const issue_code& asked, const wallet& of, instant now);
// Refusals: invalid_state where it is blocked already. The new code's digest is still to be filled in.
[[nodiscard]] tl::expected<code_blocked, refusal> decide(const block_code& asked, const wallet& of);

// Contract: the card is nobody's yet. Refusals: card_not_accepted.
[[nodiscard]] tl::expected<card_bound, refusal> decide(const bind_card& asked, const card_facts& card, const wallet& of,
                                                       instant now);
// Refusals: invalid_state where it is retired already.
[[nodiscard]] tl::expected<card_retired, refusal> decide(const retire_card& asked, const wallet& of);

[[nodiscard]] tl::expected<program_opened, refusal> decide(const open_program& asked, const program_table& programs);
[[nodiscard]] tl::expected<merchant_joined, refusal> decide(const join_merchant& asked, merchant_id id,
                                                            const program_table& programs);
// The next terminal or shop of the merchant, added in the epoch of that number, its key's digest still to be filled in.
[[nodiscard]] tl::expected<outlet_added, refusal> decide(const add_outlet& asked, const merchant_terms& merchant,
                                                         std::uint32_t epoch);

// --- activation codes ---

// The merchant's next one, its digest still to be filled in. Refusals: activation_codes_exhausted.
[[nodiscard]] tl::expected<activation_changed, refusal> decide(const issue_activation& asked, const merchant& of,
                                                               instant now);
// Refusals: activation_code_unknown; invalid_state where it was used, revoked or is over.
[[nodiscard]] tl::expected<activation_changed, refusal> decide(const revoke_activation& asked, const merchant& of,
                                                               instant now);
// The terminal's key is still to be filled in. Refusals: activation_code_unknown, activation_code_used,
// activation_code_expired, outlets_exhausted.
[[nodiscard]] tl::expected<terminal_activated, refusal> decide(const activate_terminal& asked, const merchant& of,
                                                               std::uint32_t epoch, instant now);

} // namespace meguri::ledger
