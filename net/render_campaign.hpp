// A campaign as answers show it: as it stands, as it was proposed, and after one of its steps. The members of the
// object, which the caller opens and closes.
#pragma once

#include "ledger/campaign.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

namespace meguri::net {

void write_campaign(json_writer& json, const ledger::campaign& one, id_texts& ids);

void write_campaign_proposal(json_writer& json, const ledger::entry& one, const ledger::campaign_proposed& fact,
                             id_texts& ids);
// What is granted meanwhile is no part of it: a repetition of the answer would show another.
void write_campaign_step(json_writer& json, const ledger::entry& one, const ledger::campaign_changed& fact,
                         id_texts& ids);

// An accepted file of recipients: as it was accepted, and as it stands.
void write_recipients(json_writer& json, const ledger::entry& one, const ledger::recipients_accepted& fact,
                      id_texts& ids);
void write_recipients(json_writer& json, const ledger::campaign& of, const ledger::recipient_file& file,
                      ledger::instant accepted_at, id_texts& ids);

// Whether the step is one of an increase of the budget.
void write_eligibility(json_writer& json, const ledger::entry& one, const ledger::eligibility_changed& fact,
                       id_texts& ids);
void write_event(json_writer& json, ledger::journal_position campaign, const ledger::campaign_event& event,
                 id_texts& ids);
void write_event_change(json_writer& json, const ledger::entry& one, const ledger::event_changed& fact, id_texts& ids);

void write_clawback(json_writer& json, const ledger::campaign& of, const ledger::campaign_clawback& one, id_texts& ids);
void write_clawback_step(json_writer& json, const ledger::entry& one, const ledger::clawback_changed& fact,
                         id_texts& ids);

[[nodiscard]] bool is_of_increase(ledger::campaign_step step) noexcept;

} // namespace meguri::net
