// A month of a wallet or of a merchant: what moved, entry by entry, between what stood at its beginning and at its end.
// Built on the past's thread from a chain of entries, then written as JSON or as CSV.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/calendar.hpp"
#include "net/render_ids.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

// A calendar month in Japan.
struct statement_month {
    std::string name;      // "2026-11"
    ledger::instant first; // its first moment
    ledger::instant end;   // the first moment of the next one
};
// nullopt unless "YYYY-MM", from 1970 on.
[[nodiscard]] std::optional<statement_month> parse_month(std::string_view text);

// Which two accounts a statement follows, and what it calls them.
struct statement_columns {
    ledger::account on;
    std::string_view name;
    std::string_view held_name; // of account::held
};
inline constexpr statement_columns wallet_columns{ledger::account::available, "available", "held"};
inline constexpr statement_columns merchant_columns{ledger::account::payable, "payable", "pending"};

struct statement_sums {
    std::int64_t on = 0;
    std::int64_t held = 0;
    friend bool operator==(const statement_sums&, const statement_sums&) noexcept = default;
};

class statement {
public:
    static constexpr std::size_t part_lines = 10'000;

    // `only`: the program whose staff asks; none for an operator. `part` counts from 1.
    statement(statement_month month, const statement_columns& columns, ledger::program_code only, std::uint32_t part)
        : month_{std::move(month)},
          columns_{columns},
          only_{only},
          part_{part} {}

    // All entries of the chain up to the month's end, oldest first.
    void add(const ledger::entry& one);

    void write_json(std::string& out, id_texts& ids) const;
    void write_csv(std::string& out, id_texts& ids) const;

private:
    struct line {
        ledger::journal_position position = 0;
        ledger::instant at;
        std::string_view type;
        ledger::program_code program;
        statement_sums change;
        ledger::journal_position authorization = 0; // 0: none
        ledger::merchant_id merchant;
        std::string reference;
    };
    using sums_by_program = std::map<ledger::program_code, statement_sums>;

    [[nodiscard]] std::size_t parts() const noexcept;
    void write_sums(class json_writer& json, std::string_view name, const sums_by_program& sums,
                    const id_texts& ids) const;
    void write_sums(class csv_writer& csv, std::string_view type, ledger::instant at, const sums_by_program& sums,
                    const id_texts& ids) const;

    statement_month month_;
    const statement_columns& columns_;
    ledger::program_code only_;
    std::uint32_t part_;
    sums_by_program opening_;
    sums_by_program closing_;
    std::size_t lines_in_all_ = 0;
    std::vector<line> lines_; // of the part
};

} // namespace meguri::net
