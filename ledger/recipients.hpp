// A file of recipients: the rows of a campaign's CSV, each a grant of its own. All rows are checked first; then one
// entry accepts the file and reserves its budget; then the rows follow, each once, until none is left.
//
//   recipients_listed *    the rows, some hundred an entry: they mean nothing until an acceptance names them
//   recipients_accepted    digest, count and sum, and where the lists stand: the sum is reserved from now on
//   recipient_granted *    one row's lot; its points are no longer reserved but granted
//   recipients_left_out *  rows that could not be granted any more, each with its reason: their points are free again
#pragma once

#include "ledger/digest.hpp"
#include "ledger/ids.hpp"
#include "ledger/my_key_id.hpp"
#include "ledger/points.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

// SHA-256 of the file's bytes: what `sha256sum` says of it.
using file_digest = std::array<std::byte, 32>;

// A row as it was checked: to be granted exactly so.
struct recipient_row {
    std::uint32_t line = 0; // of the file, from 1
    wallet_id wallet;
    std::string occasion; // 1 to 64 characters
    points amount;        // 1 to points::command_max
    std::string note;     // the municipality's own; may be empty
    friend bool operator==(const recipient_row&, const recipient_row&) = default;
};

inline constexpr std::size_t recipients_max = 10'000;     // of one file
inline constexpr std::size_t recipients_listed_max = 250; // in one entry: some 10 to 20 KB of the journal at most times
inline constexpr std::size_t recipient_files_max = 500;   // of one campaign

// Why a row of an accepted file was not granted. Numbers are stored: never change them.
enum class left_out_reason : std::uint8_t {
    wallet_frozen = 1,
    wallet_unknown = 2,
    already_granted = 3, // for its occasion, by another way than this file
    balance_too_large = 4,
    expired = 5,         // the campaign's day of expiry is over
    person_required = 6, // the campaign is for persons, and the wallet has no active MyKey ID
    // Of rows of a claw-back.
    nothing_unspent = 7,
};
[[nodiscard]] std::string_view name_of(left_out_reason why) noexcept;

struct left_out_row {
    std::uint32_t row = 0; // within the file, from 0
    std::uint32_t line = 0;
    left_out_reason why = left_out_reason::wallet_frozen;
    friend bool operator==(const left_out_row&, const left_out_row&) noexcept = default;
};

// An accepted file as it stands.
struct recipient_file {
    journal_position position = 0; // of its acceptance: what its id names
    file_digest digest{};
    std::uint32_t rows = 0;
    std::uint32_t granted = 0;
    std::uint32_t left_out = 0;
    points sum;
    points granted_sum;
    points left_out_sum;
    journal_position last_left_out = 0; // the newest entry that left rows out; 0: none
    friend bool operator==(const recipient_file&, const recipient_file&) = default;

    [[nodiscard]] bool is_finished() const noexcept { return granted + left_out == rows; }
    // What is still reserved for it.
    [[nodiscard]] points reserved() const noexcept {
        return points::from(sum.value() - granted_sum.value() - left_out_sum.value()).value_or(points{});
    }
};

// --- while it is checked ---

enum class recipient_column : std::uint8_t { none, wallet, mykey_id, occasion, amount, note, digest, measured };
[[nodiscard]] std::string_view name_of(recipient_column column) noexcept; // as the file's first line says it

// What is wrong with a line.
enum class line_fault : std::uint8_t {
    file_empty,       // no line follows the first
    too_many_lines,   // more than recipients_max
    column_unknown,   // of the first line
    column_missing,   // likewise
    column_repeated,  // likewise
    cells_miscounted, // more or fewer than the first line has
    quote_unbalanced,
    not_utf8,
    value_missing,
    value_too_long,
    value_invalid,
    wallet_unknown,
    mykey_id_unknown, // nobody's, or not any more
    wallet_frozen,
    amount_not_allowed,
    line_repeated, // another line has the same wallet and occasion
    already_granted,
    person_required, // as of left_out_reason
    not_granted,     // of a claw-back: the campaign granted nothing for it
};
[[nodiscard]] std::string_view name_of(line_fault fault) noexcept;

struct faulty_line {
    std::uint32_t line = 0; // from 1, which names the columns
    recipient_column column = recipient_column::none;
    line_fault fault = line_fault::file_empty;
};

// A line as it was read: by whom it is meant and what it asks.
struct read_recipient {
    std::uint32_t line = 0;
    wallet_id wallet; // none: the MyKey ID says whose
    my_key_id my_key;
    std::string occasion;
    std::optional<points> amount; // none: what the campaign's rule says
    std::string note;
    // Of a list of the eligible alone.
    digest128 digest = {}; // none: the MyKey ID says who
    std::uint64_t measured = 0;
};

// The file, read a piece at a time so that nobody waits for the whole; how it is laid out is net's business. What is
// wrong with its lines is told to it, so that the answer is written a piece at a time too. One thread.
class recipients_source {
public:
    virtual ~recipients_source() = default;
    // Reads at most `lines_max` further lines and appends what they say, or what is wrong with them. False: none is
    // left.
    [[nodiscard]] virtual bool read_some(std::size_t lines_max, std::vector<read_recipient>& into,
                                         std::vector<faulty_line>& faults) = 0;
    virtual void tell(const faulty_line& one) = 0;
    [[nodiscard]] virtual std::size_t faults() const noexcept = 0; // told so far
};

} // namespace meguri::ledger
