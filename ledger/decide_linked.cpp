// Accounts at partners that residents link, and conversions that begin with them.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

namespace meguri::ledger {
namespace {

const link_changed* active_link(const entry* newest) noexcept {
    if (newest == nullptr) return nullptr;
    const auto* const link = std::get_if<link_changed>(&newest->what);
    EXPECTS(link != nullptr);
    return link->step == link_step::ended ? nullptr : link;
}

// Null: it is not the wallet's link, or has ended.
const link_changed* find_active(journal_position meant, const entry* newest) noexcept {
    return meant != 0 && linked_at(newest) == meant ? active_link(newest) : nullptr;
}

} // namespace

journal_position linked_at(const entry* newest) noexcept {
    const auto* const link = active_link(newest);
    if (link == nullptr) return 0;
    return link->step == link_step::linked ? newest->position : link->link;
}

tl::expected<link_changed, refusal> decide(const link_account& asked, const entry* of_account, const entry* of_person) {
    EXPECTS(!asked.what->subject.empty() && asked.what->subject.size() <= link_subject_max);
    EXPECTS(!asked.what->tokens.empty() && asked.what->tokens.size() <= link_tokens_max);
    const auto* const account = active_link(of_account);
    if (account != nullptr && account->what->wallet != asked.wallet)
        return tl::unexpected{refusal::account_linked_elsewhere};
    if (account != nullptr || active_link(of_person) != nullptr) return tl::unexpected{refusal::already_linked};
    return link_changed{asked.partner, link_step::linked, 0, asked.what, {}};
}

tl::expected<link_changed, refusal> decide(const renew_link& asked, const entry* newest) {
    EXPECTS(!asked.tokens.empty() && asked.tokens.size() <= link_tokens_max);
    const auto* const before = find_active(asked.link, newest);
    if (before == nullptr) return tl::unexpected{refusal::not_linked};
    partner_link after = *before->what;
    after.tokens = asked.tokens;
    return link_changed{
        asked.partner, link_step::renewed, asked.link, std::make_shared<const partner_link>(std::move(after)), {}};
}

tl::expected<link_changed, refusal> decide(const end_link& asked, const entry* newest) {
    const auto* const before = find_active(asked.link, newest);
    if (before == nullptr) return tl::unexpected{refusal::not_linked};
    return link_changed{asked.partner, link_step::ended, asked.link, before->what, asked.reason};
}

tl::expected<linked_conversion_changed, refusal> decide(const convert_linked& asked, const entry* newest_link,
                                                        const partner& of) {
    EXPECTS(!asked.reference.empty());
    const auto link = linked_at(newest_link);
    if (link == 0) return tl::unexpected{refusal::not_linked};
    const auto worth =
        decide(convert_points{asked.partner, asked.wallet, {}, asked.reference, asked.units, asked.program}, of);
    if (!worth) return tl::unexpected{worth.error()};
    if (of.linked.size() >= linked_conversions_open_max) return tl::unexpected{refusal::linked_conversions_exhausted};
    auto what = std::make_shared<const linked_conversion>(
        linked_conversion{asked.wallet, link, asked.reference, asked.units, worth->amount, of.number, asked.program});
    return linked_conversion_changed{asked.partner, linked_conversion_step::asked, 0, std::move(what), {}};
}

tl::expected<linked_conversion_changed, refusal> decide(const note_linked_conversion& asked, const partner& of) {
    EXPECTS(asked.step != linked_conversion_step::asked && asked.reason.size() <= linked_reason_max);
    const auto* const open = of.find_linked(asked.conversion);
    if (open == nullptr) return tl::unexpected{refusal::invalid_state};
    entry as_written;
    linked_conversion_changed change{asked.partner, asked.step, asked.conversion, open->what, asked.reason};
    as_written.what = change;
    if (!follows(of, as_written)) return tl::unexpected{refusal::invalid_state};
    return change;
}

} // namespace meguri::ledger
