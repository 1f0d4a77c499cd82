// A journal entry: one decided fact and what is needed to find it, to chain it and to repeat its answer. Replay applies
// facts, it never decides again. How an entry is laid out in bytes is storage/entry_codec's business.
#pragma once

#include "ledger/activation.hpp"
#include "ledger/application.hpp"
#include "ledger/benefit.hpp"
#include "ledger/campaign_terms.hpp"
#include "ledger/certificate.hpp"
#include "ledger/clawback.hpp"
#include "ledger/conversion_terms.hpp"
#include "ledger/correction.hpp"
#include "ledger/digest.hpp"
#include "ledger/epochs.hpp"
#include "ledger/ids.hpp"
#include "ledger/key_chain.hpp"
#include "ledger/limits.hpp"
#include "ledger/linked_conversion.hpp"
#include "ledger/my_key_id.hpp"
#include "ledger/numeric_code.hpp"
#include "ledger/payment.hpp"
#include "ledger/payment_state.hpp"
#include "ledger/person.hpp"
#include "ledger/program.hpp"
#include "ledger/purchase.hpp"
#include "ledger/recipients.hpp"
#include "ledger/reconciliation.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meguri::ledger {

struct caller_ref {
    caller_kind kind = caller_kind::none;
    std::uint64_t id = 0; // operator, municipality's code, partner, terminal, shop, or a resident's wallet
    friend auto operator<=>(const caller_ref&, const caller_ref&) noexcept = default;
};

// To whom a bearer key was given: an operator, a member of a municipality's staff (by their own id), a partner, a
// terminal or a shop.
struct key_holder {
    caller_kind kind = caller_kind::none;
    std::uint64_t id = 0;
    friend auto operator<=>(const key_holder&, const key_holder&) noexcept = default;
};

[[nodiscard]] constexpr bool is_outlet(const key_holder& one) noexcept {
    return one.kind == caller_kind::terminal || one.kind == caller_kind::shop;
}

// With which request and key an administrative act was done: so that it is found again in the logs. Other entries
// carry none.
struct act_origin {
    std::uint32_t key_number = 0;      // of the person's keys; 0: not known, or nobody's
    std::uint64_t request_process = 0; // the two numbers of a request id
    std::uint64_t request = 0;
    friend auto operator<=>(const act_origin&, const act_origin&) noexcept = default;
};

// The facts. One struct each; adding one means a new number in fact_numbers and a new codec, never a change of these.

// The first entry of every journal, made by `meguri init`.
struct ledger_opened {
    std::uint64_t ledger = 0; // random: tells two ledgers apart
    bool for_tests = false;   // only here is a turned clock accepted
};
struct operator_added {
    operator_id id;
    std::string name;
    digest128 key;
};
struct staff_added {
    program_code municipality;
    staff_id id;
    std::string name;
    digest128 key;
};
struct partner_added {
    partner_id id;
    std::string name;
    digest128 key;
};
struct program_opened {
    program opened;
};
struct merchant_joined {
    merchant_id id;
    std::string name;
    std::vector<program_code> programs; // sorted, each once
};
struct outlet_added {
    outlet_kind kind = outlet_kind::terminal;
    outlet_id id;
    std::string name;
    digest128 key;
};
struct wallet_opened {
    wallet_id id;
};
struct code_issued {
    wallet_id wallet;
    std::uint32_t ordinal = 0; // within the wallet, from 1
    code_kind kind = code_kind::card;
    instant valid_until; // 0 for a lasting code
    digest128 code;
};

// A My Number card pays from the wallet from now on. It takes a number among the wallet's codes, and its certificate
// leads to the wallet as a code does: never to another one.
struct card_bound {
    wallet_id wallet;
    std::uint32_t ordinal = 0; // among the wallet's codes, from 1
    instant ends;              // the last moment of its certificate
    digest128 card;            // keyed, of the certificate's issuer and serial number
};
// It pays no more, and is bound to no wallet again.
struct card_retired {
    wallet_id wallet;
    std::uint32_t ordinal = 0;
    journal_position bound_at = 0; // where its card_bound stands
    std::string reason;
};

