// An account at a Japanese bank, as money is sent to it: what a Zengin bulk transfer (総合振込) needs to know. Whether
// the bank and the branch are there, a table says that changes with time (net/bank_table); here is what never changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

// Numbers are those of the Zengin data record, position 43, and stored: never change them.
enum class account_type : std::uint8_t { ordinary = 1, current = 2, savings = 4 };

struct bank_account {
    std::uint16_t bank = 0;   // four digits
    std::uint16_t branch = 0; // three digits
    account_type type = account_type::ordinary;
    std::uint32_t number = 0; // seven digits
    std::string holder;       // in Zengin's characters, as is_zengin_name() has them
    std::string checked_by;   // the table in which its bank and branch were found
    // The same account, whatever table it was checked by.
    [[nodiscard]] bool is_same_as(const bank_account& other) const noexcept;
    friend bool operator==(const bank_account&, const bank_account&) = default;
};
using bank_account_ptr = std::shared_ptr<const bank_account>;

// What the table of banks said of it, when it was asked for.
enum class account_verdict : std::uint8_t { good, bank_unknown, branch_unknown, no_table };

inline constexpr std::size_t account_holder_max = 30; // characters of one byte each in JIS X 0201

// Exactly so many digits; nullopt for anything else.
[[nodiscard]] std::optional<std::uint32_t> parse_digits(std::string_view text, std::size_t count) noexcept;
[[nodiscard]] std::string digits_of(std::uint32_t number, std::size_t count);

// Where a text is not one of 1 to account_holder_max characters that banks take in names, in UTF-8: half-width large
// kana (not ｦ), a voiced or semi-voiced mark behind a kana that has one, A-Z, 0-9, space, ( ) - and full stop, no
// space first or last. Null: it is one; else what is wrong, as part of a sentence.
[[nodiscard]] const char* wrong_in_zengin_name(std::string_view text) noexcept;

} // namespace meguri::ledger
