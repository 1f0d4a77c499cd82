// Grants, codes, programs, merchants and their outlets, keys: everything that prepares a payment.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {

std::optional<refusal> wrong_last_day(jst_day expires_on, jst_day today) noexcept {
    if (expires_on < today) return refusal::expires_in_the_past;
    if (expires_on > today.plus_days(100 * 366)) return refusal::expires_too_far;
    return std::nullopt;
}

tl::expected<points_granted, refusal> decide(const grant& asked, const wallet& to, const program_table& programs,
                                             instant now) {
    EXPECTS(!asked.amount.is_zero());
    const program* const granted = programs.find(asked.program);
    if (granted == nullptr) return tl::unexpected{refusal::program_unknown};
    const jst_day today = jst_day::of(now);
    const jst_day expires_on = asked.expires_on.value_or(today.plus_days(granted->expiry_days));
    if (const auto wrong = wrong_last_day(expires_on, today)) return tl::unexpected{*wrong};
    if (!to.has_room_for(asked.amount)) return tl::unexpected{refusal::balance_too_large};
    auto terms = std::make_shared<const lot_terms>(
        lot_terms{to.lots_issued + 1, asked.program, asked.source, expires_on, now, asked.earmark});
    return points_granted{to.id, {std::move(terms), asked.amount}};
}

tl::expected<card_bound, refusal> decide(const bind_card& asked, const card_facts& card, const wallet& of,
                                         instant now) {
    if (!card.is_good_at(now)) return tl::unexpected{refusal::card_not_accepted};
    return card_bound{of.id, of.codes_issued + 1, card.ends, asked.card};
}

tl::expected<card_retired, refusal> decide(const retire_card& asked, const wallet& of) {
    EXPECTS(asked.ordinal >= 1 && asked.ordinal <= of.codes_issued);
    if (of.code_is_used(asked.ordinal)) return tl::unexpected{refusal::invalid_state};
    return card_retired{of.id, asked.ordinal, asked.bound_at, asked.reason};
}

code_issued decide(const issue_code& asked, const wallet& of, instant now) {
    const instant valid_until = asked.kind == code_kind::once ? now.plus_ms(code_once_valid_ms) : instant{};
    return code_issued{of.id, of.codes_issued + 1, asked.kind, valid_until, {}};
}

once_code_issued decide_digits(const issue_code& asked, const wallet& of, instant now) {
    EXPECTS(asked.kind == code_kind::once && asked.digits.has_value());
    return once_code_issued{of.id, of.codes_issued + 1, now.plus_ms(code_once_valid_ms), {}, *asked.digits};
}

tl::expected<code_blocked, refusal> decide(const block_code& asked, const wallet& of) {
    EXPECTS(asked.ordinal >= 1 && asked.ordinal <= of.codes_issued);
    if (of.code_is_used(asked.ordinal)) return tl::unexpected{refusal::invalid_state};
    const std::uint32_t reissued_as = asked.reissue ? of.codes_issued + 1 : 0;
    return code_blocked{of.id, asked.ordinal, asked.issued_at, asked.reason, reissued_as, {}};
}

tl::expected<program_opened, refusal> decide(const open_program& asked, const program_table& programs) {
    if (programs.find(asked.opened.code) != nullptr) return tl::unexpected{refusal::program_exists};
    return program_opened{asked.opened};
}

tl::expected<merchant_joined, refusal> decide(const join_merchant& asked, merchant_id id,
                                              const program_table& programs) {
    merchant_joined joined{id, asked.name, asked.programs};
    std::sort(joined.programs.begin(), joined.programs.end());
    joined.programs.erase(std::unique(joined.programs.begin(), joined.programs.end()), joined.programs.end());
    for (const auto code : joined.programs)
        if (programs.find(code) == nullptr) return tl::unexpected{refusal::program_unknown};
    return joined;
}

tl::expected<outlet_added, refusal> decide(const add_outlet& asked, const merchant_terms& merchant,
                                           std::uint32_t epoch) {
    if (merchant.outlets.size() >= outlet_id::per_merchant_max || merchant.id.value() > outlet_id::merchant_max)
        return tl::unexpected{refusal::outlets_exhausted};
    const auto number = static_cast<std::uint16_t>(merchant.outlets.size() + 1);
    return outlet_added{asked.kind, outlet_id{merchant.id, number, epoch}, asked.name, {}};
}

tl::expected<key_chain, refusal> decide(const issue_key& asked, const key_chain& keys, instant now) {
    auto after = with_new_key(keys, asked.scopes, asked.overlap_s, now);
    if (!after) return tl::unexpected{refusal::keys_exhausted};
    return std::move(*after);
}

tl::expected<key_chain, refusal> decide(const revoke_key& asked, const key_chain& keys) {
    const issued_key* const known = keys.find(asked.number);
    if (known == nullptr) return tl::unexpected{refusal::key_unknown};
    if (known->revoked) return tl::unexpected{refusal::invalid_state};
    return with_revoked_key(keys, asked.number);
}

} // namespace meguri::ledger