enum class freeze_subject : std::uint8_t { wallet = 1, merchant = 2, terminal = 3, shop = 4, program = 5 };
struct freeze_changed {
    freeze_subject subject = freeze_subject::wallet;
    std::uint64_t id = 0; // of the wallet, merchant, outlet, or the program's number
    bool frozen = false;  // as it stands from now on
    std::string reason;
};

struct points_granted {
    wallet_id wallet;
    lot_use lot; // the whole lot, new
};
// What was due: lots whose last day has passed.
struct points_expired {
    wallet_id wallet;
    std::vector<lot_use> lots;
};

struct payment_decided {
    merchant_id merchant;
    outlet_kind outlet_is = outlet_kind::terminal;
    outlet_id outlet;
    wallet_id wallet;               // none where the credential is unknown
    std::uint32_t code_ordinal = 0; // which code of the wallet, 0 for none
    bool code_used_up = false;      // an approval with a one-time code
    program_code program;           // as named by the caller, perhaps nobody's
    points amount;
    std::string reference;                            // the shop's own receipt number, or empty
    payment_status status = payment_status::declined; // captured, authorized or declined
    decline_code decline = decline_code::none;
    std::optional<points> balance;           // what the wallet can still spend in that program; none without a wallet
    instant capture_before;                  // 0 unless authorized
    std::vector<lot_use> lots;               // in the order of spending; empty for a decline
    std::optional<reached_limit> limit = {}; // of decline_code::limit_exceeded: which
    bool counted_by_wallet = false;          // an approval under limits of the wallet or the program
    bool counted_by_merchant = false;        // an approval under limits of the merchant or the outlet
};

// What may follow a payment's decision. Numbers are stored: never change them.
enum class payment_step : std::uint8_t { capture = 1, voiding = 2, hold_expiry = 3, refund = 4, reversal = 5 };

// One step of an approved payment, or the reversal of any: what moved, and the payment after it.
struct payment_changed {
    payment_step step = payment_step::capture;
    payment_state_ptr after;       // shared: so that the usual facts, which are not this one, stay small
    points part;                   // captured, released or given back by this step; 0 where a reversal found nothing
    bool was_held = false;         // the lots below leave a hold; else they leave what was captured
    std::vector<lot_use> captured; // held until now
    std::vector<lot_use> returned; // to the wallet, with their original expiry; the last spent first
    std::vector<lot_use> lapsed;   // as returned, but their last day is over: expired at once
    std::string reversed_key;      // of a reversal: the lost attempt's idempotency key
};

// A reversal came before its original, or for one that never was: a payment under this key will be declined.
struct key_barred {
    merchant_id merchant;
    std::string key;
};

// From now on; the whole set, so none of what is left out.
struct limits_set {
    limit_subject subject = limit_subject::wallet;
    std::uint64_t id = 0; // of the wallet, merchant, outlet, or the program's number
    limits limit;
    std::string reason;
};

// Where the wallet's undecided points go when nobody chooses for 14 days.
struct home_chosen {
    wallet_id wallet;
    program_code municipality;
};

// Undecided points have found their program: each lot of `from`, which may keep a rest, becomes the lot of `to` in the
// same place.
struct points_transferred {
    wallet_id wallet;
    bool by_default = false; // to the home municipality, because 14 days are over
    std::vector<lot_use> from;
    std::vector<lot_use> to;
};

struct correction_proposed {
    wallet_id wallet;
    correction_ptr what;
};
// By another person than the one who proposed it.
struct correction_decided {
    wallet_id wallet;
    journal_position proposal = 0;
    std::uint64_t proposal_sequence = 0; // within the wallet
    person_ref maker;                    // who proposed it; the entry's person decided
    bool approved = false;
    correction_ptr what;
    std::vector<lot_use> lots; // of an approved one: the new lot, or what was taken
    std::string reason;        // of the decision; may be empty
};

