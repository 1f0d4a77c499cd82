// What becomes of applications and of accounts: decided by the newest entry about each, which says how it stands. Pure;
// called by the actors that own what changes, who see to it that nothing else is decided meanwhile.
#pragma once

#include "ledger/commands.hpp"
#include "ledger/entry.hpp"
#include "ledger/program_table.hpp"

#include <tl/expected.hpp>

#include <optional>

namespace meguri::ledger {

// Why an account of that verdict is not taken; nullopt: it is.
[[nodiscard]] std::optional<refusal> refusal_of(account_verdict verdict) noexcept;

// `newest`: of an application of the same municipality, or of the same merchant with the same account; null: none.
// Refusals: bank_table_missing, bank_unknown, branch_unknown; application_exists; of a municipality program_exists, of
// a merchant program_unknown.
[[nodiscard]] tl::expected<application_changed, refusal> decide(const submit_application& asked, const entry* newest,
                                                                const program_table& programs);
// `newest`: about this application. `by` is the person who asks. `joined`: the merchant's new id, of an approval.
// Refusals: application_unknown, invalid_state, second_person_required; of an approval as of submitting.
[[nodiscard]] tl::expected<application_changed, refusal> decide(const decide_application& asked, person_ref by,
                                                                const entry* newest, merchant_id joined,
                                                                const program_table& programs);

// `newest`: about the holder's account; null: none was ever said. Refusals: invalid_state where a change waits
// already, account_unchanged, effective_in_the_past; and those of the table of banks.
[[nodiscard]] tl::expected<account_changed, refusal> decide(const propose_account& asked, const entry* newest,
                                                            instant now);
// Refusals: account_change_unknown, invalid_state, second_person_required.
[[nodiscard]] tl::expected<account_changed, refusal> decide(const decide_account& asked, person_ref by,
                                                            const entry* newest, instant now);

// Whether `one` can follow `newest`, which is about the same application, or the same account. For those who check
// decisions.
[[nodiscard]] bool follows(const entry* newest, const entry& one, const application_changed& change);
[[nodiscard]] bool follows(const entry* newest, const entry& one, const account_changed& change);

// The account that an entry about it says is the holder's from a day on; nullopt where it says none.
struct account_in_force {
    account_holder holder;
    bank_account account;
    jst_day from;
    journal_position previous = 0; // the entry about the same account before it; 0: none
};
[[nodiscard]] std::optional<account_in_force> account_said_by(const entry& one);

// Whose account an entry is about, and the entry before it about the same; nullopt: no account's.
struct account_link {
    account_holder holder;
    journal_position previous = 0;
};
[[nodiscard]] std::optional<account_link> account_of(const entry& one);

// The merchant that begins with the entry; none for others.
[[nodiscard]] merchant_id merchant_joined_by(const fact& what) noexcept;
// The program that the entry opens; null for others.
[[nodiscard]] const program* program_opened_by(const fact& what) noexcept;

} // namespace meguri::ledger
