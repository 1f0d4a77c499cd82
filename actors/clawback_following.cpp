#include "actors/clawback_following.hpp"

#include "actors/switch_thread.hpp"

#include <utility>

namespace meguri::actors {

std::uint64_t clawback_rows_waiting(const ledger::campaign_list& all) noexcept {
    std::uint64_t rows = 0;
    for (const auto& campaign : all)
        for (const auto& one : campaign.clawbacks)
            if (one.status == ledger::clawback_status::approved) rows += one.rows - one.taken - one.ended;
    return rows;
}

auto clawback_following::find_unfinished(const ledger::campaign_list& all) const -> std::optional<unfinished> {
    for (const auto& campaign : all)
        for (const auto& one : campaign.clawbacks)
            if (one.status == ledger::clawback_status::approved && !one.is_finished())
                return unfinished{{campaign.program, campaign.position}, one.position, one.last_ended};
    return std::nullopt;
}

auto clawback_following::progress_of(const ledger::campaign& campaign, ledger::journal_position position) const
    -> progress {
    const auto* const one = campaign.clawback(position);
    return {one->is_finished(), one->last_ended};
}

std::vector<ledger::journal_position> clawback_following::lists_in(ledger::fact&& begun) const {
    return std::get<ledger::clawback_changed>(std::move(begun)).lists;
}

auto clawback_following::left_out_in(const ledger::fact& told) const -> left_out_before {
    const auto& changed = std::get<ledger::clawback_changed>(told);
    return {changed.ended, changed.previous};
}

// The grant says which lot it was; the index, whether the row was taken before the process ended.
auto clawback_following::command_for(const unfinished& of, std::uint32_t row, const ledger::recipient_row& asked)
    -> maybe_command {
    const auto& keys = thread().shared().store().keys();
    auto& reader = thread().reader();
    const auto before = reader.find_occasion(keys.digest_of_clawback(of.position, asked.wallet, row));
    if (!before) return tl::unexpected{before.error()};
    if (*before) return std::nullopt;
    const auto position =
        reader.find_occasion(keys.digest_of_occasion(of.campaign.proposal, asked.wallet, asked.occasion));
    if (!position) return tl::unexpected{position.error()};
    const auto granted = reader.read(position->value_or(0)); // a position of none cannot be read
    if (!granted) return tl::unexpected{granted.error()};
    return ledger::command{ledger::claw_back_row{of.campaign.program, of.campaign.proposal, of.position, row,
                                                 asked.wallet, ledger::campaign_grant_in(*granted).lot->lot->number}};
}

std::optional<ledger::left_out_reason> clawback_following::why_left_out(ledger::refusal refused) const {
    if (refused == ledger::refusal::nothing_unspent) return ledger::left_out_reason::nothing_unspent;
    return std::nullopt;
}

ledger::fact clawback_following::leave_out(const ledger::campaign& campaign, const unfinished& of,
                                           std::vector<ledger::left_out_row> rows,
                                           const std::vector<ledger::recipient_row>&, std::uint32_t) const {
    ledger::clawback_changed told;
    told.program = of.campaign.program;
    told.campaign = of.campaign.proposal;
    told.step = ledger::clawback_step::rows_ended;
    told.clawback = of.position;
    told.maker = campaign.clawback(of.position)->maker;
    told.previous = of.last_left_out;
    told.ended = std::move(rows);
    return told;
}

} // namespace meguri::actors