// A backup was restored up to the entry before this one; whatever was recorded after that is forgotten. Every restore
// begins an epoch, also one of a whole backup: the ledger may have gone on since it was taken.
struct epoch_began {
    std::uint32_t number = 0; // of the epoch, from 1
    epoch_mark mark;
    journal_position after = 0; // the last entry that was kept
    journal_hash hash{};        // the journal's hash there
    // Up to here the hashes are those of the journal that was backed up. Less than `after` where the cut went through a
    // batch: what was kept of it was chained anew, as a batch of its own.
    journal_position same_through = 0;
    std::uint64_t last_wallet = 0; // the highest numbers that were given out up to there, as in ledger::epoch
    std::uint64_t last_merchant = 0;
    std::uint64_t last_party = 0;
};

// One more key of a holder. Keys are derived from the holder and their number.
struct key_issued {
    key_holder holder;
    program_code municipality; // of a staff member
    digest128 key;
    key_chain after; // the newest is this key
};
// At once, wherever it is in use.
struct key_revoked {
    key_holder holder;
    std::uint32_t number = 0;
    key_chain after;
    std::string reason; // may be empty
};

// The terminal's keys open only over TLS with one of these client certificates, from now on; none: with any or without.
struct terminal_certificates_changed {
    outlet_id terminal;
    std::vector<certificate_digest> certificates; // the whole set: each once, at most certificates_max
    std::string reason;
};

// A campaign that waits for its second person. Its id names this entry.
struct campaign_proposed {
    program_code program;
    campaign_terms_ptr terms;
};
// What became of it.
struct campaign_changed {
    program_code program;
    journal_position campaign = 0; // of its proposal
    campaign_step step = campaign_step::approval;
    std::uint32_t increase = 0; // of a step of an increase: its number within the campaign, from 1
    points amount;              // of a step of an increase: by which the budget grows, or would
    points budget;              // approved, after this step
    person_ref maker;           // who proposed the campaign or the increase; the entry's person did this step
    campaign_terms_ptr terms;
    std::string reason; // may be empty
};
// A new lot from the campaign's budget: one entry says both, so neither is there without the other.
struct campaign_granted {
    wallet_id wallet;
    journal_position campaign = 0; // of its proposal
    std::string occasion;          // of the campaign and the wallet: it comes once, for ever
    lot_use lot;                   // the whole lot, new
};
// What became of a wallet's MyKey ID. Numbers are stored: never change them.
enum class my_key_step : std::uint8_t {
    issued = 1,        // drawn, the wallet had none
    wish_granted = 2,  // the wish is the ID from now on
    wish_taken = 3,    // somebody has or had it: nothing changes but the tries that are left
    drawn_instead = 4, // the last wish was taken too
    revoked = 5
};
struct my_key_changed {
    wallet_id wallet;
    my_key_step step = my_key_step::issued;
    my_key_id before;              // none: it had none
    my_key_id after;               // from now on; none: it has none
    my_key_id wished;              // of a wish
    std::uint32_t wishes_left = 0; // as it stands from now on
    std::string reason;            // of a revocation
};

// A person came for the first time, with a card that nobody had shown before: a wallet, the card bound to it as the
// first of its codes, and a MyKey ID. One entry says all of it, so that no crash leaves somebody by halves.
struct person_enrolled {
    wallet_id wallet;
    instant card_ends; // the last moment of the card's certificate
    digest128 card;    // keyed, of the certificate's issuer and serial number
    my_key_id my_key;
};

// The password beside the wallet's MyKey ID from now on. What is kept is Argon2id over a keyed digest of it: without
// the ledger's key file nobody can try passwords on it.
struct password_set {
    wallet_id wallet;
    std::string hash; // as libsodium writes it, with its parameters and salt; 1 to password_hash_max bytes
};
inline constexpr std::size_t password_hash_max = 127;

