// What callers ask for, in the ledger's own types: parsed once at the edge, with every default filled in. `decide`
// answers a command with a fact to write down, or with the reason why there is none.
#pragma once

#include "ledger/card.hpp"
#include "ledger/entry.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meguri::ledger {

struct open_program {
    program opened;
};
struct add_operator {
    std::string name;
};
struct add_staff {
    program_code municipality;
    std::string name;
};
struct add_partner {
    std::string name;
};
struct join_merchant {
    std::string name;
    std::vector<program_code> programs;
};
struct add_outlet {
    merchant_id merchant;
    outlet_kind kind = outlet_kind::terminal;
    std::string name;
};
struct issue_activation {
    merchant_id merchant;
    std::int32_t valid_hours = activation_hours_default; // 1 to activation_hours_max
};
struct revoke_activation {
    merchant_id merchant;
    std::uint32_t number = 0;
    std::string reason;
};
// Asked by the code itself: its holder is nobody yet.
struct activate_terminal {
    merchant_id merchant;
    std::uint32_t number = 0; // of the code
    std::string name;
};
struct submit_application {
    application_ptr what;
    account_verdict verdict = account_verdict::good; // not of the question: a repetition gets its answer all the same
};
struct decide_application {
    journal_position application = 0; // where it was submitted
    applicant_kind kind = applicant_kind::merchant;
    bool approve = false;
    std::string reason;
};
struct propose_account {
    account_holder holder;
    bank_account_ptr account;
    jst_day effective_from;
    std::string reason;
    account_verdict verdict = account_verdict::good;
};
struct decide_account {
    account_holder holder;
    journal_position proposal = 0;
    bool approve = false;
    std::string reason;
};
struct open_wallet {};
struct issue_code {
    wallet_id wallet;
    code_kind kind = code_kind::card;
    std::optional<numeric_format> digits = {}; // the form of a one-time code, as it is set; not of the question
};
// A printed code that is known by its issue.
struct block_code {
    wallet_id wallet;
    std::uint32_t ordinal = 0;
    journal_position issued_at = 0;
    bool reissue = false; // by another one, printed at once
    std::string reason;
};
struct bind_card {
    wallet_id wallet;
    digest128 card; // of the certificate's issuer and serial number
    std::shared_ptr<const card_evidence> evidence;
};
struct retire_card {
    wallet_id wallet;
    std::uint32_t ordinal = 0;
    journal_position bound_at = 0;
    std::string reason;
};
struct set_freeze {
    freeze_subject subject = freeze_subject::wallet;
    std::uint64_t id = 0;
    bool frozen = false;
    std::string reason;
};
struct set_limits {
    limit_subject subject = limit_subject::wallet;
    std::uint64_t id = 0;
    limits limit;
    std::string reason;
};
struct set_categories {
    merchant_id merchant;
    category_set categories; // the whole set
    std::string reason;
};
struct set_certificates {
    outlet_id terminal;
    std::vector<certificate_digest> certificates; // the whole set: each once, at most certificates_max
    std::string reason;
};
struct grant {
    wallet_id wallet;
    program_code program;
    points amount;
    std::optional<jst_day> expires_on; // none: today + the program's expiry_days
    funding_source source;
    category_set earmark = {}; // of a campaign's
};
// A partner's points, converted; their program is not chosen yet.
struct credit_undecided {
    wallet_id wallet;
    partner_id partner;
    points amount;
    funding_source source; // of kind partner
};
struct choose_home {
    wallet_id wallet;
    program_code municipality;
};
struct transfer_undecided {
    wallet_id wallet;
    program_code program;
    std::optional<points> amount; // none: all that is undecided
};
struct propose_correction {
    wallet_id wallet;
    correction_ptr what; // a credit without a last day gets the program's expiry_days, counted from the proposal
};
struct decide_correction {
    wallet_id wallet;
    journal_position proposal = 0;
    bool approve = false;
    std::string reason;
};
struct issue_key {
    key_holder holder;
    scope_set scopes = scope_set::unrestricted();
    std::optional<std::int64_t> overlap_s; // after which the older keys end; none: they stay
};
struct revoke_key {
    key_holder holder;
    std::uint32_t number = 0;
    std::string reason;
};
struct propose_campaign {
    program_code program;
    campaign_terms_ptr terms;
};
// The campaign is named by the place of its proposal.
struct decide_campaign {
    program_code program;
    journal_position campaign = 0;
    bool approve = false;
    std::string reason;
};
struct propose_increase {
    program_code program;
    journal_position campaign = 0;
    points amount; // 1 to campaign_budget_max
    std::string reason;
};
struct decide_increase {
    program_code program;
    journal_position campaign = 0;
    std::uint32_t number = 0;
    bool approve = false;
    std::string reason;
};
struct close_campaign {
    program_code program;
    journal_position campaign = 0;
    std::string reason;
};
struct grant_from_campaign {
    program_code program;
    journal_position campaign = 0;
    wallet_id wallet;
    std::string occasion;
    std::optional<points> amount; // none: what the campaign's rule says, at most
    std::uint64_t measured = 0;   // of rules by measure, where no list says it
};
// A list of who may have the campaign's benefit, to be read while it is checked.
struct accept_eligibility {
    program_code program;
    journal_position campaign = 0;
    file_digest digest{};
    std::shared_ptr<recipients_source> file;
};
// Of the one that waits to take the place of the list in force.
struct decide_eligibility {
    program_code program;
    journal_position campaign = 0;
    bool approve = false;
    std::string reason;
};
struct open_event {
    program_code program;
    journal_position campaign = 0;
    campaign_event what; // a possible one
};
struct close_event {
    program_code program;
    journal_position campaign = 0;
    journal_position event = 0; // of its opening
    std::string reason;
};
// What is unspent of the campaign's grants so far, or of those of a file.
struct propose_clawback {
    program_code program;
    journal_position campaign = 0;
    std::shared_ptr<recipients_source> file; // none: of all
    file_digest digest{};                    // of the file
    std::string reason;
};
struct decide_clawback {
    program_code program;
    journal_position campaign = 0;
    journal_position clawback = 0; // of its proposal
    bool approve = false;
    std::string reason;
};
// A row of an approved one: asked by the switch itself.
struct claw_back_row {
    program_code program;
    journal_position campaign = 0;
    journal_position clawback = 0;
    std::uint32_t row = 0;
    wallet_id wallet;
    std::uint32_t lot = 0; // its number within the wallet
};
// A code that was shown at an event.
struct redeem_event {
    program_code program;
    journal_position campaign = 0;
    journal_position event = 0;
    std::uint32_t code = 0; // its number
    wallet_id wallet;
};
// A file of recipients, to be read while it is checked.
struct accept_recipients {
    program_code program;
    journal_position campaign = 0;
    file_digest digest{};
    std::shared_ptr<recipients_source> file;
};
// A row of an accepted file: asked by the switch itself.
struct grant_recipient {
    program_code program;
    journal_position campaign = 0;
    journal_position file = 0; // of its acceptance
    std::uint32_t row = 0;     // within the file
    wallet_id wallet;
    std::string occasion;
    points amount;
};
struct issue_my_key {
    wallet_id wallet;
    my_key_id wish; // to change the one that it has; none: its first one
};
struct revoke_my_key {
    wallet_id wallet;
    std::string reason;
};
struct set_password {
    wallet_id wallet;
    digest128 of; // keyed, of the password: tells a repetition of the request from another one
    std::string hash;
};
struct renew_card {
    wallet_id wallet;
    std::uint32_t retired = 0; // the ordinal of the card that its owner showed before
    digest128 card;            // of the new certificate's issuer and serial number
    card_facts facts;          // of the new one
};
// Whoever holds the card comes for the first time; not one of the commands below: its caller is nobody yet.
struct enroll_person {
    digest128 card; // of the certificate's issuer and serial number
    card_facts facts;
};
struct propose_conversion_terms {
    partner_id partner;
    conversion_terms_ptr terms; // possible ones
};
struct decide_conversion_terms {
    partner_id partner;
    std::uint32_t number = 0; // of the proposal
    bool approve = false;
    std::string reason;
};
struct convert_points {
    partner_id partner;
    wallet_id wallet; // none: the one that has the MyKey ID
    my_key_id my_key;
    std::string reference;   // the partner's own, once for ever
    std::uint64_t units = 0; // 1 to conversion_units_max
    program_code program;    // none: they stay undecided
};
struct issue_coupon {
    partner_id partner;
    std::string reference;   // as of convert_points
    std::uint64_t units = 0; // 0: the value is the amount
    points amount;
    program_code program; // none: whoever redeems it chooses, or nobody
    jst_day last_day;
};
struct block_coupon {
    partner_id partner;
    journal_position coupon = 0; // of its issue
    std::string reason;
};
struct redeem_coupon {
    wallet_id wallet; // none: the one that has the MyKey ID
    my_key_id my_key;
    digest128 code;
    program_code program; // none: they stay undecided
};
struct note_reconciliation {
    partner_id partner;
    reconciliation found;
};
// With the resident's consent, as the partner has said.
struct link_account {
    partner_id partner;
    wallet_id wallet;
    partner_link_ptr what;
};
struct renew_link { // asked by the switch itself
    partner_id partner;
    wallet_id wallet;
    journal_position link = 0;
    std::string tokens; // sealed
};
struct end_link {
    partner_id partner;
    wallet_id wallet;
    journal_position link = 0; // where it was linked
    std::string reason;
};
struct convert_linked {
    partner_id partner;
    wallet_id wallet;
    std::string reference; // drawn; not of the question
    std::uint64_t units = 0;
    program_code program; // none: they stay undecided
};
struct note_linked_conversion { // asked by the switch itself
    partner_id partner;
    journal_position conversion = 0;
    linked_conversion_step step = linked_conversion_step::declined;
    std::string reason;
};
struct set_purchase_terms {
    program_code program;
    purchase_terms terms;
    std::string reason;
};
struct request_purchase {
    wallet_id wallet;
    program_code program;
    points amount;
    purchase_method method = purchase_method::counter;
};
// By which the person's account may be debited from its confirmation on.
struct request_mandate {
    wallet_id wallet;
    program_code program;
    bank_account_ptr account; // of a kind that can be debited
    account_verdict verdict = account_verdict::no_table;
};
struct change_mandate {
    program_code program;
    wallet_id wallet;
    journal_position mandate = 0;
    mandate_status to = mandate_status::confirmed;
    std::string reason; // may be empty
};
// The debits of that day.
struct order_debits {
    program_code program;
    jst_day day;
    bank_account_ptr account; // of the municipality; null: it has none
};
// What the bank says of one of them.
struct take_debit_result {
    program_code program;
    journal_position order = 0;
    purchase_reference purchase; // one of the order's
    points amount;
    debit_result result = debit_result::other;
};
// What the gateway says of a payment. Sent by the switch itself, under no key.
struct note_card_payment {
    program_code program;
    purchase_reference purchase;
    card_news news = card_news::pending;
    std::string payment;  // the gateway's id; empty: of one that it never knew
    std::string redirect; // of one that is pending
    points amount;        // of one that was captured
};
struct cancel_purchase {
    program_code program;
    wallet_id wallet;
    purchase_reference purchase;
    std::string reason;
};
// As far as it is unspent when it is approved.
struct propose_refund {
    program_code program;
    wallet_id wallet;
    purchase_reference purchase;
    std::string reason;
};
struct decide_refund {
    program_code program;
    wallet_id wallet;
    purchase_reference purchase;
    bool approve = false;
    std::string reason;
};
// A line of the bank's statement of the program's account.
struct take_transfer {
    program_code program;
    transfer_line line;
};
// What a transfer that waits is to become: the payment of that purchase, or where there is none a return.
struct propose_for_transfer {
    program_code program;
    journal_position transfer = 0; // of the entry that took its line
    purchase_reference purchase;
    std::string reason;
};
struct decide_transfer {
    program_code program;
    journal_position transfer = 0;
    bool approve = false;
    std::string reason;
};
struct authorize {
    std::optional<program_code> program; // none: the merchant's only one
    points amount;
    std::string reference;
    digest128 code;                          // of the code that the terminal read, or of the card's certificate
    bool capture = true;                     // at once; else a hold
    std::optional<presented_card> card = {}; // none: a code
};
struct capture_payment {
    journal_position payment = 0;
    std::optional<points> amount; // none: all that is held
};
struct void_payment {
    journal_position payment = 0;
};
struct refund_payment {
    journal_position payment = 0;
    std::optional<points> amount; // none: all that is captured and not given back
};
struct reverse_attempt {
    std::string key; // the lost attempt's, of the same caller
};

