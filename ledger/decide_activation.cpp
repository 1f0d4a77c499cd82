// Activation codes: issued, revoked, used once.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;

} // namespace

tl::expected<activation_changed, refusal> decide(const issue_activation& asked, const merchant& of, instant now) {
    EXPECTS(asked.valid_hours >= 1 && asked.valid_hours <= activation_hours_max);
    const auto open = std::count_if(of.activations.begin(), of.activations.end(),
                                    [now](const open_activation& one) { return now < one.valid_until; });
    if (static_cast<std::size_t>(open) >= activations_max) return tl::unexpected{refusal::activation_codes_exhausted};
    return activation_changed{of.terms->id,
                              of.activations_issued + 1,
                              activation_step::issued,
                              now.plus_ms(asked.valid_hours * hour_ms),
                              {},
                              {}};
}

tl::expected<activation_changed, refusal> decide(const revoke_activation& asked, const merchant& of, instant now) {
    if (asked.number == 0 || asked.number > of.activations_issued)
        return tl::unexpected{refusal::activation_code_unknown};
    const auto* const open = of.activation(asked.number);
    if (open == nullptr || now >= open->valid_until) return tl::unexpected{refusal::invalid_state};
    return activation_changed{of.terms->id, asked.number, activation_step::revoked, {}, {}, asked.reason};
}

tl::expected<terminal_activated, refusal> decide(const activate_terminal& asked, const merchant& of,
                                                 std::uint32_t epoch, instant now) {
    if (asked.number == 0 || asked.number > of.activations_issued)
        return tl::unexpected{refusal::activation_code_unknown};
    const auto* const open = of.activation(asked.number);
    if (open == nullptr) return tl::unexpected{refusal::activation_code_used};
    if (now >= open->valid_until) return tl::unexpected{refusal::activation_code_expired};
    const auto added = decide(add_outlet{of.terms->id, outlet_kind::terminal, asked.name}, *of.terms, epoch);
    if (!added) return tl::unexpected{added.error()};
    return terminal_activated{added->id, added->name, {}, asked.number};
}

} // namespace meguri::ledger
