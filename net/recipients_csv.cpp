#include "net/recipients_csv.hpp"

#include "ledger/campaign_terms.hpp"
#include "net/json_fields.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace meguri::net {
namespace {

using ledger::line_fault;
using ledger::recipient_column;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// Of a line, more than there are columns: what comes behind them is read over, so that neither the cells nor what is
// told of them grow with a file that is none.
constexpr std::size_t recipient_cells_kept_max = 16;
constexpr text_bounds occasion_of_line{1, 64};
constexpr text_bounds note_of_line{0, 200};

constexpr std::array recipients_columns{recipient_column::wallet, recipient_column::mykey_id,
                                        recipient_column::occasion, recipient_column::amount, recipient_column::note};
constexpr std::array clawback_columns{recipient_column::wallet, recipient_column::mykey_id, recipient_column::occasion,
                                      recipient_column::note};
constexpr std::array eligible_columns{recipient_column::mykey_id, recipient_column::digest, recipient_column::measured};

std::optional<std::uint64_t> parse_measure(std::string_view cell) noexcept {
    std::uint64_t value = 0;
    const auto [end, wrong] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (wrong != std::errc{} || end != cell.data() + cell.size() || value > ledger::measure_max) return std::nullopt;
    return value;
}

// The first half of it, as key_ring::digest_of_eligible().
std::optional<ledger::digest128> parse_digest(std::string_view cell) noexcept {
    constexpr std::size_t half = 16;
    if (cell.size() != 4 * half) return std::nullopt;
    ledger::digest128 digest;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        unsigned digit = 0;
        const auto [end, wrong] = std::from_chars(&cell[i], &cell[i] + 1, digit, 16);
        if (wrong != std::errc{}) return std::nullopt;
        if (i < half) digest.high = digest.high << 4 | digit;
        if (i >= half && i < 2 * half) digest.low = digest.low << 4 | digit;
    }
    return digest;
}

// Digits alone: "1,000" and "1000円" would be read differently by different people.
std::optional<ledger::points> parse_amount(std::string_view cell) noexcept {
    std::int64_t value = 0;
    const auto [end, wrong] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    const bool is_number = wrong == std::errc{} && end == cell.data() + cell.size() && cell.front() != '-';
    if (!is_number || value < 1 || value > ledger::points::command_max) return std::nullopt;
    return ledger::points::from(value);
}

std::optional<line_fault> fault_of_text(std::string_view cell, text_bounds bounds) noexcept {
    if (within(cell, bounds)) return std::nullopt;
    return within(cell, {bounds.min, cell.size()}) ? line_fault::value_too_long : line_fault::value_invalid;
}

} // namespace

