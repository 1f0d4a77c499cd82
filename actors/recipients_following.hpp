// The rows of a program's accepted files of recipients, each a grant of its own.
#pragma once

#include "actors/rows_following.hpp"

namespace meguri::actors {

class recipients_following final : public rows_following {
public:
    recipients_following(switch_thread& thread, operation_ptr token) : rows_following{thread, std::move(token)} {}

private:
    [[nodiscard]] std::optional<unfinished> find_unfinished(const ledger::campaign_list& all) const override;
    [[nodiscard]] progress progress_of(const ledger::campaign& campaign,
                                       ledger::journal_position position) const override;
    [[nodiscard]] std::vector<ledger::journal_position> lists_in(ledger::fact&& begun) const override;
    [[nodiscard]] left_out_before left_out_in(const ledger::fact& told) const override;
    [[nodiscard]] maybe_command command_for(const unfinished& of, std::uint32_t row,
                                            const ledger::recipient_row& asked) override;
    [[nodiscard]] std::optional<ledger::left_out_reason> why_left_out(ledger::refusal refused) const override;
    [[nodiscard]] ledger::fact leave_out(const ledger::campaign& campaign, const unfinished& of,
                                         std::vector<ledger::left_out_row> rows,
                                         const std::vector<ledger::recipient_row>& listed,
                                         std::uint32_t first) const override;
    void list_followed(const ledger::campaign& campaign, const unfinished& of) override;
};

} // namespace meguri::actors
