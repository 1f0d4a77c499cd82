#include "actors/recipients_following.hpp"

#include "actors/switch_thread.hpp"

#include <utility>

namespace meguri::actors {

auto recipients_following::find_unfinished(const ledger::campaign_list& all) const -> std::optional<unfinished> {
    for (const auto& campaign : all)
        for (const auto& file : campaign.files)
            if (!file.is_finished())
                return unfinished{{campaign.program, campaign.position}, file.position, file.last_left_out};
    return std::nullopt;
}

auto recipients_following::progress_of(const ledger::campaign& campaign, ledger::journal_position position) const
    -> progress {
    const auto* const file = campaign.file(position);
    return {file->is_finished(), file->last_left_out};
}

std::vector<ledger::journal_position> recipients_following::lists_in(ledger::fact&& begun) const {
    return std::get<ledger::recipients_accepted>(std::move(begun)).lists;
}

auto recipients_following::left_out_in(const ledger::fact& told) const -> left_out_before {
    const auto& left_out = std::get<ledger::recipients_left_out>(told);
    return {left_out.rows, left_out.previous};
}

// That it has come already the campaigns' actor finds.
auto recipients_following::command_for(const unfinished& of, std::uint32_t row, const ledger::recipient_row& asked)
    -> maybe_command {
    return ledger::command{ledger::grant_recipient{of.campaign.program, of.campaign.proposal, of.position, row,
                                                   asked.wallet, asked.occasion, asked.amount}};
}

std::optional<ledger::left_out_reason> recipients_following::why_left_out(ledger::refusal refused) const {
    return ledger::reason_of(refused);
}

ledger::fact recipients_following::leave_out(const ledger::campaign&, const unfinished& of,
                                             std::vector<ledger::left_out_row> rows,
                                             const std::vector<ledger::recipient_row>& listed,
                                             std::uint32_t first) const {
    ledger::points released;
    for (const auto& one : rows) released = *released.plus(listed[one.row - first].amount);
    return ledger::recipients_left_out{
        of.campaign.program, of.campaign.proposal, of.position, of.last_left_out, released, std::move(rows)};
}

void recipients_following::list_followed(const ledger::campaign& campaign, const unfinished& of) {
    thread().shared().tell_recipients_followed({of.campaign, *campaign.file(of.position)});
}

} // namespace meguri::actors