using command_kinds =
    std::variant<open_program, add_operator, add_staff, add_partner, join_merchant, add_outlet, open_wallet, issue_code,
                 set_freeze, grant, authorize, capture_payment, void_payment, refund_payment, reverse_attempt,
                 set_limits, credit_undecided, choose_home, transfer_undecided, propose_correction, decide_correction,
                 issue_key, revoke_key, set_certificates, bind_card, retire_card, propose_campaign, decide_campaign,
                 propose_increase, decide_increase, close_campaign, grant_from_campaign, issue_my_key, revoke_my_key,
                 set_password, renew_card, propose_conversion_terms, decide_conversion_terms, convert_points,
                 issue_coupon, block_coupon, redeem_coupon, note_reconciliation, accept_recipients, grant_recipient,
                 set_purchase_terms, request_purchase, cancel_purchase, take_transfer, propose_for_transfer,
                 decide_transfer, propose_refund, decide_refund, issue_activation, revoke_activation, activate_terminal,
                 block_code, submit_application, decide_application, propose_account, decide_account, link_account,
                 renew_link, end_link, convert_linked, note_linked_conversion, request_mandate, change_mandate,
                 order_debits, take_debit_result, note_card_payment, accept_eligibility, decide_eligibility, open_event,
                 close_event, redeem_event, propose_clawback, decide_clawback, claw_back_row, set_categories>;

