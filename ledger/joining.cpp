#include "ledger/joining.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

// What the entry says of an application; null where it says nothing.
const application_changed* application_in(const entry* one) noexcept {
    return one != nullptr ? std::get_if<application_changed>(&one->what) : nullptr;
}

const account_changed* account_change_in(const entry* one) noexcept {
    return one != nullptr ? std::get_if<account_changed>(&one->what) : nullptr;
}

std::optional<refusal> wrong_programs(const application& what, const program_table& programs) {
    if (what.kind == applicant_kind::municipality)
        return programs.find(what.opened.code) != nullptr ? std::optional{refusal::program_exists} : std::nullopt;
    const auto is_open = [&programs](program_code code) { return programs.find(code) != nullptr; };
    const bool all_open = std::all_of(what.programs.begin(), what.programs.end(), is_open);
    return all_open ? std::nullopt : std::optional{refusal::program_unknown};
}

bool is_open_change(const account_changed* change) noexcept {
    return change != nullptr && change->step == account_step::proposed;
}

} // namespace

std::optional<refusal> refusal_of(account_verdict verdict) noexcept {
    switch (verdict) {
    case account_verdict::good: break;
    case account_verdict::bank_unknown: return refusal::bank_unknown;
    case account_verdict::branch_unknown: return refusal::branch_unknown;
    case account_verdict::no_table: return refusal::bank_table_missing;
    }
    return std::nullopt;
}

tl::expected<application_changed, refusal> decide(const submit_application& asked, const entry* newest,
                                                  const program_table& programs) {
    if (const auto wrong = refusal_of(asked.verdict)) return tl::unexpected{*wrong};
    const auto* const same = application_in(newest);
    if (same != nullptr && same->step != application_step::refused) return tl::unexpected{refusal::application_exists};
    if (const auto wrong = wrong_programs(*asked.what, programs)) return tl::unexpected{*wrong};
    return application_changed{application_step::submitted, 0, {}, {}, asked.what, {}};
}

tl::expected<application_changed, refusal> decide(const decide_application& asked, person_ref by, const entry* newest,
                                                  merchant_id joined, const program_table& programs) {
    const auto* const stands = application_in(newest);
    if (stands == nullptr) return tl::unexpected{refusal::application_unknown};
    if (stands->step != application_step::submitted) return tl::unexpected{refusal::invalid_state};
    const person_ref maker = newest->asked_by();
    if (by == maker) return tl::unexpected{refusal::second_person_required};
    if (!asked.approve)
        return application_changed{application_step::refused, asked.application, maker, {}, stands->what, asked.reason};
    if (const auto wrong = wrong_programs(*stands->what, programs)) return tl::unexpected{*wrong};
    const bool is_merchant = stands->what->kind == applicant_kind::merchant;
    EXPECTS(is_merchant == static_cast<bool>(joined));
    return application_changed{
        application_step::approved, asked.application, maker, joined, stands->what, asked.reason};
}

tl::expected<account_changed, refusal> decide(const propose_account& asked, const entry* newest, instant now) {
    if (const auto wrong = refusal_of(asked.verdict)) return tl::unexpected{*wrong};
    if (is_open_change(account_change_in(newest))) return tl::unexpected{refusal::invalid_state};
    if (asked.effective_from < jst_day::of(now)) return tl::unexpected{refusal::effective_in_the_past};
    const journal_position previous = newest != nullptr ? newest->position : 0;
    if (newest != nullptr)
        if (const auto said = account_said_by(*newest); said && said->account.is_same_as(*asked.account))
            return tl::unexpected{refusal::account_unchanged};
    return account_changed{asked.holder,         account_step::proposed, 0,           previous, {},
                           asked.effective_from, asked.account,          asked.reason};
}

tl::expected<account_changed, refusal> decide(const decide_account& asked, person_ref by, const entry* newest,
                                              instant now) {
    const auto* const open = account_change_in(newest);
    if (open == nullptr || !is_open_change(open) || newest->position != asked.proposal)
        return tl::unexpected{open == nullptr ? refusal::account_change_unknown : refusal::invalid_state};
    const person_ref maker = newest->asked_by();
    if (by == maker) return tl::unexpected{refusal::second_person_required};
    // It cannot hold from before it was approved.
    const jst_day from = std::max(open->effective_from, jst_day::of(now));
    const auto step = asked.approve ? account_step::approved : account_step::refused;
    return account_changed{open->holder, step, asked.proposal, newest->position,
                           maker,        from, open->account,  asked.reason};
}

bool follows(const entry* newest, const entry& one, const application_changed& change) {
    const auto* const before = application_in(newest);
    if (one.person == 0 || change.what == nullptr) return false;
    if (change.step == application_step::submitted)
        return change.application == 0 && !change.merchant &&
               (before == nullptr || before->step == application_step::refused);
    const bool makes_merchant =
        change.step == application_step::approved && change.what->kind == applicant_kind::merchant;
    return before != nullptr && before->step == application_step::submitted && newest->position == change.application &&
           change.maker == newest->asked_by() && one.asked_by() != change.maker &&
           static_cast<bool>(change.merchant) == makes_merchant && change.what->name == before->what->name &&
           change.what->account == before->what->account;
}

bool follows(const entry* newest, const entry& one, const account_changed& change) {
    if (one.person == 0 || change.account == nullptr) return false;
    if (change.previous != (newest != nullptr ? newest->position : 0)) return false;
    const auto* const before = account_change_in(newest);
    if (change.step == account_step::proposed) return change.proposal == 0 && !is_open_change(before);
    return is_open_change(before) && change.proposal == newest->position && change.maker == newest->asked_by() &&
           one.asked_by() != change.maker && *change.account == *before->account &&
           change.effective_from >= before->effective_from;
}

std::optional<account_in_force> account_said_by(const entry& one) {
    if (const auto* const change = std::get_if<account_changed>(&one.what)) {
        if (change->step != account_step::approved) return std::nullopt;
        return account_in_force{change->holder, *change->account, change->effective_from, change->previous};
    }
    const auto link = account_of(one);
    if (!link) return std::nullopt;
    return account_in_force{link->holder, std::get<application_changed>(one.what).what->account,
                            jst_day::of(one.decided_at), 0};
}

std::optional<account_link> account_of(const entry& one) {
    if (const auto* const change = std::get_if<account_changed>(&one.what))
        return account_link{change->holder, change->previous};
    const auto* const applied = std::get_if<application_changed>(&one.what);
    if (applied == nullptr || applied->step != application_step::approved) return std::nullopt;
    const bool is_merchant = applied->what->kind == applicant_kind::merchant;
    return account_link{
        {applied->what->kind, is_merchant ? applied->merchant.value() : applied->what->opened.code.number()}, 0};
}

merchant_id merchant_joined_by(const fact& what) noexcept {
    if (const auto* const joined = std::get_if<merchant_joined>(&what)) return joined->id;
    const auto* const applied = std::get_if<application_changed>(&what);
    return applied != nullptr ? applied->merchant : merchant_id{};
}

const program* program_opened_by(const fact& what) noexcept {
    if (const auto* const opened = std::get_if<program_opened>(&what)) return &opened->opened;
    const auto* const applied = std::get_if<application_changed>(&what);
    const bool opens = applied != nullptr && applied->step == application_step::approved &&
                       applied->what->kind == applicant_kind::municipality;
    return opens ? &applied->what->opened : nullptr;
}

} // namespace meguri::ledger
