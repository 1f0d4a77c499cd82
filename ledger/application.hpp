// Who wants to join: a municipality with its point program and its designated bank (指定金融機関), or a merchant with
// its payout account. One person enters the application, another one approves or refuses it; the entry that approves it
// makes it effective. And the change of an account afterwards, by two persons too.
#pragma once

#include "ledger/bank_account.hpp"
#include "ledger/calendar.hpp"
#include "ledger/category_set.hpp"
#include "ledger/ids.hpp"
#include "ledger/program.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class applicant_kind : std::uint8_t { municipality = 1, merchant = 2 };
enum class application_step : std::uint8_t { submitted = 1, approved = 2, refused = 3 };
enum class account_step : std::uint8_t { proposed = 1, approved = 2, refused = 3 };

struct contact {
    std::string name;
    std::string email; // may be empty
    std::string phone; // may be empty, but not both
    friend bool operator==(const contact&, const contact&) = default;
};

// What was applied for: unchanging, so it is shared.
struct application {
    applicant_kind kind = applicant_kind::merchant;
    std::string name; // of the merchant or the municipality
    bank_account account;
    contact reached_by;
    program opened;                      // of a municipality: the program that its approval opens
    std::vector<std::string> categories; // of a merchant: sorted, each once
    std::vector<program_code> programs;  // of a merchant: which it wants to accept; sorted, each once
};
using application_ptr = std::shared_ptr<const application>;

// Whose account it is.
struct account_holder {
    applicant_kind kind = applicant_kind::merchant;
    std::uint64_t id = 0; // of the merchant, or the municipality's code
    friend auto operator<=>(const account_holder&, const account_holder&) noexcept = default;
};

} // namespace meguri::ledger