// Somebody who holds the wallet's card is at a support desk (支援窓口): the entry's person, an attendant, acts with
// them from now on, for a while.
struct support_session_opened {
    wallet_id wallet;
};

// Another card has taken the place of one that opened the wallet: it is bound, and the other one retired, at once.
struct card_renewed {
    wallet_id wallet;
    std::uint32_t retired = 0; // the ordinal of the one before
    std::uint32_t ordinal = 0; // among the wallet's codes
    instant card_ends;         // the last moment of its certificate
    digest128 card;            // keyed, of the certificate's issuer and serial number
};

// What becomes of a partner's terms of conversion: proposed by one person, decided by another.
struct conversion_terms_changed {
    partner_id partner;
    conversion_terms_step step = conversion_terms_step::proposal;
    std::uint32_t number = 0; // of the proposal, among the partner's, from 1; once approved, of the terms
    person_ref maker;         // who proposed them; the entry's person did this step
    conversion_terms_ptr terms;
    std::string reason; // may be empty
};
// A partner's points have become ours: by its own key or, where a coupon is named, by that.
struct points_converted {
    wallet_id wallet;
    partner_id partner;
    my_key_id my_key;            // by which the wallet was named; none: by its id
    std::string reference;       // the partner's own; of a coupon that of its issue
    std::uint64_t units = 0;     // of the partner's points; 0: a coupon's value was said in points
    std::uint64_t remainder = 0; // whole units that the points did not need: they stay with the partner
    std::uint32_t terms = 0;     // the number of the partner's terms by which it was counted
    jst_day day;                 // to whose limits it counts
    points of_person;            // credited to the wallet by the partner on that day, this included
    journal_position coupon = 0; // of its issue; 0: none
    digest128 code;              // of the coupon
    lot_use lot;                 // the whole lot, new; undecided, or of the program that was chosen
};
// A coupon that was issued, or is redeemed no more.
struct coupon_changed {
    partner_id partner;
    coupon_step step = coupon_step::issue;
    journal_position coupon = 0; // of its issue; 0: this is it
    coupon_ptr what;
    std::string reason; // of a block; may be empty
};

// What came of a partner's file of a day.
struct partner_reconciled {
    partner_id partner;
    reconciliation found;
};

// A part of a file of recipients whose rows were checked. Without an acceptance that names it, it means nothing.
struct recipients_listed {
    program_code program;
    journal_position campaign = 0; // of its proposal
    std::uint32_t first_row = 0;   // within the file
    std::vector<recipient_row> rows;
};
// The file is accepted: so much of the campaign's budget is reserved for its rows, which follow by themselves.
struct recipients_accepted {
    program_code program;
    journal_position campaign = 0;
    file_digest digest{};
    std::uint32_t rows = 0;
    points sum;
    std::vector<journal_position> lists; // all of its recipients_listed, in the order of their rows
};
// A row's grant: a new lot from what was reserved for its file.
struct recipient_granted {
    wallet_id wallet;
    journal_position campaign = 0;
    journal_position file = 0; // of its acceptance
    std::uint32_t row = 0;     // within the file
    std::string occasion;      // of the campaign and the wallet, as of campaign_granted
    lot_use lot;
};
// Rows that cannot be granted: what was reserved for them is free again.
struct recipients_left_out {
    program_code program;
    journal_position campaign = 0;
    journal_position file = 0;
    journal_position previous = 0; // the file's entry of this kind before this one
    points released;
    std::vector<left_out_row> rows; // in their order
};

// On what terms the program sells points from now on.
struct purchase_terms_set {
    program_code program;
    purchase_terms terms;
    std::string reason;
};
// A purchase begins, or is given up. No points move.
struct purchase_changed {
    purchase_step step = purchase_step::request;
    purchase_ptr after;
    purchase_usage usage; // of the wallet in the program, from now on; none of a step of a refund
    std::string reason;   // of all but a request
};
// Money came for it: one entry is the money, the new lot and the end of the purchase.
struct purchase_paid {
    purchase_ptr after;
    lot_use lot;                // the whole lot, new
    bank_transfer_ptr transfer; // what came: matched, or assigned by two persons
};
// What is unspent of a purchase goes back: one entry takes the points and owes the money.
struct purchase_refunded {
    purchase_ptr after;
    lot_use lot; // what is taken of it
};
// Money came that paid nothing, or a person's step with it.
struct transfer_changed {
    transfer_step step = transfer_step::arrival;
    bank_transfer_ptr after;
};

