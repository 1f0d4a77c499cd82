// One request on its way through the switch: what is asked and by whom, the entry that it becomes, and how it ended.
// The front end makes it, caller and wallet actors pass it on, the journal's writer makes its entry durable, and it
// comes back to the front end through the reply sink. One thread at a time owns it; the reference count alone is
// shared.
#pragma once

#include "actors/purchase_work.hpp"
#include "ledger/campaign.hpp"
#include "ledger/commands.hpp"
#include "ledger/decide.hpp"
#include "ledger/merchant.hpp"
#include "ledger/registry.hpp"
#include "ledger/wallet.hpp"
#include "storage/append_request.hpp"

#include <caf/error.hpp> // which CAF only declares elsewhere, and clang-tidy 14 takes storage::error for it
#include <caf/intrusive_ptr.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace meguri::actors {

// Who asks, as authentication found out. The idempotency scope is record.caller of the operation.
struct principal {
    ledger::caller_ref caller;         // operator, municipality, partner, terminal or shop
    std::uint64_t person = 0;          // the operator or staff member; 0 for machines
    ledger::program_code municipality; // of staff; none for others
    ledger::merchant_id merchant;      // of a terminal or shop
    ledger::outlet_id outlet;          // of a terminal or shop
    std::uint32_t key_number = 1;      // which of its holder's keys it was
    ledger::scope_set scopes = ledger::scope_set::unrestricted();
    ledger::instant ends_at = {}; // of the key; 0: no end
    std::uint64_t session = 0;    // of a resident; 0: none
};

// What of the past the front end wants to show once the present is durable; the actors do not look.
struct looking_back {
    ledger::instant at;     // as it stood then, or until then
    std::uint32_t part = 0; // of a statement, from 1; 0: none is wanted
    bool as_csv = false;
};

// Reads that must wait until what they show is durable.
struct read_wallet {
    ledger::wallet_id wallet;
    ledger::journal_position before = 0; // which page of its entries the front end wants; the actor does not look
    std::uint32_t limit = 0;
    std::optional<looking_back> back = {};
};
struct read_merchant {
    ledger::merchant_id merchant;
    std::optional<looking_back> back = {};
    ledger::outlet_id outlet = {}; // of which the front end wants to tell; the actor does not look
};

struct read_payment {
    ledger::journal_position payment = 0; // of its decision
    ledger::wallet_id wallet;             // none where its credential was unknown
    ledger::merchant_id merchant;
};

// The campaigns of a program as they stand, newest first; `campaign`: that one alone.
struct read_campaigns {
    ledger::program_code program;
    ledger::journal_position campaign = 0; // 0: all
    ledger::journal_position before = 0;   // 0: from the newest on
    std::uint32_t limit = 1;
    // Of files of recipients or claw-backs, which the front end wants to show; the actor does not look.
    ledger::journal_position file = 0;
    std::uint32_t files_limit = 0;
    bool report_as_csv = false;
};

// A partner as its conversions have made it.
struct read_conversions {
    ledger::partner_id partner;
};

// The money of a program that waits for a person, newest first.
struct read_transfers {
    ledger::program_code program;
    ledger::journal_position before = 0; // 0: from the newest on
    std::uint32_t limit = 1;
};

// Who holds keys: the party, or the outlet's merchant. The keys themselves the front end reads.
struct read_holder {
    ledger::key_holder holder;
};

// Whose card it is, judged already: a card that nobody showed before makes a person of whoever holds it. By nobody, or
// by an attendant who has them at a support desk.
struct log_in {
    ledger::enroll_person with;
    bool may_enroll = true; // else refused where the card is unknown
};

// What the switch asks itself, when time has passed: nobody is answered.
struct end_hold { // through the hold's merchant to its wallet
    ledger::wallet_id wallet;
    std::uint64_t sequence = 0; // of the hold's decision within the wallet
};
struct wake_wallet { // so that it books what is due
    ledger::wallet_id wallet;
};
struct look_at_wallet { // whether it is there and not frozen: refused where it is not
    ledger::wallet_id wallet;
    ledger::my_key_id my_key = {}; // filled in: the one that it has, or none
};
struct follow_recipients { // the rows of accepted files, until none is left
    ledger::program_code program;
};
struct follow_clawbacks { // and those of approved claw-backs
    ledger::program_code program;
};

using request = std::variant<ledger::command, read_wallet, read_merchant, read_payment, end_hold, wake_wallet,
                             read_holder, read_campaigns, log_in, read_conversions, look_at_wallet, follow_recipients,
                             read_transfers, follow_clawbacks>;

enum class ending : std::uint8_t {
    none,            // still under way
    decided,         // record is durable: answer 201 from it
    replayed,        // record is the entry of the same key's first attempt, or of its reversal: the same answer again
    read,            // wallet_seen or merchant_seen is filled
    refused,         // refusal says why; nothing happened, the key stays free
    key_reused,      // the key was used with another body or path
    outcome_unknown, // the write failed under it
    read_failed,     // the store could not be read; nothing happened
    lost,            // dropped unanswered: a bug, counted
};

// Steady-clock nanoseconds on the way, for the stage histograms; 0 where a stage was not passed.
struct stage_times {
    std::int64_t received_ns = 0;
    std::int64_t parsed_ns = 0;
    std::int64_t caller_ns = 0;  // the caller's actor handed it on
    std::int64_t decided_ns = 0; // the wallet's actor decided
};

class operation;
struct actor_slot;