recipients_csv::recipients_csv(std::string text, const storage::key_ring& keys, bool report_as_csv, form of)
    : text_{std::move(text)},
      keys_{keys},
      form_{of},
      report_{std::make_shared<line_report>(report_as_csv)} {
    if (std::string_view{text_}.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

bool recipients_csv::read_some(std::size_t lines_max, std::vector<ledger::read_recipient>& into, fault_list& faults) {
    if (columns_.empty() && !read_columns(faults)) return false;
    for (std::size_t i = 0; i < lines_max; ++i) {
        const std::size_t before = faults.size();
        if (!next_record(faults)) {
            if (lines_ == 0 && faults.empty())
                faults.push_back({record_line_, recipient_column::none, line_fault::file_empty});
            return false;
        }
        if (++lines_ > ledger::recipients_max) {
            faults.push_back({record_line_, recipient_column::none, line_fault::too_many_lines});
            return false;
        }
        auto line = read_line(faults);
        if (faults.size() == before) into.push_back(std::move(line));
    }
    return true;
}

std::optional<recipient_column> recipients_csv::column_named(std::string_view name) const noexcept {
    const std::span<const recipient_column> columns =
        form_ == form::eligible   ? std::span<const recipient_column>{eligible_columns}
        : form_ == form::clawback ? std::span<const recipient_column>{clawback_columns}
                                  : std::span<const recipient_column>{recipients_columns};
    const auto found = std::ranges::find(columns, name, [](recipient_column one) { return name_of(one); });
    return found != columns.end() ? std::optional{*found} : std::nullopt;
}

bool recipients_csv::has_column(recipient_column one) const noexcept {
    return std::ranges::find(columns_, one) != columns_.end();
}

recipient_column recipients_csv::other_name() const noexcept {
    return form_ == form::eligible ? recipient_column::digest : recipient_column::wallet;
}

bool recipients_csv::read_columns(fault_list& faults) {
    const std::size_t before = faults.size();
    if (!next_record(faults)) {
        if (faults.size() == before) faults.push_back({1, recipient_column::none, line_fault::file_empty});
        return false;
    }
    const auto wrong = [&](recipient_column column, line_fault fault) {
        faults.push_back({record_line_, column, fault});
    };
    std::vector<recipient_column> named;
    for (std::size_t i = 0; i < cell_count_; ++i) {
        const auto column = column_named(cells_[i]);
        if (!column)
            wrong(recipient_column::none, line_fault::column_unknown);
        else if (std::ranges::find(named, *column) != named.end())
            wrong(*column, line_fault::column_repeated);
        named.push_back(column.value_or(recipient_column::none));
    }
    columns_ = std::move(named);
    if (!has_column(other_name()) && !has_column(recipient_column::mykey_id))
        wrong(form_ == form::eligible ? recipient_column::mykey_id : recipient_column::wallet,
              line_fault::column_missing);
    if (form_ != form::eligible && !has_column(recipient_column::occasion))
        wrong(recipient_column::occasion, line_fault::column_missing);
    return faults.size() == before;
}

bool recipients_csv::next_record(fault_list& faults) {
    for (;;) {
        record_line_ = line_;
        if (at_ == text_.size()) return false;
        cell_count_ = 0;
        std::optional<line_fault> fault;
        bool goes_on = true;
        while (goes_on && !fault) {
            if (cell_count_ < recipient_cells_kept_max) ++cell_count_;
            if (cells_.size() < cell_count_) cells_.emplace_back();
            std::string& cell = cells_[cell_count_ - 1];
            cell.clear();
            fault = read_cell(cell);
            goes_on = at_ < text_.size() && text_[at_] == ',';
            if (goes_on) ++at_;
        }
        if (fault) { // where the next record begins nobody can tell
            faults.push_back({record_line_, recipient_column::none, *fault});
            at_ = text_.size();
            return false;
        }
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') ++at_, ++line_;
        if (cell_count_ > 1 || !cells_.front().empty()) return true;
    }
}

// Up to the comma or the line's end behind it.
std::optional<line_fault> recipients_csv::read_cell(std::string& cell) {
    const auto is_end = [this](std::size_t at) {
        return at == text_.size() || text_[at] == ',' || text_[at] == '\n' ||
               (text_[at] == '\r' && (at + 1 == text_.size() || text_[at + 1] == '\n'));
    };
    if (at_ < text_.size() && text_[at_] == '"') {
        for (++at_;; ++at_) {
            if (at_ == text_.size()) return line_fault::quote_unbalanced;
            const bool doubled = text_[at_] == '"' && at_ + 1 < text_.size() && text_[at_ + 1] == '"';
            if (text_[at_] == '"' && !doubled) break;
            if (doubled) ++at_;
            if (text_[at_] == '\n') ++line_;
            cell.push_back(text_[at_]);
        }
        return is_end(++at_) ? std::nullopt : std::optional{line_fault::quote_unbalanced};
    }
    const std::size_t begin = at_;
    while (!is_end(at_)) ++at_;
    cell.assign(text_, begin, at_ - begin);
    return std::nullopt;
}

ledger::read_recipient recipients_csv::read_line(fault_list& faults) const {
    ledger::read_recipient line;
    line.line = record_line_;
    const auto wrong = [&](recipient_column column, line_fault fault) {
        faults.push_back({record_line_, column, fault});
    };
    if (cell_count_ != columns_.size()) {
        wrong(recipient_column::none, line_fault::cells_miscounted);
        return line;
    }
    std::size_t named = 0;
    for (std::size_t i = 0; i < cell_count_; ++i) {
        const auto column = columns_[i];
        const bool names = column == other_name() || column == recipient_column::mykey_id;
        if (names && cells_[i].empty()) continue;
        named += names ? 1 : 0;
        const bool is_utf8 = simdjson::validate_utf8(cells_[i].data(), cells_[i].size());
        const auto fault = is_utf8 ? read_value(column, cells_[i], line) : std::optional{line_fault::not_utf8};
        if (fault) wrong(column, *fault);
    }
    const auto column = has_column(other_name()) ? other_name() : recipient_column::mykey_id;
    if (named == 0) wrong(column, line_fault::value_missing);
    if (named > 1) wrong(recipient_column::mykey_id, line_fault::value_invalid);
    return line;
}

std::optional<line_fault> recipients_csv::read_value(recipient_column column, std::string_view cell,
                                                     ledger::read_recipient& into) const {
    switch (column) {
    case recipient_column::wallet: {
        const auto wallet = keys_.decode_id(storage::id_kind::wallet, cell);
        if (!wallet) return line_fault::wallet_unknown;
        into.wallet = ledger::wallet_id{*wallet};
        return std::nullopt;
    }
    case recipient_column::mykey_id: {
        const auto id = ledger::my_key_id::parse(cell);
        if (!id) return line_fault::value_invalid;
        into.my_key = *id;
        return std::nullopt;
    }
    case recipient_column::occasion:
        if (cell.empty()) return line_fault::value_missing;
        into.occasion = cell;
        return fault_of_text(cell, occasion_of_line);
    case recipient_column::amount:
        if (cell.empty()) return std::nullopt;
        into.amount = parse_amount(cell);
        return into.amount ? std::nullopt : std::optional{line_fault::value_invalid};
    case recipient_column::note: into.note = cell; return fault_of_text(cell, note_of_line);
    case recipient_column::digest: {
        const auto digest = parse_digest(cell);
        if (!digest) return line_fault::value_invalid;
        into.digest = *digest;
        return std::nullopt;
    }
    case recipient_column::measured: {
        const auto measured = cell.empty() ? std::optional<std::uint64_t>{0} : parse_measure(cell);
        into.measured = measured.value_or(0);
        return measured ? std::nullopt : std::optional{line_fault::value_invalid};
    }
    case recipient_column::none: break;
    }
    return std::nullopt;
}

} // namespace meguri::net