// What became of an activation code. Numbers are stored: never change them.
enum class activation_step : std::uint8_t { issued = 1, revoked = 2 };
struct activation_changed {
    merchant_id merchant;
    std::uint32_t number = 0; // within the merchant, from 1
    activation_step step = activation_step::issued;
    instant valid_until; // of one issued: not from then on
    digest128 code;      // of one issued
    std::string reason;  // of a revocation; may be empty
};
// A terminal that was added by an activation code, which is used up.
struct terminal_activated {
    outlet_id id;
    std::string name;
    digest128 key;
    std::uint32_t activation = 0; // the code's number within the merchant
};
// As code_issued, but of digits: their form is kept, so that the answer can be given again after it was changed.
struct once_code_issued {
    wallet_id wallet;
    std::uint32_t ordinal = 0;
    instant valid_until;
    digest128 code;
    numeric_format format;
};
// A printed code that pays no more, at a desk; where another was printed for it, that is the wallet's next one.
struct code_blocked {
    wallet_id wallet;
    std::uint32_t ordinal = 0;
    journal_position issued_at = 0; // where its issue stands
    std::string reason;
    std::uint32_t reissued_as = 0; // the ordinal of the new one; 0: none
    digest128 reissued;            // and its code
};

// What became of an application. The approval is what it was about: the merchant is there from then on, or the program
// is open, with the account.
struct application_changed {
    application_step step = application_step::submitted;
    journal_position application = 0; // where it was submitted; 0 for that entry itself
    person_ref maker;                 // who submitted it; none there: the entry's person
    merchant_id merchant;             // new, of an approved merchant; none for all others
    application_ptr what;
    std::string reason; // of the decision; may be empty
};
// What became of the change of an account. The newest entry about an account says how it stands, and names the one
// before.
struct account_changed {
    account_holder holder;
    account_step step = account_step::proposed;
    journal_position proposal = 0; // where it was proposed; 0 for that entry itself
    journal_position previous = 0; // the entry about the same account before this one; 0: none
    person_ref maker;              // who proposed it; none there: the entry's person
    jst_day effective_from;
    bank_account_ptr account;
    std::string reason; // of this step; may be empty
};

// What becomes of a resident's account at a partner that is linked to their wallet.
struct link_changed {
    partner_id partner;
    link_step step = link_step::linked;
    journal_position link = 0; // where it was linked; 0 for that entry itself
    partner_link_ptr what;     // as it stands from now on
    std::string reason;        // of its end; may be empty
};
// And of a conversion from it.
struct linked_conversion_changed {
    partner_id partner;
    linked_conversion_step step = linked_conversion_step::asked;
    journal_position conversion = 0; // where it was asked for; 0 for that entry itself
    linked_conversion_ptr what;
    std::string reason; // of declined, turned_down and cancelled: why
};

// What became of a mandate. The newest entry of a person and a program names the one before.
struct mandate_changed {
    debit_mandate_ptr after;
    journal_position previous = 0; // of the same person and program; 0: none
    std::string reason;            // may be empty
};
// The bank is asked to debit what was asked for until then. No points move.
struct debits_ordered {
    debit_order_ptr what;
};
// The bank has debited the account: one entry is the money, the new lot and the end of the purchase.
struct purchase_debited {
    purchase_ptr after;
    lot_use lot; // the whole lot, new
};