// Copied, moved and let go of in commands.cpp: see fact.
struct command : command_kinds {
    using command_kinds::command_kinds;
    using command_kinds::operator=;
    command();
    command(const command&);
    command(command&&) noexcept;
    command& operator=(const command&);
    command& operator=(command&&) noexcept;
    ~command();
};

// Why a command leads to no fact. A declined payment is none of these: it is a fact.
enum class refusal : std::uint8_t {
    program_exists,
    program_unknown,
    program_required,
    municipality_unknown,
    merchant_unknown,
    outlet_unknown,
    outlets_exhausted,
    wallet_unknown,
    expires_in_the_past,
    expires_too_far,
    balance_too_large,
    forbidden,
    payment_unknown,
    terminal_inactive,
    invalid_state,
    amount_exceeds_remaining,
    not_reversible,
    nothing_undecided,
    corrections_exhausted,
    second_person_required,
    holder_unknown,
    key_unknown,
    keys_exhausted,
    last_operator_key,
    card_already_bound,
    card_not_accepted,
    verification_unavailable, // of a card: nothing can be said of its revocation
    campaign_unknown,
    campaigns_exhausted,
    campaign_not_open, // not approved, closed, or outside its days
    amount_not_allowed,
    budget_exceeded,
    already_granted,          // for this occasion
    card_unknown,             // nobody has shown it yet
    card_retired,             // it is its wallet's no more
    conversion_terms_unknown, // the partner has none in force
    units_below_minimum,
    units_off_step,
    conversion_too_large,
    conversion_limit_reached, // of the day
    reference_reused,         // by the partner, for something else
    my_key_unknown,           // or ended
    wallet_frozen,
    coupon_unknown,
    coupon_redeemed,
    coupon_blocked,
    coupon_expired,
    too_many_tries,       // of coupons
    recipients_refused,   // lines of the file are wrong: the file itself says which
    recipients_repeated,  // the campaign has accepted a file of the same bytes
    recipients_exhausted, // or as many as it may have
    purchase_not_offered,
    purchase_amount_not_allowed,
    purchase_limit_reached,
    purchase_unknown,
    refund_not_allowed, // by the program's terms
    nothing_unspent,    // of the purchase
    transfer_differs,   // from the line that was taken under its number
    activation_code_unknown,
    activation_codes_exhausted,
    activation_code_used, // or revoked
    activation_code_expired,
    application_exists, // of the same, open or approved
    application_unknown,
    account_unchanged,
    effective_in_the_past,
    account_change_unknown,
    bank_unknown,
    branch_unknown,
    bank_table_missing,
    already_linked, // the wallet, to an account of the partner
    account_linked_elsewhere,
    not_linked,
    conversion_terms_changed, // since it was asked for
    linked_conversions_exhausted,
    mandate_exists,             // of the person and the program
    mandate_missing,            // or not confirmed
    nothing_to_debit,           // on that day
    collection_account_missing, // of the municipality
    debit_result_differs,       // from the one that was taken
    card_payment_differs,       // from the one that the gateway told before, or in its amount
    person_required,            // the occasion is for persons, and the wallet has no active MyKey ID
    eligibility_missing,        // no list is in force
    not_eligible,               // not on the list
    measure_too_small,          // nothing comes of it
    event_not_open,             // closed, or outside its time
    event_code_over,            // another one is shown by now
    events_exhausted,
    clawbacks_exhausted,
    nothing_granted, // that could be taken back
};

} // namespace meguri::ledger
