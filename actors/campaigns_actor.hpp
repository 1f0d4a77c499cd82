// The actor of a program's campaigns: decides what becomes of them, and reserves their budget for grants on their way
// to their wallets. What it knows is durable: an entry changes it once the journal has it, so no entry that rests on
// another can come before it in the journal, whichever thread its wallet is on.
//
// A grant is one entry, the wallet's, which names the campaign. Until it is durable its points are reserved here, in
// memory alone: what a crash takes with it was never granted.
//
// A benefit is granted to a person: its wallet is asked first whose it is (person_looks), and takes the grant only if
// it still is. Codes of events go the same way.
//
// A file of recipients is checked and listed by a recipients_intake and accepted here by one entry, which reserves its
// budget for good; its rows follow through a recipients_following, file by file, each row as a grant of its own.
#pragma once

#include "actors/clawback_following.hpp"
#include "actors/eligible_people.hpp"
#include "actors/person_looks.hpp"
#include "actors/protocol.hpp"
#include "actors/recipients_following.hpp"
#include "actors/recipients_intake.hpp"
#include "ledger/campaign.hpp"
#include "metrics/counter.hpp"

#include <memory>
#include <unordered_map>
#include <vector>

namespace meguri::actors {

class switch_thread;

class campaigns_actor final : public campaigns_handle::base {
public:
    campaigns_actor(caf::actor_config& config, switch_thread* thread, ledger::campaign_list state);

protected:
    behavior_type make_behavior() override;

private:
    // An exception in these would be a bug and aborts.
    void receive(const operation_ptr& op) noexcept;
    void durable(const operation_ptr& op) noexcept;
    void settled(const operation_ptr& op) noexcept;

    void decide(const operation_ptr& op);
    void read(const operation_ptr& op, const read_campaigns& wanted);
    void propose(const operation_ptr& op, const ledger::propose_campaign& asked);
    template <class Change>
    void change(const operation_ptr& op, const Change& asked);
    void grant(const operation_ptr& op, const ledger::grant_from_campaign& asked);
    void grant_row(const operation_ptr& op, const ledger::grant_recipient& asked);
    void redeem(const operation_ptr& op, const ledger::redeem_event& asked);
    // A grant to a person: first the wallet is asked whose it is, then the campaign decides. Called again in between.
    void grant_to_person(const operation_ptr& op, const ledger::campaign& of, ledger::benefit_question asked);
    // What the list in force says of the person; false: it could not be read.
    [[nodiscard]] bool look_up(const ledger::campaign& of, ledger::benefit_question& asked);
    void end_grant(const operation_ptr& op, const ledger::digest128& occasion, ending how, ledger::refusal why);
    // Of a file: called again for each piece of its check.
    template <class Upload>
    void take_in(const operation_ptr& op, const Upload& asked);
    void accept(const operation_ptr& op, const ledger::accept_recipients& asked, const recipients_intake& of);
    void accept(const operation_ptr& op, const ledger::accept_eligibility& asked, const recipients_intake& of);
    void accept(const operation_ptr& op, const ledger::propose_clawback& asked, const recipients_intake& of);
    void give_up(const operation_ptr& op, ledger::refusal why);
    // For the probes: so many rows of claw-backs wait no more.
    void count_come(metrics::counter& how, std::uint64_t rows);
    // Rows that were allowed just now; `under_way`: that goes on with all of its kind, or null.
    void begin_following(actors::request what, ledger::instant allowed_at, rows_following* under_way);
    template <class Following>
    void follow(const operation_ptr& op, std::unique_ptr<Following>& following);
    [[nodiscard]] ledger::points reserved(ledger::journal_position campaign) const;
    void reserve(ledger::journal_position campaign, ledger::points amount);
    void release(ledger::journal_position campaign, ledger::points amount);
    void write(const operation_ptr& op, ledger::fact fact);
    void begin_again(const std::vector<operation_ptr>& waiting);

    switch_thread& thread_;
    person_looks looks_;
    ledger::campaign_list state_;
    std::unordered_map<ledger::journal_position, eligible_people> eligible_; // in force, by campaign, once asked for
    // Who waits for the change of a campaign that is on its way to the disk, by the campaign.
    std::unordered_map<ledger::journal_position, std::vector<operation_ptr>> changing_;
    // And for the grant of an occasion that is on its way.
    std::unordered_map<ledger::digest128, std::vector<operation_ptr>> granting_;
    std::unordered_map<ledger::journal_position, ledger::points> reserved_; // for what is on its way to the disk
    // Files that are being checked and listed, by the operation that brought each.
    std::unordered_map<const operation*, std::unique_ptr<recipients_intake>> intakes_;
    std::unique_ptr<recipients_following> following_; // none: no accepted file has rows left
    std::unique_ptr<clawback_following> clawing_;     // none: no approved claw-back has rows left
};

} // namespace meguri::actors