// The gateway has captured the payment: one entry is the money, the new lot and the end of the purchase.
struct purchase_captured {
    purchase_ptr after;
    lot_use lot; // the whole lot, new
};
// The card's owner disputes the payment, and the gateway takes the money back: one entry takes what is unspent of the
// lot and books the rest as lost.
struct purchase_charged_back {
    purchase_ptr after;
    std::optional<lot_use> lot; // what is taken of it; none: nothing is unspent
};

// What the merchant sells from now on.
struct merchant_categories_set {
    merchant_id merchant;
    category_set categories; // the whole set; none: earmarked points are not good there
    std::string reason;
};

// Add at the end; each needs its number below.
using fact_kinds =
    std::variant<ledger_opened, operator_added, staff_added, partner_added, program_opened, merchant_joined,
                 outlet_added, wallet_opened, code_issued, freeze_changed, points_granted, points_expired,
                 payment_decided, payment_changed, key_barred, limits_set, home_chosen, points_transferred,
                 correction_proposed, correction_decided, epoch_began, key_issued, key_revoked,
                 terminal_certificates_changed, card_bound, card_retired, campaign_proposed, campaign_changed,
                 campaign_granted, my_key_changed, person_enrolled, password_set, support_session_opened, card_renewed,
                 conversion_terms_changed, points_converted, coupon_changed, partner_reconciled, recipients_listed,
                 recipients_accepted, recipient_granted, recipients_left_out, eligibility_listed, eligibility_changed,
                 purchase_terms_set, purchase_changed, purchase_paid, transfer_changed, purchase_refunded,
                 activation_changed, terminal_activated, once_code_issued, code_blocked, application_changed,
                 account_changed, link_changed, linked_conversion_changed, mandate_changed, debits_ordered,
                 purchase_debited, purchase_captured, purchase_charged_back, benefit_granted, event_changed,
                 clawback_changed, points_clawed_back, merchant_categories_set>;

// Copied, moved and let go of in entry.cpp: each translation unit would hold these functions of every kind otherwise.
struct fact : fact_kinds {
    using fact_kinds::fact_kinds;
    using fact_kinds::operator=;
    fact();
    fact(const fact&);
    fact(fact&&) noexcept;
    fact& operator=(const fact&);
    fact& operator=(fact&&) noexcept;
    ~fact();
};

// Under which number each of them is stored, in their order: rising, never changed, none ever given out again.
inline constexpr std::array<std::uint8_t, std::variant_size_v<fact_kinds>> fact_numbers{
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 40, 41, 42, 43, 44, 45, 46, 47,
    48, 49, 50, 52, 53, 54, 55, 56, 57, 58, 59, 62, 63, 64, 65, 66, 68, 69, 70, 71, 72};
[[nodiscard]] constexpr std::uint8_t number_of(const fact& one) noexcept { return fact_numbers[one.index()]; }

struct entry {
    journal_position position = 0; // given by the journal's writer
    instant decided_at;

    caller_ref caller;           // whose command this was; none for what fell due by itself
    std::uint64_t person = 0;    // the operator or staff member whose key it was; 0 for machines
    std::string idempotency_key; // empty where none was sent
    digest128 fingerprint;       // of the command: tells a repetition from a reuse of the key
    act_origin origin;           // of an administrative act

    // Statements walk back along these chains and need no index. The writer fills in the previous positions.
    wallet_id wallet;                  // none where no wallet is touched
    std::uint64_t wallet_sequence = 0; // dense within the wallet, from 1
    journal_position previous_of_wallet = 0;
    merchant_id merchant; // none where no merchant is touched
    journal_position previous_of_merchant = 0;
    std::uint64_t terms_version = 0; // of the merchant's terms that the decision saw

    fact what;

    [[nodiscard]] person_ref asked_by() const noexcept { return {caller.kind, person}; }
};

[[nodiscard]] epoch epoch_of(const epoch_began& told) noexcept;

// The payment as it stood right after the entry, which decided it or was a step of it. Contract: it is one of the two.
[[nodiscard]] payment_state payment_after(const entry& one);

} // namespace meguri::ledger