// Whose actor decides: a wallet's, a merchant's, a program's campaigns' or purchases', a partner's conversions', or the
// registry's.
struct the_registry {};
struct purchases_of {
    ledger::program_code program;
};
struct campaigns_of {
    ledger::program_code program;
};
struct conversions_of {
    ledger::partner_id partner;
};
using decider = std::variant<std::monostate, ledger::wallet_id, ledger::merchant_id, campaigns_of, conversions_of,
                             the_registry, purchases_of>;

// Where finished operations go: called once for each, on the operation's home thread.
class reply_sink {
public:
    virtual ~reply_sink() = default;
    virtual void finished(operation& done) noexcept = 0;
};

// Which request of which connection waits: numbers that the front end reads, nobody else.
struct reply_ticket {
    std::uint32_t connection = 0;
    std::uint32_t generation = 0;
    std::uint32_t sequence = 0;
    std::uint32_t kind = 0; // how to render the answer: the front end's own number
    std::uint64_t request_id = 0;
    std::uint64_t trace_high = 0; // of the caller's trace; both 0: none
    std::uint64_t trace_low = 0;
    std::uint8_t form = 0; // in which the answer is wanted: another number of the front end's own
};

using operation_ptr = caf::intrusive_ptr<operation>;

class operation final : public storage::append_request {
public:
    operation() = default;
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;
    ~operation();

    // Set by the front end. record.caller, record.person, record.idempotency_key and record.fingerprint too.
    principal by;
    request asked;
    ledger::instant at; // wall clock at the edge, read once
    reply_sink* reply = nullptr;
    reply_ticket ticket;
    std::uint32_t home = 0; // index of the io thread that asked

    // On the way.
    ledger::digest128 key_digest;           // none without an idempotency key
    ledger::merchant_terms_ptr terms;       // a payment's or its step's snapshot of its merchant
    std::optional<ledger::known_code> code; // a payment's credential or a log-in's card, if it is somebody's
    std::optional<ledger::card_facts> card; // of a payment by card, and of a card to be bound
    std::shared_ptr<const void> card_claim; // while the card is being bound, or what joins is being decided
    ledger::program_code program;           // a payment's program, resolved
    std::uint64_t new_id = 0;               // for what the command creates
    std::uint32_t caller_thread = 0;        // where its caller's actor lives
    decider decided_by;                     // none for a payment that its caller's actor decides
    std::uint32_t target_thread = 0;        // where the actor lives that decides it
    actor_slot* caller_slot = nullptr;      // the directory's; null for reads and for what fell due by itself
    actor_slot* target_slot = nullptr;
    std::vector<operation_ptr> followers;                   // the same key again, while this one is in flight
    std::vector<operation_ptr> waiters;                     // they begin again once this one has ended
    ledger::digest128 reversed_digest;                      // of the key that a reversal reverses
    std::optional<ledger::reached_limit> limit_at_merchant; // that this payment would pass
    ledger::points reserved;                                // of the merchant's limits, while the payment is under way
    bool is_barred = false;                                 // the key of this payment was reversed before it came
    std::shared_ptr<const ledger::entry> original;          // the decision of the payment whose next step is asked for
    std::optional<ledger::grant> allowed_grant;             // by the campaign, whose actor reserved its points
    std::unique_ptr<ledger::benefit_basis> benefit;         // what that rests on, where it is for a person
    actor_slot* campaign_slot = nullptr; // of that actor, or the purchases', until it has learnt how it ended
    std::uint32_t campaign_thread = 0;
    std::unique_ptr<ledger::allowed_conversion> conversion; // by its partner, whose actor reserved its points
    actor_slot* partner_slot = nullptr;                     // of that actor, until it has learnt how it ended
    std::uint32_t partner_thread = 0;
    std::shared_ptr<const void> prepared;    // what the front end has made ready to be shown once the entry is durable
    std::unique_ptr<purchase_work> purchase; // of what the program's purchases decide
    ledger::my_key_offer offered_my_key;     // which the registry's actor keeps for it
    stage_times stages;

    // How it ended.
    ending end = ending::none;
    ledger::refusal refusal = ledger::refusal::forbidden;
    std::optional<ledger::wallet> wallet_seen;         // of read_wallet, and of a log_in by a known card
    std::optional<ledger::merchant> merchant_seen;     // of read_merchant, and of read_holder
    ledger::campaign_list campaigns_seen;              // of read_campaigns
    std::vector<ledger::bank_transfer> transfers_seen; // of read_transfers
    std::unique_ptr<ledger::partner> partner_seen;     // of read_conversions
    std::optional<ledger::party> party_seen;           // of read_holder; none: nobody

    [[nodiscard]] bool has_key() const noexcept { return !record.idempotency_key.empty(); }
    [[nodiscard]] const ledger::command* command() const noexcept { return std::get_if<ledger::command>(&asked); }
    [[nodiscard]] const ledger::authorize* payment() const noexcept {
        const auto* one = command();
        return one != nullptr ? std::get_if<ledger::authorize>(one) : nullptr;
    }
    // Answers: after this the reply sink will not be called again.
    void answer() noexcept;

    friend void intrusive_ptr_add_ref(const operation* one) noexcept {
        one->references_.fetch_add(1, std::memory_order_relaxed);
    }
    friend void intrusive_ptr_release(const operation* one) noexcept {
        if (one->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete one;
    }

private:
    mutable std::atomic<std::uint32_t> references_{0};
};

// How many operations were dropped unanswered since the process began; each was answered 503. Any but 0 is a bug.
[[nodiscard]] std::uint64_t operations_lost() noexcept;

[[nodiscard]] inline operation_ptr make_operation() { return operation_ptr{new operation}; }

} // namespace meguri::actors
