// Problems: the one place where whatever goes wrong gets its code, its HTTP status and its words (RFC 9457). Used by
// all resources on their io threads; no state.
#pragma once

#include "actors/operation.hpp"
#include "ledger/commands.hpp"
#include "net/http_types.hpp"
#include "net/json_writer.hpp"
#include "net/line_report.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meguri::net {

// Every code that a client can meet. The names are in problem.cpp, and in openapi.yaml.
enum class problem_code : std::uint8_t {
    malformed_http,
    malformed_request,
    invalid_value,
    amount_out_of_range,
    invalid_local_gov_code,
    invalid_activation_code,
    invalid_parameter,
    idempotency_key_missing,
    idempotency_key_invalid,
    program_required,
    expires_in_the_past,
    expires_too_far,
    effective_in_the_past,
    unauthenticated,
    certificate_required,
    certificate_mismatch,
    forbidden,
    scope_missing,
    terminal_inactive,
    second_person_required,
    card_required,
    not_found,
    method_not_allowed,
    request_timeout,
    program_exists,
    invalid_state,
    nothing_undecided,
    last_operator_key,
    card_already_bound,
    campaign_not_open,
    already_granted,
    challenge_not_open,
    conversion_terms_missing,
    reference_reused,
    coupon_redeemed,
    coupon_blocked,
    coupon_expired,
    recipients_repeated,
    purchase_not_offered,
    refund_not_allowed,
    nothing_unspent,
    activation_code_used,
    activation_code_expired,
    application_exists,
    account_unchanged,
    link_not_begun,
    already_linked,
    account_linked_elsewhere,
    not_linked,
    mandate_exists,
    mandate_missing,
    nothing_to_debit,
    collection_account_missing,
    debit_result_differs,
    card_payment_differs,
    person_required,
    eligibility_missing,
    not_eligible,
    event_not_open,
    event_code_over,
    nothing_granted,
    card_still_good,
    body_too_large,
    unsupported_media_type,
    expectation_failed,
    idempotency_key_reused,
    program_unknown,
    wallet_unknown,
    outlets_exhausted,
    keys_exhausted,
    balance_too_large,
    amount_exceeds_remaining,
    not_reversible,
    corrections_exhausted,
    card_not_accepted,
    card_unknown,
    signature_not_accepted,
    password_not_accepted,
    amount_not_allowed,
    budget_exceeded,
    campaigns_exhausted,
    units_below_minimum,
    units_off_step,
    conversion_limit_reached,
    mykey_id_unknown,
    wallet_unavailable,
    coupon_unknown,
    recipients_refused,
    recipients_exhausted,
    purchase_amount_not_allowed,
    purchase_limit_reached,
    purchase_unknown,
    transfer_differs,
    activation_code_unknown,
    activation_codes_exhausted,
    bank_unknown,
    branch_unknown,
    partner_not_linkable,
    partner_refused,
    measure_too_small,
    event_code_unknown,
    events_exhausted,
    clawbacks_exhausted,
    too_many_failures,
    password_locked,
    too_many_tries,
    header_too_large,
    overloaded,
    not_ready,
    ledger_stopped,
    outcome_unknown,
    read_failed,
    verification_unavailable,
    bank_table_missing,
    partner_unavailable,
};
inline constexpr std::size_t problem_codes = static_cast<std::size_t>(problem_code::partner_unavailable) + 1;

struct problem_text {
    problem_code code;
    std::string_view name; // `code` in the body
    int status;
    bool retryable;    // the same request may succeed later, unchanged
    int retry_after_s; // Retry-After; 0: none
    std::string_view title;
    std::string_view title_ja; // `detail_ja`: what to tell a person at the till
};

[[nodiscard]] const problem_text& text_of(problem_code code) noexcept;
[[nodiscard]] std::span<const problem_text> all_problems() noexcept;
[[nodiscard]] std::optional<problem_code> parse_problem_code(std::string_view name) noexcept;

// One problem of one request.
struct problem {
    problem_code code = problem_code::malformed_request;
    std::string detail = {};                       // empty: the code's title
    std::optional<std::string> pointer = {};       // RFC 6901, into the request's body
    std::string_view parameter = {};               // the query parameter or header meant; static text
    std::string_view allow = {};                   // of method_not_allowed
    std::shared_ptr<const line_report> lines = {}; // of recipients_refused: what is wrong with which
};

// Why a command was refused. What a path names and is not there is 404, what a body names is 422.
[[nodiscard]] problem problem_of(ledger::refusal why, const actors::request& asked);
// How an operation ended, for endings that are no answers.
[[nodiscard]] problem problem_of(const actors::operation& ended);

// Its members, RFC 9457 and ours.
void write_problem_members(json_writer& json, const problem& one, std::uint64_t request_id);

// The answer: application/problem+json with status and headers. `body` is what it is written into.
[[nodiscard]] http_response to_response(const problem& one, std::uint64_t request_id, std::string body = {});

} // namespace meguri::net
