// A file of recipients as a municipality's office writes it: CSV (RFC 4180) in UTF-8, with or without a byte order
// mark, rows ended by LF or CRLF, the first line naming the columns in any order. Read a piece at a time by the
// campaigns' actor, which tells it what is wrong, so that the report is written a piece at a time as well. On one io
// thread.
//
//   of recipients
//   wallet     wal_...                      } one of the two columns, or both and in each line one of the two
//   mykey_id   eight of A to Z and 0 to 9   }
//   occasion   1 to 64 characters
//   amount     points, digits alone; may be left out: what the campaign's rule says
//   note       up to 200 characters of the office's own; may be left out
//
//   of a claw-back: wallet or mykey_id, occasion, note, as above
//
//   of the eligible
//   mykey_id   as above                                                  } likewise
//   digest     HMAC-SHA-256 of the MyKey ID by the campaign's key, in hex }
//   measured   digits alone; may be left out
#pragma once

#include "ledger/recipients.hpp"
#include "net/line_report.hpp"
#include "storage/key_ring.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

class recipients_csv final : public ledger::recipients_source {
public:
    // `keys` outlives it.
    enum class form : std::uint8_t { recipients, eligible, clawback };
    recipients_csv(std::string text, const storage::key_ring& keys, bool report_as_csv, form of = form::recipients);

    [[nodiscard]] bool read_some(std::size_t lines_max, std::vector<ledger::read_recipient>& into,
                                 std::vector<ledger::faulty_line>& faults) override;
    void tell(const ledger::faulty_line& one) override { report_->add(one); }
    [[nodiscard]] std::size_t faults() const noexcept override { return report_->count(); }

    [[nodiscard]] const std::shared_ptr<line_report>& report() const noexcept { return report_; }

private:
    using fault_list = std::vector<ledger::faulty_line>;

    [[nodiscard]] bool read_columns(fault_list& faults);
    [[nodiscard]] bool has_column(ledger::recipient_column one) const noexcept;
    [[nodiscard]] std::optional<ledger::recipient_column> column_named(std::string_view name) const noexcept;
    // By which a line says whom it means, beside the MyKey ID.
    [[nodiscard]] ledger::recipient_column other_name() const noexcept;
    // The next record that is not empty into cells_; false: none is left, or no further one can be told apart.
    [[nodiscard]] bool next_record(fault_list& faults);
    [[nodiscard]] std::optional<ledger::line_fault> read_cell(std::string& cell);
    [[nodiscard]] ledger::read_recipient read_line(fault_list& faults) const;
    [[nodiscard]] std::optional<ledger::line_fault> read_value(ledger::recipient_column column, std::string_view cell,
                                                               ledger::read_recipient& into) const;

    std::string text_;
    const storage::key_ring& keys_;
    form form_;
    std::shared_ptr<line_report> report_;
    std::vector<ledger::recipient_column> columns_; // empty before the first line was read
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;        // at at_
    std::uint32_t record_line_ = 0; // where the record in cells_ begins
    std::size_t lines_ = 0;         // read so far, without the first
    std::vector<std::string> cells_;
    std::size_t cell_count_ = 0;
};

} // namespace meguri::net
